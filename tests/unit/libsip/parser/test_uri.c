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
    assert_str(sip_uri_scheme_text(&uri), "urn");
    guard_page_finish(&page);
    assert_int_equal(sip_uri_parse(guard_str(&page, "MailTo:a@h?x=y&z;;"), &uri), 0);
    assert_int_equal(uri.scheme, SIP_SCHEME_OTHER);
    assert_str(sip_uri_scheme_text(&uri), "MailTo");
    assert_str(uri.user, "a@h?x=y&z;;");
    guard_page_finish(&page);
    assert_int_equal(sip_uri_parse(guard_str(&page, "tel:7042;phone-context=example.com"), &uri),
                     0);
    assert_str(uri.user, "7042");
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
        "sip:h:5060;x@elsewhere", /* a password has no ';', nor '?' and '/' */
        "sip:h:1?x@elsewhere",
        "sip:h:",
        "sip:h:0",
        "sip:h:65536",
        "sip:h:5060x",
        "sip:h: 5060",
        "sip:2001:db8::10",
        "sip:[2001:db8::10",
        "sip:h;=x",
        "sip:h;x=%4",
        "sip:h;x=a=%",
        "sip:h;x y",
        "sip:h;=",
        "sip:h;user=phone;user=ip",
        "sip:h;gr=a;gr=b",
        "sip:h;gr=a;gr",
        "sip:h;%6C%7",
        "sip:a@[2001:db8::1%25eth0]",
        "sip:a@[fe80::1%eth0]",
        "sip:a@[fe80::1%2]",
        "sip:a@[192.0.2.1]",
        "sip:a@[2001:db8::1",
        "sip:a@[2001:db8::1]x",
        "sip:a@[]",
        "sip:a@[:::]x",
        "sip:a@[2001::db8::1]",
        "sip:a@[1:2:3:4:5:6:7:8:9]",
        "sip:a@[00000000000000000000000000000000000000000000000000000000000000000000000000001]",
        "sip:a@[2001:db8::1]:",
        "sip:h:-1",
        "sip:h:5060:5060",
        "sip:a\x7f@h",
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
        "tel:+",
        "tel:+-",
        "tel:()",
        "tel:1+2",
        "tel:+1;x y",
        "tel:+1?x=y",
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

/* What real peers send beyond the grammar is read, and told of. */
static void test_flaws(void **state)
{
    static const struct {
        const char *text;
        unsigned flaws;
    } cases[] = {
        {"sip:a@h;transport=udp;lr", 0},
        {"sip:a@h;transport=udp;transport=UDP", SIP_URI_PARAM_TWICE},
        {"sip:a@h;lr;lr", SIP_URI_PARAM_TWICE},
        {"sip:a@h;ob;ob=1", SIP_URI_PARAM_TWICE},
        {"sip:a@h;gr=x;gr=x", SIP_URI_PARAM_TWICE},
        {"sip:a@h;%75ser=phone;user=phone", SIP_URI_PARAM_TWICE},
        {"sip:a@h;", SIP_URI_PARAM_EMPTY},
        {"sip:a@h;;lr", SIP_URI_PARAM_EMPTY},
        {"tel:+1;", SIP_URI_PARAM_EMPTY},
        {"sip:a@h;?x=y", SIP_URI_PARAM_EMPTY},
        {"sip:a@h;x=", SIP_URI_VALUE_EMPTY},
        {"sip:a@h;transport", SIP_URI_VALUE_EMPTY},
        {"sip:a@h;x=a==", SIP_URI_VALUE_EQUALS},
        {"sip:#31#0123@h", SIP_URI_USER_HASH},
        {"sip:a@[2001:db8:::192.0.2.1]", SIP_URI_IP6_COLONS},
        {"sip:a@[:::1]:5060", SIP_URI_IP6_COLONS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        sip_uri uri;

        if (sip_uri_parse(guard_str(&page, cases[i].text), &uri) != 0 ||
            uri.flaws != cases[i].flaws) {
            fail_msg("%s: not the flaws %u", cases[i].text, cases[i].flaws);
        }
        guard_page_finish(&page);
    }
}

static void test_gruu_and_ob(void **state)
{
    guard_page page;
    sip_uri uri;

    (void)state;
    assert_int_equal(sip_uri_parse(guard_str(&page, "sip:a@h;GR=urn:uuid:f81d-00a0"), &uri), 0);
    assert_true(uri.has_gr);
    assert_str(uri.gr, "urn:uuid:f81d-00a0");
    assert_false(uri.ob);
    guard_page_finish(&page);
    assert_int_equal(sip_uri_parse(guard_str(&page, "sip:tgruu.7hs@h;gr;ob;xy"), &uri), 0);
    assert_true(uri.has_gr);
    assert_int_equal(uri.gr.len, 0);
    assert_true(uri.ob);
    guard_page_finish(&page);
}

/* The values of an IPv6 host come as they stand; a mapped address is one too. */
static void test_ip6(void **state)
{
    static const char *const hosts[] = {"[::1]", "[2001:DB8::10:5070]", "[::ffff:192.0.2.1]",
                                        "[fe80::1]"};

    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        guard_page page;
        char text[64] = "sip:";
        sip_uri uri;

        strcat(text, hosts[i]);
        assert_int_equal(sip_uri_parse(guard_str(&page, text), &uri), 0);
        assert_str(uri.host, hosts[i]);
        assert_int_equal(uri.flaws, 0);
        guard_page_finish(&page);
    }
}

/* No prefix reads beyond its end, and no parse depends on bytes behind it. */
static void test_every_prefix(void **state)
{
    static const char text[] = "sips:al%69ce:pa%20ss@[2001:db8::1]:5061;transport=tcp;gr=x;a=b=c"
                               "?To=x%40y&subject=";

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        guard_page page;
        sip_uri uri;

        (void)sip_uri_parse(guard_bytes(&page, text, len), &uri);
        guard_page_finish(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_parts),     cmocka_unit_test(test_few_parts),
        cmocka_unit_test(test_unusual_users), cmocka_unit_test(test_escaped_params),
        cmocka_unit_test(test_other_schemes), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_flaws),         cmocka_unit_test(test_gruu_and_ob),
        cmocka_unit_test(test_ip6),           cmocka_unit_test(test_every_prefix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
