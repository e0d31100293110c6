#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sip/base.h>

static sip_time_ms fixed_now_ms(void *user_data)
{
    return *(sip_time_ms *)user_data;
}

static int64_t fixed_unix_s(void *user_data)
{
    return (int64_t)(*(sip_time_ms *)user_data / 1000);
}

static void a_clock_of_ones_own_is_asked(void **state)
{
    sip_time_ms now = 123456;
    const sip_clock clock = {fixed_now_ms, fixed_unix_s, &now};

    (void)state;
    assert_int_equal(sip_clock_now_ms(&clock), 123456);
    assert_int_equal(sip_clock_unix_s(&clock), 123);
    assert_int_equal(sip_clock_unix_us(&clock), 123000000);
}

static void the_system_clock_does_not_go_back(void **state)
{
    sip_time_ms first = sip_clock_now_ms(sip_clock_system());
    int64_t first_us = sip_clock_unix_s(NULL) * 1000000;

    (void)state;
    assert_true(sip_clock_now_ms(NULL) >= first);
    /* 2020 and later. */
    assert_true(sip_clock_unix_s(sip_clock_system()) > 1577836800);
    assert_true(sip_clock_unix_s(NULL) > 1577836800);
    assert_true(sip_clock_unix_us(NULL) > INT64_C(1577836800000000));
    assert_true(sip_clock_unix_us(sip_clock_system()) >= first_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_of_ones_own_is_asked),
        cmocka_unit_test(the_system_clock_does_not_go_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
