#include "manager/shutdown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/one_ua.h"

typedef struct world {
    one_ua ua;
    fail_alloc counts;
    probe_log logs[3];
} world;

static void open_world(world *w, const dum_config *config)
{
    *w = (world){.counts = {.calls = 0}};
    fail_alloc_init(&w->counts, 0);
    assert_int_equal(one_ua_open(&w->ua, config, &w->counts.allocator), 0);
}

static void close_world(world *w)
{
    one_ua_close(&w->ua);
    assert_int_equal(w->counts.live, 0);
}

static dum__usage *add(world *w, size_t i)
{
    return probe_create(w->ua.dum->builtin, &w->logs[i]);
}

static void nobody_to_say_goodbye(void **state)
{
    world w;

    (void)state;
    open_world(&w, NULL);
    sip_stack_stop(w.ua.stack);
    sip_sim_run(w.ua.sim, 1);
    assert_true(w.ua.dum->stopping && w.ua.dum->stopped);
    assert_int_equal(dum__may_begin(w.ua.dum), SIP_EBUSY);
    dum__shutdown_begin(w.ua.dum); /* once more is no news */
    close_world(&w);
}

static void stopped_when_the_last_has_gone(void **state)
{
    dum__usage *usage;
    world w;

    (void)state;
    open_world(&w, NULL);
    w.logs[0].reap_on_end = true;
    add(&w, 0);
    usage = add(&w, 1);
    sip_stack_stop(w.ua.stack);
    sip_sim_run(w.ua.sim, 10);
    assert_int_equal(w.logs[0].shutdowns, 1);
    assert_int_equal(w.logs[0].destroyed, 1);
    assert_int_equal(w.logs[1].shutdowns, 1);
    assert_int_equal(w.logs[1].destroyed, 0);
    assert_true(w.ua.dum->stopping);
    assert_false(w.ua.dum->stopped);
    dum__shutdown_begin(w.ua.dum);
    assert_int_equal(w.logs[1].shutdowns, 1); /* asked once */
    dum__usage_reap(usage);
    sip_sim_run(w.ua.sim, 10);
    assert_true(w.ua.dum->stopped);
    close_world(&w);
    assert_int_equal(w.logs[0].aborts + w.logs[1].aborts, 0);
}

/* Who is ending already needs no telling. */
static void those_that_end_are_left_alone(void **state)
{
    world w;

    (void)state;
    open_world(&w, NULL);
    add(&w, 0)->ending = true;
    add(&w, 1);
    sip_stack_stop(w.ua.stack);
    sip_sim_run(w.ua.sim, 10);
    assert_int_equal(w.logs[0].shutdowns, 0);
    assert_int_equal(w.logs[1].shutdowns, 1);
    assert_false(w.ua.dum->stopped); /* but all are waited for */
    close_world(&w);
}

static void no_longer_than_configured(void **state)
{
    static const struct {
        uint32_t given_ms, used_ms;
    } cases[] = {{0, 4000}, {1500, 1500}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const dum_config config = {.shutdown_ms = cases[i].given_ms};
        dum__usage *stubborn;
        world w;

        open_world(&w, &config);
        stubborn = add(&w, 0);
        sip_sim_run(w.ua.sim, 1);
        dum__shutdown_begin(w.ua.dum);
        sip_sim_run(w.ua.sim, cases[i].used_ms - 100);
        assert_false(w.ua.dum->stopped);
        sip_sim_run(w.ua.sim, 200);
        assert_true(w.ua.dum->stopped);
        assert_int_equal(w.logs[0].destroyed, 0);
        dum__usage_reap(stubborn); /* late: nothing is said twice */
        sip_sim_run(w.ua.sim, 10);
        assert_int_equal(w.logs[0].destroyed, 1);
        close_world(&w);
    }
}

/* With the last usage goes the timer: nothing is left to be run. */
static void the_deadline_is_forgotten(void **state)
{
    world w;

    (void)state;
    open_world(&w, NULL);
    w.logs[0].reap_on_end = true;
    add(&w, 0);
    sip_stack_stop(w.ua.stack);
    sip_sim_run(w.ua.sim, 10);
    assert_true(w.ua.dum->stopped);
    assert_true(sip_stack_next_due_ms(w.ua.stack) > sip_sim_now_ms(w.ua.sim) + 4000);
    close_world(&w);
}

static void going_without_stopping_is_nothing(void **state)
{
    world w;

    (void)state;
    open_world(&w, NULL);
    dum__usage_destroy(add(&w, 0));
    assert_false(w.ua.dum->stopping || w.ua.dum->stopped);
    close_world(&w);
}

static void all_at_once(void **state)
{
    world w;

    (void)state;
    open_world(&w, NULL);
    add(&w, 0);
    w.logs[1].reap_on_end = true;
    add(&w, 1);
    add(&w, 2)->terminated = true;
    close_world(&w);
    assert_int_equal(w.logs[0].aborts, 1);
    assert_true(w.logs[0].saw_all_ending);
    assert_int_equal(w.logs[1].aborts, 1);
    assert_int_equal(w.logs[2].aborts, 0); /* its end has been told */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(w.logs[i].shutdowns, 0);
        assert_int_equal(w.logs[i].destroyed, 1);
    }
}

static void while_it_stops(void **state)
{
    world w;

    (void)state;
    open_world(&w, NULL);
    add(&w, 0);
    sip_stack_stop(w.ua.stack);
    sip_sim_run(w.ua.sim, 10);
    close_world(&w);
    assert_int_equal(w.logs[0].shutdowns, 1);
    assert_int_equal(w.logs[0].aborts, 1);
    assert_int_equal(w.logs[0].destroyed, 1);
}

static unsigned deferred_runs;

static void tell(dum__deferred *deferred)
{
    (void)deferred;
    deferred_runs++;
}

/* What an API call promised to tell is told before everything ends. */
static void pending_news_come_first(void **state)
{
    dum__deferred pending = {.next = NULL};
    world w;

    (void)state;
    open_world(&w, NULL);
    dum__usage_reap(add(&w, 0));
    dum__turn_defer(&w.ua.dum->turn, &pending, tell);
    close_world(&w);
    assert_int_equal(deferred_runs, 1);
    assert_int_equal(w.logs[0].aborts, 0);
    assert_int_equal(w.logs[0].destroyed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_to_say_goodbye),
        cmocka_unit_test(stopped_when_the_last_has_gone),
        cmocka_unit_test(those_that_end_are_left_alone),
        cmocka_unit_test(no_longer_than_configured),
        cmocka_unit_test(the_deadline_is_forgotten),
        cmocka_unit_test(going_without_stopping_is_nothing),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(while_it_stops),
        cmocka_unit_test(pending_news_come_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
