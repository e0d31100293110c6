#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/transport_options.h"

static int set(transport_options *options, int option, const char *value)
{
    return transport_options_set(options, option, value, "test");
}

static void what_is_said_gets_where_it_belongs(void **state)
{
    transport_options options = {0};
    sip_stack_config stack = {0};
    sip_listener_config listener = {0};

    (void)state;
    assert_true(transport_options_has(OPT_TRANSPORT) && transport_options_has(OPT_LEARN_ADDRESS));
    assert_false(transport_options_has(OPT_TRANSPORT - 1) ||
                 transport_options_has(OPT_TRANSPORT_END));
    transport_options_use(&options, &stack, &listener);
    assert_int_equal(stack.prefer_protocol, SIP_PROTOCOL_NONE);
    assert_null(stack.local_networks);
    assert_null(listener.advertised_host);
    assert_false(listener.learn_address);
    assert_int_equal(set(&options, OPT_TRANSPORT, "TCP"), -1);
    assert_int_equal(set(&options, OPT_ADVERTISE, "sip.example.com:5070"), -1);
    assert_int_equal(set(&options, OPT_LOCAL_NETWORK, "10.0.0.0/8"), -1);
    assert_int_equal(set(&options, OPT_LOCAL_NETWORK, "fd00::/8"), -1);
    assert_int_equal(set(&options, OPT_LEARN_ADDRESS, NULL), -1);
    transport_options_use(&options, &stack, &listener);
    assert_int_equal(stack.prefer_protocol, SIP_PROTOCOL_TCP);
    assert_string_equal(stack.local_networks[1], "fd00::/8");
    assert_null(stack.local_networks[2]);
    assert_string_equal(listener.advertised_host, "sip.example.com");
    assert_int_equal(listener.advertised_port, 5070);
    assert_true(listener.learn_address);
    assert_int_equal(set(&options, OPT_ADVERTISE, "[2001:db8::1]"), -1);
    transport_options_use(&options, &stack, &listener);
    assert_string_equal(listener.advertised_host, "[2001:db8::1]");
    assert_int_equal(listener.advertised_port, 0);
    transport_options_finish(&options);
}

static void what_is_wrong_is_refused(void **state)
{
    static const struct {
        int option;
        const char *value;
    } cases[] = {
        {OPT_TRANSPORT, "sctp"},
        {OPT_TRANSPORT, ""},
        {OPT_ADVERTISE, ""},
        {OPT_ADVERTISE, "a b"},
        {OPT_ADVERTISE, "alice@example.com"},
        {OPT_ADVERTISE, "example.com;lr"},
        {OPT_ADVERTISE, "example.com?x=y"},
        {OPT_ADVERTISE, "example.com:99999"},
        {OPT_LOCAL_NETWORK, "10.0.0.0"},
        {OPT_LOCAL_NETWORK, "10.0.0.0/33"},
        {OPT_LOCAL_NETWORK, "10.0.0.0/"},
        {OPT_LOCAL_NETWORK, "10.0.0.0/-1"},
        {OPT_LOCAL_NETWORK, "10.0.0.0/8x"},
        {OPT_LOCAL_NETWORK, "fd00::/129"},
        {OPT_LOCAL_NETWORK, "example.com/8"},
        {OPT_TRANSPORT_END, "x"},
    };
    transport_options options = {0};
    char longest[300];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(set(&options, cases[i].option, cases[i].value), 2);
    }
    for (size_t i = 0; i < sizeof longest; i++) {
        longest[i] = i + 1 < sizeof longest ? 'a' : '\0';
    }
    assert_int_equal(set(&options, OPT_ADVERTISE, longest), 2);
    assert_int_equal(options.host[0], 0);
    assert_int_equal(options.local_networks.count, 0);
}

static void what_is_preferred_has_to_be_there(void **state)
{
    transport_options options = {0};
    words listen = {0};

    (void)state;
    assert_true(words_add(&listen, "udp:127.0.0.1:0"));
    assert_true(words_add(&listen, "tls:*"));
    assert_int_equal(transport_options_check(&options, &listen, "test"), -1);
    assert_int_equal(set(&options, OPT_TRANSPORT, "tls"), -1);
    assert_int_equal(transport_options_check(&options, &listen, "test"), -1);
    assert_int_equal(set(&options, OPT_TRANSPORT, "tcp"), -1);
    assert_int_equal(transport_options_check(&options, &listen, "test"), 2);
    words_clear(&listen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_gets_where_it_belongs),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(what_is_preferred_has_to_be_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
