#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/noise.h"
#include "stack/overload.h"

/* One server with a queue: a piece of work takes so long, a refusal so long, and what is offered
 * comes at random at some multiple of what the server can do. */
#define WORK_US 1000.0
#define REFUSAL_US 50.0
#define MOST_QUEUED 65536u

typedef struct server {
    sip__overload overload;
    uint64_t noise;
    double now_us, arrival_us;
    double queue[MOST_QUEUED];
    unsigned first, count, most;
    unsigned served, refused, lost;
    double most_waited_us;
} server;

static server it; /* too large for a stack frame */

static void begin(const sip_overload_config *config)
{
    memset(&it, 0, sizeof(it));
    it.noise = 88172645463325252u;
    sip__overload_init(&it.overload, config, 5, 0);
}

static void arrive_until_now(double offered)
{
    while (it.arrival_us <= it.now_us) {
        if (it.count < MOST_QUEUED) {
            it.queue[(it.first + it.count++) % MOST_QUEUED] = it.arrival_us;
            it.most = it.count > it.most ? it.count : it.most;
        } else {
            it.lost++;
        }
        it.arrival_us += 2 * sip__noise(&it.noise) * WORK_US / offered;
    }
}

/* `offered` times the capacity for so long; what was counted before is forgotten. */
static void offer(double offered, unsigned ms)
{
    double end_us = it.now_us + ms * 1000.0;

    it.served = it.refused = it.lost = it.most = 0;
    it.most_waited_us = 0;
    it.arrival_us = it.now_us;
    while (it.now_us < end_us) {
        arrive_until_now(offered);
        if (it.count == 0) {
            it.now_us = it.arrival_us;
            continue;
        }
        double waited_us = it.now_us - it.queue[it.first];

        it.first = (it.first + 1) % MOST_QUEUED;
        it.count--;
        it.most_waited_us = waited_us > it.most_waited_us ? waited_us : it.most_waited_us;
        sip__overload_note(&it.overload, (sip_time_ms)(it.now_us / 1000),
                           (uint32_t)(waited_us / 1000));
        if (sip__overload_refuses(&it.overload)) {
            it.refused++;
            it.now_us += REFUSAL_US;
        } else {
            it.served++;
            it.now_us += WORK_US;
        }
    }
}

static void what_can_be_done_is_not_refused(void **state)
{
    (void)state;
    begin(&(sip_overload_config){0});
    offer(0.5, 20000);
    assert_int_equal(it.refused, 0);
    offer(0.9, 20000);
    assert_int_equal(it.refused, 0);
    assert_int_equal(sip__overload_loss(&it.overload), 0);
}

static void three_times_too_much_leaves_most_of_what_can_be_done(void **state)
{
    (void)state;
    begin(&(sip_overload_config){0});
    offer(1, 1000);
    offer(3, 1000); /* it finds out */
    offer(3, 60000);
    assert_true(it.served >= 60000 * 8 / 10);
    assert_int_equal(it.lost, 0);
    assert_true(it.most_waited_us <
                100000); /* far from the half second that clients repeat after */
    assert_true(it.most < 1000);
    assert_in_range(sip__overload_loss(&it.overload), 55, 85);
}

static void ten_and_fifteen_times_too_much_stay_in_hand(void **state)
{
    (void)state;
    begin(&(sip_overload_config){0});
    offer(10, 2000);
    offer(10, 20000);
    assert_true(it.served >= 20000 * 45 / 100); /* half is what refusing leaves */
    assert_int_equal(it.lost, 0);
    assert_true(it.most_waited_us < 200000);
    begin(&(sip_overload_config){0});
    offer(15, 2000);
    offer(15, 20000);
    assert_true(it.served >= 20000 * 20 / 100);
    assert_true(it.most_waited_us < 300000);
}

static void it_is_over_within_a_second(void **state)
{
    (void)state;
    begin(&(sip_overload_config){0});
    offer(3, 20000);
    offer(0.5, 1000);
    offer(0.5, 10000);
    assert_int_equal(it.refused, 0);
    assert_int_equal(sip__overload_loss(&it.overload), 0);
    offer(3, 20000);
    it.now_us += 1000000; /* silence */
    it.count = 0;
    sip__overload_tick(&it.overload, (sip_time_ms)(it.now_us / 1000));
    assert_false(sip__overload_refuses(&it.overload));
}

