#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 7044 5 */
    {&sip_history_info_type, "<sip:bob@example.com>;index=1", NULL,
     "<sip:bob@example.com>;index=1"},
    {&sip_history_info_type, "<sip:bob@192.0.2.4?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1", NULL,
     NULL},
    {&sip_history_info_type, "<sip:carol@example.com>;index=1.2;mp=1.1;x=y", NULL,
     "<sip:carol@example.com>;index=1.2;mp=1.1"},
    {&sip_history_info_type, "<sip:vm@example.com;target=sip:bob%40example.com>;np=1.2;index=1.3",
     NULL, "<sip:vm@example.com;target=sip:bob%40example.com>;index=1.3;np=1.2"},
    /* RFC 5806 */
    {&sip_diversion_type,
     "<sip:+19195551002@example.com>;reason=user-busy;privacy=\"full\";counter=4;screen=no;limit=9",
     NULL,
     "<sip:+19195551002@example.com>;reason=user-busy;privacy=full;screen=no;counter=4;limit=9"},
    {&sip_diversion_type, "<sip:a@h>;reason=\"a, b\"", NULL, "<sip:a@h>;reason=\"a, b\""},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_history_info info;
    sip_diversion diversion;

    (void)state;
    header_read(&sip_history_info_type, "<sip:b@h?Privacy=history>;rc=1.1;index=1.1.1", &info);
    assert_str(info.index, "1.1.1");
    assert_str(info.rc, "1.1");
    assert_int_equal(info.mp.len, 0);
    assert_str(info.address.uri.headers, "Privacy=history");
    header_read(&sip_diversion_type, "\"B\" <sip:b@h>;counter=2;reason=no-answer;screen=yes",
                &diversion);
    assert_str(diversion.reason, "no-answer");
    assert_true(diversion.has_counter);
    assert_int_equal(diversion.counter, 2);
    assert_false(diversion.has_limit);
    assert_str(diversion.screen, "yes");
}

static void test_build(void **state)
{
    sip_history_info info = {.address = {.uri = {.text = SIP_STR("sip:b@h")}},
                             .index = SIP_STR("1.1"),
                             .np = SIP_STR("1")};
    sip_diversion diversion = {.address = {.uri = {.text = SIP_STR("sip:b@h")}},
                               .reason = SIP_STR("unconditional"),
                               .has_counter = true};

    (void)state;
    header_prints(&sip_history_info_type, &info, "<sip:b@h>;index=1.1;np=1");
    header_prints(&sip_diversion_type, &diversion, "<sip:b@h>;reason=unconditional;counter=0");
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_history_info_type, "<sip:b@h>;index=", 0);
    header_refused(&sip_history_info_type, "<sip:b@h>;index=1.", 10);
    header_refused(&sip_history_info_type, "<sip:b@h>;index=1..2", 10);
    header_refused(&sip_history_info_type, "<sip:b@h>;index=a", 10);
    header_refused(&sip_history_info_type, "<sip:b@h>;index=1-2", 10);
    header_refused(&sip_diversion_type, "<sip:b@h>;counter=x", 10);
    header_refused(&sip_diversion_type, "<sip:b@h", 0);
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
