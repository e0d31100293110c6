#include "dns/dns_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void names(void **state)
{
    static const struct {
        const char *text, *plain;
    } cases[] = {
        {"Example.COM", "example.com"},
        {"example.com.", "example.com"},
        {"_sip._udp.a-b", "_sip._udp.a-b"},
        {"a", "a"},
        {"", ""},
        {".", ""},
        {".a", ""},
        {"a..b", ""},
        {"a..", ""},
    };
    char out[SIP__NAME_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(sip__dns_name_plain(sip_str_of(cases[i].text), out),
                         strlen(cases[i].plain));
        assert_string_equal(sip__dns_name_plain(sip_str_of(cases[i].text), out) > 0 ? out : "",
                            cases[i].plain);
    }
    assert_int_equal(sip__dns_name_plain((sip_str){"a\0b", 3}, out), 0);
    assert_int_equal(sip__dns_name_plain((sip_str){NULL, 0}, out), 0);
}

static void lengths(void **state)
{
    char text[300];
    char out[SIP__NAME_BYTES];

    (void)state;
    memset(text, 'a', sizeof(text));
    assert_int_equal(sip__dns_name_plain((sip_str){text, 253}, out), 253);
    assert_int_equal(strlen(out), 253);
    assert_int_equal(sip__dns_name_plain((sip_str){text, 254}, out), 0);
    text[253] = '.';
    assert_int_equal(sip__dns_name_plain((sip_str){text, 254}, out), 253);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
