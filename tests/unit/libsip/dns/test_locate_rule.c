#include "dns/locate_rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BIT(protocol) (1u << SIP_PROTOCOL_##protocol)
#define ALL (BIT(UDP) | BIT(TCP) | BIT(TLS) | BIT(WS) | BIT(WSS))

static void protocols(void **state)
{
    static const struct {
        const char *uri;
        unsigned can;
        int err;
        sip_protocol protocol, standard;
    } cases[] = {
        {"sip:h", ALL, 0, SIP_PROTOCOL_NONE, SIP_PROTOCOL_UDP},
        {"sip:h", ALL & ~BIT(UDP), 0, SIP_PROTOCOL_NONE, SIP_PROTOCOL_TCP},
        {"sip:h", BIT(TLS), 0, SIP_PROTOCOL_NONE, SIP_PROTOCOL_NONE},
        {"sip:h:5061", BIT(TLS), SIP_EUNSUPPORTED, 0, 0},
        {"sip:h", 0, SIP_EUNSUPPORTED, 0, 0},
        {"sips:h", ALL, 0, SIP_PROTOCOL_NONE, SIP_PROTOCOL_TLS},
        {"sips:h", BIT(UDP) | BIT(TCP) | BIT(WS), SIP_EUNSUPPORTED, 0, 0},
        {"sips:h", BIT(WSS), 0, SIP_PROTOCOL_NONE, SIP_PROTOCOL_NONE},
        {"sip:h;transport=udp", ALL, 0, SIP_PROTOCOL_UDP, SIP_PROTOCOL_UDP},
        {"sip:h;transport=TCP", ALL, 0, SIP_PROTOCOL_TCP, SIP_PROTOCOL_TCP},
        {"sip:h;transport=tls", ALL, 0, SIP_PROTOCOL_TLS, SIP_PROTOCOL_TLS},
        {"sip:h;transport=ws", ALL, 0, SIP_PROTOCOL_WS, SIP_PROTOCOL_WS},
        {"sip:h;transport=ws", BIT(UDP) | BIT(WSS), 0, SIP_PROTOCOL_WSS, SIP_PROTOCOL_WSS},
        {"sip:h;transport=ws", BIT(UDP), SIP_EUNSUPPORTED, 0, 0},
        {"sips:h;transport=ws", BIT(UDP) | BIT(WS), SIP_EUNSUPPORTED, 0, 0},
        {"sip:h;transport=wss", ALL, 0, SIP_PROTOCOL_WSS, SIP_PROTOCOL_WSS},
        {"sip:h;transport=sctp", ALL, SIP_EUNSUPPORTED, 0, 0},
        {"sip:h;transport=tcp", BIT(UDP), SIP_EUNSUPPORTED, 0, 0},
        {"sips:h;transport=tcp", ALL, 0, SIP_PROTOCOL_TLS, SIP_PROTOCOL_TLS},
        {"sips:h;transport=tls", ALL, 0, SIP_PROTOCOL_TLS, SIP_PROTOCOL_TLS},
        {"sips:h;transport=ws", ALL, 0, SIP_PROTOCOL_WSS, SIP_PROTOCOL_WSS},
        {"sips:h;transport=wss", ALL, 0, SIP_PROTOCOL_WSS, SIP_PROTOCOL_WSS},
        {"sips:h;transport=udp", ALL, SIP_EUNSUPPORTED, 0, 0},
        {"tel:+1", ALL, SIP_EUNSUPPORTED, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip__locate_can can = {cases[i].can, 0, SIP_PROTOCOL_NONE};
        sip__locate_rule rule;
        sip_uri uri;

        assert_int_equal(sip_uri_parse(sip_str_of(cases[i].uri), &uri), 0);
        assert_int_equal(sip__locate_rule_read(&uri, &can, &rule), cases[i].err);
        if (cases[i].err == 0) {
            assert_int_equal(rule.protocol, cases[i].protocol);
            assert_int_equal(rule.standard, cases[i].standard);
            assert_true(sip_str_equal(rule.host, "h"));
        }
    }
}

/* What a program prefers goes first where the URI leaves it open. */
static void preferred(void **state)
{
    static const struct {
        const char *uri;
        sip_protocol preferred, standard;
    } cases[] = {
        {"sip:h", SIP_PROTOCOL_TCP, SIP_PROTOCOL_TCP},
        {"sip:h", SIP_PROTOCOL_TLS, SIP_PROTOCOL_TLS},
        {"sip:h", SIP_PROTOCOL_WS, SIP_PROTOCOL_WS},
        {"sip:h;transport=udp", SIP_PROTOCOL_TCP, SIP_PROTOCOL_UDP},
        {"sips:h", SIP_PROTOCOL_TCP, SIP_PROTOCOL_TLS},
        {"sips:h", SIP_PROTOCOL_WSS, SIP_PROTOCOL_WSS},
    };
    const sip__locate_can none = {BIT(UDP), 0, SIP_PROTOCOL_TCP};
    sip__locate_rule rule;
    sip_uri uri;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip__locate_can can = {ALL, 0, cases[i].preferred};

        assert_int_equal(sip_uri_parse(sip_str_of(cases[i].uri), &uri), 0);
        assert_int_equal(sip__locate_rule_read(&uri, &can, &rule), 0);
        assert_int_equal(rule.standard, cases[i].standard);
    }
    assert_int_equal(sip_uri_parse(SIP_STR("sip:h"), &uri), 0);
    assert_int_equal(sip__locate_rule_read(&uri, &none, &rule), 0);
    assert_int_equal(rule.standard, SIP_PROTOCOL_UDP); /* the other one we have not */
}

static void names_and_ports(void **state)
{
    sip__locate_can can = {ALL, 0, SIP_PROTOCOL_NONE};
    sip__locate_rule rule;
    sip_uri uri;

    (void)state;
    assert_int_equal(sip_uri_parse(SIP_STR("sips:h:99;maddr=other"), &uri), 0);
    assert_int_equal(sip__locate_rule_read(&uri, &can, &rule), 0);
    assert_true(sip_str_equal(rule.host, "other"));
    assert_true(rule.secure);
    assert_int_equal(sip__locate_rule_port(&rule, SIP_PROTOCOL_TLS), 99);
    rule.port = 0;
    assert_int_equal(sip__locate_rule_port(&rule, SIP_PROTOCOL_TLS), 5061);
    assert_string_equal(sip__locate_rule_prefix(SIP_PROTOCOL_UDP), "_sip._udp.");
    assert_string_equal(sip__locate_rule_prefix(SIP_PROTOCOL_TLS), "_sips._tcp.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protocols),
        cmocka_unit_test(preferred),
        cmocka_unit_test(names_and_ports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
