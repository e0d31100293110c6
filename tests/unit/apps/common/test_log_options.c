#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log_options.h"

static bool is_set(log_options *options, int option, const char *value)
{
    return log_options_set(options, option, value, "test") == -1;
}

static void options_are_checked_when_they_are_read(void **state)
{
    log_options options = {0};

    (void)state;
    assert_true(log_options_has(OPT_LOG_LEVELS) && log_options_has(OPT_LOG_FORMAT));
    assert_false(log_options_has(OPT_LOG_LEVELS - 1) || log_options_has(OPT_LOG_END));
    assert_true(is_set(&options, OPT_LOG_LEVELS, "warning,dns=debug"));
    assert_string_equal(options.levels, "warning,dns=debug");
    assert_true(is_set(&options, OPT_LOG_TO, "syslog"));
    assert_string_equal(options.to, "syslog");
    assert_true(is_set(&options, OPT_LOG_FORMAT, "json"));
    assert_int_equal(options.format, SIP_LOG_JSON);
    assert_true(is_set(&options, OPT_LOG_FORMAT, "text"));
    assert_int_equal(options.format, SIP_LOG_TEXT);
    assert_int_equal(log_options_set(&options, OPT_LOG_LEVELS, "loud", "test"), 2);
    assert_int_equal(log_options_set(&options, OPT_LOG_TO, "", "test"), 2);
    assert_int_equal(log_options_set(&options, OPT_LOG_FORMAT, "xml", "test"), 2);
    assert_int_equal(log_options_set(&options, OPT_LOG_END, "x", "test"), 2);
}

static void without_options_there_is_no_log(void **state)
{
    const log_options options = {0};
    log_output output;

    (void)state;
    assert_int_equal(log_output_open(&output, &options, false, "test"), 0);
    assert_null(log_output_log(&output));
    log_output_toggle(&output);
    log_output_reopen(&output, "test");
    log_output_close(&output);
    assert_int_equal(log_output_open(&output, &options, true, "test"), 0);
    assert_true(sip_log_wants(log_output_log(&output), SIP_LOG_DNS, SIP_LOG_DEBUG));
    assert_false(sip_log_wants(log_output_log(&output), SIP_LOG_MESSAGE, SIP_LOG_ERROR));
    log_output_close(&output);
}

static void detail_comes_and_goes(void **state)
{
    const log_options options = {.levels = "dns=error"};
    log_output output;

    (void)state;
    assert_int_equal(log_output_open(&output, &options, true, "test"), 0);
    for (unsigned i = 0; i < 2; i++) {
        assert_false(sip_log_wants(log_output_log(&output), SIP_LOG_DNS, SIP_LOG_WARNING));
        assert_true(sip_log_wants(log_output_log(&output), SIP_LOG_STACK, SIP_LOG_INFO));
        assert_false(sip_log_wants(log_output_log(&output), SIP_LOG_STACK, SIP_LOG_DEBUG));
        log_output_toggle(&output);
        assert_true(sip_log_wants(log_output_log(&output), SIP_LOG_DNS, SIP_LOG_DEBUG));
        log_output_toggle(&output);
    }
    log_output_close(&output);
}

static void a_file_is_opened_and_opened_anew(void **state)
{
    char path[] = "/tmp/parley-log-options-XXXXXX";
    int fd = mkstemp(path);
    const log_options options = {.to = path};
    log_output output;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(log_output_open(&output, &options, false, "test"), 0);
    assert_int_equal(unlink(path), 0);
    log_output_reopen(&output, "test");
    assert_int_equal(access(path, R_OK), 0);
    assert_true(sip_log_wants(log_output_log(&output), SIP_LOG_DNS, SIP_LOG_INFO));
    log_output_close(&output);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(
        log_output_open(&output, &(log_options){.to = "/nonexistent/folder/log"}, false, "test"),
        1);
    assert_null(log_output_log(&output));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_checked_when_they_are_read),
        cmocka_unit_test(without_options_there_is_no_log),
        cmocka_unit_test(detail_comes_and_goes),
        cmocka_unit_test(a_file_is_opened_and_opened_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
