#include "dns/naptr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ALL 0xffu

static sip_dns_record naptr(uint16_t order, uint16_t preference, const char *flags,
                            const char *service, const char *target)
{
    return (sip_dns_record){.type = SIP_DNS_NAPTR,
                            .ttl_s = 7,
                            .priority = order,
                            .weight = preference,
                            .flags = flags,
                            .service = service,
                            .regexp = "",
                            .target = target};
}

static void each_service(void **state)
{
    static const struct {
        const char *service;
        sip_protocol protocol;
        bool secure;
    } cases[] = {
        {"SIP+D2U", SIP_PROTOCOL_UDP, false},  {"sip+d2t", SIP_PROTOCOL_TCP, false},
        {"SIPS+D2T", SIP_PROTOCOL_TLS, true},  {"SIP+D2W", SIP_PROTOCOL_WS, false},
        {"SIPS+D2W", SIP_PROTOCOL_WSS, true},  {"SIP+D2S", SIP_PROTOCOL_NONE, false},
        {"SIPS+D2S", SIP_PROTOCOL_NONE, true}, {"E2U+sip", SIP_PROTOCOL_NONE, false},
        {"", SIP_PROTOCOL_NONE, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_dns_record record = naptr(1, 1, "s", cases[i].service, "x");
        sip_dns_answer answer = {.records = &record, .n_records = 1};
        sip_protocol protocol = cases[i].protocol;
        size_t n = protocol != SIP_PROTOCOL_NONE;
        sip__naptr out[SIP__NAPTR_MAX];

        assert_int_equal(sip__naptr_choose(&answer, ALL, false, out), n);
        if (n > 0) {
            assert_int_equal(out[0].protocol, protocol);
            assert_false(out[0].is_host);
            assert_string_equal(out[0].replacement, "x");
            assert_int_equal(out[0].ttl_s, 7);
        }
        assert_int_equal(sip__naptr_choose(&answer, ALL, true, out), n > 0 && cases[i].secure);
        assert_int_equal(sip__naptr_choose(&answer, ALL & ~(1u << protocol), false, out), 0);
    }
}

static void what_is_passed_over(void **state)
{
    sip_dns_record records[] = {
        naptr(1, 1, "u", "SIP+D2U", "x"), naptr(1, 1, "", "SIP+D2U", "x"),
        naptr(1, 1, "s", "SIP+D2U", "."), naptr(1, 1, "s", "SIP+D2U", ""),
        naptr(1, 1, "s", "SIP+D2U", "x"), naptr(1, 1, "S", "SIP+D2U", "x"),
    };
    sip_dns_answer answer = {.records = records, .n_records = 6};
    sip__naptr out[SIP__NAPTR_MAX];

    (void)state;
    records[4].regexp = "!.*!x!";
    records[5].type = SIP_DNS_SRV;
    assert_int_equal(sip__naptr_choose(&answer, ALL, false, out), 0);
}

static void the_first_four(void **state)
{
    sip_dns_record records[] = {
        naptr(3, 1, "s", "SIP+D2U", "f"), naptr(2, 9, "s", "SIP+D2U", "e"),
        naptr(2, 1, "a", "SIP+D2U", "c"), naptr(1, 7, "s", "SIP+D2U", "b"),
        naptr(2, 1, "s", "SIP+D2U", "d"), naptr(0, 9, "s", "SIP+D2U", "a"),
    };
    sip_dns_answer answer = {.records = records, .n_records = 6};
    sip__naptr out[SIP__NAPTR_MAX];

    (void)state;
    assert_int_equal(sip__naptr_choose(&answer, ALL, false, out), SIP__NAPTR_MAX);
    assert_string_equal(out[0].replacement, "a");
    assert_string_equal(out[1].replacement, "b");
    assert_string_equal(out[2].replacement, "c");
    assert_true(out[2].is_host);
    assert_string_equal(out[3].replacement, "d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_service),
        cmocka_unit_test(what_is_passed_over),
        cmocka_unit_test(the_first_four),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
