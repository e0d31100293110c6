#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    {&sip_session_expires_type, "4000;refresher=uac", NULL, "4000;refresher=uac"},
    {&sip_session_expires_type, "1800 ; x=1;refresher=UAS", "1800;x=1;refresher=UAS",
     "1800;refresher=UAS"},
    {&sip_min_se_type, "3600", NULL, "3600"},
    {&sip_min_se_type, "60;lr", NULL, "60"},
    /* RFC 3262 7.1, 7.2 */
    {&sip_rack_type, "776656 1 INVITE", NULL, NULL},
    {&sip_rseq_type, "988789", NULL, NULL},
    {&sip_answer_mode_type, "Auto;require", NULL, "Auto;require"},
    {&sip_priv_answer_mode_type, "Manual", NULL, "Manual"},
    /* RFC 7989 5 */
    {&sip_session_id_type,
     "ab30317f1a784dc48ff824d0d3715d86; remote=47755a9de7794ba387653f2099600ef2",
     "ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2",
     "ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2"},
    /* RFC 7433 4.1 */
    {&sip_user_to_user_type, "56a390f3d2b7310023a2;encoding=hex;purpose=foo;content=bar", NULL,
     "56a390f3d2b7310023a2;purpose=foo;content=bar;encoding=hex"},
    {&sip_user_to_user_type, "\"a, b\";encoding=hex", NULL, "\"a, b\";encoding=hex"},
    {&sip_info_package_type, "foo;bar=1", NULL, "foo"},
    {&sip_recv_info_type, "dtmf", NULL, "dtmf"},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_session_expires expires;
    sip_rack rack;
    sip_answer_mode mode;
    sip_session_id id;
    sip_user_to_user data;

    (void)state;
    header_read(&sip_session_expires_type, "90;Refresher=Uas", &expires);
    assert_int_equal(expires.interval_s, 90);
    assert_int_equal(expires.refresher, SIP_REFRESHER_UAS);
    header_read(&sip_rack_type, "1 \t 2 FOO", &rack);
    assert_int_equal(rack.rseq, 1);
    assert_int_equal(rack.cseq, 2);
    assert_int_equal(rack.method, SIP_METHOD_OTHER);
    assert_str(rack.method_text, "FOO");
    header_read(&sip_rack_type, "1 2 UPDATE", &rack);
    assert_int_equal(rack.method, SIP_METHOD_UPDATE);
    header_read(&sip_answer_mode_type, "auto;require", &mode);
    assert_int_equal(mode.mode, SIP_ANSWER_AUTO);
    assert_true(mode.require);
    header_read(&sip_session_id_type, "ab30317f1a784dc48ff824d0d3715d86", &id);
    assert_str(id.local, "ab30317f1a784dc48ff824d0d3715d86");
    assert_int_equal(id.remote.len, 0);
    header_read(&sip_user_to_user_type, "\"x y\";purpose=isdn-uui", &data);
    assert_str(data.data, "x y");
    assert_str(data.purpose, "isdn-uui");
}

static void test_build(void **state)
{
    sip_session_expires expires = {.interval_s = 1800, .refresher = SIP_REFRESHER_UAC};
    sip_rack rack = {.rseq = 1, .cseq = 2, .method = SIP_METHOD_INVITE};
    sip_user_to_user data = {.data = SIP_STR("a b")};

    (void)state;
    header_prints(&sip_session_expires_type, &expires, "1800;refresher=uac");
    expires.refresher = SIP_REFRESHER_NONE;
    header_prints(&sip_session_expires_type, &expires, "1800");
    header_prints(&sip_rack_type, &rack, "1 2 INVITE");
    rack.method = SIP_METHOD_OTHER;
    rack.method_text = SIP_STR("FOO");
    header_prints(&sip_rack_type, &rack, "1 2 FOO");
    rack.method_text = SIP_STR("FOO BAR");
    header_prints(&sip_rack_type, &rack, NULL);
    header_prints(&sip_user_to_user_type, &data, "\"a b\"");
    data.data = SIP_STR("a\r\nb");
    header_prints(&sip_user_to_user_type, &data, NULL);
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_session_expires_type, "soon", 0);
    header_refused(&sip_session_expires_type, "90 s", 3);
    header_refused(&sip_min_se_type, "-1", 0);
    header_refused(&sip_rack_type, "1 2", 3);
    header_refused(&sip_rack_type, "1", 1);
    header_refused(&sip_rack_type, "1 2 INVITE x", 11);
    header_refused(&sip_rack_type, "4294967296 2 INVITE", 10);
    header_refused(&sip_rseq_type, "1;x", 1);
    header_refused(&sip_session_id_type, "ab30317f1a784dc48ff824d0d3715d8", 31);
    header_refused(&sip_session_id_type, "gb30317f1a784dc48ff824d0d3715d86", 32);
    header_refused(&sip_session_id_type, "ab30317f1a784dc48ff824d0d3715d86;remote=1", 33);
    header_refused(&sip_user_to_user_type, "\"a", 0);
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
