#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "stack/metrics_table.h"

#define WORDS (sizeof(sip_stack_stats) / sizeof(uint64_t))

static void every_counter_has_one_row(void **state)
{
    unsigned rows[WORDS] = {0};
    const sip__counter *counter;
    size_t n = 0;

    (void)state;
    for (; (counter = sip__metrics_counter(n)) != NULL; n++) {
        assert_int_equal(counter->offset % sizeof(uint64_t), 0);
        assert_true(counter->offset < sizeof(sip_stack_stats));
        rows[counter->offset / sizeof(uint64_t)]++;
    }
    for (size_t i = 0; i < WORDS; i++) {
        if (rows[i] != 1) {
            fail_msg("word %zu of sip_stack_stats has %u rows in metrics_table.c", i, rows[i]);
        }
    }
    assert_int_equal(n, WORDS);
}

/* As Prometheus wants them, and one name each. */
static void names_are_good(void **state)
{
    const sip__counter *counter, *other;

    (void)state;
    for (size_t i = 0; (counter = sip__metrics_counter(i)) != NULL; i++) {
        assert_int_equal(strncmp(counter->name, "parley_", 7), 0);
        assert_int_equal(strspn(counter->name, "abcdefghijklmnopqrstuvwxyz_"),
                         strlen(counter->name));
        assert_true(strlen(counter->help) > 10);
        assert_int_equal(counter->help[strlen(counter->help) - 1], '.');
        assert_null(strpbrk(counter->help, "\\\n"));
        for (size_t k = 0; k < i; k++) {
            other = sip__metrics_counter(k);
            assert_string_not_equal(counter->name, other->name);
        }
    }
}

static void values_are_found(void **state)
{
    sip_stack_stats stats = {.received = 3, .connections = {.broken = 9}, .most_waited_ms = 4};
    const sip__counter *counter;
    unsigned seen = 0;

    (void)state;
    for (size_t i = 0; (counter = sip__metrics_counter(i)) != NULL; i++) {
        uint64_t value = sip__metrics_value(counter, &stats);

        if (strcmp(counter->name, "parley_messages_received_total") == 0) {
            assert_int_equal(value, 3);
            assert_true(sip__metrics_only_grows(counter));
            seen++;
        } else if (strcmp(counter->name, "parley_connections_broken_total") == 0) {
            assert_int_equal(value, 9);
            seen++;
        } else if (strcmp(counter->name, "parley_waited_most_seconds") == 0) {
            char text[SIP__METRICS_VALUE_BYTES];

            assert_int_equal(value, 4);
            assert_string_equal(sip__metrics_shown(counter, &stats, text), "0.004");
            assert_false(sip__metrics_only_grows(counter));
            seen++;
        } else {
            assert_int_equal(value, 0);
        }
    }
    assert_int_equal(seen, 3);
    assert_false(sip__metrics_only_grows(&(sip__counter){.name = "_total"}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_counter_has_one_row),
        cmocka_unit_test(names_are_good),
        cmocka_unit_test(values_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
