#include "support/guard_str.h"

#include <sip/net.h>

static void test_parse_and_print(void **state)
{
    static const struct {
        const char *text;
        sip_family family;
        const char *host;
        const char *with_port;
    } cases[] = {
        {"192.0.2.1", SIP_FAMILY_IP4, "192.0.2.1", "192.0.2.1:5060"},
        {"0.0.0.0", SIP_FAMILY_IP4, "0.0.0.0", "0.0.0.0:5060"},
        {"255.255.255.255", SIP_FAMILY_IP4, "255.255.255.255", "255.255.255.255:5060"},
        {"2001:DB8::1", SIP_FAMILY_IP6, "[2001:db8::1]", "[2001:db8::1]:5060"},
        {"[2001:db8::1]", SIP_FAMILY_IP6, "[2001:db8::1]", "[2001:db8::1]:5060"},
        {"[::]", SIP_FAMILY_IP6, "[::]", "[::]:5060"},
        {"::ffff:192.0.2.1", SIP_FAMILY_IP4, "192.0.2.1", "192.0.2.1:5060"},
        {"[::FFFF:c000:201]", SIP_FAMILY_IP4, "192.0.2.1", "192.0.2.1:5060"},
        {"2001:db8:1111:2222:3333:4444:5555:6666", SIP_FAMILY_IP6,
         "[2001:db8:1111:2222:3333:4444:5555:6666]",
         "[2001:db8:1111:2222:3333:4444:5555:6666]:5060"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        char out[SIP_ADDR_TEXT_BYTES];
        sip_addr addr;

        assert_int_equal(sip_addr_parse(guard_str(&page, cases[i].text), 5060, &addr), 0);
        assert_int_equal(addr.family, cases[i].family);
        assert_int_equal(addr.port, 5060);
        assert_string_equal(sip_addr_host(&addr, out), cases[i].host);
        assert_string_equal(sip_addr_text(&addr, out), cases[i].with_port);
        guard_page_finish(&page);
    }
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "example.com",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.1.",
        "[192.0.2.1]",
        "[",
        "[]",
        "[::1",
        "::1]",
        ":::",
        "[2001:db8:::192.0.2.1]",
        "192.0.2.1:5060",
        "fe80::1%eth0",
        "fe80::1%",
        "192.0.2.1%1",
        "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_addr addr = {.port = 42};

        assert_int_equal(sip_addr_parse(guard_str(&page, texts[i]), 1, &addr), SIP_ESYNTAX);
        assert_int_equal(addr.port, 42);
        guard_page_finish(&page);
    }
    assert_int_equal(sip_addr_parse(SIP_STR("1.2.3.4\0x"), 1, &(sip_addr){0}), SIP_ESYNTAX);
}

static void test_scope(void **state)
{
    char out[SIP_ADDR_TEXT_BYTES];
    sip_addr a, b;

    (void)state;
    assert_int_equal(sip_addr_parse(SIP_STR("fe80::1%3"), 1, &a), 0);
    assert_int_equal(a.scope, 3);
    assert_string_equal(sip_addr_host(&a, out), "[fe80::1]");
    assert_int_equal(sip_addr_parse(SIP_STR("[fe80::1%4]"), 1, &b), 0);
    assert_false(sip_addr_equal(&a, &b));
    b.scope = 3;
    assert_true(sip_addr_equal(&a, &b));
}

static void test_compare(void **state)
{
    sip_addr a, b, any, six;

    (void)state;
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.1"), 1, &a), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.1"), 2, &b), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("0.0.0.0"), 2, &any), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("::"), 2, &six), 0);
    assert_true(sip_addr_same_host(&a, &b));
    assert_false(sip_addr_equal(&a, &b));
    assert_false(sip_addr_same_host(&any, &six));
    assert_false(sip_addr_same_host(&a, NULL));
    assert_false(sip_addr_equal(NULL, &a));
    assert_true(sip_addr_is_any(&any));
    assert_true(sip_addr_is_any(&six));
    assert_false(sip_addr_is_any(&a));
    assert_false(sip_addr_is_any(NULL));
    assert_false(sip_addr_is_any(&(sip_addr){0}));
    assert_true(sip_addr_is_multicast(&(sip_addr){.family = SIP_FAMILY_IP4, .ip = {239, 1}}));
    assert_false(sip_addr_is_multicast(&(sip_addr){.family = SIP_FAMILY_IP4, .ip = {240}}));
    assert_true(sip_addr_is_multicast(&(sip_addr){.family = SIP_FAMILY_IP6, .ip = {0xff, 2}}));
    assert_false(sip_addr_is_multicast(&(sip_addr){.family = SIP_FAMILY_IP6, .ip = {0xfe, 2}}));
}

static void test_none_prints_as_nothing(void **state)
{
    char out[SIP_ADDR_TEXT_BYTES] = "x";

    (void)state;
    assert_string_equal(sip_addr_host(&(sip_addr){.port = 1}, out), "");
    assert_string_equal(sip_addr_text(&(sip_addr){.port = 1}, out), "");
    assert_string_equal(sip_addr_host(NULL, out), "");
    assert_string_equal(sip_addr_text(NULL, out), "");
}

static void test_protocols(void **state)
{
    static const struct {
        sip_protocol protocol;
        const char *name, *other;
        uint16_t port;
    } cases[] = {
        {SIP_PROTOCOL_UDP, "UDP", "udp", 5060}, {SIP_PROTOCOL_TCP, "TCP", "Tcp", 5060},
        {SIP_PROTOCOL_TLS, "TLS", "tls", 5061}, {SIP_PROTOCOL_WS, "WS", "ws", 80},
        {SIP_PROTOCOL_WSS, "WSS", "wss", 443},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_str(sip_protocol_name(cases[i].protocol), cases[i].name);
        assert_int_equal(sip_protocol_of(sip_str_of(cases[i].name)), cases[i].protocol);
        assert_int_equal(sip_protocol_of(sip_str_of(cases[i].other)), cases[i].protocol);
        assert_int_equal(sip_protocol_default_port(cases[i].protocol), cases[i].port);
        assert_int_equal(sip_protocol_is_reliable(cases[i].protocol), i != 0);
    }
    assert_int_equal(sip_protocol_of(SIP_STR("SCTP")), SIP_PROTOCOL_NONE);
    assert_int_equal(sip_protocol_of(SIP_STR("")), SIP_PROTOCOL_NONE);
    assert_int_equal(sip_protocol_name(SIP_PROTOCOL_NONE).len, 0);
    assert_int_equal(sip_protocol_default_port(SIP_PROTOCOL_NONE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_and_print),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_scope),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_none_prints_as_nothing),
        cmocka_unit_test(test_protocols),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
