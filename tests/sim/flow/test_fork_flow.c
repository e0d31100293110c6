/* Forks: several early dialogs of one call (RFC 3261 12.1.2, 13.2.2.4). What a forking proxy would
 * bring back is put on the wire by hand. */
#include "pair.h"

#include <stdio.h>
#include <string.h>

#define B1 "sip:b1@192.0.2.99"
#define B2 "sip:b2@192.0.2.99"

static void call_out(ua_pair *p, const sip_body *offer, dum_forks forks)
{
    const dum_invite_config call = {.to = "sip:bob@192.0.2.99", .offer = offer, .forks = forks};

    pair_open(p, 0);
    assert_int_equal(dum_invite_create(p->alice.profile, &call, &p->alice.call), 0);
    pair_run(p, 20);
    assert_int_equal(p->alice.n_sent, 1);
}

static void respond(ua_pair *p, unsigned to, int status, const char *tag, const char *contact,
                    const sip_body *body)
{
    char bytes[2000];

    pair_response(p->alice.sent[to], status, tag, contact, NULL, body, bytes);
    pair_inject(p, "alice", bytes);
    pair_run(p, 50);
}

/* The number of messages sent so far that begin so. */
static unsigned sent(const ua_pair *p, const char *starts)
{
    unsigned n = 0;

    for (unsigned i = 0; i < p->alice.n_sent; i++) {
        n += strncmp(p->alice.sent[i], starts, strlen(starts)) == 0;
    }
    return n;
}

static const char *last_sent(const ua_pair *p)
{
    return p->alice.sent[p->alice.n_sent - 1];
}

/* Answer a BYE or re-INVITE that alice sent last. */
static void ok_last(ua_pair *p)
{
    char bytes[2000];

    pair_response(last_sent(p), 200, "", NULL, NULL, NULL, bytes);
    pair_inject(p, "alice", bytes);
    pair_run(p, 50);
}

static void forks_are_shown_and_the_second_wins(void **state)
{
    dum_invite *zero;
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_DEFAULT);
    zero = p.alice.call;
    respond(&p, 0, 180, "one", B1, NULL);
    respond(&p, 0, 183, "two", B2, &pair_media2);
    respond(&p, 0, 183, "two", B2, &pair_media2);
    respond(&p, 0, 180, "one", B1, NULL);
    pair_log(&p, "alice 180, alice forked 1, alice answer, alice 183, alice 183, alice 180");
    assert_ptr_equal(p.alice.call, zero);
    respond(&p, 0, 200, "two", B2, &pair_media2);
    pair_log(&p, "alice connected, alice over");
    assert_int_equal(p.alice.why, DUM_WHY_FORK_LOST);
    assert_non_null(strstr(last_sent(&p), "ACK " B2 " SIP/2.0"));
    assert_int_equal(dum_manager_usages(p.alice.dum), 1);
    /* The other phone answers as well: ACK and BYE, and nobody hears of it. */
    respond(&p, 0, 200, "one", B1, &pair_media);
    assert_int_equal(sent(&p, "ACK " B1), 1);
    assert_int_equal(sent(&p, "BYE " B1), 1);
    ok_last(&p);
    /* And a third, of which nothing was known. */
    respond(&p, 0, 200, "three", "sip:b3@192.0.2.99", &pair_media);
    assert_int_equal(sent(&p, "BYE sip:b3"), 1);
    ok_last(&p);
    /* A 2xx that comes again gets its ACK again, and no second BYE. */
    respond(&p, 0, 200, "three", "sip:b3@192.0.2.99", &pair_media);
    respond(&p, 0, 200, "two", B2, &pair_media2);
    assert_int_equal(sent(&p, "BYE"), 2);
    pair_log(&p, "");
    p.alice.act[ON_TERMINATED] = do_nothing;
    assert_int_equal(dum_manager_usages(p.alice.dum), 1);
    sip_stack_stop(p.alice.stack);
    pair_run(&p, 50);
    assert_int_equal(sent(&p, "BYE " B2), 1);
    ok_last(&p);
    pair_log(&p, "alice over");
    pair_close(&p);
}

static void the_first_response_of_a_fork_may_be_its_200(void **state)
{
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_SHOWN);
    respond(&p, 0, 180, "one", B1, NULL);
    respond(&p, 0, 200, "two", B2, &pair_media);
    pair_log(&p, "alice 180, alice forked 1, alice answer, alice connected, alice over");
    pair_destroy(&p);
    assert_int_equal(p.alice.count[ON_TERMINATED], 2);
}

