#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "support/fail_alloc.h"
#include "base/log_levels.h"

static unsigned lines;

static void count_line(sip_log_category category, sip_log_level level, const char *line,
                       void *user_data)
{
    (void)category, (void)level, (void)line, (void)user_data;
    lines++;
}

static sip_log_levels *make(sip_log_level all)
{
    sip_log_levels *levels = NULL;

    assert_int_equal(sip_log_levels_create(NULL, all, &levels), 0);
    return levels;
}

static void each_category_has_a_level_of_its_own(void **state)
{
    sip_log_levels *levels = make(SIP_LOG_WARNING);

    (void)state;
    for (unsigned i = 0; i < SIP__LOG_CATEGORIES; i++) {
        assert_int_equal(sip_log_levels_get(levels, (sip_log_category)(1u << i)), SIP_LOG_WARNING);
    }
    for (unsigned i = 0; i < SIP__LOG_CATEGORIES; i++) {
        for (sip_log_level level = SIP_LOG_OFF; level <= SIP_LOG_DEBUG; level++) {
            sip_log_levels_set(levels, 1u << i, level);
            for (unsigned k = 0; k < SIP__LOG_CATEGORIES; k++) {
                assert_int_equal(sip_log_levels_get(levels, (sip_log_category)(1u << k)),
                                 k == i ? level : SIP_LOG_WARNING);
            }
        }
        sip_log_levels_set(levels, 1u << i, SIP_LOG_WARNING);
    }
    sip_log_levels_set(levels, SIP_LOG_TLS | SIP_LOG_DNS, SIP_LOG_OFF);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_TLS), SIP_LOG_OFF);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_DNS), SIP_LOG_OFF);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_APP), SIP_LOG_WARNING);
    sip_log_levels_destroy(levels);
}

static void a_log_heeds_them_while_it_is_in_use(void **state)
{
    sip_log_levels *levels = make(SIP_LOG_INFO);
    const sip_log log = {.write = count_line, .levels = levels};

    (void)state;
    lines = 0;
    sip_log_debug(&log, SIP_LOG_DNS, "no");
    assert_int_equal(lines, 0);
    sip_log_info(&log, SIP_LOG_DNS, "yes");
    assert_int_equal(lines, 1);
    sip_log_levels_set(levels, SIP_LOG_DNS, SIP_LOG_DEBUG);
    sip_log_debug(&log, SIP_LOG_DNS, "yes");
    sip_log_debug(&log, SIP_LOG_STACK, "no");
    assert_int_equal(lines, 2);
    sip_log_levels_set(levels, SIP_LOG_ALL, SIP_LOG_OFF);
    sip_log_error(&log, SIP_LOG_DNS, "no");
    assert_int_equal(lines, 2);
    sip_log_levels_set(levels, SIP_LOG_ALL, SIP_LOG_ERROR);
    sip_log_warning(&log, SIP_LOG_DNS, "no");
    sip_log_error(&log, SIP_LOG_DNS, "yes");
    assert_int_equal(lines, 3);
    assert_false(sip_log_wants(&log, SIP_LOG_DNS, SIP_LOG_OFF));
    assert_false(sip_log_wants(&log, (sip_log_category)0, SIP_LOG_ERROR));
    sip_log_levels_destroy(levels);
}

static void people_say_them_in_a_line(void **state)
{
    sip_log_levels *levels = make(SIP_LOG_INFO);

    (void)state;
    assert_int_equal(sip_log_levels_parse(levels, SIP_STR("warning, dns=debug,TLS=Off")), 0);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_STACK), SIP_LOG_WARNING);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_DNS), SIP_LOG_DEBUG);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_TLS), SIP_LOG_OFF);
    /* What is not named stays. */
    assert_int_equal(sip_log_levels_parse(levels, SIP_STR("auth=error")), 0);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_AUTH), SIP_LOG_ERROR);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_DNS), SIP_LOG_DEBUG);
    /* The last word counts. */
    assert_int_equal(sip_log_levels_parse(levels, SIP_STR("dns=error,all=info")), 0);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_DNS), SIP_LOG_INFO);
    sip_log_levels_destroy(levels);
}

static void what_is_no_level_changes_nothing(void **state)
{
    static const char *const bad[] = {
        "",       "loud",      "dns",        "dns=",      "=debug",     "debug,",
        ",debug", "debug,x=y", "dns==debug", "debug dns", "dns=debug=x"};
    sip_log_levels *levels = make(SIP_LOG_WARNING);

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(sip_log_levels_parse(levels, sip_str_of(bad[i])), SIP_EINVAL);
        assert_int_equal(sip_log_levels_get(levels, SIP_LOG_DNS), SIP_LOG_WARNING);
        assert_int_equal(sip_log_levels_get(levels, SIP_LOG_STACK), SIP_LOG_WARNING);
    }
    sip_log_levels_set(levels, SIP_LOG_ALL, (sip_log_level)7);
    assert_int_equal(sip_log_levels_get(levels, SIP_LOG_DNS), SIP_LOG_WARNING);
    sip_log_levels_destroy(levels);
    assert_int_equal(sip_log_levels_parse(NULL, SIP_STR("debug")), SIP_EINVAL);
    assert_int_equal(sip_log_levels_get(NULL, SIP_LOG_DNS), SIP_LOG_OFF);
    sip_log_levels_set(NULL, SIP_LOG_ALL, SIP_LOG_DEBUG);
    sip_log_levels_destroy(NULL);
}

static void they_have_names(void **state)
{
    (void)state;
    assert_string_equal(sip_log_category_name(SIP_LOG_STACK), "stack");
    assert_string_equal(sip_log_category_name(SIP_LOG_APP), "app");
    assert_string_equal(sip_log_category_name((sip_log_category)SIP_LOG_ALL), "other");
    assert_string_equal(sip_log_level_name(SIP_LOG_OFF), "off");
    assert_string_equal(sip_log_level_name(SIP_LOG_DEBUG), "debug");
    assert_string_equal(sip_log_level_name((sip_log_level)9), "off");
}

static void want_of_memory_is_said(void **state)
{
    sip_log_levels *levels = NULL;
    fail_alloc fail;

    (void)state;
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip_log_levels_create(&fail.allocator, SIP_LOG_INFO, &levels), SIP_ENOMEM);
    assert_int_equal(sip_log_levels_create(NULL, (sip_log_level)5, &levels), SIP_EINVAL);
    assert_int_equal(sip_log_levels_create(NULL, SIP_LOG_INFO, NULL), SIP_EINVAL);
    assert_null(levels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_category_has_a_level_of_its_own),
        cmocka_unit_test(a_log_heeds_them_while_it_is_in_use),
        cmocka_unit_test(people_say_them_in_a_line),
        cmocka_unit_test(what_is_no_level_changes_nothing),
        cmocka_unit_test(they_have_names),
        cmocka_unit_test(want_of_memory_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
