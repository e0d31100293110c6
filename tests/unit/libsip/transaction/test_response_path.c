#include "tx_world.h"

#include "transaction/response_path.h"
#include <stdio.h>

typedef struct route_case {
    sip_protocol protocol;
    const char *via;
    const char *remote;
    uint16_t port, fallback_port;
    bool obeys_maddr;
} route_case;

/* The request came from 192.0.2.9:40000. */
static const route_case cases[] = {
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h:5070", "192.0.2.9", 5070, 0, true},
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h", "192.0.2.9", 5060, 0, true},
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h:5070;rport", "192.0.2.9", 40000, 0, true},
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h:5070;maddr=192.0.2.77", "192.0.2.77", 5070, 0, true},
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h:5070;maddr=[2001:db8::1]", "192.0.2.9", 5070, 0, true},
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h:5070;maddr=name.example", "192.0.2.9", 5070, 0, true},
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h:5070;maddr=192.0.2.77", "192.0.2.9", 5070, 0, false},
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h:5070;maddr=192.0.2.77;rport", "192.0.2.9", 40000, 0, false},
    {SIP_PROTOCOL_UDP, "SIP/2.0/UDP h:5070;maddr=224.0.1.75", "224.0.1.75", 5070, 0, false},
    {SIP_PROTOCOL_TCP, "SIP/2.0/TCP h:5070", "192.0.2.9", 40000, 5070, true},
    {SIP_PROTOCOL_TCP, "SIP/2.0/TCP h", "192.0.2.9", 40000, 5060, true},
    {SIP_PROTOCOL_TLS, "SIP/2.0/TLS h", "192.0.2.9", 40000, 5061, true},
};

static void find(const route_case *of, sip__response_path *ret_path)
{
    const sip_path source = {.protocol = of->protocol,
                             .flow = of->protocol == SIP_PROTOCOL_UDP ? 0 : 5,
                             .remote = world_addr("192.0.2.9", 40000),
                             .local = world_addr("192.0.2.1", 5060)};
    sip_msg *msg = NULL;
    char text[200];

    snprintf(text, sizeof(text), "OPTIONS sip:a@h SIP/2.0\r\nVia: %s\r\n\r\n", of->via);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
    sip__response_path_find(sip_msg_via(msg, 0), &source, of->obeys_maddr, ret_path);
    (void)sip_msg_unref(msg);
}

static void test_where_responses_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_addr local = world_addr("192.0.2.1", 5060);
        sip_addr remote = world_addr(cases[i].remote, cases[i].port);
        sip__response_path to;

        find(&cases[i], &to);
        assert_true(sip_addr_equal(&to.path.remote, &remote));
        assert_true(sip_addr_equal(&to.path.local, &local));
        assert_int_equal(to.fallback_port, cases[i].fallback_port);
        assert_int_equal(to.path.flow, cases[i].protocol == SIP_PROTOCOL_UDP ? 0 : 5);
    }
}

static void test_falls_back_once(void **state)
{
    sip__response_path to;

    (void)state;
    find(&cases[0], &to);
    assert_false(sip__response_path_fall_back(&to));
    find(&cases[9], &to);
    assert_true(sip__response_path_fall_back(&to));
    assert_int_equal(to.path.flow, 0);
    assert_int_equal(to.path.remote.port, 5070);
    assert_false(sip__response_path_fall_back(&to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_responses_go),
        cmocka_unit_test(test_falls_back_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
