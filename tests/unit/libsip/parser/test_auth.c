#include "support/guard_str.h"

#include "parser/auth.h"

static void test_challenge(void **state)
{
    guard_page page;
    sip_auth auth;
    sip_str value;
    const sip_str text =
        guard_str(&page, "Digest  realm=\"atlanta.com\",\r\n domain=\"sip:ss1.carrier.com\", "
                         "qop = \"auth,auth-int\",nonce=\"f84f1cec\", opaque=\"\", stale=FALSE, "
                         "algorithm=SHA-256, x-new=\"1\"");

    (void)state;
    assert_int_equal(sip__auth_parse(text, &auth), 0);
    assert_str(auth.scheme, "Digest");
    assert_str(auth.realm, "atlanta.com");
    assert_str(auth.domain, "sip:ss1.carrier.com");
    assert_str(auth.qop, "auth,auth-int");
    assert_str(auth.nonce, "f84f1cec");
    assert_str(auth.opaque, "");
    assert_str(auth.stale, "FALSE");
    assert_str(auth.algorithm, "SHA-256");
    assert_int_equal(auth.username.len, 0);
    assert_true(sip__auth_param(auth.params, "X-New", &value));
    assert_str(value, "1");
    assert_true(sip__auth_param(auth.params, "realm", NULL));
    assert_false(sip__auth_param(auth.params, "none", &value));
    guard_page_finish(&page);
}

static void test_credentials(void **state)
{
    guard_page page;
    sip_auth auth;
    const sip_str text =
        guard_str(&page, "DIGEST USERNAME=\"bo\\\"b\",realm=\"biloxi.com\",nonce=\"dcd9\",uri="
                         "\"sip:bob@biloxi.com;a=b,c\",qop=auth,nc=00000001,cnonce=\"0a4f113b\","
                         "response=\"6629fae4\",opaque=\"5ccc\"");

    (void)state;
    assert_int_equal(sip__auth_parse(text, &auth), 0);
    assert_str(auth.username, "bo\\\"b");
    assert_str(auth.uri, "sip:bob@biloxi.com;a=b,c");
    assert_str(auth.qop, "auth");
    assert_str(auth.nc, "00000001");
    assert_str(auth.cnonce, "0a4f113b");
    assert_str(auth.response, "6629fae4");
    assert_str(auth.opaque, "5ccc");
    guard_page_finish(&page);
}

static void test_other_schemes(void **state)
{
    guard_page page;
    sip_auth auth;

    (void)state;
    assert_int_equal(sip__auth_parse(guard_str(&page, "Basic QWxhZGRpbjpvcGVu=="), &auth), 0);
    assert_str(auth.scheme, "Basic");
    assert_str(auth.params, "QWxhZGRpbjpvcGVu==");
    assert_int_equal(auth.realm.len, 0);
    guard_page_finish(&page);
    assert_int_equal(sip__auth_parse(guard_str(&page, "Bearer realm=\"r\", scope=\"s\""), &auth),
                     0);
    assert_str(auth.realm, "r");
    guard_page_finish(&page);
    assert_int_equal(sip__auth_parse(guard_str(&page, "Bearer realm=r,mF_9.B5f"), &auth), 0);
    assert_str(auth.params, "realm=r,mF_9.B5f");
    assert_int_equal(auth.realm.len, 0);
    guard_page_finish(&page);
    assert_int_equal(sip__auth_parse(guard_str(&page, "NTLM"), &auth), 0);
    assert_int_equal(auth.params.len, 0);
    guard_page_finish(&page);
}

static void test_info(void **state)
{
    guard_page page;
    sip_auth auth;
    sip_str value;

    (void)state;
    assert_int_equal(sip__auth_info_parse(
                         guard_str(&page, "nextnonce=\"47364c23\", qop=auth, rspauth=\"\""), &auth),
                     0);
    assert_int_equal(auth.scheme.len, 0);
    assert_str(auth.qop, "auth");
    assert_true(sip__auth_param(auth.params, "nextnonce", &value));
    assert_str(value, "47364c23");
    guard_page_finish(&page);
    assert_int_equal(sip__auth_info_parse(SIP_STR(""), &auth), SIP_ESYNTAX);
    assert_int_equal(sip__auth_info_parse(SIP_STR("Digest a=b"), &auth), SIP_ESYNTAX);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "Digest",
        "Digest ",
        "@ a=b",
        "Digest,a=b",
        "Digest realm",
        "Digest realm=",
        "Digest realm=\"a",
        "Digest realm=\"a\" nonce=\"b\"",
        "Digest realm=\"a\",",
        "Digest realm=\"a\",,nonce=\"b\"",
        "Digest realm=\"a\", Realm=\"b\"",
        "Digest username=a\"b\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_auth auth = {.nc = SIP_STR_INIT("x")};

        assert_int_equal(sip__auth_parse(guard_str(&page, texts[i]), &auth), SIP_ESYNTAX);
        assert_str(auth.nc, "x");
        guard_page_finish(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_challenge),     cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_other_schemes), cmocka_unit_test(test_info),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