static void a_burst_is_not_an_overload(void **state)
{
    (void)state;
    begin(&(sip_overload_config){0});
    for (unsigned i = 0; i < 50; i++) {
        offer(3, 20); /* forty more than can be done at once */
        assert_int_equal(it.refused, 0);
        offer(0.2, 180);
        assert_int_equal(it.refused, 0);
    }
}

/* On a busy machine a message may wait long for a worker that has little to do. */
static void who_is_idle_is_not_overloaded(void **state)
{
    sip__overload overload;

    (void)state;
    sip__overload_init(&overload, &(sip_overload_config){0}, 3, 1000);
    for (sip_time_ms now_ms = 1000; now_ms < 11000; now_ms += 40) {
        sip__overload_idle(&overload, 39000);
        sip__overload_note(&overload, now_ms, 60);
        assert_false(sip__overload_refuses(&overload));
    }
    assert_int_equal(sip__overload_loss(&overload), 0);
    for (sip_time_ms now_ms = 11000; now_ms < 12000; now_ms += 40) {
        sip__overload_idle(&overload, 5000); /* less than a quarter */
        sip__overload_note(&overload, now_ms, 60);
    }
    assert_true(sip__overload_loss(&overload) > 20);
}

static void targets_are_held(void **state)
{
    (void)state;
    begin(&(sip_overload_config){.target_ms = 100, .interval_ms = 100});
    assert_int_equal(it.overload.target_ms, 100);
    offer(3, 5000);
    offer(3, 20000);
    assert_true(it.most_waited_us > 80000 && it.most_waited_us < 300000);
    assert_true(it.served >= 20000 * 8 / 10);
}

static void who_is_informed_is_refused_only_in_need(void **state)
{
    sip__overload overload;
    unsigned refused = 0, informed = 0;

    (void)state;
    sip__overload_init(&overload, &(sip_overload_config){0}, 0, 0);
    assert_false(sip__overload_refuses_informed(&overload));
    overload.taken = 0.25;
    overload.before_ms = 100; /* five times the target */
    for (unsigned i = 0; i < 10000; i++) {
        refused += sip__overload_refuses(&overload) ? 1 : 0;
        informed += sip__overload_refuses_informed(&overload) ? 1 : 0;
    }
    assert_in_range(refused, 7300, 7700);
    assert_int_equal(informed, 0);
    assert_int_equal(sip__overload_loss(&overload), 75);
    overload.before_ms = 101;
    for (unsigned i = 0; i < 10000; i++) {
        informed += sip__overload_refuses_informed(&overload) ? 1 : 0;
    }
    assert_in_range(informed, 7300, 7700);
}

static void some_is_always_taken(void **state)
{
    sip__overload overload;
    unsigned taken = 0;

    (void)state;
    sip__overload_init(&overload, &(sip_overload_config){0}, 3, 1000);
    for (sip_time_ms now_ms = 1000; now_ms < 21000; now_ms += 10) {
        sip__overload_note(&overload, now_ms, 4000);
    }
    assert_int_equal(sip__overload_loss(&overload), 99);
    for (unsigned i = 0; i < 10000; i++) {
        taken += sip__overload_refuses(&overload) ? 0 : 1;
    }
    assert_in_range(taken, 50, 200);
    sip__overload_tick(&overload, 90000);
    assert_int_equal(sip__overload_loss(&overload), 0);
    assert_true(overload.began_ms > 90000 - 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_done_is_not_refused),
        cmocka_unit_test(three_times_too_much_leaves_most_of_what_can_be_done),
        cmocka_unit_test(ten_and_fifteen_times_too_much_stay_in_hand),
        cmocka_unit_test(it_is_over_within_a_second),
        cmocka_unit_test(a_burst_is_not_an_overload),
        cmocka_unit_test(who_is_idle_is_not_overloaded),
        cmocka_unit_test(targets_are_held),
        cmocka_unit_test(who_is_informed_is_refused_only_in_need),
        cmocka_unit_test(some_is_always_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
