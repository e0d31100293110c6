#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support/fail_alloc.h"
#include "transaction/tap.h"

typedef struct watcher {
    sip_trace_sink sink;
    sip__tap *tap;
    unsigned seen;
    bool leaves; /* at the first event */
    char text[100];
    int64_t wall_us;
} watcher;

static void on_event(const sip_trace_event *event, void *user_data)
{
    watcher *self = user_data;

    self->seen++;
    self->wall_us = event->wall_us;
    assert_true(event->bytes.len < sizeof(self->text));
    memcpy(self->text, event->bytes.ptr, event->bytes.len);
    self->text[event->bytes.len] = '\0';
    if (self->leaves) {
        sip__tap_remove(self->tap, &self->sink);
    }
}

static watcher watch(sip__tap *tap, bool redact)
{
    return (watcher){.sink = {.write = on_event, .redact = redact}, .tap = tap};
}

static void add(watcher *self)
{
    self->sink.user_data = self;
    assert_int_equal(sip__tap_add(self->tap, &self->sink), 0);
}

static void show(sip__tap *tap, const char *text, sip_time_ms at_ms)
{
    sip_trace_event event = {.at_ms = at_ms, .bytes = sip_str_of(text)};

    sip__tap_show(tap, &event);
}

static void test_several(void **state)
{
    sip__tap tap;
    watcher a, b, c;

    (void)state;
    sip__tap_init(&tap, NULL, NULL);
    assert_false(sip__tap_is_on(&tap));
    show(&tap, "nobody", 0);
    a = watch(&tap, false);
    b = watch(&tap, true);
    c = watch(&tap, false);
    c.leaves = true;
    add(&a);
    add(&c);
    add(&b);
    assert_true(sip__tap_is_on(&tap));
    assert_int_equal(sip__tap_add(&tap, &a.sink), SIP_EINVAL);
    show(&tap, "Authorization: A secret", 0);
    assert_string_equal(a.text, "Authorization: A secret");
    assert_string_equal(b.text, "Authorization: A xxxxxx");
    assert_int_equal(c.seen, 1);
    sip__tap_remove(&tap, &c.sink); /* it is gone already */
    show(&tap, "x", 0);
    assert_int_equal(a.seen, 2);
    assert_int_equal(b.seen, 2);
    assert_int_equal(c.seen, 1);
    show(&tap, "", 0);
    assert_int_equal(a.seen, 3);
    assert_int_equal(b.seen, 2); /* nothing to redact, nothing to see */
    sip__tap_finish(&tap);
    assert_false(sip__tap_is_on(&tap));
    add(&a); /* may be added again */
    sip__tap_finish(&tap);
}

static void test_never_begun(void **state)
{
    sip__tap tap = {0};

    (void)state;
    sip__tap_finish(&tap);
}

/* What cannot be redacted is not shown to who wants it so. */
static void test_no_memory(void **state)
{
    fail_alloc fail;
    sip__tap tap;
    watcher plain, redacted;

    (void)state;
    fail_alloc_init(&fail, 1);
    sip__tap_init(&tap, &fail.allocator, NULL);
    plain = watch(&tap, false);
    redacted = watch(&tap, true);
    add(&plain);
    add(&redacted);
    show(&tap, "x", 0);
    assert_int_equal(plain.seen, 1);
    assert_int_equal(redacted.seen, 0);
    show(&tap, "x", 0);
    assert_int_equal(redacted.seen, 1);
    assert_int_equal(fail.live, 0);
    sip__tap_finish(&tap);
}

static sip_time_ms fixed_ms(void *user_data)
{
    (void)user_data;
    return 0;
}

static int64_t fixed_s(void *user_data)
{
    (void)user_data;
    return 1700000000;
}

static void test_wall_clock(void **state)
{
    const sip_clock own = {fixed_ms, fixed_s, NULL};
    sip__tap tap;
    watcher a;

    (void)state;
    /* One without microseconds goes on from its first event. */
    sip__tap_init(&tap, NULL, &own);
    a = watch(&tap, false);
    add(&a);
    show(&tap, "x", 500);
    assert_true(a.wall_us == INT64_C(1700000000000000));
    show(&tap, "x", 507);
    assert_true(a.wall_us == INT64_C(1700000000007000));
    sip__tap_finish(&tap);
    /* The system's is asked each time. */
    sip__tap_init(&tap, NULL, sip_clock_system());
    add(&a);
    show(&tap, "x", 500);
    assert_true(llabs(a.wall_us - sip_clock_unix_us(NULL)) < 60000000);
    sip__tap_finish(&tap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_never_begun),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_wall_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
