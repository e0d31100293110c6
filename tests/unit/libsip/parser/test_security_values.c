#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 3329 2.6 */
    {&sip_security_client_type, "digest", NULL, "digest"},
    {&sip_security_server_type, "ipsec-ike;q=0.1", NULL, "ipsec-ike;q=0.1"},
    {&sip_security_verify_type, "tls;q=0.2", NULL, "tls;q=0.2"},
    {&sip_security_verify_type,
     "digest;d-qop=auth;d-alg=md5;d-ver=\"0000000000000000000000000000a9d9\"", NULL,
     "digest;d-alg=md5;d-qop=auth;d-ver=\"0000000000000000000000000000a9d9\""},
    {&sip_security_client_type,
     "ipsec-3gpp; alg=hmac-sha-1-96; spi-c=23456789; spi-s=12345678; port-c=2468; port-s=1357",
     "ipsec-3gpp;alg=hmac-sha-1-96;spi-c=23456789;spi-s=12345678;port-c=2468;port-s=1357",
     "ipsec-3gpp;alg=hmac-sha-1-96;spi-c=23456789;spi-s=12345678;port-c=2468;port-s=1357"},
    /* RFC 3261 20.7, 20.27, 20.6 */
    {&sip_authorization_type,
     "Digest username=\"Alice\", realm=\"atlanta.com\", nonce=\"84a4cc6f3082121f32b42a2187831a9e\","
     " response=\"7587245234b3434cc3412213e5f113a5432\"",
     NULL, NULL},
    {&sip_proxy_authorization_type,
     "Digest qop=auth,nc=00000001,x=\"y\", realm=\"a\",  nonce=\"c\",response=\"f\",username=\"b\","
     "uri=\"sip:h\",algorithm=SHA-256,cnonce=\"1\",opaque=\"\"",
     "Digest qop=auth, nc=00000001, x=\"y\", realm=\"a\", nonce=\"c\", response=\"f\", "
     "username=\"b\", uri=\"sip:h\", algorithm=SHA-256, cnonce=\"1\", opaque=\"\"",
     "Digest username=\"b\", realm=\"a\", nonce=\"c\", uri=\"sip:h\", response=\"f\", "
     "algorithm=SHA-256, cnonce=\"1\", qop=auth, nc=00000001"},
    {&sip_proxy_authenticate_type,
     "Digest realm=\"atlanta.com\", domain=\"sip:ss1.carrier.com\", qop=\"auth\", "
     "nonce=\"f84f1cec41e6cbe5aea9c8e88d359\", opaque=\"\", stale=FALSE, algorithm=MD5",
     NULL, NULL},
    {&sip_www_authenticate_type, "Bearer realm=\"h\", scope=\"a b\"", NULL, NULL},
    {&sip_authorization_type, "Bearer mF_9.B5f-4.1JqM==", NULL, NULL},
    {&sip_authentication_info_type, "nextnonce=\"47364c23432d2e131a5fb210812c\"", NULL, NULL},
    {&sip_proxy_authentication_info_type, "qop=auth, rspauth=\"a\", cnonce=\"b\", nc=00000001",
     NULL, "qop=auth, cnonce=\"b\", nc=00000001"},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_security security;
    sip_auth auth;

    (void)state;
    header_read(&sip_security_client_type,
                "ipsec-3gpp;ealg=aes-cbc;mod=trans;prot=esp;spi-s=0;port-s=5;q=0.5", &security);
    assert_str(security.mechanism, "ipsec-3gpp");
    assert_str(security.ealg, "aes-cbc");
    assert_str(security.prot, "esp");
    assert_str(security.mod, "trans");
    assert_true(security.has_spi_s);
    assert_false(security.has_spi_c);
    assert_int_equal(security.port_s, 5);
    assert_int_equal(security.q_permille, 500);
    header_read(&sip_authentication_info_type, "nextnonce=\"x\",qop=auth", &auth);
    assert_str(auth.qop, "auth");
    header_read(&sip_authorization_type, "Bearer abc", &auth);
    assert_str(auth.scheme, "Bearer");
    assert_str(auth.params, "abc");
}

static void test_build(void **state)
{
    sip_auth auth = {.scheme = SIP_STR("Digest"),
                     .realm = SIP_STR("a \\\"b\\\""),
                     .nonce = SIP_STR("n"),
                     .qop = SIP_STR("auth,auth-int"),
                     .algorithm = SIP_STR("SHA-256")};
    sip_auth other;

    (void)state;
    header_prints(&sip_www_authenticate_type, &auth,
                  "Digest realm=\"a \\\"b\\\"\", nonce=\"n\", algorithm=SHA-256, "
                  "qop=\"auth,auth-int\"");
    header_read(&sip_www_authenticate_type,
                "digest nonce=\"n\",realm=\"a \\\"b\\\"\",qop=\"auth,auth-int\",algorithm=sha-256",
                &other);
    assert_true(sip_header_equal(&sip_www_authenticate_type, &auth, &other));
    other.nonce = SIP_STR("N");
    assert_false(sip_header_equal(&sip_www_authenticate_type, &auth, &other));
    auth.realm = SIP_STR("a\"");
    header_prints(&sip_www_authenticate_type, &auth, NULL);
    header_read(&sip_authorization_type, "Bearer abc==", &auth);
    header_read(&sip_authorization_type, "bearer abc==", &other);
    assert_true(sip_header_equal(&sip_authorization_type, &auth, &other));
    header_read(&sip_authorization_type, "Bearer ABC==", &other);
    assert_false(sip_header_equal(&sip_authorization_type, &auth, &other));
    header_read(&sip_authorization_type, "Bearer a=b", &other);
    assert_false(sip_header_equal(&sip_authorization_type, &auth, &other));
    auth.params = SIP_STR("abc\r\nX: y");
    header_prints(&sip_authorization_type, &auth, NULL);
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_security_client_type, "tls;q=x", 4);
    header_refused(&sip_security_client_type, "tls;port-c=0", 4);
    header_refused(&sip_authorization_type, "Digest", 0);
    header_refused(&sip_authorization_type, "Digest realm", 0);
    header_refused(&sip_authentication_info_type, "x", 0);
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
