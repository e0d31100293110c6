#include "support/guard_str.h"
#include "support/header_rows.h"

static sip_uri uri_of(const char *text)
{
    sip_uri uri;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return uri;
}

static void test_read(void **state)
{
    const sip_uri uri =
        uri_of("sip:d@h?Subject=a%20b&rEplaces=12345%40192.168.118.3%3Bto-tag%3D1%3Bfrom-tag%3D2"
               "&Reason=SIP%3Bcause%3D302&Reason=Q.850%3Bcause%3D16&S=z");
    sip_replaces replaces;
    sip_header_text subject;
    sip_reason reason;
    sip_privacy privacy;
    char scratch[256];

    (void)state;
    assert_int_equal(
        sip_uri_embedded(&uri, &sip_replaces_type, 0, scratch, sizeof scratch, &replaces), 0);
    assert_str(replaces.call_id, "12345@192.168.118.3");
    assert_str(replaces.to_tag, "1");
    assert_str(replaces.from_tag, "2");
    assert_int_equal(sip_uri_embedded(&uri, &sip_reason_type, 1, scratch, sizeof scratch, &reason),
                     0);
    assert_str(reason.protocol, "Q.850");
    assert_int_equal(
        sip_uri_embedded(&uri, &sip_subject_type, 0, scratch, sizeof scratch, &subject), 0);
    assert_str(subject.text, "a b");
    assert_int_equal(
        sip_uri_embedded(&uri, &sip_subject_type, 1, scratch, sizeof scratch, &subject), 0);
    assert_str(subject.text, "z");
    assert_int_equal(sip_uri_embedded(&uri, &sip_reason_type, 2, scratch, sizeof scratch, &reason),
                     SIP_ENOENT);
    assert_int_equal(
        sip_uri_embedded(&uri, &sip_privacy_type, 0, scratch, sizeof scratch, &privacy),
        SIP_ENOENT);
}

static void test_faults(void **state)
{
    sip_uri uri = uri_of("sip:d@h?Replaces=a%3Bto-tag%3D1");
    sip_replaces replaces;
    char scratch[256];

    (void)state;
    assert_int_equal(
        sip_uri_embedded(&uri, &sip_replaces_type, 0, scratch, sizeof scratch, &replaces),
        SIP_ESYNTAX);
    assert_int_equal(sip_uri_embedded(&uri, &sip_replaces_type, 0, scratch, 3, &replaces),
                     SIP_ETOOBIG);
    uri.headers = SIP_STR("Replaces=%zz");
    assert_int_equal(
        sip_uri_embedded(&uri, &sip_replaces_type, 0, scratch, sizeof scratch, &replaces),
        SIP_ESYNTAX);
    assert_int_equal(sip_uri_embedded(NULL, &sip_replaces_type, 0, scratch, 1, &replaces),
                     SIP_EINVAL);
    assert_int_equal(sip_uri_embedded(&uri, NULL, 0, scratch, 1, &replaces), SIP_EINVAL);
    assert_int_equal(sip_uri_embedded(&uri, &sip_replaces_type, 0, NULL, 1, &replaces), SIP_EINVAL);
    assert_int_equal(sip_uri_embedded(&uri, &sip_replaces_type, 0, scratch, 1, NULL), SIP_EINVAL);
}

static void test_print(void **state)
{
    sip_replaces replaces = {
        .call_id = SIP_STR("1@h"), .to_tag = SIP_STR("t"), .from_tag = SIP_STR("f")};
    static const char text[] = "Replaces=1%40h%3Bto-tag%3Dt%3Bfrom-tag%3Df";
    sip_header_text subject = {SIP_STR("\xc3\xa9 ?")};
    char long_text[3000];
    char out[128];

    (void)state;
    assert_int_equal(sip_uri_embed(&sip_replaces_type, &replaces, out, sizeof out),
                     sizeof text - 1);
    assert_string_equal(out, text);
    assert_int_equal(sip_uri_embed(&sip_replaces_type, &replaces, NULL, 0), sizeof text - 1);
    assert_int_equal(sip_uri_embed(&sip_replaces_type, &replaces, out, 9), sizeof text - 1);
    assert_string_equal(out, "Replaces");
    assert_true(sip_uri_embed(&sip_subject_type, &subject, out, sizeof out) > 0);
    assert_string_equal(out, "Subject=%C3%A9%20?");
    replaces.to_tag = SIP_STR("a b");
    assert_int_equal(sip_uri_embed(&sip_replaces_type, &replaces, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_uri_embed(&sip_subject_type, &subject, NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_uri_embed(NULL, &subject, out, sizeof out), SIP_EINVAL);
    memset(long_text, 'a', sizeof long_text);
    subject.text = (sip_str){long_text, sizeof long_text};
    assert_int_equal(sip_uri_embed(&sip_subject_type, &subject, out, sizeof out), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_print),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
