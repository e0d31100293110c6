/* Sessions end from every callback, at every moment, by stop and by destruction, exactly once. */
#include "pair.h"

#include <stdio.h>
#include <string.h>

static void end_all(ua_side *side, dum_invite *inv)
{
    assert_int_equal(dum_manager_usages(side->dum) > 0, 1);
    dum_invite_end(inv, 0, NULL);
    dum_invite_end(side->call, 0, NULL);
}

static void script(ua_pair *p)
{
    p->bob.act[ON_NEW] = do_ring;
    p->bob.act[ON_OFFER] = do_nothing;
    p->alice.act[ON_OFFER] = do_nothing;
}

/* One whole call with everything in it; `end` is the callback that ends its session, on one of the
 * sides. */
static void play(ua_side *who, ua_pair *p, happening end, const sip_body *offer)
{
    script(p);
    who->act[end] = end_all;
    pair_call(p, offer);
    pair_run(p, 100);
    dum_invite_accept(p->bob.call, &pair_media, NULL);
    pair_run(p, 100);
    dum_invite_answer(p->alice.call, &pair_media);
    pair_run(p, 100);
    dum_invite_offer(p->alice.call, &pair_media2);
    pair_run(p, 100);
    dum_invite_reject_offer(p->bob.call, 488);
    pair_run(p, 100);
    dum_invite_offer(p->bob.call, NULL);
    pair_run(p, 100);
    dum_invite_offer(p->alice.call, &pair_media);
    pair_run(p, 100);
    dum_invite_answer(p->bob.call, &pair_media);
    pair_run(p, 100);
    dum_invite_offer(p->bob.call, &pair_two);
    pair_run(p, 100);
    dum_invite_reject_offer(p->alice.call, 488);
    pair_run(p, 100);
    dum_invite_end(p->alice.call, 0, NULL);
}

static void each_callback_ends_its_own_session(void **state)
{
    (void)state;
    for (int end = 0; end < HAPPENINGS; end++) {
        for (int which = 0; which < 4; which++) {
            const sip_body *offer = which < 2 ? &pair_media : NULL;
            ua_pair p;

            pair_open(&p, 0);
            play(which % 2 == 0 ? &p.alice : &p.bob, &p, (happening)end, offer);
            pair_settle(&p);
            assert_int_equal(p.alice.count[ON_TERMINATED], 1);
            assert_int_equal(p.bob.count[ON_TERMINATED], 1);
            assert_true(p.alice.count[ON_CONNECTED] <= 1 && p.bob.count[ON_CONNECTED] <= 1);
            pair_close(&p);
        }
    }
}

/* Run the same call and do something drastic `at_ms` into it. */
static void cut_at(ua_pair *p, uint32_t at_ms)
{
    pair_open(p, 0);
    p->bob.act[ON_NEW] = do_ring;
    pair_call(p, &pair_media);
    for (uint32_t ms = 0; ms < at_ms; ms += 5) {
        pair_run(p, 5);
        if (ms == 50) {
            dum_invite_accept(p->bob.call, &pair_media, NULL);
        } else if (ms == 100) {
            dum_invite_hold(p->alice.call);
        } else if (ms == 150) {
            dum_invite_answer(p->bob.call, &pair_media);
        } else if (ms == 200) {
            dum_invite_end(p->bob.call, 0, NULL);
        }
    }
}

static void the_stacks_are_destroyed(void **state)
{
    (void)state;
    for (uint32_t at = 0; at <= 260; at += 5) {
        unsigned before;
        ua_pair p;

        cut_at(&p, at);
        before = p.alice.count[ON_TERMINATED];
        pair_destroy(&p);
        assert_int_equal(p.alice.count[ON_TERMINATED], 1);
        assert_int_equal(p.bob.count[ON_TERMINATED], p.bob.count[ON_NEW]);
        if (before == 0) {
            assert_int_equal(p.alice.why, DUM_WHY_SHUTDOWN);
            assert_string_equal(p.alice.text, "invite: the stack was destroyed");
        }
    }
}

