#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/timer_wheel.h"

typedef struct journal {
    sip__wheel wheel;
    char fired[256];
    size_t count;
} journal;

typedef struct note {
    sip_timer timer;
    journal *journal;
    char letter;
} note;

static void write_letter(void *arg)
{
    note *n = arg;

    assert_false(sip_timer_is_armed(&n->timer));
    n->journal->fired[n->journal->count++] = n->letter;
    n->journal->fired[n->journal->count] = '\0';
}

static void note_init(note *n, journal *j, char letter)
{
    n->journal = j;
    n->letter = letter;
    sip_timer_init(&n->timer, write_letter, n);
}

static void fires_at_its_millisecond_and_not_before(void **state)
{
    static const sip_time_ms delays[] = {
        1, 2, 63, 64, 65, 4095, 4096, 32000, 3600000, UINT32_MAX, UINT64_C(1) << 40,
    };
    static journal j;
    note n;

    (void)state;
    for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
        sip__wheel_init(&j.wheel, 1000003 + i);
        j.count = 0;
        note_init(&n, &j, 'x');
        sip__wheel_arm(&j.wheel, &n.timer, j.wheel.now_ms + delays[i]);
        sip_time_ms due_ms = n.timer.due_ms;

        assert_true(sip_timer_is_armed(&n.timer));
        assert_int_equal(sip__wheel_next_due_ms(&j.wheel), due_ms);
        sip__wheel_advance(&j.wheel, due_ms - 1);
        assert_int_equal(j.count, 0);
        assert_int_equal(sip__wheel_next_due_ms(&j.wheel), due_ms);
        sip__wheel_advance(&j.wheel, due_ms);
        assert_int_equal(j.count, 1);
        assert_int_equal(j.wheel.armed, 0);
        assert_int_equal(sip__wheel_next_due_ms(&j.wheel), UINT64_MAX);
        assert_int_equal(sip__wheel_wake_ms(&j.wheel), UINT64_MAX);
    }
}

static void ties_fire_in_order_of_arming(void **state)
{
    static journal j;
    note notes[6];

    (void)state;
    sip__wheel_init(&j.wheel, 10);
    j.count = 0;
    for (size_t i = 0; i < 6; i++) {
        note_init(&notes[i], &j, (char)('a' + i));
    }
    sip__wheel_arm(&j.wheel, &notes[0].timer, 70000);
    sip__wheel_arm(&j.wheel, &notes[1].timer, 70000);
    sip__wheel_arm(&j.wheel, &notes[4].timer, 69999);
    sip__wheel_advance(&j.wheel, 66000);
    sip__wheel_arm(&j.wheel, &notes[2].timer, 70000);
    sip__wheel_advance(&j.wheel, 69998);
    sip__wheel_arm(&j.wheel, &notes[3].timer, 70000);
    sip__wheel_arm(&j.wheel, &notes[5].timer, 70001);
    sip__wheel_arm(&j.wheel, &notes[0].timer, 70000); /* armed anew: now the last of its time */
    sip__wheel_advance(&j.wheel, 80000);
    assert_string_equal(j.fired, "ebcdaf");
}

static void past_times_fire_at_the_next_advance(void **state)
{
    static journal j;
    note a, b;

    (void)state;
    sip__wheel_init(&j.wheel, 1000);
    j.count = 0;
    note_init(&a, &j, 'a');
    note_init(&b, &j, 'b');
    sip__wheel_arm(&j.wheel, &a.timer, 1000);
    sip__wheel_arm(&j.wheel, &b.timer, 3);
    assert_int_equal(j.count, 0);
    assert_int_equal(sip__wheel_next_due_ms(&j.wheel), 1000);
    assert_int_equal(sip__wheel_wake_ms(&j.wheel), 1000);
    sip__wheel_advance(&j.wheel, 1000);
    assert_string_equal(j.fired, "ab");
}

static void time_does_not_go_back(void **state)
{
    static journal j;
    note n;

    (void)state;
    sip__wheel_init(&j.wheel, 1000);
    j.count = 0;
    note_init(&n, &j, 'a');
    sip__wheel_arm(&j.wheel, &n.timer, 1001);
    sip__wheel_advance(&j.wheel, 5);
    assert_int_equal(j.wheel.now_ms, 1000);
    assert_int_equal(j.count, 0);
    sip__wheel_advance(&j.wheel, 1001);
    assert_int_equal(j.count, 1);
}

static void cancelled_timers_are_silent(void **state)
{
    static journal j;
    note a, b, c;

    (void)state;
    sip__wheel_init(&j.wheel, 0);
    j.count = 0;
    note_init(&a, &j, 'a');
    note_init(&b, &j, 'b');
    note_init(&c, &j, 'c');
    sip__wheel_arm(&j.wheel, &a.timer, 500);
    sip__wheel_arm(&j.wheel, &b.timer, 500);
    sip__wheel_arm(&j.wheel, &c.timer, 0);
    sip__wheel_cancel(&j.wheel, &a.timer);
    sip__wheel_cancel(&j.wheel, &a.timer);
    sip__wheel_cancel(&j.wheel, &c.timer);
    assert_false(sip_timer_is_armed(&a.timer));
    assert_int_equal(j.wheel.armed, 1);
    sip__wheel_advance(&j.wheel, 1000);
    assert_string_equal(j.fired, "b");
}

