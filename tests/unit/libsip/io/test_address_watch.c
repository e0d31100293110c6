/* Changes of addresses, in a network namespace of the test's own; skipped where none can be had. */
#define _GNU_SOURCE
#include "io/address_watch.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define SKIPPED 77 /* for meson */

static void count(void *arg)
{
    ++*(size_t *)arg;
}

static void run(const char *command)
{
    assert_int_equal(system(command), 0);
}

static void stop(void *arg)
{
    sip_loop_stop(arg);
}

/* An address, the same once more (no change), a default route, the address goes. */
static void test_changes(void **state)
{
    sip_loop *loop;
    sip__address_watch *watch;
    size_t changes = 0;
    real_loop real = {NULL, NULL, NULL, NULL, 0, false};

    (void)state;
    assert_int_equal(sip_loop_create(NULL, &loop), 0);
    real.loop = loop;
    /* Without addresses of their own making, which would come when they like. */
    run("ip link set lo up && ip link add one type veth peer name two && "
        "ip link set one addrgenmode none && ip link set two addrgenmode none && "
        "ip link set one up && ip link set two up");
    assert_int_equal(sip__address_watch_create(NULL, loop, count, &changes, &watch), 0);
    run("ip addr add 192.0.2.7/24 dev one");
    assert_true(real_loop_until(&real, &changes, 1));
    run("ip addr add 192.0.2.8/24 dev one; ip addr del 192.0.2.8/24 dev one");
    run("ip addr add 198.51.100.7/24 dev one && ip route add default via 198.51.100.1");
    assert_true(real_loop_until(&real, &changes, 2));
    run("ip addr del 192.0.2.7/24 dev one");
    assert_true(real_loop_until(&real, &changes, 3));
    assert_int_equal(changes, 3);
    sip__address_watch_destroy(watch);
    sip_loop_destroy(loop);
}

/* What comes and goes within the time to settle is no change. */
static void test_nothing(void **state)
{
    sip_loop *loop;
    sip__address_watch *watch;
    size_t changes = 0;

    (void)state;
    assert_int_equal(sip_loop_create(NULL, &loop), 0);
    assert_int_equal(sip__address_watch_create(NULL, loop, count, &changes, &watch), 0);
    run("ip addr add 127.9.9.9/32 dev lo && ip addr del 127.9.9.9/32 dev lo");
    sip_loop_set_alarm(loop, sip_loop_now_ms(loop) + 700, stop, loop);
    assert_int_equal(sip_loop_run(loop), 0);
    assert_int_equal(changes, 0);
    sip__address_watch_destroy(watch);
    sip_loop_destroy(loop);
}

static void test_without_memory(void **state)
{
    sip_loop *loop;
    sip__address_watch *watch;
    fail_alloc fail;
    size_t n = 0;
    size_t changes = 0;

    (void)state;
    assert_int_equal(sip_loop_create(NULL, &loop), 0);
    do {
        fail_alloc_init(&fail, ++n);
        if (sip__address_watch_create(&fail.allocator, loop, count, &changes, &watch) == 0) {
            sip__address_watch_destroy(watch);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    sip__address_watch_destroy(NULL);
    sip_loop_destroy(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_without_memory),
    };

    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        (void)printf("no network namespace can be had here\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
