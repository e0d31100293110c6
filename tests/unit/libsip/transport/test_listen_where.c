/* Where to listen: addresses, everything, interfaces and what is none of these. */
#include "transport/listen_where.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static sip__interface interface_of(const char *name, const char *addr, uint32_t scope)
{
    sip__interface it;

    memset(&it, 0, sizeof(it));
    strncpy(it.name, name, sizeof(it.name) - 1);
    assert_int_equal(sip_addr_parse(sip_str_of(addr), 0, &it.addr), 0);
    it.addr.scope = scope;
    return it;
}

static int parse(const char *text, sip__listen_where *ret_where, const char **ret_why)
{
    sip__interface list[] = {
        interface_of("lo", "127.0.0.1", 0),     interface_of("eth0", "192.0.2.1", 0),
        interface_of("lo", "::1", 0),           interface_of("eth0", "fe80::1", 2),
        interface_of("eth0", "2001:db8::1", 0), interface_of("eth0", "192.0.2.2", 0),
        interface_of("wlan0", "fe80::2", 3),
    };

    return sip__listen_where_parse(text, list, sizeof(list) / sizeof(list[0]), ret_where, ret_why);
}

static void test_good(void **state)
{
    static const struct {
        const char *text;
        sip_protocol protocol;
        const char *addrs; /* as text, a blank after each */
        uint32_t scope;
        const char *device;
    } cases[] = {
        {"udp:192.0.2.9:5070", SIP_PROTOCOL_UDP, "192.0.2.9:5070 ", 0, ""},
        {"udp:192.0.2.9", SIP_PROTOCOL_UDP, "192.0.2.9:5060 ", 0, ""},
        {"TLS:[2001:db8::9]", SIP_PROTOCOL_TLS, "[2001:db8::9]:5061 ", 0, ""},
        {"ws:*", SIP_PROTOCOL_WS, "0.0.0.0:80 ", 0, ""},
        {"wss:", SIP_PROTOCOL_WSS, "0.0.0.0:443 ", 0, ""},
        {"tcp::0", SIP_PROTOCOL_TCP, "0.0.0.0:0 ", 0, ""},
        {"tcp:LocalHost:1", SIP_PROTOCOL_TCP, "127.0.0.1:1 ", 0, ""},
        {"tcp:eth0:7", SIP_PROTOCOL_TCP, "192.0.2.1:7 [2001:db8::1]:7 192.0.2.2:7 ", 0, ""},
        {"tcp:wlan0:7", SIP_PROTOCOL_TCP, "[fe80::2]:7 ", 3, ""},
        {"tcp:[fe80::7%eth0]:7", SIP_PROTOCOL_TCP, "[fe80::7]:7 ", 2, ""},
        {"udp:*%eth0:7", SIP_PROTOCOL_UDP, "0.0.0.0:7 ", 0, "eth0"},
        {"udp:224.0.1.75%eth0:7", SIP_PROTOCOL_UDP, "224.0.1.75:7 ", 0, "eth0"},
        {"udp:%eth0", SIP_PROTOCOL_UDP, "0.0.0.0:5060 ", 0, "eth0"},
        {"udp:[::%eth0]:7", SIP_PROTOCOL_UDP, "[::]:7 ", 0, "eth0"},
        {"sctp:127.0.0.1:7", SIP_PROTOCOL_NONE, "127.0.0.1:7 ", 0, ""},
    };
    size_t i, j;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip__listen_where where;
        const char *why;
        char addrs[400] = "";

        assert_int_equal(parse(cases[i].text, &where, &why), 0);
        for (j = 0; j < where.n_addrs; j++) {
            char text[SIP_ADDR_TEXT_BYTES];

            (void)snprintf(addrs + strlen(addrs), sizeof(addrs) - strlen(addrs), "%s ",
                           sip_addr_text(&where.addrs[j], text));
            assert_int_equal(where.addrs[j].scope, cases[i].scope);
        }
        assert_string_equal(addrs, cases[i].addrs);
        assert_int_equal(where.protocol, cases[i].protocol);
        assert_string_equal(where.device, cases[i].device);
    }
}

static void test_bad(void **state)
{
    static const char *const cases[] = {
        "",
        "udp",
        "udp:127.0.0.1:70000",
        "udp:127.0.0.1:x",
        "udp:127.0.0.1:",
        "udp:example.com:0",
        "udp:eth1:0",
        "udp:::1:0",
        "udp:[::1:0",
        "udp:[::1]0",
        "udp:[fe80::1%]:0",
        "udp:[fe80::1%lo]:0",
        "udp:[fe80::1%none]:0",
        "udp:eth0%eth0:0",
        "udp:*%0123456789012345678901234567890123456789012345678901234567890123:0",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip__listen_where where;
        const char *why = NULL;

        assert_int_equal(parse(cases[i], &where, &why), SIP_EINVAL);
        assert_non_null(why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