static void waking_at_wake_ms_is_never_late_and_seldom_for_nothing(void **state)
{
    static journal j;
    note n;
    int turns = 0;

    (void)state;
    sip__wheel_init(&j.wheel, 12345);
    j.count = 0;
    note_init(&n, &j, 'a');
    sip__wheel_arm(&j.wheel, &n.timer, 12345 + UINT64_C(98765432101));
    while (j.count == 0) {
        sip_time_ms wake_ms = sip__wheel_wake_ms(&j.wheel);

        assert_true(wake_ms <= sip__wheel_next_due_ms(&j.wheel));
        sip__wheel_advance(&j.wheel, wake_ms);
        turns++;
    }
    assert_int_equal(j.wheel.now_ms, 12345 + UINT64_C(98765432101));
    assert_in_range(turns, 1, SIP__WHEEL_LEVELS);
}

typedef struct self_arming {
    sip_timer timer;
    sip__wheel *wheel;
    sip_time_ms step_ms;
    unsigned fired;
} self_arming;

static void arm_again(void *arg)
{
    self_arming *s = arg;

    s->fired++;
    sip__wheel_arm(s->wheel, &s->timer, s->wheel->now_ms + s->step_ms);
}

static void a_timer_may_arm_itself(void **state)
{
    static sip__wheel wheel;
    self_arming s = {.wheel = &wheel, .step_ms = 1000};

    (void)state;
    sip__wheel_init(&wheel, 0);
    sip_timer_init(&s.timer, arm_again, &s);
    sip__wheel_arm(&wheel, &s.timer, 1000);
    sip__wheel_advance(&wheel, 3600000);
    assert_int_equal(s.fired, 3600);
    /* Without a delay it must not hold the loop: once an advance. */
    s.step_ms = 0;
    sip__wheel_advance(&wheel, 3601000);
    sip__wheel_advance(&wheel, 3601000);
    assert_int_equal(s.fired, 3602);
}

typedef struct meddler {
    sip_timer timer;
    sip__wheel *wheel;
    sip_timer *victim;
} meddler;

static void cancel_victim(void *arg)
{
    meddler *m = arg;

    sip__wheel_cancel(m->wheel, m->victim);
}

static void a_timer_may_cancel_those_that_fire_with_it(void **state)
{
    static journal j;
    note next, middle, last, later;
    meddler m[3];

    (void)state;
    sip__wheel_init(&j.wheel, 0);
    j.count = 0;
    note_init(&next, &j, 'n');
    note_init(&middle, &j, 'm');
    note_init(&last, &j, 'l');
    note_init(&later, &j, 'x');
    sip_timer *victims[3] = {&next.timer, &last.timer, &later.timer};

    for (size_t i = 0; i < 3; i++) {
        m[i].wheel = &j.wheel;
        m[i].victim = victims[i];
        sip_timer_init(&m[i].timer, cancel_victim, &m[i]);
        sip__wheel_arm(&j.wheel, &m[i].timer, 100);
    }
    sip__wheel_arm(&j.wheel, &next.timer, 100);
    sip__wheel_arm(&j.wheel, &middle.timer, 100);
    sip__wheel_arm(&j.wheel, &last.timer, 100);
    sip__wheel_arm(&j.wheel, &later.timer, 101);
    sip__wheel_advance(&j.wheel, 200);
    assert_string_equal(j.fired, "m");
    assert_int_equal(j.wheel.armed, 0);
}

/* The model: an array that is searched, and every timer carries what it needs to be judged. */
#define MODEL_TIMERS 48

typedef struct model_timer {
    sip_timer timer;
    struct model *model;
    sip_time_ms due_ms;
    uint64_t order;        /* of arming */
    uint64_t from_advance; /* fires in this advance or a later one */
    bool armed;
} model_timer;

typedef struct model {
    sip__wheel wheel;
    model_timer timers[MODEL_TIMERS];
    sip_time_ms now_ms, target_ms;
    uint64_t orders, advances, fired;
    uint64_t random;
    bool advancing;
} model;

