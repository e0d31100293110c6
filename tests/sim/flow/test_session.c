/* RFC 3665 3.1 and the like: a call that works, in both orders of its descriptions. */
#include "pair.h"

#include <string.h>

static void success_and_the_caller_hangs_up(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    assert_true(sip_str_equal(dum_invite_remote(p.bob.call), "<sip:alice@alice>"));
    assert_true(sip_str_same(dum_invite_call_id(p.bob.call), dum_invite_call_id(p.alice.call)));
    assert_true(sip_str_same(dum_invite_remote_description(p.bob.call), pair_media.data));
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), SIP_ESTATE);
    pair_settle(&p);
    pair_log(&p, "bob over, alice over");
    assert_int_equal(p.bob.why, DUM_WHY_REMOTE);
    assert_int_equal(p.alice.why, DUM_WHY_LOCAL);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK\nalice -> bob BYE\nalice <- bob 200\n");
    pair_close(&p);
}

static void the_callee_hangs_up(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    assert_int_equal(dum_invite_end(p.bob.call, 486, NULL), 0);
    pair_settle(&p);
    pair_log(&p, "alice over, bob over");
    assert_non_null(strstr(p.bob.sent[p.bob.n_sent - 1], "Reason: SIP;cause=486"));
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK\nalice <- bob BYE\nalice -> bob 200\n");
    pair_close(&p);
}

static void the_callee_makes_the_offer(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_accept;
    p.alice.act[ON_OFFER] = do_answer;
    pair_call(&p, NULL);
    pair_run(&p, 200);
    pair_log(&p, "bob new, alice 180, alice offer, alice connected, bob answer, bob connected");
    pair_ladder(&p, "alice -> bob INVITE\nalice <- bob 180\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK sdp\n");
    do_end(&p.alice, p.alice.call);
    pair_close(&p);
}

static void the_callee_is_asked_and_waits(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_ring;
    pair_call(&p, NULL);
    pair_run(&p, 100);
    pair_log(&p, "bob new, bob asked, alice 180");
    assert_int_equal(dum_invite_answer(p.bob.call, &pair_media), SIP_ESTATE);
    assert_int_equal(dum_invite_accept(p.bob.call, NULL, NULL), 0);
    assert_int_equal(dum_invite_accept(p.bob.call, NULL, NULL), SIP_ESTATE);
    pair_run(&p, 100);
    assert_int_equal(dum_invite_offer(p.bob.call, NULL), SIP_ESTATE);
    assert_int_equal(dum_invite_offer(p.bob.call, &pair_media), 0);
    pair_run(&p, 100);
    pair_log(&p, "alice offer");
    assert_int_equal(dum_invite_answer(p.alice.call, &pair_two), SIP_EINVAL);
    assert_int_equal(dum_invite_answer(p.alice.call, &pair_media), 0);
    assert_int_equal(dum_invite_answer(p.alice.call, &pair_media), SIP_ESTATE);
    pair_run(&p, 100);
    pair_log(&p, "alice connected, bob answer, bob connected");
    do_end(&p.alice, p.alice.call);
    pair_close(&p);
}

static void an_offer_in_the_200_is_refused(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_accept;
    pair_call(&p, NULL);
    pair_run(&p, 100);
    assert_int_equal(dum_invite_reject_offer(p.alice.call, 488), 0);
    pair_settle(&p);
    pair_log(&p,
             "bob new, alice 180, alice offer, bob answer, bob connected, bob over, alice over");
    pair_ladder(&p, "alice -> bob INVITE\nalice <- bob 180\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK sdp\nalice -> bob BYE\nalice <- bob 200\n");
    pair_close(&p);
}

static void early_media_is_an_answer(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_OFFER] = do_answer;
    pair_call(&p, &pair_media);
    pair_run(&p, 100);
    assert_int_equal(dum_invite_provisional(p.bob.call, 183, NULL), 0);
    pair_run(&p, 100);
    pair_log(&p, "bob new, bob offer, alice answer, alice 183");
    assert_int_equal(dum_invite_accept(p.bob.call, NULL, NULL), 0);
    pair_run(&p, 100);
    pair_log(&p, "alice connected, bob connected");
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 183 sdp\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK\n");
    do_end(&p.bob, p.bob.call);
    pair_close(&p);
}

static void early_media_can_be_off(void **state)
{
    const dum_profile_config bob = {.aor = "sip:bob@bob", .early_media = SIP_OFF};
    ua_pair p;

    (void)state;
    pair_open_with(&p, 0, NULL, NULL, &bob);
    p.bob.act[ON_OFFER] = do_answer;
    pair_call(&p, &pair_media);
    pair_run(&p, 100);
    assert_int_equal(dum_invite_provisional(p.bob.call, 183, NULL), 0);
    assert_int_equal(dum_invite_accept(p.bob.call, NULL, NULL), 0);
    pair_run(&p, 100);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 183\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK\n");
    do_end(&p.bob, p.bob.call);
    pair_close(&p);
}