static void one_handle_follows_the_dialogs(void **state)
{
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_MERGED);
    respond(&p, 0, 183, "one", B1, &pair_media);
    respond(&p, 0, 183, "two", B2, &pair_media2);
    respond(&p, 0, 180, "one", B1, NULL);
    respond(&p, 0, 200, "two", B2, &pair_media2);
    pair_log(&p, "alice answer, alice 183, alice answer, alice 183, alice 180, alice answer, "
                 "alice connected");
    assert_int_equal(dum_invite_fork_index(p.alice.call), 0);
    assert_true(sip_str_same(dum_invite_remote_description(p.alice.call), pair_media2.data));
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_run(&p, 10);
    assert_int_equal(sent(&p, "BYE " B2), 1);
    ok_last(&p);
    pair_close(&p);
}

static void all_forks_fail_together(void **state)
{
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_SHOWN);
    respond(&p, 0, 180, "one", B1, NULL);
    respond(&p, 0, 180, "two", B2, NULL);
    respond(&p, 0, 486, "best", NULL, NULL);
    pair_log(&p, "alice 180, alice forked 1, alice 180, alice over, alice over");
    assert_int_equal(p.alice.why, DUM_WHY_REJECTED);
    assert_int_equal(p.alice.status, 486);
    pair_close(&p);
}

static void ending_one_cancels_the_call(void **state)
{
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_SHOWN);
    respond(&p, 0, 180, "one", B1, NULL);
    respond(&p, 0, 180, "two", B2, NULL);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_run(&p, 10);
    assert_int_equal(sent(&p, "CANCEL"), 1);
    respond(&p, 0, 200, "three", "sip:b3@192.0.2.99", &pair_media);
    pair_log(&p, "alice 180, alice forked 1, alice 180, alice over, alice over");
    assert_int_equal(p.alice.why, DUM_WHY_CANCELLED);
    assert_int_equal(sent(&p, "ACK sip:b3"), 1);
    assert_int_equal(sent(&p, "BYE sip:b3"), 1);
    ok_last(&p);
    pair_close(&p);
}

static void a_cancel_is_never_answered(void **state)
{
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_SHOWN);
    respond(&p, 0, 180, "one", B1, NULL);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_run(&p, 31000);
    pair_log(&p, "alice 180");
    pair_run(&p, 2000);
    pair_log(&p, "alice over");
    pair_destroy(&p);
}

static void a_fork_is_dropped(void **state)
{
    dum_invite *zero;
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_SHOWN);
    zero = p.alice.call;
    respond(&p, 0, 180, "one", B1, NULL);
    respond(&p, 0, 180, "two", B2, NULL);
    assert_int_equal(dum_invite_drop(zero), SIP_EINVAL);
    assert_int_equal(dum_invite_drop(p.alice.call), 0);
    assert_int_equal(dum_invite_drop(p.alice.call), SIP_ESTATE);
    pair_run(&p, 10);
    respond(&p, 0, 180, "two", B2, NULL);
    pair_log(&p, "alice 180, alice forked 1, alice 180, alice over");
    respond(&p, 0, 200, "two", B2, &pair_media);
    assert_int_equal(sent(&p, "BYE " B2), 1);
    ok_last(&p);
    pair_log(&p, "");
    respond(&p, 0, 200, "one", B1, &pair_media);
    pair_log(&p, "alice answer, alice connected");
    p.alice.act[ON_TERMINATED] = do_nothing;
    assert_int_equal(dum_invite_end(zero, 0, NULL), 0);
    pair_run(&p, 10);
    ok_last(&p);
    pair_close(&p);
}

static void a_dropped_fork_answers_and_nobody_else(void **state)
{
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_SHOWN);
    respond(&p, 0, 180, "one", B1, NULL);
    respond(&p, 0, 180, "two", B2, NULL);
    assert_int_equal(dum_invite_drop(p.alice.call), 0);
    respond(&p, 0, 200, "two", B2, &pair_media);
    ok_last(&p);
    pair_log(&p, "alice 180, alice forked 1, alice 180, alice over");
    pair_settle(&p); /* the INVITE's transaction is over after Timer M */
    pair_log(&p, "alice over");
    assert_int_equal(p.alice.why, DUM_WHY_FORK_LOST);
    pair_close(&p);
}

static void late_offers_are_refused_when_late(void **state)
{
    ua_pair p;

    (void)state;
    call_out(&p, NULL, DUM_FORKS_SHOWN);
    p.alice.act[ON_OFFER] = do_answer;
    respond(&p, 0, 183, "one", B1, &pair_media); /* no offer: it is unreliable */
    respond(&p, 0, 200, "one", B1, &pair_media);
    pair_log(&p, "alice 183, alice offer, alice connected");
    respond(&p, 0, 200, "two", B2, &pair_media);
    assert_int_equal(sent(&p, "ACK " B2), 1);
    assert_non_null(strstr(p.alice.sent[p.alice.n_sent - 2], "m=audio 0 RTP/AVP 0"));
    ok_last(&p);
    pair_destroy(&p);
}

