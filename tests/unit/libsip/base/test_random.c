#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sip/base.h>

/* Counts up, a byte at a time. */
static void fill_counting(void *bytes, size_t len, void *user_data)
{
    uint8_t *next = user_data;

    for (size_t i = 0; i < len; i++) {
        ((uint8_t *)bytes)[i] = (*next)++;
    }
}

static void a_generator_of_ones_own_is_asked(void **state)
{
    uint8_t next = 1;
    const sip_random random = {fill_counting, &next};
    uint8_t bytes[3] = {0};
    uint64_t number = 0;

    (void)state;
    sip_random_fill(&random, bytes, sizeof(bytes));
    assert_memory_equal(bytes, "\1\2\3", 3);
    number = sip_random_u64(&random);
    assert_memory_equal(&number, "\4\5\6\7\10\11\12\13", 8);
}

static void below_stays_below_and_reaches_all(void **state)
{
    bool seen[7] = {false};

    (void)state;
    for (int i = 0; i < 2000; i++) {
        uint32_t number = sip_random_below(sip_random_system(), 7);

        assert_in_range(number, 0, 6);
        seen[number] = true;
    }
    for (size_t i = 0; i < 7; i++) {
        assert_true(seen[i]);
    }
    assert_int_equal(sip_random_below(NULL, 1), 0);
    assert_int_equal(sip_random_below(NULL, 0), 0);
}

static void the_system_fills_all_of_a_long_block(void **state)
{
    static uint8_t first[10000], second[10000];
    static const uint8_t zeros[64];

    (void)state;
    sip_random_fill(NULL, first, sizeof(first));
    sip_random_fill(sip_random_system(), second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
    for (size_t i = 0; i + sizeof(zeros) <= sizeof(first); i += sizeof(zeros)) {
        assert_memory_not_equal(first + i, zeros, sizeof(zeros));
    }
    sip_random_fill(NULL, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_generator_of_ones_own_is_asked),
        cmocka_unit_test(below_stays_below_and_reaches_all),
        cmocka_unit_test(the_system_fills_all_of_a_long_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
