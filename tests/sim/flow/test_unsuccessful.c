/* RFC 3665 3.8 to 3.11: calls that come to nothing. */
#include "pair.h"

#include <stdio.h>
#include <string.h>

static void reject(ua_side *side, dum_invite *inv, int status)
{
    assert_int_equal(dum_invite_provisional(inv, 180, NULL), 0);
    assert_int_equal(dum_invite_end(inv, 200, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_end(inv, status, NULL), 0);
    assert_int_equal(dum_invite_accept(inv, &pair_media, NULL), SIP_ESTATE);
    assert_ptr_equal(dum_invite_find(side->dum, dum_invite_id(inv)), inv);
}

static void be_busy(ua_side *side, dum_invite *inv)
{
    reject(side, inv, 486);
}

static void be_away(ua_side *side, dum_invite *inv)
{
    reject(side, inv, 0);
}

static void busy(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = be_busy;
    pair_call(&p, &pair_media);
    pair_settle(&p);
    pair_log(&p, "bob new, bob over, alice 180, alice over");
    assert_int_equal(p.alice.why, DUM_WHY_REJECTED);
    assert_int_equal(p.alice.status, 486);
    assert_int_equal(p.bob.why, DUM_WHY_LOCAL);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice <- bob 486\n"
                    "alice -> bob ACK\n");
    pair_close(&p);
}

static void temporarily_unavailable(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = be_away;
    pair_call(&p, &pair_media);
    pair_settle(&p);
    assert_int_equal(p.alice.status, 480);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice <- bob 480\n"
                    "alice -> bob ACK\n");
    pair_close(&p);
}

static void the_caller_gives_up(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_ring;
    pair_call(&p, &pair_media);
    pair_run(&p, 1000);
    pair_log(&p, "bob new, bob offer, alice 180");
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), SIP_ESTATE);
    pair_settle(&p);
    pair_log(&p, "bob over, alice over");
    assert_int_equal(p.alice.why, DUM_WHY_CANCELLED);
    assert_int_equal(p.alice.status, 487);
    assert_int_equal(p.bob.why, DUM_WHY_CANCELLED);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice -> bob CANCEL\n"
                    "alice <- bob 200\nalice <- bob 487\nalice -> bob ACK\n");
    pair_close(&p);
}

static void the_caller_gives_up_at_once(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_ring;
    pair_call(&p, &pair_media);
    pair_run(&p, 5); /* the CANCEL waits for a provisional response (9.1) */
    assert_int_equal(dum_invite_end(p.alice.call, 603, NULL), 0);
    pair_settle(&p);
    pair_log(&p, "bob new, bob offer, bob over, alice over");
    assert_int_equal(p.alice.status, 603);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice -> bob CANCEL\n"
                    "alice <- bob 200\nalice <- bob 487\nalice -> bob ACK\n");
    pair_close(&p);
}

static void the_caller_gives_up_before_anything_left(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_call(&p, &pair_media);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_log(&p, "");
    pair_settle(&p);
    pair_log(&p, "alice over");
    assert_int_equal(p.alice.why, DUM_WHY_CANCELLED);
    pair_ladder(&p, "");
    pair_close(&p);
}

static void a_200_crosses_the_cancel(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_ring;
    pair_call(&p, &pair_media);
    pair_run(&p, 100);
    assert_int_equal(dum_invite_accept(p.bob.call, &pair_media, NULL), 0);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_settle(&p);
    pair_log(&p, "bob new, bob offer, alice 180, bob connected, bob over, alice over");
    assert_int_equal(p.alice.why, DUM_WHY_CANCELLED);
    assert_int_equal(p.bob.why, DUM_WHY_REMOTE);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice <- bob 200 sdp\n"
                    "alice -> bob CANCEL\nalice -> bob ACK\nalice -> bob BYE\n"
                    "alice <- bob 200\nalice <- bob 200\n");
    pair_close(&p);
}

static void nobody_answers_the_caller(void **state)
{
    const dum_profile_config alice = {.aor = "sip:alice@alice", .stale_call_s = 20};
    ua_pair p;

    (void)state;
    pair_open_with(&p, 0, NULL, &alice, NULL);
    p.bob.act[ON_NEW] = do_ring;
    pair_call(&p, &pair_media);
    pair_settle(&p);
    assert_int_equal(p.alice.why, DUM_WHY_TIMEOUT);
    assert_int_equal(p.alice.status, 408);
    assert_int_equal(p.bob.why, DUM_WHY_CANCELLED);
    pair_close(&p);
}

