/* Hold, resume and re-INVITEs from both sides (RFC 3665 3.7, RFC 3261 14, RFC 3264 8.4). */
#include "pair.h"

#include <stdio.h>
#include <string.h>

static const char connected[] = "alice -> bob INVITE sdp\nalice <- bob 180\n"
                                "alice <- bob 200 sdp\nalice -> bob ACK\n";

static void ladder_after(ua_pair *p, const char *rest)
{
    char all[1000];

    snprintf(all, sizeof all, "%s%s", connected, rest);
    pair_ladder(p, all);
}

static bool says(sip_str text, const char *what)
{
    char copy[1000];

    assert_true(text.len < sizeof copy);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return strstr(copy, what) != NULL;
}

static void finish(ua_pair *p)
{
    if (p->alice.call != NULL) {
        dum_invite_end(p->alice.call, 0, NULL);
    }
    pair_close(p);
}

static void hold_and_resume(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, PAIR_BOB_LEAN);
    pair_connect(&p);
    assert_int_equal(dum_invite_resume(p.alice.call), SIP_ESTATE);
    assert_int_equal(dum_invite_hold(p.alice.call), 0);
    assert_int_equal(dum_invite_hold(p.alice.call), SIP_ESTATE);
    assert_false(dum_invite_is_stable(p.alice.call));
    pair_run(&p, 100);
    pair_log(&p, "alice answer");
    assert_true(dum_invite_is_held(p.alice.call));
    assert_int_equal(dum_invite_hold(p.alice.call), SIP_ESTATE);
    assert_true(says(dum_invite_remote_description(p.bob.call), "a=sendonly"));
    assert_true(says(dum_invite_remote_description(p.alice.call), "a=recvonly"));
    assert_int_equal(dum_invite_resume(p.alice.call), 0);
    pair_run(&p, 100);
    assert_false(dum_invite_is_held(p.alice.call));
    assert_true(dum_invite_is_stable(p.alice.call));
    assert_true(dum_invite_is_stable(p.bob.call));
    assert_true(says(dum_invite_remote_description(p.bob.call), "a=sendrecv"));
    ladder_after(&p, "alice -> bob INVITE sdp\nalice <- bob 200 sdp\nalice -> bob ACK\n"
                     "alice -> bob INVITE sdp\nalice <- bob 200 sdp\nalice -> bob ACK\n");
    finish(&p);
}

static void both_hold_one_after_the_other(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, PAIR_BOB_LEAN | PAIR_ALICE_LEAN);
    pair_connect(&p);
    assert_int_equal(dum_invite_hold(p.alice.call), 0);
    pair_run(&p, 100);
    assert_int_equal(dum_invite_hold(p.bob.call), 0);
    pair_run(&p, 100);
    assert_true(says(dum_invite_remote_description(p.alice.call), "a=inactive"));
    assert_true(dum_invite_is_held(p.alice.call));
    assert_true(dum_invite_is_held(p.bob.call));
    assert_int_equal(dum_invite_resume(p.bob.call), 0);
    pair_run(&p, 100);
    /* Alice still holds: her answer to sendrecv does not receive. */
    assert_true(says(dum_invite_remote_description(p.bob.call), "a=sendonly"));
    finish(&p);
}

static void the_peer_asks_the_application(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    assert_int_equal(dum_invite_offer(p.alice.call, &pair_media2), 0);
    pair_run(&p, 5000); /* bob thinks it over */
    pair_log(&p, "bob offer");
    assert_int_equal(dum_invite_offer(p.bob.call, &pair_media), SIP_ESTATE);
    assert_int_equal(dum_invite_answer(p.bob.call, &pair_two), SIP_EINVAL);
    assert_int_equal(dum_invite_answer(p.bob.call, &pair_media2), 0);
    pair_run(&p, 100);
    pair_log(&p, "alice answer");
    assert_true(sip_str_same(dum_invite_remote_description(p.bob.call), pair_media2.data));
    finish(&p);
}

static void an_offer_is_refused_and_the_call_goes_on(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    assert_int_equal(dum_invite_offer(p.alice.call, &pair_two), 0);
    pair_run(&p, 50);
    assert_int_equal(dum_invite_reject_offer(p.bob.call, 488), 0);
    pair_run(&p, 100);
    pair_log(&p, "bob offer, alice failed 488");
    assert_true(dum_invite_is_stable(p.alice.call));
    assert_true(dum_invite_is_stable(p.bob.call));
    assert_true(sip_str_same(dum_invite_remote_description(p.bob.call), pair_media.data));
    ladder_after(&p, "alice -> bob INVITE sdp\nalice <- bob 488\nalice -> bob ACK\n");
    finish(&p);
}

static void without_a_handler_what_does_not_fit_is_refused(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, PAIR_BOB_LEAN);
    pair_connect(&p);
    assert_int_equal(dum_invite_offer(p.alice.call, &pair_two), 0);
    pair_run(&p, 100);
    pair_log(&p, "alice failed 488");
    finish(&p);
}

static void asked_for_an_offer(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    p.bob.act[ON_OFFER_REQUIRED] = do_offer;
    p.alice.act[ON_OFFER] = do_answer;
    assert_int_equal(dum_invite_offer(p.alice.call, NULL), 0);
    pair_run(&p, 200);
    pair_log(&p, "bob asked, alice offer, bob answer");
    assert_true(dum_invite_is_stable(p.alice.call));
    assert_true(dum_invite_is_stable(p.bob.call));
    ladder_after(&p, "alice -> bob INVITE\nalice <- bob 200 sdp\nalice -> bob ACK sdp\n");
    finish(&p);
}

