#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    {&sip_supported_type, "100rel", NULL, NULL},
    {&sip_require_type, "sec-agree", NULL, NULL},
    {&sip_proxy_require_type, "foo", NULL, NULL},
    {&sip_unsupported_type, "foo", NULL, NULL},
    {&sip_priority_type, "non-urgent", NULL, NULL},
    {&sip_call_id_type, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6@biloxi.com", NULL, NULL},
    {&sip_call_id_type, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{", NULL, NULL},
    {&sip_in_reply_to_type, "70710@saturn.bell-tel.com", NULL, NULL},
    {&sip_organization_type, "Boxes by Bob", NULL, NULL},
    {&sip_organization_type, "", NULL, NULL},
    {&sip_server_type, "HomeServer v2", NULL, NULL},
    {&sip_subject_type, "Need more boxes, \"now\"; (please", NULL, NULL},
    {&sip_user_agent_type, "Softphone Beta1.5", NULL, NULL},
    {&sip_max_forwards_type, "70", NULL, NULL},
    {&sip_max_breadth_type, "60", NULL, NULL},
    {&sip_expires_type, "5", NULL, NULL},
    {&sip_min_expires_type, "60", NULL, NULL},
    {&sip_flow_timer_type, "120", NULL, NULL},
    {&sip_allow_type, "INVITE", NULL, NULL},
    {&sip_allow_type, "FOO", NULL, NULL},
    {&sip_cseq_type, "4711 INVITE", NULL, NULL},
    {&sip_cseq_type, "0009\t NEWMETHOD", "9 NEWMETHOD", NULL},
    {&sip_date_type, "Sat, 13 Nov 2010 23:29:00 GMT", NULL, NULL},
    {&sip_timestamp_type, "54", NULL, NULL},
    {&sip_timestamp_type, "54.21 0.50", "54.21 0.5", NULL},
    /* RFC 4412 3 */
    {&sip_resource_priority_type, "dsn.flash", NULL, NULL},
    {&sip_accept_resource_priority_type, "wps.3", NULL, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_header_number number;
    sip_header_text text;
    sip_header_date date;
    sip_timestamp stamp;
    sip_allow allow;
    sip_cseq cseq;
    sip_resource_priority priority;

    (void)state;
    header_read(&sip_expires_type, "99999999999999999999", &number);
    assert_int_equal(number.number, UINT32_MAX);
    header_read(&sip_max_forwards_type, "007", &number);
    assert_int_equal(number.number, 7);
    header_read(&sip_subject_type, "  ", &text);
    assert_int_equal(text.text.len, 0);
    header_read(&sip_date_type, "Sat, 13 Nov 2010 23:29:00 GMT", &date);
    assert_int_equal(date.unix_s, 1289690940);
    header_read(&sip_timestamp_type, "1.5  .25", &stamp);
    assert_int_equal(stamp.sent_us, 1500000);
    assert_true(stamp.has_delay);
    assert_int_equal(stamp.delay_us, 250000);
    header_read(&sip_allow_type, "UPDATE", &allow);
    assert_int_equal(allow.method, SIP_METHOD_UPDATE);
    header_read(&sip_cseq_type, "7 foo", &cseq);
    assert_int_equal(cseq.number, 7);
    assert_int_equal(cseq.method, SIP_METHOD_OTHER);
    assert_str(cseq.method_text, "foo");
    header_read(&sip_resource_priority_type, "q735.0", &priority);
    assert_str(priority.name_space, "q735");
    assert_str(priority.priority, "0");
}

static void test_build(void **state)
{
    sip_header_text text = {SIP_STR("a b")};
    sip_header_date date = {INT64_MAX};
    sip_timestamp stamp = {.sent_us = 1, .has_delay = true, .delay_us = 2000000};
    sip_cseq cseq = {.number = 5, .method = SIP_METHOD_ACK};
    sip_resource_priority priority = {SIP_STR("dsn"), SIP_STR("a.b")};

    (void)state;
    header_prints(&sip_subject_type, &text, "a b");
    header_prints(&sip_supported_type, &text, NULL);
    header_prints(&sip_call_id_type, &text, NULL);
    text.text = SIP_STR("a\nb");
    header_prints(&sip_subject_type, &text, NULL);
    text.text = SIP_STR("");
    header_prints(&sip_subject_type, &text, "");
    header_prints(&sip_supported_type, &text, NULL);
    header_prints(&sip_date_type, &date, NULL);
    date.unix_s = 0;
    header_prints(&sip_date_type, &date, "Thu, 01 Jan 1970 00:00:00 GMT");
    header_prints(&sip_timestamp_type, &stamp, "0.000001 2");
    header_prints(&sip_cseq_type, &cseq, "5 ACK");
    header_prints(&sip_resource_priority_type, &priority, NULL);
}

static void test_equal(void **state)
{
    sip_header_text a = {SIP_STR("Timer")};
    sip_header_text b = {SIP_STR("timer")};
    sip_cseq one = {.number = 5, .method = SIP_METHOD_ACK};
    sip_cseq other;

    (void)state;
    assert_true(sip_header_equal(&sip_supported_type, &a, &b));
    assert_false(sip_header_equal(&sip_call_id_type, &a, &b));
    assert_false(sip_header_equal(&sip_subject_type, &a, &b));
    header_read(&sip_cseq_type, "5 ACK", &other);
    assert_true(sip_header_equal(&sip_cseq_type, &one, &other));
    header_read(&sip_cseq_type, "5 Ack", &other);
    assert_false(sip_header_equal(&sip_cseq_type, &one, &other));
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_supported_type, "a b", 2);
    header_refused(&sip_supported_type, "", 0);
    header_refused(&sip_call_id_type, "a b", 2);
    header_refused(&sip_max_forwards_type, "99999999999", 11);
    header_refused(&sip_max_forwards_type, "7 0", 2);
    header_refused(&sip_cseq_type, "7", 1);
    header_refused(&sip_cseq_type, "INVITE", 0);
    header_refused(&sip_date_type, "Sat, 13 Nov 2010 23:29:00 EST", 29);
    header_refused(&sip_timestamp_type, "now", 0);
    header_refused(&sip_timestamp_type, "1 later", 2);
    header_refused(&sip_resource_priority_type, "dsn", 3);
    header_refused(&sip_resource_priority_type, "dsn.a.b", 5);
    header_refused(&sip_resource_priority_type, ".a", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_members), cmocka_unit_test(test_build),
        cmocka_unit_test(test_equal), cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
