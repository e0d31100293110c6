#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 3261 20.9, 20.4, 20.18 */
    {&sip_call_info_type, "<http://www.example.com/alice/photo.jpg> ;purpose=icon",
     "<http://www.example.com/alice/photo.jpg>;purpose=icon",
     "<http://www.example.com/alice/photo.jpg>;purpose=icon"},
    {&sip_call_info_type, "<sip:pbx.example.com>;answer-after=0", NULL,
     "<sip:pbx.example.com>;answer-after=0"},
    {&sip_alert_info_type, "<http://www.example.com>;info=alert-autoanswer;delay=2;x", NULL,
     "<http://www.example.com>;info=alert-autoanswer;delay=2"},
    {&sip_alert_info_type, "<urn:alert:source:internal>", NULL, NULL},
    {&sip_error_info_type, "<sip:not-in-service-recording@atlanta.com>", NULL, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_info_uri info;

    (void)state;
    header_read(&sip_call_info_type, "<http://h/a>;purpose=info", &info);
    assert_str(info.purpose, "info");
    assert_str(info.address.uri.text, "http://h/a");
    assert_false(info.has_answer_after || info.has_delay);
    header_read(&sip_call_info_type, "<sip:h>;Answer-After=3;delay=0", &info);
    assert_true(info.has_answer_after && info.has_delay);
    assert_int_equal(info.answer_after_s, 3);
    header_read(&sip_alert_info_type, "<http://h>;info=\"alert-autoanswer\"", &info);
    assert_str(info.info, "alert-autoanswer");
}

static void test_build(void **state)
{
    sip_info_uri info = {.address = {.uri = {.text = SIP_STR("sip:h")}}, .has_answer_after = true};

    (void)state;
    header_prints(&sip_call_info_type, &info, "<sip:h>;answer-after=0");
    info.purpose = SIP_STR("a b");
    header_prints(&sip_call_info_type, &info, NULL);
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_call_info_type, "<http://h", 0);
    header_refused(&sip_call_info_type, "<http://h>;answer-after=x", 11);
    header_refused(&sip_call_info_type, "<http://h>;purpose", 11);
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
