/* Which end a connection nears in each of its states. */
#include "transport/deadline.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

typedef struct fixture {
    sip_connection_stats stats;
    sip__connections all;
    sip__connection it;
} fixture;

static void init(fixture *f, sip__connection_state state)
{
    memset(f, 0, sizeof(*f));
    f->all.config.stats = &f->stats;
    f->all.config.limits = (sip_connection_limits){0, 0, 100, 200, 300, 1200, 500, 1000, 1000};
    f->it.state = (uint8_t)state;
    f->it.since_ms = f->it.used_ms = f->it.keepalive.heard_ms = 1000;
    f->it.proven = true;
}

static void expect(const fixture *f, uint64_t idle_ms, sip_time_ms due_ms, const uint64_t *counter)
{
    sip__deadline deadline = sip__deadline_of(&f->all, &f->it, idle_ms);

    assert_int_equal(deadline.kind, SIP__DEADLINE_END);
    assert_int_equal(deadline.due_ms, due_ms);
    assert_ptr_equal(deadline.counter, counter);
    assert_non_null(deadline.text);
}

static void test_states(void **state)
{
    fixture f;

    (void)state;
    init(&f, SIP__CONNECTION_CONNECTING);
    expect(&f, 50, 1100, &f.stats.connect_timeouts);
    init(&f, SIP__CONNECTION_HANDSHAKE);
    expect(&f, 50, 1200, &f.stats.handshake_timeouts);
    init(&f, SIP__CONNECTION_CLOSING);
    assert_int_equal(sip__deadline_of(&f.all, &f.it, 50).kind, SIP__DEADLINE_NONE);
    init(&f, SIP__CONNECTION_OPEN);
    assert_int_equal(sip__deadline_of(&f.all, &f.it, 0).due_ms, UINT64_MAX);
}

static void test_earliest_of_an_open_one(void **state)
{
    fixture f;
    sip__deadline deadline;

    (void)state;
    init(&f, SIP__CONNECTION_OPEN);
    expect(&f, 5000, 6000, &f.stats.closed_idle);
    assert_int_equal(sip__deadline_of(&f.all, &f.it, 5000).err, 0); /* nobody's fault */
    f.it.stalled_ms = 1400;
    expect(&f, 5000, 1900, &f.stats.stalled);
    f.it.partial_ms = 1450;
    expect(&f, 5000, 1850, &f.stats.slow);
    f.it.proven = false;
    expect(&f, 5000, 1300, &f.stats.silent);
    f.it.keepalive_ms = 250;
    deadline = sip__deadline_of(&f.all, &f.it, 5000);
    assert_int_equal(deadline.kind, SIP__DEADLINE_PING);
    assert_int_equal(deadline.due_ms, 1250);
    f.it.keepalive.sent_ms = 1250;
    expect(&f, 5000, 1300, &f.stats.silent);
    f.it.proven = true;
    f.it.partial_ms = f.it.stalled_ms = 0;
    expect(&f, 0, 1250 + SIP__KEEPALIVE_ANSWER_MS, &f.stats.unanswered_pings);
}

/* A message under way has a third of its time, and what comes at the least rate. */
static void test_rate_of_a_message(void **state)
{
    fixture f;

    (void)state;
    init(&f, SIP__CONNECTION_OPEN);
    f.it.partial_ms = 1000;
    expect(&f, 0, 1400, &f.stats.slow);
    f.it.partial_bytes = 100;
    expect(&f, 0, 1500, &f.stats.slow);
    f.it.partial_bytes = 1 << 30;
    expect(&f, 0, 2200, &f.stats.slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_earliest_of_an_open_one),
        cmocka_unit_test(test_rate_of_a_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