static void nobody_answers_here(void **state)
{
    const dum_profile_config bob = {.aor = "sip:bob@bob", .stale_call_s = 90};
    ua_pair p;

    (void)state;
    pair_open_with(&p, 0, NULL, NULL, &bob);
    p.bob.act[ON_NEW] = do_ring;
    pair_call(&p, &pair_media);
    pair_settle(&p);
    /* The 180 came again after a minute (13.3.1.1). */
    pair_log(&p, "bob new, bob offer, alice 180, alice 180, bob over, alice over");
    assert_int_equal(p.bob.why, DUM_WHY_TIMEOUT);
    assert_int_equal(p.alice.status, 480);
    pair_close(&p);
}

static void an_invite_expires(void **state)
{
    const sip_header headers[] = {{"Expires", "30"}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    const dum_invite_config call = {.to = "sip:bob@bob", .offer = &pair_media, .extras = &extras};
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_ring;
    assert_int_equal(dum_invite_create(p.alice.profile, &call, &p.alice.call), 0);
    pair_settle(&p);
    assert_int_equal(p.alice.status, 487);
    assert_int_equal(p.bob.why, DUM_WHY_TIMEOUT);
    pair_close(&p);
}

static void nobody_is_there(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    sip_sim_set_cut(p.sim, "bob", true);
    pair_call(&p, &pair_media);
    pair_settle(&p);
    pair_log(&p, "alice over");
    assert_int_equal(p.alice.why, DUM_WHY_TIMEOUT);
    assert_int_equal(p.alice.status, 408);
    pair_close(&p);
}

static void a_name_leads_nowhere(void **state)
{
    const dum_invite_config call = {.to = "sip:bob@nowhere.invalid", .offer = &pair_media};
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    assert_int_equal(dum_invite_create(p.alice.profile, &call, NULL), 0);
    pair_settle(&p);
    pair_log(&p, "alice over");
    assert_int_equal(p.alice.why, DUM_WHY_TRANSPORT);
    assert_int_equal(p.alice.status, 503);
    pair_close(&p);
}

static void nobody_listens_to_calls(void **state)
{
    sip_sim *sim;
    sip_stack *a, *b;
    dum_manager *alice, *bob;
    dum_profile *me;
    const dum_profile_config config = {.aor = "sip:alice@alice"};
    const dum_invite_config call = {.to = "sip:bob@bob", .offer = &pair_media};

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "alice", NULL, &a), 0);
    assert_int_equal(sip_sim_add_host(sim, "bob", NULL, &b), 0);
    assert_int_equal(dum_manager_create(a, NULL, &alice), 0);
    assert_int_equal(dum_manager_create(b, NULL, &bob), 0);
    assert_int_equal(dum_profile_create(alice, &config, &me), 0);
    assert_int_equal(dum_invite_create(me, &call, NULL), 0);
    assert_int_equal(sip_sim_settle(sim, 400000), 0);
    assert_null(sip_sim_ladder_diff(sim, SIP_LADDER_NO_REPEATS,
                                    "alice -> bob INVITE sdp\nalice <- bob 480\n"
                                    "alice -> bob ACK\n"));
    assert_int_equal(sip_sim_live_objects(sim), 0);
    sip_sim_destroy(sim);
}

static void an_offer_without_a_handler_is_refused(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, PAIR_BOB_LEAN);
    pair_call(&p, &pair_media);
    pair_call(&p, NULL);
    pair_settle(&p);
    assert_int_equal(p.bob.count[ON_TERMINATED], 2);
    assert_int_equal(p.alice.status, 488);
    pair_close(&p);
}

