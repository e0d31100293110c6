#include "support/guard_str.h"

#include <sip/uri.h>

#include <stdio.h>

static sip_uri parse(const char *text)
{
    sip_uri uri;

    if (sip_uri_parse(sip_str_of(text), &uri) != 0) {
        fail_msg("not a URI: %s", text);
    }
    return uri;
}

static void test_read(void **state)
{
    sip_uri uri = parse("tel:+1-(212)-555.0101;ISUB=1411;ext=12;phone-context=x");
    sip_tel tel;

    (void)state;
    assert_int_equal(sip_uri_tel(&uri, &tel), 0);
    assert_str(tel.number, "+1-(212)-555.0101");
    assert_true(tel.is_global);
    assert_str(tel.isub, "1411");
    assert_str(tel.ext, "12");
    assert_str(tel.context, "x");
    assert_str(tel.params, "ISUB=1411;ext=12;phone-context=x");
    uri = parse("sip:*21%2342;phone-context=example.com@gw.com;user=Phone");
    assert_int_equal(sip_uri_tel(&uri, &tel), 0);
    assert_str(tel.number, "*21%2342");
    assert_false(tel.is_global);
    assert_str(tel.context, "example.com");
    uri = parse("sip:+1@gw.com;user=phone");
    assert_int_equal(sip_uri_tel(&uri, &tel), 0);
    assert_int_equal(tel.params.len, 0);
}

static void test_no_number(void **state)
{
    static const struct {
        const char *text;
        int err;
    } cases[] = {
        {"sip:+1@h", SIP_ENOENT},
        {"sip:+1@h;user=ip", SIP_ENOENT},
        {"urn:a:b", SIP_ENOENT},
        {"sip:alice@h;user=phone", SIP_ESYNTAX},
        {"sip:h;user=phone", SIP_ESYNTAX},
        {"sip:+@h;user=phone", SIP_ESYNTAX},
        {"sip:1%2B2@h;user=phone", SIP_ESYNTAX},
        {"sip:1%E92@h;user=phone", SIP_ESYNTAX},
    };
    sip_tel tel;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_uri uri = parse(cases[i].text);

        assert_int_equal(sip_uri_tel(&uri, &tel), cases[i].err);
    }
    assert_int_equal(sip_uri_tel(NULL, &tel), SIP_ENOENT);
}

static void test_equal(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"tel:+358-555-1234567;postd=pp22", "tel:+358-555-1234567;POSTD=PP22", true},
        {"tel:+358-555-1234567;postd=pp22;isub=1411", "tel:+358-555-1234567;isub=1411;postd=pp22",
         true},
        {"tel:+1-201-555-0123", "sip:+12015550123@h;user=phone", true},
        {"tel:7042;phone-context=a-b.c", "tel:7042;phone-context=ab.c", false},
        {"tel:7042;phone-context=+1-2", "tel:7042;phone-context=+12", true},
        {"tel:+1;x=1;x=2", "tel:+1;x=1;x=1", false},
        {"tel:+1;x=1", "tel:+1;y=1", false},
        {"tel:0A", "tel:0a", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_uri uri_a = parse(cases[i].a), uri_b = parse(cases[i].b);
        sip_tel a, b;

        assert_int_equal(sip_uri_tel(&uri_a, &a), 0);
        assert_int_equal(sip_uri_tel(&uri_b, &b), 0);
        if (sip_tel_equal(&a, &b) != cases[i].same || sip_tel_equal(&b, &a) != cases[i].same) {
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        }
        assert_false(sip_tel_equal(&a, NULL));
        assert_false(sip_tel_equal(NULL, &a));
    }
}

static void test_normalise(void **state)
{
    char out[32];
    size_t n = sip_number_normalise(SIP_STR("+1-(212)-555.01A%23"), out);

    (void)state;
    assert_str(((sip_str){out, n}), "+121255501a#");
    assert_int_equal(sip_number_normalise((sip_str){NULL, 0}, out), 0);
}

static void check_to_sip(const char *tel, const char *expected)
{
    sip_uri uri = parse(tel);
    char out[128];
    const int n = sip_uri_print_tel_as_sip(&uri, SIP_STR("foo.com"), false, out, sizeof out);

    assert_in_range(n, 1, sizeof out);
    assert_str(((sip_str){out, (size_t)n}), expected);
}