static void answers_that_break_the_rules(void **state)
{
    static const sip_body text = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("x")};
    static const sip_body bad = SIP_BODY_SDP("nonsense");
    static const struct {
        const sip_body *offer, *answer;
    } cases[] = {
        {&pair_media, NULL},      {&pair_media, &text}, {&pair_media, &bad},
        {&pair_media, &pair_two}, {NULL, NULL},         {NULL, &bad},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ua_pair p;

        call_out(&p, cases[i].offer, DUM_FORKS_SHOWN);
        respond(&p, 0, 200, "one", B1, cases[i].answer);
        pair_log(&p, "");
        assert_int_equal(sent(&p, "ACK " B1), 1);
        assert_int_equal(sent(&p, "BYE " B1), 1);
        ok_last(&p);
        pair_log(&p, "alice over");
        assert_int_equal(p.alice.why, DUM_WHY_PROTOCOL);
        pair_close(&p);
    }
}

static void route_sets_and_strict_routers(void **state)
{
    static const char routes[] = "<sip:p2.example;lr>, <sip:192.0.2.99;lr;x=1>";
    static const char strict[] = "<sip:p2.example>, <sip:p@192.0.2.99>";
    char bytes[2000];
    ua_pair p;

    (void)state;
    call_out(&p, &pair_media, DUM_FORKS_SHOWN);
    pair_response(p.alice.sent[0], 200, "one", B1, routes, &pair_media, bytes);
    pair_inject(&p, "alice", bytes);
    pair_run(&p, 50);
    assert_non_null(strstr(last_sent(&p), "ACK " B1 " SIP/2.0\r\n"));
    assert_non_null(strstr(last_sent(&p), "Route: <sip:192.0.2.99;lr;x=1>\r\n"
                                          "Route: <sip:p2.example;lr>\r\n"));
    pair_destroy(&p);
    call_out(&p, &pair_media, DUM_FORKS_SHOWN);
    pair_response(p.alice.sent[0], 200, "one", B1, strict, &pair_media, bytes);
    pair_inject(&p, "alice", bytes);
    pair_run(&p, 50);
    assert_non_null(strstr(last_sent(&p), "ACK sip:p@192.0.2.99 SIP/2.0\r\n"));
    assert_non_null(strstr(last_sent(&p), "Route: <sip:p2.example>\r\nRoute: <" B1 ">\r\n"));
    pair_destroy(&p);
}

static void through_an_outbound_proxy(void **state)
{
    const dum_profile_config alice = {
        .aor = "\"Al\" <sip:alice@alice>", .outbound_proxy = "sip:bob", .contact_user = "al"};
    const dum_invite_config call = {.to = "sip:carol@far.invalid", .offer = &pair_media};
    ua_pair p;

    (void)state;
    pair_open_with(&p, 0, NULL, &alice, NULL);
    p.bob.act[ON_NEW] = do_accept;
    assert_int_equal(dum_invite_create(p.alice.profile, &call, &p.alice.call), 0);
    pair_run(&p, 100);
    assert_non_null(strstr(p.alice.sent[0], "INVITE sip:carol@far.invalid SIP/2.0\r\n"));
    assert_non_null(strstr(p.alice.sent[0], "Route: <sip:bob;lr>\r\n"));
    assert_non_null(strstr(p.alice.sent[0], "From: \"Al\" <sip:alice@alice>;tag="));
    assert_non_null(strstr(p.alice.sent[0], "Contact: <sip:al@"));
    do_end(&p.bob, p.bob.call);
    pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forks_are_shown_and_the_second_wins),
        cmocka_unit_test(the_first_response_of_a_fork_may_be_its_200),
        cmocka_unit_test(one_handle_follows_the_dialogs),
        cmocka_unit_test(all_forks_fail_together),
        cmocka_unit_test(ending_one_cancels_the_call),
        cmocka_unit_test(a_cancel_is_never_answered),
        cmocka_unit_test(a_fork_is_dropped),
        cmocka_unit_test(a_dropped_fork_answers_and_nobody_else),
        cmocka_unit_test(late_offers_are_refused_when_late),
        cmocka_unit_test(answers_that_break_the_rules),
        cmocka_unit_test(route_sets_and_strict_routers),
        cmocka_unit_test(through_an_outbound_proxy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
