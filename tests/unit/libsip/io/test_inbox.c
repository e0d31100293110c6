#include "io/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <sip/build.h>

#include "support/fail_alloc.h"

static sip_msg *message(void)
{
    sip_build *build = sip_build_request(NULL, SIP_STR("OPTIONS"), SIP_STR("sip:a@h"));
    sip_msg *msg = NULL;

    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

static void put(sip__inbox *inbox, sip_msg *msg)
{
    assert_true(sip__inbox_put(inbox, msg, 0));
}

static sip_msg *take(sip__inbox *inbox)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip__inbox_take(inbox, 0, &msg), 0);
    return msg;
}

static void test_in_order_and_bounded(void **state)
{
    sip_msg *msgs[5];
    sip__inbox *inbox;
    sip_msg *got = NULL;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        msgs[i] = message();
    }
    assert_int_equal(sip__inbox_create(NULL, 0, &inbox), SIP_EINVAL);
    assert_int_equal(sip__inbox_create(NULL, SIZE_MAX / 4, &inbox), SIP_EINVAL);
    assert_int_equal(sip__inbox_create(NULL, 4, &inbox), 0);
    assert_int_equal(sip__inbox_take(inbox, 0, &got), SIP_EAGAIN);
    assert_int_equal(sip__inbox_take(inbox, 1, &got), SIP_EAGAIN);
    assert_null(got);
    put(inbox, msgs[0]);
    put(inbox, msgs[1]);
    assert_false(sip__inbox_put(inbox, msgs[2], 2));
    assert_true(sip__inbox_put(inbox, msgs[2], 1));
    assert_ptr_equal(take(inbox), msgs[0]);
    put(inbox, msgs[3]);
    put(inbox, msgs[4]);
    assert_false(sip__inbox_put(inbox, msgs[0], 0));
    for (size_t i = 1; i < 4; i++) {
        assert_ptr_equal(take(inbox), msgs[i]);
        (void)sip_msg_unref(msgs[i]);
    }
    (void)sip_msg_unref(msgs[0]);
    sip__inbox_destroy(inbox); /* with one in it */
    sip__inbox_destroy(NULL);
}

static void test_held_places(void **state)
{
    sip__inbox *inbox;
    sip_msg *msg = message();

    (void)state;
    assert_int_equal(sip__inbox_create(NULL, 2, &inbox), 0);
    assert_true(sip__inbox_reserve(inbox, 1));
    assert_false(sip__inbox_reserve(inbox, 1));
    assert_true(sip__inbox_reserve(inbox, 0));
    assert_false(sip__inbox_put(inbox, msg, 0));
    sip__inbox_put_held(inbox, msg);
    assert_false(sip__inbox_reserve(inbox, 0));
    sip__inbox_release(inbox);
    assert_true(sip__inbox_reserve(inbox, 0));
    assert_ptr_equal(take(inbox), msg);
    (void)sip_msg_unref(msg);
    sip__inbox_destroy(inbox);
}

static void test_ends(void **state)
{
    sip__inbox *inbox;
    sip_msg *got = NULL;
    sip_msg *last = message();

    (void)state;
    assert_int_equal(sip__inbox_create(NULL, 4, &inbox), 0);
    assert_true(sip__inbox_reserve(inbox, 0));
    assert_true(sip__inbox_reserve(inbox, 0));
    sip__inbox_wind_down(inbox);
    assert_int_equal(sip__inbox_take(inbox, 0, &got), SIP_EAGAIN); /* answers are awaited */
    sip__inbox_put_held(inbox, last);
    sip__inbox_release(inbox);
    assert_ptr_equal(take(inbox), last);
    assert_int_equal(sip__inbox_take(inbox, UINT32_MAX, &got), SIP_EGONE);
    assert_true(sip__inbox_put(inbox, last, 0)); /* what comes late is not lost */
    assert_ptr_equal(take(inbox), last);
    assert_true(sip__inbox_reserve(inbox, 0));
    sip__inbox_close(inbox);
    assert_int_equal(sip__inbox_take(inbox, UINT32_MAX, &got), SIP_EGONE);
    assert_false(sip__inbox_put(inbox, last, 0));
    assert_false(sip__inbox_reserve(inbox, 0));
    sip__inbox_wind_down(inbox); /* does not open it again */
    assert_int_equal(sip__inbox_take(inbox, UINT32_MAX, &got), SIP_EGONE);
    (void)sip_msg_unref(last);
    sip__inbox_destroy(inbox);
}

#define MANY 500

struct taker {
    sip__inbox *inbox;
    size_t count;
};

static void *take_all(void *arg)
{
    struct taker *taker = arg;
    sip_msg *msg;

    while (sip__inbox_take(taker->inbox, UINT32_MAX, &msg) == 0) {
        (void)sip_msg_unref(msg);
        taker->count++;
    }
    return NULL;
}

static void test_a_thread_that_sleeps(void **state)
{
    struct taker taker = {NULL, 0};
    pthread_t thread;

    (void)state;
    assert_int_equal(sip__inbox_create(NULL, 8, &taker.inbox), 0);
    assert_int_equal(pthread_create(&thread, NULL, take_all, &taker), 0);
    for (size_t i = 0; i < MANY; i++) {
        sip_msg *msg = message();

        while (!sip__inbox_put(taker.inbox, msg, 0)) {
            sched_yield();
        }
    }
    sip__inbox_wind_down(taker.inbox);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(taker.count, MANY);
    sip__inbox_destroy(taker.inbox);
}

static void test_out_of_memory(void **state)
{
    fail_alloc memory;
    sip__inbox *inbox = NULL;

    (void)state;
    fail_alloc_init(&memory, 1);
    assert_int_equal(sip__inbox_create(&memory.allocator, 4, &inbox), SIP_ENOMEM);
    assert_null(inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order_and_bounded),
        cmocka_unit_test(test_held_places),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_a_thread_that_sleeps),
        cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
