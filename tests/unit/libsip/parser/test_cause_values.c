#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 3326 2 */
    {&sip_reason_type, "SIP ;cause=200 ;text=\"Call completed elsewhere\"",
     "SIP;cause=200;text=\"Call completed elsewhere\"",
     "SIP;cause=200;text=\"Call completed elsewhere\""},
    {&sip_reason_type, "Q.850 ;cause=16 ;text=\"Terminated\"", "Q.850;cause=16;text=\"Terminated\"",
     "Q.850;cause=16;text=\"Terminated\""},
    {&sip_reason_type, "preemption", NULL, "preemption"},
    /* RFC 9410 */
    {&sip_reason_type,
     "STIR ;cause=436 ;text=\"Bad Identity Info\" ;ppi="
     "\"..rq3pjT1hoRwakEGjHCnWSwUnshd0-zJ6F1VOgFWSjHBr8Qjpjlk-cpFYpFYsojNCpTzO3QfPOlckGaS6hEck7w\"",
     "STIR;cause=436;text=\"Bad Identity Info\";ppi="
     "\"..rq3pjT1hoRwakEGjHCnWSwUnshd0-zJ6F1VOgFWSjHBr8Qjpjlk-cpFYpFYsojNCpTzO3QfPOlckGaS6hEck7w\"",
     NULL},
    {&sip_reason_type, "x;text=bare;a", NULL, "x;text=\"bare\""},
    /* RFC 3261 20.43 */
    {&sip_warning_type, "307 isi.edu \"Session parameter 'foo' not understood\"", NULL, NULL},
    {&sip_warning_type, "301 [2001:db8::1]:5060 \"a \\\"b\\\"\"", NULL, NULL},
    /* RFC 3261 20.33 */
    {&sip_retry_after_type, "18000;duration=3600", NULL, "18000;duration=3600"},
    {&sip_retry_after_type, "120 (I'm in a meeting)", NULL, "120 (I'm in a meeting)"},
    {&sip_retry_after_type, "5(a (b) \\) c);x;duration=1", "5 (a (b) \\) c);x;duration=1",
     "5 (a (b) \\) c);duration=1"},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_reason reason;
    sip_warning warning;
    sip_retry_after after;

    (void)state;
    header_read(&sip_reason_type, "Q.850;cause=16", &reason);
    assert_str(reason.protocol, "Q.850");
    assert_true(reason.has_cause);
    assert_int_equal(reason.cause, 16);
    assert_int_equal(reason.text.len, 0);
    header_read(&sip_warning_type, "399 host:5060 \"a b\"", &warning);
    assert_int_equal(warning.code, 399);
    assert_str(warning.agent, "host:5060");
    assert_str(warning.text, "a b");
    header_read(&sip_retry_after_type, "99999999999 (x);duration=2", &after);
    assert_int_equal(after.after_s, UINT32_MAX);
    assert_true(after.has_comment);
    assert_str(after.comment, "x");
    assert_true(after.has_duration);
    assert_int_equal(after.duration_s, 2);
}

static void test_build(void **state)
{
    sip_reason reason = {.protocol = SIP_STR("SIP"), .has_cause = true, .cause = 486};
    sip_retry_after after = {.after_s = 9, .has_comment = true, .comment = SIP_STR("(a)")};
    sip_warning warning = {
        .code = 399, .agent = SIP_STR("h"), .text = SIP_STR("\xc3\xa9t\xc3\xa9")};

    (void)state;
    header_prints(&sip_reason_type, &reason, "SIP;cause=486");
    reason.text = SIP_STR("Busy \"here\"");
    header_prints(&sip_reason_type, &reason, NULL);
    header_prints(&sip_retry_after_type, &after, "9 ((a))");
    after.comment = SIP_STR("a)");
    header_prints(&sip_retry_after_type, &after, NULL);
    after.comment = SIP_STR("(a");
    header_prints(&sip_retry_after_type, &after, NULL);
    after.comment = SIP_STR("a\\");
    header_prints(&sip_retry_after_type, &after, NULL);
    header_prints(&sip_warning_type, &warning, "399 h \"\xc3\xa9t\xc3\xa9\"");
    warning.agent = SIP_STR("a b");
    header_prints(&sip_warning_type, &warning, NULL);
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_reason_type, "SIP;cause=", 10);
    header_refused(&sip_reason_type, "SIP;cause=x", 4);
    header_refused(&sip_reason_type, "SIP;text=\"x", 9);
    header_refused(&sip_warning_type, "307 isi.edu", 11);
    header_refused(&sip_warning_type, "307", 3);
    header_refused(&sip_warning_type, "307 isi.edu \"a\" b", 16);
    header_refused(&sip_retry_after_type, "(now)", 0);
    header_refused(&sip_retry_after_type, "1 (now", 2);
    header_refused(&sip_retry_after_type, "1;duration", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
