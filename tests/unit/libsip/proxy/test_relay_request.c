#include "message/print.h"
#include "proxy/relay_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "relay_world.h"

static void each_side_of_a_change_of_protocol_gets_its_record_route(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    world.proxy.config.record_route = SIP_ON;
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.alice.hang_up = true;
    sent = sim_peer_send(&world.alice, "INVITE", "sip:alice@example.com", "sip:proxy;transport=tcp",
                         NULL);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_true(sip_str_equal(sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 0),
                              "<sip:10.0.0.2:5060;lr>"));
    assert_true(sip_str_equal(sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 1),
                              "<sip:10.0.0.2:5060;transport=tcp;lr>"));
    assert_int_equal(world.alice.sent[1].status, 200);
    assert_null(sip_msg_value(world.bob.last_request, SIP_HEADER_ROUTE, 0).ptr);
    relay_world_finish(&world);
}

/* ---- the request alone */

static void print(const sip_stack *stack, const char *text, const char *uri, sip_msg **ret_msg)
{
    sip_path source = {.protocol = SIP_PROTOCOL_UDP,
                       .remote = {.ip = {10, 0, 0, 9}, .port = 7, .family = SIP_FAMILY_IP4},
                       .local = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip__relay_request request;
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
    assert_int_equal(sip__relay_request_init(&request, stack, msg, true), 0);
    assert_int_equal(sip__relay_request_print(&request, sip_str_of(uri), NULL, ret_msg), 0);
    sip_msg_unref(msg);
}

#define COMMON                                                                                     \
    "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"                   \
    "Content-Length: 0\r\n\r\n"

static void routes_and_a_strict_router_behind_us(void **state)
{
    sip_stack_config config = {.domains = NULL};
    sip_sim *sim;
    sip_stack *stack;
    sip_msg *out = NULL;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "proxy", &config, &stack), 0);
    /* A Via that says the truth stays as it is. */
    print(stack,
          "INVITE sip:b@10.0.0.8 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa\r\n"
          "Route: <sip:10.0.0.7;lr>\r\n" COMMON,
          NULL, &out);
    assert_true(sip_str_equal(sip_msg_request_uri_text(out), "sip:b@10.0.0.8"));
    assert_false(sip__msg_is_to_strict(out));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 0), "<sip:10.0.0.7;lr>"));
    assert_true(sip_str_equal(sip_msg_via(out, 0)->text, "SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa"));
    sip_msg_unref(out);
    /* A strict router behind us: it becomes the Request-URI, and our target the last Route. */
    print(stack,
          "INVITE sip:b@10.0.0.8 SIP/2.0\r\n"
          "Via: SIP/2.0/UDP pc;rport;x=\"a;b\\\"\";branch=z9hG4bKa;received=1.2.3.4\r\n"
          "Via: SIP/2.0/TCP below;branch=z9hG4bKb\r\nRecord-Route: <sip:10.0.0.6;lr>\r\n"
          "Route: <sip:10.0.0.1;lr>, <sip:10.0.0.1;transport=tcp;lr>, <sip:10.0.0.7>\r\n"
          "Route: <sip:10.0.0.5;lr>\r\n" COMMON,
          "sip:other@10.0.0.4", &out);
    assert_true(sip_str_equal(sip_msg_request_uri_text(out), "sip:10.0.0.7"));
    assert_true(sip__msg_is_to_strict(out)); /* and the next hop, before <sip:10.0.0.5;lr> */
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 0), "<sip:10.0.0.5;lr>"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 1), "<sip:other@10.0.0.4>"));
    assert_null(sip_msg_value(out, SIP_HEADER_ROUTE, 2).ptr);
    assert_true(
        sip_str_equal(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0), "<sip:10.0.0.1:5060;lr>"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 1), "<sip:10.0.0.6;lr>"));
    assert_true(
        sip_str_equal(sip_msg_via(out, 0)->text,
                      "SIP/2.0/UDP pc;x=\"a;b\\\"\";branch=z9hG4bKa;received=10.0.0.9;rport=7"));
    assert_true(sip_str_equal(sip_msg_via(out, 1)->branch, "z9hG4bKb"));
    sip_msg_unref(out);
    sip_sim_destroy(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_side_of_a_change_of_protocol_gets_its_record_route),
        cmocka_unit_test(routes_and_a_strict_router_behind_us),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
