#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <sip/base.h>

typedef struct sink {
    char line[2048];
    sip_log_category category;
    sip_log_level level;
    unsigned lines;
} sink;

static void keep(sip_log_category category, sip_log_level level, const char *line, void *user_data)
{
    sink *s = user_data;

    assert_true(strlen(line) < sizeof(s->line));
    snprintf(s->line, sizeof(s->line), "%s", line);
    s->category = category;
    s->level = level;
    s->lines++;
}

static void lines_are_formatted(void **state)
{
    sink s = {0};
    const sip_log log = {keep, &s, SIP_LOG_ALL, SIP_LOG_DEBUG, NULL};

    (void)state;
    sip_log_info(&log, SIP_LOG_DNS, "%d records of " SIP_FMT, 3, SIP_ARG(SIP_STR("example.com")));
    assert_string_equal(s.line, "3 records of example.com");
    assert_int_equal(s.category, SIP_LOG_DNS);
    assert_int_equal(s.level, SIP_LOG_INFO);
    sip_log_debug(&log, SIP_LOG_AUTH, "stale");
    assert_string_equal(s.line, "stale");
    assert_int_equal(s.category, SIP_LOG_AUTH);
    assert_int_equal(s.level, SIP_LOG_DEBUG);
}

static void unwanted_lines_are_not_written(void **state)
{
    sink s = {0};
    sip_log log = {keep, &s, SIP_LOG_DNS | SIP_LOG_STACK, SIP_LOG_INFO, NULL};

    (void)state;
    sip_log_info(&log, SIP_LOG_AUTH, "other category");
    sip_log_debug(&log, SIP_LOG_DNS, "too detailed");
    sip_log_info(NULL, SIP_LOG_DNS, "no log");
    sip_log_debug(NULL, SIP_LOG_DNS, "no log");
    assert_int_equal(s.lines, 0);
    sip_log_info(&log, SIP_LOG_STACK, "wanted");
    assert_int_equal(s.lines, 1);
    log.write = NULL;
    sip_log_info(&log, SIP_LOG_STACK, "no writer");
    assert_int_equal(s.lines, 1);
}

static void bytes_that_do_not_print_are_escaped(void **state)
{
    sink s = {0};
    const sip_log log = {keep, &s, SIP_LOG_ALL, SIP_LOG_DEBUG, NULL};

    (void)state;
    sip_log_info(&log, SIP_LOG_MESSAGE, "%s", "a\r\nb\x1b[2J\\\x7f\xc3\xa4~ ");
    assert_string_equal(s.line, "a\\x0d\\x0ab\\x1b[2J\\\\\\x7f\\xc3\\xa4~ ");
}

static void long_lines_are_cut_at_a_whole_character(void **state)
{
    sink s = {0};
    const sip_log log = {keep, &s, SIP_LOG_ALL, SIP_LOG_DEBUG, NULL};
    char text[3001];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    sip_log_info(&log, SIP_LOG_MESSAGE, "%s", text);
    assert_int_equal(strlen(s.line), 1000);
    memset(text, '\n', sizeof(text) - 1);
    text[0] = 'x';
    sip_log_info(&log, SIP_LOG_MESSAGE, "%s", text);
    assert_int_equal(strlen(s.line), 1 + 249 * 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_formatted),
        cmocka_unit_test(unwanted_lines_are_not_written),
        cmocka_unit_test(bytes_that_do_not_print_are_escaped),
        cmocka_unit_test(long_lines_are_cut_at_a_whole_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
