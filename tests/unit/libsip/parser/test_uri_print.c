#include "support/guard_str.h"

#include <sip/uri.h>

static void check(const char *text, const sip_uri_change *changes, const char *expected)
{
    char out[256];
    sip_uri uri;
    int n;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    n = sip_uri_print(&uri, changes, out, sizeof out);
    assert_in_range(n, 0, sizeof out);
    assert_str(((sip_str){out, (size_t)n}), expected);
}

/* What is printed without a change is what was parsed. */
static void test_same(void **state)
{
    static const char *const texts[] = {
        "sip:h",
        "sips:a:b@[::1]:65535;transport=tcp;lr;x=a==?Subject=x&y=",
        "sip:@h",
        "sip:a:@h:1",
        "sip:%61@h;%6C%72",
        "tel:+1-212;ext=5",
        "urn:service:sos",
        "http://h/x?y#z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        check(texts[i], NULL, texts[i]);
    }
}

static void test_changes(void **state)
{
    const sip_uri_change changes[] = {
        {"transport", "tls"}, {"lr", ""}, {"x", NULL}, {"new", "a b;c=d"}, {NULL, NULL}};

    (void)state;
    check("sip:a@h;x=1;transport=udp;y;X=2?b=c", changes,
          "sip:a@h;transport=tls;y;lr;new=a%20b%3Bc%3Dd?b=c");
    check("sip:h", changes, "sip:h;transport=tls;lr;new=a%20b%3Bc%3Dd");
    check("sip:h;transport=a;%74ransport=a", changes, "sip:h;transport=tls;lr;new=a%20b%3Bc%3Dd");
    check("sip:h;x", (sip_uri_change[]){{"x", NULL}, {NULL, NULL}}, "sip:h");
    check("tel:7042;x=1", (sip_uri_change[]){{"phone-context", "example.com"}, {NULL, NULL}},
          "tel:7042;x=1;phone-context=example.com");
    check("urn:a:b", changes, "urn:a:b");
}

static void test_by_hand(void **state)
{
    sip_uri uri = {.scheme = SIP_SCHEME_SIPS,
                   .user = SIP_STR("alice"),
                   .host = SIP_STR("example.com"),
                   .port = 5061,
                   .params = SIP_STR("lr")};
    char out[64];
    const int n = sip_uri_print(&uri, NULL, out, sizeof out);

    (void)state;
    assert_str(((sip_str){out, (size_t)n}), "sips:alice@example.com:5061;lr");
}

static void test_bounds(void **state)
{
    sip_uri_change many[34] = {{NULL, NULL}};
    char out[8] = "zzzzzzz";
    sip_uri uri;

    (void)state;
    assert_int_equal(sip_uri_parse(SIP_STR("sip:a@example.com"), &uri), 0);
    assert_int_equal(sip_uri_print(&uri, NULL, out, 6), 17);
    assert_memory_equal(out, "sip:a@z", 7);
    assert_int_equal(sip_uri_print(&uri, NULL, NULL, 0), 17);
    assert_int_equal(sip_uri_print(&uri, NULL, NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_uri_print(NULL, NULL, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_uri_print(&(sip_uri){0}, NULL, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_uri_print(&(sip_uri){.scheme = SIP_SCHEME_SIP}, NULL, out, sizeof out),
                     SIP_EINVAL);
    many[0].name = "";
    assert_int_equal(sip_uri_print(&uri, many, out, sizeof out), SIP_EINVAL);
    for (size_t i = 0; i < 33; i++) {
        many[i].name = "n";
    }
    assert_int_equal(sip_uri_print(&uri, many, out, sizeof out), SIP_EINVAL);
    many[32].name = NULL;
    assert_int_equal(sip_uri_print(&uri, many, out, sizeof out), 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