static uint64_t draw(model *m)
{
    uint64_t z = m->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t draw_delay_ms(model *m)
{
    static const uint64_t scales[] = {
        4, 70, 500, 5000, 64000, 4000000, UINT32_MAX, UINT64_C(1) << 45,
    };

    return draw(m) % scales[draw(m) % (draw(m) % 8 == 0 ? 8 : 6)];
}

static model_timer *model_first(model *m, bool within_advance)
{
    model_timer *first = NULL;

    for (size_t i = 0; i < MODEL_TIMERS; i++) {
        model_timer *t = &m->timers[i];

        if (!t->armed || (within_advance && t->from_advance > m->advances)) {
            continue;
        }
        if (!first || t->due_ms < first->due_ms ||
            (t->due_ms == first->due_ms && t->order < first->order)) {
            first = t;
        }
    }
    return first;
}

static void model_arm(model *m)
{
    model_timer *t = &m->timers[draw(m) % MODEL_TIMERS];
    sip_time_ms due_ms = m->now_ms + draw_delay_ms(m);

    if (draw(m) % 16 == 0) {
        due_ms = draw(m) % 2 == 0 ? 0 : UINT64_MAX;
    }
    sip__wheel_arm(&m->wheel, &t->timer, due_ms);
    t->armed = true;
    t->order = m->orders++;
    t->from_advance = due_ms > m->now_ms ? 0 : m->advances + 1;
    t->due_ms = due_ms > m->now_ms ? due_ms : m->now_ms;
}

static void model_cancel(model *m)
{
    model_timer *t = &m->timers[draw(m) % MODEL_TIMERS];

    /* Now and then the one that would be next: the wheel may hold it already. */
    if (draw(m) % 2 == 0 && model_first(m, m->advancing)) {
        t = model_first(m, m->advancing);
    }
    sip__wheel_cancel(&m->wheel, &t->timer);
    t->armed = false;
}

static void model_fire(void *arg)
{
    model_timer *t = arg;
    model *m = t->model;

    assert_true(m->advancing);
    assert_true(t->armed);
    assert_ptr_equal(model_first(m, true), t);
    assert_true(t->due_ms <= m->target_ms);
    t->armed = false;
    m->fired++;
    if (t->due_ms > m->now_ms) {
        m->now_ms = t->due_ms;
    }
    assert_int_equal(m->wheel.now_ms, m->now_ms);
    for (uint64_t i = draw(m) % 4; i > 0; i--) {
        if (draw(m) % 3 == 0) {
            model_cancel(m);
        } else if (draw(m) % 2 == 0) {
            model_arm(m);
        }
    }
}

static void model_advance(model *m)
{
    sip_time_ms target_ms = m->now_ms + draw_delay_ms(m);

    if (draw(m) % 3 == 0 && model_first(m, false) && model_first(m, false)->due_ms < UINT64_MAX) {
        target_ms = model_first(m, false)->due_ms;
    }
    m->advances++;
    /* Time does not go back. */
    m->target_ms = target_ms > m->now_ms ? target_ms : m->now_ms;
    m->advancing = true;
    sip__wheel_advance(&m->wheel, target_ms);
    m->advancing = false;
    /* Whatever is still armed lies ahead or was armed too late for this advance. */
    const model_timer *left = model_first(m, true);

    assert_true(!left || left->due_ms > m->target_ms);
    m->now_ms = m->target_ms;
}

static void model_check(model *m)
{
    const model_timer *first = model_first(m, false);
    size_t armed = 0;

    for (size_t i = 0; i < MODEL_TIMERS; i++) {
        assert_int_equal(sip_timer_is_armed(&m->timers[i].timer), m->timers[i].armed);
        armed += m->timers[i].armed;
    }
    assert_int_equal(m->wheel.armed, armed);
    assert_int_equal(m->wheel.now_ms, m->now_ms);
    assert_int_equal(sip__wheel_next_due_ms(&m->wheel), first ? first->due_ms : UINT64_MAX);
    assert_true(sip__wheel_wake_ms(&m->wheel) <= sip__wheel_next_due_ms(&m->wheel));
    assert_true(sip__wheel_wake_ms(&m->wheel) > m->now_ms || (first && first->due_ms <= m->now_ms));
}

static void random_operations_agree_with_a_naive_model(void **state)
{
    static model m;

    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        memset(&m, 0, sizeof(m));
        m.random = seed;
        m.now_ms = seed == 1 ? 0 : draw(&m) >> (seed * 8);
        sip__wheel_init(&m.wheel, m.now_ms);
        for (size_t i = 0; i < MODEL_TIMERS; i++) {
            m.timers[i].model = &m;
            sip_timer_init(&m.timers[i].timer, model_fire, &m.timers[i]);
        }
        for (int i = 0; i < 25000; i++) {
            uint64_t which = draw(&m) % 8;

            if (which < 4) {
                model_arm(&m);
            } else if (which < 5) {
                model_cancel(&m);
            } else {
                model_advance(&m);
            }
            model_check(&m);
        }
        assert_true(m.fired > 5000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_at_its_millisecond_and_not_before),
        cmocka_unit_test(ties_fire_in_order_of_arming),
        cmocka_unit_test(past_times_fire_at_the_next_advance),
        cmocka_unit_test(time_does_not_go_back),
        cmocka_unit_test(cancelled_timers_are_silent),
        cmocka_unit_test(waking_at_wake_ms_is_never_late_and_seldom_for_nothing),
        cmocka_unit_test(a_timer_may_arm_itself),
        cmocka_unit_test(a_timer_may_cancel_those_that_fire_with_it),
        cmocka_unit_test(random_operations_agree_with_a_naive_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
