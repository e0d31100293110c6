#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 3515 2.1 */
    {&sip_refer_to_type, "sip:alice@atlanta.example.com", "<sip:alice@atlanta.example.com>",
     "<sip:alice@atlanta.example.com>"},
    {&sip_refer_to_type,
     "<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D"
     "5FFE-3994>",
     NULL, NULL},
    {&sip_refer_to_type, "<sip:carol@cleveland.example.org;method=SUBSCRIBE>", NULL, NULL},
    {&sip_refer_to_type, "\"C, \\\"x\\\"\" <sip:c@h>;ref=1", NULL, "\"C, \\\"x\\\"\" <sip:c@h>"},
    /* RFC 3892 3 */
    {&sip_referred_by_type,
     "sip:referror@referror.example ;cid=\"20398823.2UWQFN309shb3@referror.example\"",
     "<sip:referror@referror.example>;cid=\"20398823.2UWQFN309shb3@referror.example\"",
     "<sip:referror@referror.example>;cid=\"20398823.2UWQFN309shb3@referror.example\""},
    {&sip_refer_sub_type, "false", NULL, "false"},
    {&sip_refer_sub_type, "True;x", NULL, "True"},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_refer_to to;
    sip_referred_by by;
    sip_refer_sub sub;

    (void)state;
    header_read(&sip_refer_to_type, "Bob <sip:b@h;method=INVITE?Subject=x>;a=b", &to);
    assert_str(to.address.display, "Bob");
    assert_str(to.address.uri.method, "INVITE");
    assert_str(to.address.uri.headers, "Subject=x");
    assert_str(to.address.params, "a=b");
    header_read(&sip_referred_by_type, "<sips:r@h>;x;CID=\"1@h\"", &by);
    assert_int_equal(by.address.uri.scheme, SIP_SCHEME_SIPS);
    assert_str(by.cid, "1@h");
    header_read(&sip_refer_sub_type, "false", &sub);
    assert_int_equal(sub.truth, SIP_TRUTH_FALSE);
    header_read(&sip_refer_sub_type, "TRUE", &sub);
    assert_int_equal(sub.truth, SIP_TRUTH_TRUE);
    header_read(&sip_refer_sub_type, "maybe", &sub);
    assert_int_equal(sub.truth, SIP_TRUTH_OTHER);
}

static void test_build(void **state)
{
    sip_refer_to to = {.address = {.uri = {.text = SIP_STR("sip:b@h")}}};
    sip_refer_sub sub = {.truth = SIP_TRUTH_FALSE};

    (void)state;
    header_prints(&sip_refer_to_type, &to, "<sip:b@h>");
    to.address.display = SIP_STR("B. Q");
    header_prints(&sip_refer_to_type, &to, "B. Q <sip:b@h>");
    to.address.display = SIP_STR("B, Q");
    header_prints(&sip_refer_to_type, &to, "\"B, Q\" <sip:b@h>");
    to.address.display = SIP_STR("B\" <sip:x@y>, \"");
    header_prints(&sip_refer_to_type, &to, NULL);
    to.address.display = SIP_STR("B, \\");
    header_prints(&sip_refer_to_type, &to, NULL);
    to.address.display = (sip_str){0};
    to.address.uri.text = SIP_STR("sip:b@h>;x");
    header_prints(&sip_refer_to_type, &to, NULL);
    to.address.uri.text = SIP_STR("");
    header_prints(&sip_refer_to_type, &to, NULL);
    header_prints(&sip_refer_sub_type, &sub, "false");
}

static void test_equal(void **state)
{
    sip_refer_to a, b;

    (void)state;
    header_read(&sip_refer_to_type, "Bob <sip:%62@h>", &a);
    header_read(&sip_refer_to_type, "sip:b@H", &b);
    assert_true(sip_header_equal(&sip_refer_to_type, &a, &b));
    header_read(&sip_refer_to_type, "sip:B@H", &b);
    assert_false(sip_header_equal(&sip_refer_to_type, &a, &b));
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_refer_to_type, "", 0);
    header_refused(&sip_refer_to_type, "<sip:b@h", 0);
    header_refused(&sip_refer_to_type, "<b>", 0);
    header_refused(&sip_refer_to_type, "<sip:b@h> x", 0);
    header_refused(&sip_referred_by_type, "<sip:b@h>;cid=\"a\";cid=\"b\"", 18);
    header_refused(&sip_refer_sub_type, "<", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_members), cmocka_unit_test(test_build),
        cmocka_unit_test(test_equal), cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
