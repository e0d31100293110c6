#include "support/guard_str.h"

#include <sip/uri.h>

static void test_all_parts(void **state)
{
    guard_page page;
    sip_uri uri;
    const sip_str text = guard_str(&page, "sip:alice:secret@[2001:db8::1]:5070;Transport=TCP;lr;"
                                          "maddr=239.255.255.1;ttl=15;user=phone;method=INVITE;x="
                                          "a==?subject=project%20x&priority=");

    (void)state;
    assert_int_equal(sip_uri_parse(text, &uri), 0);
    assert_ptr_equal(uri.text.ptr, text.ptr);
    assert_int_equal(uri.text.len, text.len);
    assert_int_equal(uri.scheme, SIP_SCHEME_SIP);
    assert_str(uri.user, "alice");
    assert_str(uri.password, "secret");
    assert_true(uri.has_at);
    assert_str(uri.host, "[2001:db8::1]");
    assert_int_equal(uri.port, 5070);
    assert_true(uri.lr);
    assert_str(uri.transport, "TCP");
    assert_str(uri.maddr, "239.255.255.1");
    assert_str(uri.ttl, "15");
    assert_str(uri.user_param, "phone");
    assert_str(uri.method, "INVITE");
    assert_str(uri.params, "Transport=TCP;lr;maddr=239.255.255.1;ttl=15;user=phone;method=INVITE;"
                           "x=a==");
    assert_str(uri.headers, "subject=project%20x&priority=");
    guard_page_finish(&page);
}

static void test_few_parts(void **state)
{
    guard_page page;
    sip_uri uri;

    (void)state;
    assert_int_equal(sip_uri_parse(guard_str(&page, "SIPS:h"), &uri), 0);
    assert_int_equal(uri.scheme, SIP_SCHEME_SIPS);
    assert_str(uri.host, "h");
    assert_false(uri.has_at);
    assert_false(uri.lr);
    assert_int_equal(uri.port, 0);
    assert_int_equal(uri.user.len + uri.params.len + uri.headers.len, 0);
    guard_page_finish(&page);
    assert_int_equal(sip_uri_parse(guard_str(&page, "sip:@h"), &uri), 0);
    assert_true(uri.has_at);
    guard_page_finish(&page);
}

/* RFC 4475 3.1.1.2, 3.1.1.8 and 3.1.1.3: what a user part may have. */
static void test_unusual_users(void **state)
{
    guard_page page;
    sip_uri uri;

    (void)state;
    assert_int_equal(
        sip_uri_parse(guard_str(&page, "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+"
                                       "has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com"),
                      &uri),
        0);
    assert_str(uri.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    assert_str(uri.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    guard_page_finish(&page);
    assert_int_equal(
        sip_uri_parse(guard_str(&page, "sip:user;par=u%40example.net@example.com"), &uri), 0);
    assert_str(uri.user, "user;par=u%40example.net");
    assert_int_equal(uri.params.len, 0);
    guard_page_finish(&page);
    assert_int_equal(
        sip_uri_parse(guard_str(&page, "sip:sips%3Auser%40example.com@example.net"), &uri), 0);
    assert_str(uri.user, "sips%3Auser%40example.com");
    guard_page_finish(&page);
}

/* RFC 4475 3.1.1.3: parameter names may be escaped. */
static void test_escaped_params(void **state)
{
    guard_page page;
    sip_uri uri;
    sip_str value;

    (void)state;
    assert_int_equal(
        sip_uri_parse(guard_str(&page, "sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue"),
                      &uri),
        0);
    assert_true(uri.lr);
    assert_true(sip_uri_param(&uri, "NAME", &value));
    assert_str(value, "v%61lue");
    assert_true(sip_uri_param(&uri, "lr", &value));
    assert_int_equal(value.len, 0);
    assert_true(sip_uri_param(&uri, "lr", NULL));
    assert_false(sip_uri_param(&uri, "l", &value));
    assert_false(sip_uri_param(NULL, "lr", &value));
    guard_page_finish(&page);
}

static void test_other_schemes(void **state)
{
    guard_page page;
    sip_uri uri;
    sip_str value;

    (void)state;
    assert_int_equal(sip_uri_parse(guard_str(&page, "tel:+1-(212)-555.0101;ext=12"), &uri), 0);
    assert_int_equal(uri.scheme, SIP_SCHEME_TEL);
    assert_str(uri.user, "+1-(212)-555.0101");
    assert_true(sip_uri_param(&uri, "ext", &value));
    assert_str(value, "12");
    guard_page_finish(&page);
    assert_int_equal(sip_uri_parse(guard_str(&page, "urn:service:sos.fire"), &uri), 0);
    assert_int_equal(uri.scheme, SIP_SCHEME_URN);
    assert_str(uri.user, "service:sos.fire");
    guard_page_finish(&page);
    assert_int_equal(sip_uri_parse(guard_str(&page, "soap.beep://192.0.2.103:3002"), &uri), 0);
    assert_int_equal(uri.scheme, SIP_SCHEME_OTHER);
    assert_str(uri.user, "//192.0.2.103:3002");
    guard_page_finish(&page);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "sip",
        "sip:",
        ":h",
        "1sip:h",
        "s_p:h",
        "<sip:user@example.com>",
        "sip:user@",
        "sip:user@:5060",
        "sip:a@b@c",
        "sip:a b@h",
        "sip:a@h h",
        " sip:a@h",
        "sip:a@h ",
        "sip:a%4@h",
        "sip:a%zz@h",
        "sip:a\"b@h",
        "sip:a:p%@h",
        "sip:h:",
        "sip:h:0",
        "sip:h:65536",
        "sip:h:5060x",
        "sip:h: 5060",
        "sip:2001:db8::10",
        "sip:[2001:db8::10",
        "sip:h;",
        "sip:h;;lr",
        "sip:h;=x",
        "sip:h;x=",
        "sip:h;x=%4",
        "sip:h;x=a=%",
        "sip:h;x y",
        "sip:h;transport",
        "sip:h;transport=tcp;transport=udp",
        "sip:h?",
        "sip:h?x",
        "sip:h?=x",
        "sip:h?x=y&",
        "sip:h?x=y&&z=1",
        "sip:h?x=%",
        "sip:h?x= y",
        "tel:",
        "tel:abc-x",
        "tel:+1;",
        "urn:",
        "urn:a b",
        "http:<x>",
        "http://\xc3\xa9",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_uri uri = {.port = 42};

        if (sip_uri_parse(guard_str(&page, texts[i]), &uri) != SIP_ESYNTAX) {
            fail_msg("taken: %s", texts[i]);
        }
        assert_int_equal(uri.port, 42);
        guard_page_finish(&page);
    }
    assert_int_equal(sip_uri_parse((sip_str){NULL, 0}, &(sip_uri){0}), SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_parts),     cmocka_unit_test(test_few_parts),
        cmocka_unit_test(test_unusual_users), cmocka_unit_test(test_escaped_params),
        cmocka_unit_test(test_other_schemes), cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
