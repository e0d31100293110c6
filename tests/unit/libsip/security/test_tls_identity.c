/* Whom certificates name: RFC 5922 7.1 and 7.2, by the policies. */
#include "security/tls_identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/cert_maker.h"

static const char *names_in(const cert_spec *spec, sip_tls_identity policy)
{
    static char text[400];
    sip__tls_names names;
    cert made;

    cert_make(&made, spec);
    assert_int_equal(sip__tls_names_read(NULL, made.x509, policy, &names), 0);
    sip__tls_names_text(&names, text, sizeof text);
    sip__tls_names_finish(&names);
    cert_free(&made);
    return text;
}

static void identities_are_found(void **state)
{
    static const struct {
        const char *cn, *san, *strict, *lenient;
    } cases[] = {
        {"cn.example", "URI:sip:A.Example,URI:sip:b.example,DNS:c.example", "a.example, b.example",
         "a.example, b.example, c.example"},
        {"cn.example", "DNS:C.example,DNS:d.example.", "c.example, d.example",
         "c.example, d.example"},
        {"cn.example", "URI:sip:alice@a.example,DNS:c.example", "c.example", "c.example"},
        {"cn.example", "URI:sip:@a.example", "no SIP identity", "no SIP identity"},
        {"cn.example", "URI:sips:a.example", "no SIP identity", "no SIP identity"},
        {"cn.example", "URI:https://a.example/", "no SIP identity", "no SIP identity"},
        {"cn.example", "URI:SIP:a.example;transport=tls", "a.example", "a.example"},
        {"cn.example", "URI:sip:a.example:5061", "a.example", "a.example"},
        {"cn.example", "URI:sip:[2001:db8::1]", "[2001:db8::1]", "[2001:db8::1]"},
        {"cn.example", "email:a@b.example", "no SIP identity", "no SIP identity"},
        {"cn.example", "IP:192.0.2.1,IP:2001:db8::2,DNS:x", "x, 192.0.2.1, [2001:db8::2]",
         "x, 192.0.2.1, [2001:db8::2]"},
        {"cn.example", "DNS:192.0.2.1,DNS:a..b,DNS:.a,DNS:a b,DNS:*x.y", "no SIP identity",
         "no SIP identity"},
        {"cn.example", "DNS:*.a.example", "*.a.example", "*.a.example"},
        {"CN.example", NULL, "no SIP identity", "cn.example"},
        {"Some Body", NULL, "no SIP identity", "no SIP identity"},
        {NULL, NULL, "no SIP identity", "no SIP identity"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const cert_spec spec = {.cn = cases[i].cn, .san = cases[i].san};

        assert_string_equal(names_in(&spec, SIP_TLS_IDENTITY_STRICT), cases[i].strict);
        assert_string_equal(names_in(&spec, SIP_TLS_IDENTITY_LENIENT), cases[i].lenient);
    }
}

static void names_are_compared(void **state)
{
    static const struct {
        const char *name, *wanted;
        bool strict, lenient;
    } cases[] = {
        {"a.example", "A.EXAMPLE", true, true},
        {"a.example", "a.example.", true, true},
        {"a.example", "b.a.example", false, false},
        {"b.a.example", "a.example", false, false},
        {"*.a.example", "b.a.example", false, true},
        {"*.a.example", "*.a.example", true, true},
        {"*.a.example", "a.example", false, false},
        {"*.a.example", ".a.example", false, false},
        {"*.a.example", "c.b.a.example", false, false},
        {"*.example", "a.example", false, false},
        {"192.0.2.1", "192.0.2.1", true, true},
        {"192.0.2.1", "192.0.2.2", false, false},
        {"[2001:db8::1]", "[2001:DB8:0::1]", true, true},
        {"*.0.2.1", "192.0.2.1", false, false},
        {"a.example", "", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sip_str name = sip_str_of(cases[i].name);
        const sip_str wanted = sip_str_of(cases[i].wanted);

        assert_int_equal(sip__tls_names_have(&name, 1, wanted, SIP_TLS_IDENTITY_STRICT),
                         cases[i].strict);
        assert_int_equal(sip__tls_names_have(&name, 1, wanted, SIP_TLS_IDENTITY_LENIENT),
                         cases[i].lenient);
    }
    assert_false(sip__tls_names_have(NULL, 0, SIP_STR("a"), SIP_TLS_IDENTITY_STRICT));
}

static void what_cannot_be_read_names_nobody(void **state)
{
    static const unsigned char broken[] = {0x30, 0x05, 0x82, 0x09, 'a'};
    static const unsigned char with_zero[] = {0x30, 0x0d, 0x82, 0x0b, 'a', '.', 'e',
                                              'x',  0,    '.',  'b',  'a', 'd'};
    static const unsigned char uri_with_zero[] = {0x30, 0x0c, 0x86, 0x0a, 's', 'i', 'p',
                                                  ':',  'a',  0,    '.',  'b', 'a'};
    static const unsigned char odd_address[] = {0x30, 0x05, 0x87, 0x03, 1, 2, 3};
    const struct {
        const unsigned char *bytes;
        size_t len;
    } cases[] = {{broken, sizeof broken},
                 {with_zero, sizeof with_zero},
                 {uri_with_zero, sizeof uri_with_zero},
                 {odd_address, sizeof odd_address}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        X509 *x509 = cert_with_raw_san(cases[i].bytes, cases[i].len);
        sip__tls_names names;

        assert_int_equal(sip__tls_names_read(NULL, x509, SIP_TLS_IDENTITY_LENIENT, &names), 0);
        assert_int_equal(names.count, 0);
        sip__tls_names_finish(&names);
        X509_free(x509);
    }
}

static void many_names_are_cut(void **state)
{
    char *san = malloc(1100 * 24);
    size_t used = 0;
    char text[36];
    sip__tls_names names;
    cert made;

    (void)state;
    for (int i = 0; i < 1100; i++) {
        used += (size_t)sprintf(san + used, "%sDNS:n%d.example", i > 0 ? "," : "", i);
    }
    cert_make(&made, &(cert_spec){.cn = "many", .san = san});
    assert_int_equal(sip__tls_names_read(NULL, made.x509, SIP_TLS_IDENTITY_STRICT, &names), 0);
    assert_int_equal(names.count, SIP__TLS_NAMES_MAX);
    assert_string_equal(sip__tls_names_text(&names, text, sizeof text),
                        "n0.example, n1.example, …");
    assert_string_equal(sip__tls_names_text(&names, text, 12), "…");
    sip__tls_names_finish(&names);
    cert_free(&made);
    free(san);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_are_found),
        cmocka_unit_test(names_are_compared),
        cmocka_unit_test(what_cannot_be_read_names_nobody),
        cmocka_unit_test(many_names_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