/* The examples of RFC 3261 19.1.6. */
static void test_to_sip(void **state)
{
    sip_uri uri = parse("tel:+1");
    char out[64];
    int n;

    (void)state;
    check_to_sip("tel:+358-555-1234567;postd=pp22",
                 "sip:+358-555-1234567;postd=pp22@foo.com;user=phone");
    check_to_sip("tel:+358-555-1234567;POSTD=PP22",
                 "sip:+358-555-1234567;postd=pp22@foo.com;user=phone");
    check_to_sip("tel:+358-555-1234567;postd=pp22;isub=1411",
                 "sip:+358-555-1234567;isub=1411;postd=pp22@foo.com;user=phone");
    check_to_sip("tel:+358-555-1234567;isub=1411;postd=pp22",
                 "sip:+358-555-1234567;isub=1411;postd=pp22@foo.com;user=phone");
    check_to_sip("tel:*21#;z=%4A[::1];phone-context=EXAMPLE.com;ext=9;flag",
                 "sip:*21%23;ext=9;flag;phone-context=example.com;z=%4A%5B%3A%3A1%5D@foo.com"
                 ";user=phone");
    n = sip_uri_print_tel_as_sip(&uri, SIP_STR("[::1]"), true, out, sizeof out);
    assert_str(((sip_str){out, (size_t)n}), "sips:+1@[::1];user=phone");
}

static void test_to_sip_refused(void **state)
{
    sip_uri uri = parse("sip:h");
    char many[400] = "tel:+1";
    char out[8];

    (void)state;
    assert_int_equal(sip_uri_print_tel_as_sip(&uri, SIP_STR("h"), false, out, 8), SIP_EINVAL);
    assert_int_equal(sip_uri_print_tel_as_sip(NULL, SIP_STR("h"), false, out, 8), SIP_EINVAL);
    uri = parse("tel:+1");
    assert_int_equal(sip_uri_print_tel_as_sip(&uri, SIP_STR(""), false, out, 8), SIP_EINVAL);
    assert_int_equal(sip_uri_print_tel_as_sip(&uri, SIP_STR("h;x"), false, out, 8), SIP_EINVAL);
    assert_int_equal(sip_uri_print_tel_as_sip(&uri, SIP_STR("h"), false, NULL, 8), SIP_EINVAL);
    assert_int_equal(sip_uri_print_tel_as_sip(&uri, SIP_STR("h"), false, NULL, 0), 19);
    for (int i = 0; i < 33; i++) {
        (void)snprintf(many + strlen(many), 16, ";p%d", i);
    }
    uri = parse(many);
    assert_int_equal(sip_uri_print_tel_as_sip(&uri, SIP_STR("h"), false, out, 8), SIP_ETOOBIG);
}

static void test_many_params(void **state)
{
    char text[400] = "tel:+1";
    sip_uri uri;
    sip_tel a, b;

    (void)state;
    for (int i = 0; i < 33; i++) {
        (void)snprintf(text + strlen(text), 16, ";p%d", i);
    }
    uri = parse(text);
    assert_int_equal(sip_uri_tel(&uri, &a), 0);
    b = a;
    assert_true(sip_tel_equal(&a, &b));
    b.params.len--;
    assert_false(sip_tel_equal(&a, &b));
}

static void test_to_tel(void **state)
{
    sip_uri uri = parse("sip:*21%23;phone-context=a%3bb;x=1@foo.com;user=phone");
    char out[64];
    int n = sip_uri_print_sip_as_tel(&uri, out, sizeof out);

    (void)state;
    assert_str(((sip_str){out, (size_t)n}), "tel:*21#;phone-context=a%3bb;x=1");
    uri = parse("sip:*21%23;ext=1%232@foo.com;user=phone"); /* a parameter has no plain '#' */
    n = sip_uri_print_sip_as_tel(&uri, out, sizeof out);
    assert_str(((sip_str){out, (size_t)n}), "tel:*21#;ext=1%232");
    uri = parse("sip:alice@foo.com");
    assert_int_equal(sip_uri_print_sip_as_tel(&uri, out, sizeof out), SIP_EINVAL);
    uri = parse("tel:+1");
    assert_int_equal(sip_uri_print_sip_as_tel(&uri, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_uri_print_sip_as_tel(NULL, out, sizeof out), SIP_EINVAL);
    uri = parse("sip:+1@h;user=phone");
    assert_int_equal(sip_uri_print_sip_as_tel(&uri, NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_uri_print_sip_as_tel(&uri, out, 2), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),        cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_equal),       cmocka_unit_test(test_normalise),
        cmocka_unit_test(test_to_sip),      cmocka_unit_test(test_to_sip_refused),
        cmocka_unit_test(test_many_params), cmocka_unit_test(test_to_tel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
