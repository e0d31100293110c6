#include "sim/flow/pair.h"

static void of_nobody(void **state)
{
    (void)state;
    assert_false(dum_invite_is_held(NULL));
    assert_false(dum_invite_is_connected(NULL));
    assert_false(dum_invite_is_stable(NULL));
    assert_int_equal(dum_invite_fork_index(NULL), 0);
    assert_int_equal(dum_invite_remote_description(NULL).len, 0);
    assert_int_equal(dum_invite_remote(NULL).len, 0);
    assert_int_equal(dum_invite_call_id(NULL).len, 0);
    assert_null(dum_invite_data(NULL));
    assert_null(dum_invite_manager(NULL));
    assert_int_equal(dum_invite_id(NULL), 0);
}

static void of_a_call(void **state)
{
    const dum_invite *alice, *bob;
    ua_pair pair;

    (void)state;
    pair_open(&pair, 0);
    pair.bob.act[ON_NEW] = do_ring;
    pair.bob.act[ON_OFFER] = do_nothing;
    pair_call(&pair, &pair_media);
    alice = pair.alice.call;
    /* Nobody has answered: who is called is the Request-URI. */
    assert_true(dum_invite_remote(alice).len > 0);
    assert_int_equal(dum_invite_remote_description(alice).len, 0);
    pair_run(&pair, 100);
    bob = pair.bob.call;
    assert_false(dum_invite_is_connected(alice));
    assert_false(dum_invite_is_stable(bob));
    assert_int_equal(dum_invite_remote_description(bob).len, 0); /* offered, not yet agreed */
    assert_int_equal(dum_invite_accept(pair.bob.call, &pair_media2, NULL), 0);
    pair_run(&pair, 100);
    assert_true(dum_invite_is_stable(alice));
    assert_true(dum_invite_is_stable(bob));
    assert_true(sip_str_same(dum_invite_remote_description(alice), pair_media2.data));
    assert_true(sip_str_same(dum_invite_remote_description(bob), pair_media.data));
    assert_true(sip_str_same(dum_invite_call_id(alice), dum_invite_call_id(bob)));
    assert_ptr_equal(dum_invite_manager(alice), pair.alice.dum);
    assert_ptr_equal(dum_invite_find(pair.bob.dum, dum_invite_id(bob)), bob);
    assert_int_equal(dum_invite_fork_index(alice), 0);
    pair.bob.act[ON_OFFER] = do_answer;
    assert_int_equal(dum_invite_hold(pair.alice.call), 0);
    assert_true(dum_invite_is_connected(alice));
    assert_false(dum_invite_is_stable(alice)); /* while the re-INVITE is under way */
    pair_run(&pair, 100);
    assert_true(dum_invite_is_stable(alice));
    assert_true(dum_invite_is_held(alice));
    assert_false(dum_invite_is_held(bob)); /* it is held, it does not hold */
    assert_int_equal(dum_invite_end(pair.alice.call, 0, NULL), 0);
    assert_false(dum_invite_is_connected(alice));
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_nobody), cmocka_unit_test(of_a_call)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
