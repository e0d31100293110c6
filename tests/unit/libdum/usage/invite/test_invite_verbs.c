/* What each verb of a session says in each phase; what it does then is the flows' to show. */
#include "sim/flow/pair.h"

/* Calls every verb, in the order of the table below, and expects these results. */
enum {
    END,
    DROP,
    PROVISIONAL,
    ACCEPT,
    ANSWER,
    REJECT,
    OFFER,
    HOLD,
    RESUME,
    VERBS
};

static int call_verb(dum_invite *inv, int verb)
{
    switch (verb) {
    case END:
        return dum_invite_end(inv, 0, NULL);
    case DROP:
        return dum_invite_drop(inv);
    case PROVISIONAL:
        return dum_invite_provisional(inv, 183, NULL);
    case ACCEPT:
        return dum_invite_accept(inv, &pair_media, NULL);
    case ANSWER:
        return dum_invite_answer(inv, &pair_media);
    case REJECT:
        return dum_invite_reject_offer(inv, 488);
    case OFFER:
        return dum_invite_offer(inv, &pair_media);
    case HOLD:
        return dum_invite_hold(inv);
    case RESUME:
        return dum_invite_resume(inv);
    }
    fail();
    return 0;
}

/* All verbs but those named (a mask) are out of place. */
static void expect_only(dum_invite *inv, unsigned allowed)
{
    for (int verb = 0; verb < VERBS; verb++) {
        if ((allowed & 1u << verb) == 0) {
            int err = call_verb(inv, verb);

            assert_int_equal(err, verb == DROP ? SIP_EINVAL : SIP_ESTATE);
        }
    }
}

static void nobodys_session(void **state)
{
    (void)state;
    for (int verb = 0; verb < VERBS; verb++) {
        assert_int_equal(call_verb(NULL, verb), SIP_EINVAL);
    }
}

static void arguments(void **state)
{
    static const sip_body text = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("x")};
    ua_pair pair;

    (void)state;
    pair_open(&pair, 0);
    pair.bob.act[ON_NEW] = do_ring;
    pair.bob.act[ON_OFFER] = do_nothing;
    pair_call(&pair, &pair_media);
    pair_run(&pair, 100);
    assert_int_equal(dum_invite_end(pair.bob.call, 200, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_end(pair.bob.call, 700, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_provisional(pair.bob.call, 100, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_provisional(pair.bob.call, 200, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_reject_offer(pair.bob.call, 200), SIP_EINVAL);
    assert_int_equal(dum_invite_reject_offer(pair.bob.call, 700), SIP_EINVAL);
    assert_int_equal(dum_invite_answer(pair.bob.call, NULL), SIP_EINVAL);
    assert_int_equal(dum_invite_answer(pair.bob.call, &text), SIP_EINVAL);
    assert_int_equal(dum_invite_accept(pair.bob.call, &text, NULL), SIP_EINVAL);
    /* None of these has done anything. */
    assert_int_equal(dum_invite_accept(pair.bob.call, &pair_media, NULL), 0);
    pair_run(&pair, 100);
    assert_true(dum_invite_is_connected(pair.alice.call));
    assert_int_equal(dum_invite_offer(pair.alice.call, &text), SIP_EINVAL);
    assert_int_equal(dum_invite_end(pair.alice.call, 0, NULL), 0);
    pair_close(&pair);
}

static void while_it_rings(void **state)
{
    ua_pair pair;

    (void)state;
    pair_open(&pair, 0);
    pair.bob.act[ON_NEW] = do_ring;
    pair.bob.act[ON_OFFER] = do_nothing;
    pair_call(&pair, &pair_media);
    expect_only(pair.alice.call, 1u << END);
    pair_run(&pair, 100);
    expect_only(pair.alice.call, 1u << END);
    expect_only(pair.bob.call,
                1u << END | 1u << PROVISIONAL | 1u << ACCEPT | 1u << ANSWER | 1u << REJECT);
    assert_int_equal(dum_invite_provisional(pair.bob.call, 183, NULL), 0);
    assert_int_equal(dum_invite_reject_offer(pair.bob.call, 488), 0);
    expect_only(pair.bob.call, 0); /* no callback has come yet, and still it is over */
    pair_run(&pair, 100);
    assert_int_equal(pair.alice.status, 488);
    assert_null(pair.alice.call);
    assert_null(pair.bob.call);
    pair_close(&pair);
}

static void once_it_is_accepted(void **state)
{
    ua_pair pair;

    (void)state;
    pair_open(&pair, 0);
    pair.bob.act[ON_NEW] = do_accept;
    pair.bob.act[ON_OFFER] = do_nothing;
    pair_call(&pair, &pair_media);
    pair_run(&pair, 15);
    expect_only(pair.bob.call, 1u << END); /* its ACK is still to come */
    pair_run(&pair, 100);
    expect_only(pair.bob.call, 1u << END | 1u << OFFER | 1u << HOLD);
    expect_only(pair.alice.call, 1u << END | 1u << OFFER | 1u << HOLD);
    pair.bob.act[ON_OFFER] = do_answer;
    assert_int_equal(dum_invite_hold(pair.alice.call), 0);
    expect_only(pair.alice.call, 1u << END); /* one re-INVITE at a time */
    pair_run(&pair, 100);
    assert_true(dum_invite_is_held(pair.alice.call));
    expect_only(pair.alice.call, 1u << END | 1u << OFFER | 1u << RESUME);
    assert_int_equal(dum_invite_end(pair.bob.call, 0, NULL), 0);
    expect_only(pair.bob.call, 0);
    pair_close(&pair);
}

/* Without an offer in the INVITE the called side makes it. */
static void an_offer_that_is_wanted(void **state)
{
    ua_pair pair;

    (void)state;
    pair_open(&pair, 0);
    pair.bob.act[ON_NEW] = do_ring;
    pair.bob.act[ON_OFFER_REQUIRED] = do_nothing;
    pair.alice.act[ON_OFFER] = do_nothing;
    pair_call(&pair, NULL);
    pair_run(&pair, 100);
    assert_int_equal(dum_invite_answer(pair.bob.call, &pair_media), SIP_ESTATE);
    assert_int_equal(dum_invite_offer(pair.bob.call, NULL), SIP_ESTATE);
    assert_int_equal(dum_invite_accept(pair.bob.call, &pair_media, NULL), 0);
    pair_run(&pair, 50);
    expect_only(pair.alice.call, 1u << END | 1u << ANSWER | 1u << REJECT);
    assert_int_equal(dum_invite_reject_offer(pair.alice.call, 488), 0);
    expect_only(pair.alice.call, 0);
    pair_run(&pair, 1000);
    assert_null(pair.alice.call);
    assert_null(pair.bob.call);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobodys_session),         cmocka_unit_test(arguments),
        cmocka_unit_test(while_it_rings),          cmocka_unit_test(once_it_is_accepted),
        cmocka_unit_test(an_offer_that_is_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