static void an_offer_is_refused(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_call(&p, &pair_media);
    pair_run(&p, 50);
    assert_int_equal(dum_invite_accept(p.bob.call, &pair_two, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_accept(p.bob.call, NULL, NULL), 0);
    assert_int_equal(dum_invite_reject_offer(p.bob.call, 200), SIP_EINVAL);
    assert_int_equal(dum_invite_reject_offer(p.bob.call, 488), 0);
    pair_settle(&p);
    assert_int_equal(p.alice.status, 488);
    pair_close(&p);
}

static void calls_that_cannot_be_made(void **state)
{
    const dum_invite_config nowhere = {.to = "bob"}, none = {.to = NULL};
    const dum_invite_config tel = {.to = "tel:+49301234"};
    const sip_body text = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("x")};
    const dum_invite_config odd = {.to = "sip:bob@bob", .offer = &text};
    dum_invite *inv = NULL;
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    assert_int_equal(dum_invite_create(p.alice.profile, &nowhere, &inv), SIP_EINVAL);
    assert_non_null(strstr(sip_stack_error(p.alice.stack), "\"bob\""));
    assert_int_equal(dum_invite_create(p.alice.profile, &none, &inv), SIP_EINVAL);
    assert_int_equal(dum_invite_create(p.alice.profile, &tel, &inv), SIP_EINVAL);
    assert_int_equal(dum_invite_create(p.alice.profile, &odd, &inv), SIP_EINVAL);
    assert_int_equal(dum_invite_create(NULL, &odd, &inv), SIP_EINVAL);
    assert_null(inv);
    assert_int_equal(dum_invite_end(NULL, 0, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_drop(NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_provisional(NULL, 180, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_accept(NULL, NULL, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_offer(NULL, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_answer(NULL, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_reject_offer(NULL, 488), SIP_EINVAL);
    assert_int_equal(dum_invite_hold(NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_resume(NULL), SIP_EINVAL);
    assert_false(dum_invite_is_held(NULL));
    assert_false(dum_invite_is_stable(NULL));
    assert_int_equal(dum_invite_fork_index(NULL), 0);
    assert_null(dum_invite_data(NULL));
    assert_null(dum_invite_manager(NULL));
    assert_null(dum_invite_find(p.alice.dum, dum_invite_id(NULL)));
    assert_null(dum_invite_find(NULL, 1));
    assert_int_equal(dum_invite_remote(NULL).len + dum_invite_call_id(NULL).len, 0);
    assert_int_equal(dum_invite_remote_description(NULL).len, 0);
    assert_int_equal(dum_manager_set_invite_handler(NULL, NULL, NULL), SIP_EINVAL);
    pair_close(&p);
}

static void sessions_are_limited(void **state)
{
    const dum_config few = {.max_sessions = 1};
    const dum_profile_config config = {.aor = "sip:carol@carol"};
    const dum_invite_config call = {.to = "sip:bob@bob", .offer = &pair_media};
    const dum_invite_config back = {.to = "sip:carol@carol", .offer = &pair_media};
    dum_manager *dum;
    dum_profile *carol;
    sip_stack *stack;
    dum_invite *inv;
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    assert_int_equal(sip_sim_add_host(p.sim, "carol", NULL, &stack), 0);
    assert_int_equal(dum_manager_create(stack, &few, &dum), 0);
    assert_int_equal(dum_profile_create(dum, &config, &carol), 0);
    p.bob.act[ON_NEW] = do_ring;
    assert_int_equal(dum_invite_create(carol, &call, &inv), 0);
    assert_int_equal(dum_invite_create(carol, &call, NULL), SIP_EBUSY);
    assert_int_equal(dum_invite_create(p.alice.profile, &back, NULL), 0);
    pair_run(&p, 100);
    assert_int_equal(p.alice.status, 503);
    assert_non_null(strstr(p.alice.received, "Retry-After: 10\r\n"));
    assert_int_equal(dum_invite_end(inv, 0, NULL), 0);
    pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(busy),
        cmocka_unit_test(temporarily_unavailable),
        cmocka_unit_test(the_caller_gives_up),
        cmocka_unit_test(the_caller_gives_up_at_once),
        cmocka_unit_test(the_caller_gives_up_before_anything_left),
        cmocka_unit_test(a_200_crosses_the_cancel),
        cmocka_unit_test(nobody_answers_the_caller),
        cmocka_unit_test(nobody_answers_here),
        cmocka_unit_test(an_invite_expires),
        cmocka_unit_test(nobody_is_there),
        cmocka_unit_test(a_name_leads_nowhere),
        cmocka_unit_test(nobody_listens_to_calls),
        cmocka_unit_test(an_offer_without_a_handler_is_refused),
        cmocka_unit_test(an_offer_is_refused),
        cmocka_unit_test(calls_that_cannot_be_made),
        cmocka_unit_test(sessions_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