static void asked_without_a_handler(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, PAIR_BOB_LEAN | PAIR_ALICE_LEAN);
    pair_connect(&p);
    assert_int_equal(dum_invite_offer(p.bob.call, NULL), 0);
    pair_run(&p, 200);
    pair_log(&p, "alice answer");
    assert_true(dum_invite_is_stable(p.alice.call));
    assert_true(dum_invite_is_stable(p.bob.call));
    finish(&p);
}

static void an_asked_offer_is_refused(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    p.bob.act[ON_OFFER_REQUIRED] = do_offer;
    assert_int_equal(dum_invite_offer(p.alice.call, NULL), 0);
    pair_run(&p, 100);
    /* An ACK cannot refuse: the offer is answered from what was agreed. */
    assert_int_equal(dum_invite_reject_offer(p.alice.call, 488), 0);
    pair_run(&p, 100);
    pair_log(&p, "bob asked, alice offer, bob answer");
    assert_true(dum_invite_is_stable(p.alice.call));
    finish(&p);
}

static void glare(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, PAIR_BOB_LEAN | PAIR_ALICE_LEAN);
    pair_connect(&p);
    assert_int_equal(dum_invite_hold(p.alice.call), 0);
    assert_int_equal(dum_invite_hold(p.bob.call), 0);
    pair_run(&p, 50);
    assert_int_equal(dum_invite_hold(p.alice.call), SIP_ESTATE);
    assert_false(dum_invite_is_stable(p.alice.call));
    /* Bob does not own the Call-ID: he is back within 2 s, alice after 2.1 to 4 s (14.1). */
    pair_run(&p, 2050);
    assert_true(dum_invite_is_held(p.bob.call));
    assert_false(dum_invite_is_held(p.alice.call));
    pair_run(&p, 3000);
    assert_true(dum_invite_is_held(p.alice.call));
    assert_true(dum_invite_is_stable(p.alice.call));
    assert_true(dum_invite_is_stable(p.bob.call));
    ladder_after(&p, "alice -> bob INVITE sdp\nalice <- bob INVITE sdp\nalice <- bob 491\n"
                     "alice -> bob 491\nalice -> bob ACK\nalice <- bob ACK\n"
                     "alice <- bob INVITE sdp\nalice -> bob 200 sdp\nalice <- bob ACK\n"
                     "alice -> bob INVITE sdp\nalice <- bob 200 sdp\nalice -> bob ACK\n");
    finish(&p);
}

static void hung_up_with_an_offer_open(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    assert_int_equal(dum_invite_offer(p.alice.call, &pair_media2), 0);
    pair_run(&p, 100);
    assert_int_equal(dum_invite_end(p.bob.call, 0, NULL), 0);
    pair_settle(&p);
    pair_log(&p, "bob offer, alice over, bob over");
    pair_close(&p);
}

static void hung_up_with_an_offer_on_its_way(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    assert_int_equal(dum_invite_offer(p.alice.call, &pair_media2), 0);
    pair_run(&p, 100);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_settle(&p);
    pair_log(&p, "bob offer, bob over, alice over");
    pair_close(&p);
}

static void the_peer_is_gone(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    sip_sim_set_cut(p.sim, "bob", true);
    assert_int_equal(dum_invite_hold(p.alice.call), 0);
    pair_run(&p, 120000);
    assert_int_equal(p.alice.why, DUM_WHY_TIMEOUT);
    dum_invite_end(p.bob.call, 0, NULL);
    pair_close(&p);
}

static void the_2xx_to_a_reinvite_is_repeated(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, PAIR_BOB_LEAN);
    pair_connect(&p);
    sip_sim_lose(p.sim, "alice", "ACK", 2);
    assert_int_equal(dum_invite_hold(p.alice.call), 0);
    pair_run(&p, 100);
    /* Bob still waits for the ACK: another re-INVITE has to wait as well. */
    assert_int_equal(dum_invite_offer(p.bob.call, &pair_media2), SIP_ESTATE);
    pair_run(&p, 5000);
    assert_true(dum_invite_is_stable(p.bob.call));
    ladder_after(&p, "alice -> bob INVITE sdp\nalice <- bob 200 sdp\nalice -> bob ACK\n");
    finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hold_and_resume),
        cmocka_unit_test(both_hold_one_after_the_other),
        cmocka_unit_test(the_peer_asks_the_application),
        cmocka_unit_test(an_offer_is_refused_and_the_call_goes_on),
        cmocka_unit_test(without_a_handler_what_does_not_fit_is_refused),
        cmocka_unit_test(asked_for_an_offer),
        cmocka_unit_test(asked_without_a_handler),
        cmocka_unit_test(an_asked_offer_is_refused),
        cmocka_unit_test(glare),
        cmocka_unit_test(hung_up_with_an_offer_open),
        cmocka_unit_test(hung_up_with_an_offer_on_its_way),
        cmocka_unit_test(the_peer_is_gone),
        cmocka_unit_test(the_2xx_to_a_reinvite_is_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