static void what_the_application_adds_goes_along(void **state)
{
    const sip_header headers[] = {{"Subject", "tea"}, {NULL, NULL}};
    const sip_header more[] = {{"X-Cup", "blue"}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers}, answer = {.headers = more};
    const dum_invite_config call = {
        .to = "\"Bob\" <sip:bob@bob>", .offer = &pair_media, .extras = &extras};
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    assert_int_equal(dum_invite_create(p.alice.profile, &call, &p.alice.call), 0);
    pair_run(&p, 100);
    assert_non_null(strstr(p.alice.sent[0], "Subject: tea\r\n"));
    assert_non_null(strstr(p.alice.sent[0], "To: \"Bob\" <sip:bob@bob>\r\n"));
    assert_non_null(strstr(p.alice.sent[0], "Max-Forwards: 70\r\n"));
    assert_null(strstr(p.alice.sent[0], "100rel"));
    assert_int_equal(dum_invite_accept(p.bob.call, NULL, &answer), 0); /* remembered */
    assert_int_equal(dum_invite_answer(p.bob.call, &pair_media), 0);
    pair_run(&p, 100);
    assert_non_null(strstr(p.alice.received, "X-Cup: blue\r\n"));
    do_end(&p.bob, p.bob.call);
    pair_close(&p);
}

static void lost_acks_are_repeated(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_accept;
    sip_sim_lose(p.sim, "alice", "ACK", 3);
    pair_call(&p, &pair_media);
    pair_run(&p, 10000);
    pair_log(&p, "bob new, alice 180, alice answer, alice connected, bob connected");
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK\n");
    do_end(&p.bob, p.bob.call);
    pair_close(&p);
}

static void without_an_ack_the_callee_hangs_up(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_accept;
    sip_sim_lose(p.sim, "alice", "ACK", 1000);
    pair_call(&p, &pair_media);
    pair_run(&p, 31000);
    assert_int_equal(p.bob.count[ON_TERMINATED], 0);
    pair_settle(&p);
    assert_int_equal(p.bob.why, DUM_WHY_TIMEOUT);
    assert_int_equal(p.bob.status, 408);
    assert_int_equal(p.alice.why, DUM_WHY_REMOTE);
    assert_int_equal(p.bob.count[ON_CONNECTED], 0);
    pair_close(&p);
}

static void ended_before_the_ack_the_bye_waits_for_it(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_accept;
    sip_sim_lose(p.sim, "alice", "ACK", 1);
    pair_call(&p, &pair_media);
    pair_run(&p, 15);
    assert_int_equal(dum_invite_end(p.bob.call, 0, NULL), 0);
    pair_settle(&p);
    assert_int_equal(p.bob.why, DUM_WHY_LOCAL);
    assert_int_equal(p.bob.count[ON_CONNECTED], 0);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK\nalice <- bob BYE\nalice -> bob 200\n");
    pair_close(&p);
}

static void byes_cross(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    assert_int_equal(dum_invite_end(p.bob.call, 0, NULL), 0);
    pair_settle(&p);
    assert_int_equal(p.alice.count[ON_TERMINATED], 1);
    assert_int_equal(p.bob.count[ON_TERMINATED], 1);
    pair_ladder(&p, "alice -> bob INVITE sdp\nalice <- bob 180\nalice <- bob 200 sdp\n"
                    "alice -> bob ACK\nalice -> bob BYE\nalice <- bob BYE\n"
                    "alice <- bob 200\nalice -> bob 200\n");
    pair_close(&p);
}

static void nobody_is_there_to_be_hung_up_on(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    sip_sim_set_cut(p.sim, "bob", true);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_run(&p, 60000);
    assert_int_equal(p.alice.count[ON_TERMINATED], 1);
    assert_int_equal(p.alice.why, DUM_WHY_LOCAL);
    assert_int_equal(dum_manager_usages(p.alice.dum), 0);
    do_end(&p.bob, p.bob.call);
    pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_and_the_caller_hangs_up),
        cmocka_unit_test(the_callee_hangs_up),
        cmocka_unit_test(the_callee_makes_the_offer),
        cmocka_unit_test(the_callee_is_asked_and_waits),
        cmocka_unit_test(an_offer_in_the_200_is_refused),
        cmocka_unit_test(early_media_is_an_answer),
        cmocka_unit_test(early_media_can_be_off),
        cmocka_unit_test(what_the_application_adds_goes_along),
        cmocka_unit_test(lost_acks_are_repeated),
        cmocka_unit_test(without_an_ack_the_callee_hangs_up),
        cmocka_unit_test(ended_before_the_ack_the_bye_waits_for_it),
        cmocka_unit_test(byes_cross),
        cmocka_unit_test(nobody_is_there_to_be_hung_up_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
