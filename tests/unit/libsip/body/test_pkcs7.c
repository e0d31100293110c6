#include "body_check.h"

#include <sip/pkcs7.h>

static void test_read(void **state)
{
    (void)state;
    body_check(&sip_pkcs7_mime_type,
               "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "0\x80\x06",
               NULL);
    body_check(&sip_pkcs7_signature_type, "application/pkcs7-signature; name=smime.p7s", "0\x80",
               NULL);
    body_check_refused(&sip_pkcs7_mime_type, "application", "0", SIP_ESYNTAX);
}

/* The headers of RFC 3261 23.3 and 23.4.3. */
static void test_parameters(void **state)
{
    sip_body body = {
        .type = SIP_STR_INIT("application/pkcs7-mime; smime-type=enveloped-data;\tname=smime.p7m"),
        .data = SIP_STR_INIT("x")};
    sip_pkcs7 pkcs7;

    (void)state;
    assert_int_equal(sip_pkcs7_of(&body, &pkcs7), 0);
    assert_false(pkcs7.is_signature);
    assert_int_equal(pkcs7.smime_type, SIP_SMIME_ENVELOPED);
    assert_string_equal(sip_smime_type_name(pkcs7.smime_type), "enveloped-data");
    assert_str(pkcs7.name, "smime.p7m");
    assert_str(pkcs7.der, "x");
    body.type = SIP_STR("application/pkcs7-signature");
    body.disposition = SIP_STR("attachment; filename=\"smime.p7s\"; handling=required");
    assert_int_equal(sip_pkcs7_of(&body, &pkcs7), 0);
    assert_true(pkcs7.is_signature);
    assert_int_equal(pkcs7.smime_type, SIP_SMIME_ABSENT);
    assert_str(pkcs7.name, "smime.p7s");
    body.type = SIP_STR("application/pkcs7-mime;smime-type=new-thing");
    assert_int_equal(sip_pkcs7_of(&body, &pkcs7), 0);
    assert_int_equal(pkcs7.smime_type, SIP_SMIME_OTHER);
    assert_str(pkcs7.smime_type_text, "new-thing");
    assert_null(sip_smime_type_name(SIP_SMIME_OTHER));
    assert_null(sip_smime_type_name((sip_smime_type)99));
    assert_int_equal(sip_pkcs7_of(NULL, &pkcs7), SIP_EINVAL);
    assert_int_equal(sip_pkcs7_of(&body, NULL), SIP_EINVAL);
}

static void test_print(void **state)
{
    const sip_pkcs7 pkcs7 = {.der = SIP_STR_INIT("0")};
    char out[2];

    (void)state;
    assert_int_equal(sip_pkcs7_mime_type.codec.print(&pkcs7, out, sizeof out), 1);
    assert_int_equal(sip_pkcs7_mime_type.codec.print(&pkcs7, NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_pkcs7_mime_type.codec.print(NULL, out, sizeof out), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_parameters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
