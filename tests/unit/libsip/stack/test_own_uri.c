#include "../transaction/tx_world.h"

#include <stdio.h>

static bool owns(const tx_world *world, const char *text)
{
    sip_uri uri;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return sip_stack_owns_uri(world->stack, &uri);
}

static void test_addresses(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    assert_true(owns(&world, "sip:192.0.2.1"));
    assert_true(owns(&world, "sip:a@192.0.2.1:5060;lr"));
    assert_true(owns(&world, "sip:192.0.2.1;transport=tcp"));
    assert_false(owns(&world, "sip:192.0.2.1;transport=tls"));
    assert_false(owns(&world, "sip:192.0.2.1:5061"));
    assert_false(owns(&world, "sip:192.0.2.2"));
    assert_false(owns(&world, "sip:[2001:db8::1]"));
    assert_false(owns(&world, "sip:home.example"));
    world_finish(&world);
}

static void test_domains(void **state)
{
    static const char *const domains[] = {"home.example", "198.51.100.1", NULL};
    const sip_stack_config config = {.domains = domains};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    assert_true(owns(&world, "sip:a@Home.Example"));
    assert_true(owns(&world, "sips:a@home.example"));
    assert_true(owns(&world, "sip:a@home.example:5060"));
    assert_false(owns(&world, "sip:a@home.example:5061"));
    assert_true(owns(&world, "sip:198.51.100.1"));
    assert_false(owns(&world, "sip:sub.home.example"));
    assert_false(owns(&world, "tel:+1555"));
    world_finish(&world);
}

static void test_bound_to_all_addresses(void **state)
{
    sip_stack *stack = NULL;
    sip_addr local;
    sip_uri uri;
    char text[64];

    (void)state;
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    assert_int_equal(sip_stack_listen(stack, "udp:0.0.0.0:0"), 0);
    assert_true(sip_stack_listener(stack, 0, NULL, &local));
    snprintf(text, sizeof(text), "sip:127.0.0.1:%u", (unsigned)local.port);
    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    assert_true(sip_stack_owns_uri(stack, &uri));
    snprintf(text, sizeof(text), "sip:192.0.2.99:%u", (unsigned)local.port);
    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    assert_false(sip_stack_owns_uri(stack, &uri));
    sip_stack_destroy(stack);
}

static bool leads_to(const sip_stack *stack, uint16_t port, const char *format)
{
    char text[80];
    sip_uri uri;

    snprintf(text, sizeof(text), format, (unsigned)port);
    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return sip_stack_owns_uri(stack, &uri);
}

/* "ws" is the transport of WebSocket with and without TLS, "tcp" in a sips URI that of TLS. */
static void test_transport_of_two_protocols(void **state)
{
    static const struct {
        sip_protocol protocol;
        const char *ours, *not_ours;
    } cases[] = {
        {SIP_PROTOCOL_WSS, "sip:127.0.0.1:%u;transport=ws;lr", "sip:127.0.0.1:%u;transport=tls"},
        {SIP_PROTOCOL_WSS, "sips:127.0.0.1:%u;transport=ws", "sips:127.0.0.1:%u;transport=tcp"},
        {SIP_PROTOCOL_WSS, "sip:127.0.0.1:%u;transport=wss", "sip:127.0.0.1:%u;transport=tcp"},
        {SIP_PROTOCOL_WS, "sip:127.0.0.1:%u;transport=ws", "sips:127.0.0.1:%u;transport=ws"},
        {SIP_PROTOCOL_WS, "sip:127.0.0.1:%u", "sip:127.0.0.1:%u;transport=wss"},
        {SIP_PROTOCOL_TLS, "sips:127.0.0.1:%u;transport=tcp", "sip:127.0.0.1:%u;transport=tcp"},
        {SIP_PROTOCOL_TCP, "sip:127.0.0.1:%u;transport=tcp", "sips:127.0.0.1:%u;transport=tcp"},
    };
    sip_stack *stack = NULL;
    sip_addr local;

    (void)state;
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    assert_int_equal(sip_stack_listen(stack, "tcp:127.0.0.1:0"), 0);
    assert_true(sip_stack_listener(stack, 0, NULL, &local));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        stack->workers->transports.first->protocol = cases[i].protocol;
        assert_true(leads_to(stack, local.port, cases[i].ours));
        assert_false(leads_to(stack, local.port, cases[i].not_ours));
    }
    sip_stack_destroy(stack);
}

static void test_nulls(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    assert_false(sip_stack_owns_uri(world.stack, NULL));
    assert_false(sip_stack_owns_uri(NULL, NULL));
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_domains),
        cmocka_unit_test(test_bound_to_all_addresses),
        cmocka_unit_test(test_transport_of_two_protocols),
        cmocka_unit_test(test_nulls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