static void one_side_is_stopped(void **state)
{
    (void)state;
    for (uint32_t at = 0; at <= 260; at += 5) {
        ua_pair p;

        cut_at(&p, at);
        sip_stack_stop(at % 2 == 0 ? p.alice.stack : p.bob.stack);
        pair_run(&p, 4500);
        assert_int_equal(p.alice.count[ON_TERMINATED] >= 1, 1);
        pair_destroy(&p);
        assert_int_equal(p.bob.count[ON_TERMINATED], p.bob.count[ON_NEW]);
    }
}

static void stopping_says_goodbye(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    sip_stack_stop(p.alice.stack);
    pair_settle(&p);
    pair_log(&p, "bob over, alice over");
    assert_int_equal(p.alice.why, DUM_WHY_SHUTDOWN);
    assert_string_equal(p.alice.text, "invite: the stack is stopping");
    assert_int_equal(p.bob.why, DUM_WHY_REMOTE);
    assert_non_null(strstr(p.bob.text, "BYE from "));
    pair_close(&p);
}

static void stopping_rejects_and_cancels(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_ring;
    pair_call(&p, &pair_media);
    pair_run(&p, 100);
    sip_stack_stop(p.bob.stack);
    pair_settle(&p);
    assert_int_equal(p.bob.why, DUM_WHY_SHUTDOWN);
    assert_int_equal(p.alice.status, 480);
    pair_call(&p, &pair_media);
    pair_run(&p, 100);
    pair_close(&p);
}

static void stopping_cancels(void **state)
{
    const dum_invite_config another = {.to = "sip:bob@bob"};
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_ring;
    pair_call(&p, &pair_media);
    pair_run(&p, 100);
    sip_stack_stop(p.alice.stack);
    pair_run(&p, 200);
    assert_int_equal(dum_invite_create(p.alice.profile, &another, NULL), SIP_EBUSY);
    assert_int_equal(p.alice.why, DUM_WHY_SHUTDOWN);
    assert_int_equal(p.bob.why, DUM_WHY_CANCELLED);
    pair_destroy(&p);
}

static void ids_and_data(void **state)
{
    unsigned char *data;
    dum_id id;
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    pair_connect(&p);
    data = dum_invite_data(p.bob.call);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(data[i], 0);
        data[i] = 1;
    }
    id = dum_invite_id(p.bob.call);
    assert_ptr_equal(dum_invite_find(p.bob.dum, id), p.bob.call);
    assert_ptr_equal(dum_invite_manager(p.bob.call), p.bob.dum);
    assert_null(dum_invite_find(p.bob.dum, id + 1));
    do_end(&p.bob, p.bob.call);
    pair_settle(&p);
    assert_null(dum_invite_find(p.bob.dum, id));
    pair_close(&p);
}

static void posted(dum_manager *dum, void *arg)
{
    unsigned *n = arg;

    assert_non_null(dum);
    ++*n;
}

static void posts_run_on_the_worker(void **state)
{
    unsigned n = 0;
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    assert_int_equal(dum_manager_post(NULL, posted, &n), SIP_EINVAL);
    assert_int_equal(dum_manager_post(p.alice.dum, NULL, &n), SIP_EINVAL);
    assert_int_equal(dum_manager_post(p.alice.dum, posted, &n), 0);
    assert_int_equal(dum_manager_post(p.alice.dum, posted, &n), 0);
    assert_int_equal(n, 0);
    pair_run(&p, 10);
    assert_int_equal(n, 2);
    assert_int_equal(dum_manager_post(p.alice.dum, posted, &n), 0);
    pair_destroy(&p); /* what never ran is freed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_callback_ends_its_own_session),
        cmocka_unit_test(the_stacks_are_destroyed),
        cmocka_unit_test(one_side_is_stopped),
        cmocka_unit_test(stopping_says_goodbye),
        cmocka_unit_test(stopping_rejects_and_cancels),
        cmocka_unit_test(stopping_cancels),
        cmocka_unit_test(ids_and_data),
        cmocka_unit_test(posts_run_on_the_worker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
