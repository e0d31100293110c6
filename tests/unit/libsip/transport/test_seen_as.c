/* What peers are told our address is. */
#include "transport/seen_as.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static sip_addr addr_of(const char *host, uint16_t port)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &addr), 0);
    return addr;
}

static void test_networks(void **state)
{
    static const char *const networks[] = {"10.0.0.0/8", "rubbish",     "192.0.2.128/25",
                                           "fd00::/9",   "2001:db8::7", "198.51.100.1/32",
                                           NULL};
    static const char *const all[] = {"0.0.0.0/0", NULL};
    static const char *const inside[] = {"10.255.0.1", "192.0.2.128",  "192.0.2.255",
                                         "fd7f::1",    "198.51.100.1", "2001:db8::7"};
    static const char *const outside[] = {"11.0.0.1", "192.0.2.127", "fd80::1", "2001:db8::8",
                                          "198.51.100.2"};
    static const char *const bad[] = {
        "",           "10.0.0.0/33", "10.0.0.0/",           "fd00::/129",
        "10.0.0.0/x", "name/8",      "10.0.0.0/99999999999"};
    size_t i;
    sip_addr addr;

    (void)state;
    for (i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        addr = addr_of(inside[i], 5060);
        assert_true(sip__networks_hold(networks, &addr));
    }
    for (i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        addr = addr_of(outside[i], 5060);
        assert_false(sip__networks_hold(networks, &addr));
        assert_false(sip__networks_hold(NULL, &addr));
    }
    addr = addr_of("203.0.113.1", 1);
    assert_true(sip__networks_hold(all, &addr));
    addr = addr_of("fd00::1", 1);
    assert_false(sip__networks_hold(all, &addr));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(sip__network_check(bad[i]), SIP_ESYNTAX);
    }
    assert_int_equal(sip__network_check(NULL), SIP_ESYNTAX);
    assert_int_equal(sip__network_check("::/0"), 0);
}

static void expect(const sip_transport *transport, const char *remote, const char *via,
                   const char *contact)
{
    static const char *const networks[] = {"192.168.0.0/16", NULL};
    sip_path path = {
        .protocol = SIP_PROTOCOL_UDP, .remote = addr_of(remote, 5060), .local = transport->local};
    sip__seen_as seen;
    char text[300];

    sip__seen_as_via(transport, &path, networks, &seen);
    (void)snprintf(text, sizeof(text), SIP_FMT " %u", SIP_ARG(seen.host), (unsigned)seen.port);
    assert_string_equal(text, via);
    sip__seen_as_contact(transport, &path, networks, &seen);
    (void)snprintf(text, sizeof(text), SIP_FMT " %u", SIP_ARG(seen.host), (unsigned)seen.port);
    assert_string_equal(text, contact);
}

static void test_who_sees_what(void **state)
{
    sip_transport transport = {.local = addr_of("192.168.1.2", 5070)};
    sip_transport six = {.local = addr_of("fd00::2", 5070), .advertised_host = "2001:db8::5"};

    (void)state;
    assert_false(sip__seen_as_may_differ(&transport));
    expect(&transport, "198.51.100.1", "192.168.1.2 5070", "192.168.1.2 5070");
    transport.advertised_port = 5080;
    assert_true(sip__seen_as_may_differ(&transport));
    expect(&transport, "198.51.100.1", "192.168.1.2 5080", "192.168.1.2 5080");
    transport.advertised_host = "sip.example.com";
    expect(&transport, "198.51.100.1", "sip.example.com 5080", "sip.example.com 5080");
    transport.advertised_host = "203.0.113.9";
    transport.advertised_port = 0;
    expect(&transport, "198.51.100.1", "203.0.113.9 5070", "203.0.113.9 5070");
    expect(&transport, "192.168.7.7", "192.168.1.2 5070", "192.168.1.2 5070");
    transport.learnt = addr_of("203.0.113.10", 40000);
    expect(&transport, "198.51.100.1", "203.0.113.9 5070", "203.0.113.10 40000");
    expect(&transport, "192.168.7.7", "192.168.1.2 5070", "192.168.1.2 5070");
    transport.advertised_host = NULL;
    assert_true(sip__seen_as_may_differ(&transport));
    expect(&transport, "198.51.100.1", "192.168.1.2 5070", "203.0.113.10 40000");
    expect(&six, "2001:db8::77", "[2001:db8::5] 5070", "[2001:db8::5] 5070");
    six.advertised_host = "[2001:db8::6]";
    expect(&six, "2001:db8::77", "[2001:db8::6] 5070", "[2001:db8::6] 5070");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_who_sees_what),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
