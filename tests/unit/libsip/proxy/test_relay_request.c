#include "message/print.h"
#include "proxy/relay_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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
    assert_true(relay_world_is_route(sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 0),
                                     "<sip:10.0.0.2:5060;lr>"));
    assert_true(relay_world_is_route(sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 1),
                                     "<sip:10.0.0.2:5060;transport=tcp;lr>"));
    assert_int_equal(world.alice.sent[1].status, 200);
    assert_null(sip_msg_value(world.bob.last_request, SIP_HEADER_ROUTE, 0).ptr);
    relay_world_finish(&world);
}

/* ---- the request alone */

static const sip_relay_config recording = {.record_route = SIP_ON};

/* As it goes to 10.0.0.8. */
static void print(const sip_stack *stack, const char *text, const char *uri, sip_msg **ret_msg)
{
    sip_path source = {.protocol = SIP_PROTOCOL_UDP,
                       .remote = {.ip = {10, 0, 0, 9}, .port = 7, .family = SIP_FAMILY_IP4},
                       .local = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip_path path = {.protocol = SIP_PROTOCOL_UDP,
                     .remote = {.ip = {10, 0, 0, 8}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip__relay_request request;
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
    assert_int_equal(sip__relay_request_init(&request, stack, msg, &recording), 0);
    assert_int_equal(sip__relay_request_print(&request, msg,
                                              &(sip__relay_to){.uri = sip_str_of(uri)}, &path,
                                              SIP_STR("z9hG4bKus"), ret_msg),
                     0);
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
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 0), "<sip:10.0.0.7;lr>"));
    assert_true(sip_str_equal(sip_msg_via(out, 1)->text, "SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa"));
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
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 0), "<sip:10.0.0.5;lr>"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 1), "<sip:other@10.0.0.4>"));
    assert_null(sip_msg_value(out, SIP_HEADER_ROUTE, 2).ptr);
    assert_true(relay_world_is_route(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0),
                                     "<sip:10.0.0.1:5060;lr>"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 1), "<sip:10.0.0.6;lr>"));
    assert_true(
        sip_str_equal(sip_msg_via(out, 1)->text,
                      "SIP/2.0/UDP pc;x=\"a;b\\\"\";branch=z9hG4bKa;received=10.0.0.9;rport=7"));
    assert_true(sip_str_equal(sip_msg_via(out, 2)->branch, "z9hG4bKb"));
    sip_msg_unref(out);
    sip_sim_destroy(sim);
}

/* ---- flows (RFC 5626 5.3) */

#define INVITE(contact)                                                                            \
    "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa;rport\r\n"    \
    "Contact: <" contact ">\r\n" COMMON

/* The Record-Routes of a request that came by `in` and leaves by `out` (NULL: unknown). */
static void record(const sip_stack *stack, const char *text, sip_path in, const sip_path *out,
                   char ret_top[300], char ret_second[300])
{
    sip_path somewhere = {.protocol = SIP_PROTOCOL_UDP,
                          .remote = {.ip = {10, 0, 0, 8}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip_path way = out != NULL ? *out : somewhere;
    sip__relay_request request;
    sip_msg *msg = NULL, *printed = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &in, &msg, NULL), 0);
    assert_int_equal(sip__relay_request_init(&request, stack, msg, &recording), 0);
    assert_int_equal(
        sip__relay_request_print(&request, msg,
                                 &(sip__relay_to){.uri = SIP_STR("sip:b@10.0.0.8"), .path = out},
                                 out != NULL ? &way : &somewhere, SIP_STR("z9hG4bKus"), &printed),
        0);
    snprintf(ret_top, 300, SIP_FMT, SIP_ARG(sip_msg_value(printed, SIP_HEADER_RECORD_ROUTE, 0)));
    snprintf(ret_second, 300, SIP_FMT, SIP_ARG(sip_msg_value(printed, SIP_HEADER_RECORD_ROUTE, 1)));
    sip_msg_unref(printed);
    sip_msg_unref(msg);
}

/* The flow that a Record-Route of ours names. */
static sip_path flow_in(const sip_stack *stack, const char *route)
{
    sip_address address;
    sip_path path = {0};

    assert_int_equal(sip_address_parse(sip_str_of(route), &address), 0);
    if (address.uri.user.len > 0) {
        assert_int_equal(sip_stack_flow_of_token(stack, address.uri.user, &path), 0);
    }
    return path;
}

static void who_cannot_be_found_is_named_by_flow(void **state)
{
    const sip_path in = {.protocol = SIP_PROTOCOL_UDP,
                         .remote = {.ip = {10, 0, 0, 9}, .port = 7, .family = SIP_FAMILY_IP4},
                         .local = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip_path out = in;
    sip_stack_config config = {.domains = NULL};
    sip_sim *sim;
    sip_stack *stack;
    char top[300], second[300];

    (void)state;
    out.remote.ip[3] = 8;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "proxy", &config, &stack), 0);
    /* Both can be found: one plain Record-Route. */
    record(stack, INVITE("sip:a@10.0.0.9"), in, &out, top, second);
    assert_true(relay_world_is_route(sip_str_of(top), "<sip:10.0.0.1:5060;lr>"));
    assert_string_equal(second, "");
    /* The caller is behind a NAT: his side's has his flow. */
    record(stack, INVITE("sip:a@192.168.1.1"), in, &out, top, second);
    assert_true(relay_world_is_route(sip_str_of(top), "<sip:10.0.0.1:5060;lr>"));
    assert_true(flow_in(stack, second).remote.ip[3] == 9);
    /* The callee too. */
    out.remote.ip[3] = 77;
    record(stack, INVITE("sip:a@192.168.1.1"), in, &out, top, second);
    assert_int_equal(flow_in(stack, top).remote.ip[3], 77);
    assert_int_equal(flow_in(stack, second).remote.ip[3], 9);
    /* Only the callee. */
    record(stack, INVITE("sip:a@10.0.0.9"), in, &out, top, second);
    assert_int_equal(flow_in(stack, top).remote.ip[3], 77);
    assert_true(relay_world_is_route(sip_str_of(second), "<sip:10.0.0.1:5060;lr>"));
    /* Somebody is between who knows the way, or hears elsewhere than he speaks. */
    record(
        stack,
        "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa;rport\r\n"
        "Via: SIP/2.0/UDP 192.168.1.1;branch=z9hG4bKb\r\n"
        "Contact: <sip:a@192.168.1.1>\r\n" COMMON,
        in, NULL, top, second);
    assert_true(relay_world_is_route(sip_str_of(top), "<sip:10.0.0.1:5060;lr>"));
    record(stack,
           "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa\r\n"
           "Contact: <sip:a@192.168.1.1>\r\n" COMMON,
           in, NULL, top, second);
    assert_true(relay_world_is_route(sip_str_of(top), "<sip:10.0.0.1:5060;lr>"));
    sip_sim_destroy(sim);
}

static void no_destroy(sip_transport *transport)
{
    (void)transport;
}

/* RFC 3261 26.2.2, RFC 5630 3.1.3: a sips URI has TLS in its scheme, and says no "transport=tls".
 */
static void a_sips_record_route_names_no_tls(void **state)
{
    static const sip_transport_vtable vtable = {.name = "tls", .destroy = no_destroy};
    sip_transport tls = {.vtable = &vtable, .protocol = SIP_PROTOCOL_TLS};
    const sip_path in = {.protocol = SIP_PROTOCOL_TLS,
                         .remote = {.ip = {10, 0, 0, 9}, .port = 7, .family = SIP_FAMILY_IP4},
                         .local = {.ip = {10, 0, 0, 1}, .port = 5061, .family = SIP_FAMILY_IP4}};
    sip_stack_config config = {.domains = NULL};
    sip_msg *msg = NULL, *out = NULL;
    sip__relay_to to = {.breadth = 60};
    sip__relay_request request;
    sip_path way = in;
    sip_stack *stack;
    sip_sim *sim;

    (void)state;
    tls.local = in.local;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "proxy", &config, &stack), 0);
    assert_int_equal(sip_stack_add_transport(stack, &tls), 0);
    for (int secure = 0; secure < 2; secure++) {
        assert_int_equal(
            sip_msg_parse(NULL, NULL, SIP_STR(INVITE("sip:a@10.0.0.9")), &in, &msg, NULL), 0);
        assert_int_equal(sip__relay_request_init(&request, stack, msg, &recording), 0);
        to.uri = secure ? SIP_STR("sips:b@10.0.0.8") : SIP_STR("sip:b@10.0.0.8;transport=tls");
        assert_int_equal(
            sip__relay_request_print(&request, msg, &to, &way, SIP_STR("z9hG4bKus"), &out), 0);
        assert_true(relay_world_is_route(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0),
                                         secure ? "<sips:10.0.0.1:5061;lr>"
                                                : "<sip:10.0.0.1:5061;transport=tls;lr>"));
        assert_null(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 1).ptr);
        sip_msg_unref(out);
        sip_msg_unref(msg);
    }
    sip_sim_destroy(sim);
}

/* ---- what each side sees (RFC 5658 4), Path (RFC 3327), routes of a policy */

typedef struct two_families {
    sip_stack *stack;
    sip_path four, six; /* to peers there */
} two_families;

static void open_families(two_families *it)
{
    sip_protocol protocol;
    sip_addr addr;

    memset(it, 0, sizeof *it);
    assert_int_equal(sip_stack_create(NULL, &it->stack), 0);
    assert_int_equal(sip_stack_listen(it->stack, "udp:127.0.0.1:0"), 0);
    assert_int_equal(sip_stack_listen(it->stack, "udp:[::1]:0"), 0);
    for (size_t i = 0; i < 2; i++) {
        sip_path *path = i == 0 ? &it->four : &it->six;

        assert_true(sip_stack_listener(it->stack, i, &protocol, &addr));
        *path = (sip_path){.protocol = SIP_PROTOCOL_UDP, .local = addr, .remote = addr};
        path->remote.port = 9;
    }
}

static sip_msg *print_from(const sip_stack *stack, const char *text, const sip_path *source,
                           const sip_relay_config *config, const sip__relay_to *to, sip_path way)
{
    sip__relay_request request;
    sip_msg *msg = NULL, *out = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), source, &msg, NULL), 0);
    assert_int_equal(sip__relay_request_init(&request, stack, msg, config), 0);
    assert_int_equal(sip__relay_request_print(&request, msg, to, &way, SIP_STR("z9hG4bKus"), &out),
                     0);
    assert_int_equal(sip_msg_source(out)->remote.port, way.remote.port);
    sip_msg_unref(msg);
    return out;
}

static void each_family_gets_its_record_route(void **state)
{
    const sip__relay_to to = {.breadth = 60};
    char four[100], six[100];
    two_families it;
    sip_msg *out;

    (void)state;
    open_families(&it);
    snprintf(four, sizeof four, "<sip:127.0.0.1:%u;lr>", (unsigned)it.four.local.port);
    snprintf(six, sizeof six, "<sip:[::1]:%u;lr>", (unsigned)it.six.local.port);
    out = print_from(it.stack, INVITE("sip:a@[::1]:9"), &it.six, &recording, &to, it.four);
    assert_true(relay_world_is_route(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0), four));
    assert_true(relay_world_is_route(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 1), six));
    assert_null(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 2).ptr);
    assert_true(sip_str_equal(sip_msg_via(out, 0)->host, "127.0.0.1"));
    sip_msg_unref(out);
    out = print_from(it.stack, INVITE("sip:a@[::1]:9"), &it.six, &recording, &to, it.six);
    assert_true(relay_world_is_route(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0), six));
    assert_null(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 1).ptr);
    sip_msg_unref(out);
    /* What sips is asked for stays sips (RFC 3261 16.6 step 4), by Request-URI or Route. */
    out = print_from(it.stack, INVITE("sip:a@127.0.0.1:9"), &it.four, &recording,
                     &(sip__relay_to){.uri = SIP_STR("sips:b@127.0.0.1")}, it.four);
    snprintf(four, sizeof four, "<sips:127.0.0.1:%u;lr>", (unsigned)it.four.local.port);
    assert_true(relay_world_is_route(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0), four));
    sip_msg_unref(out);
    out = print_from(it.stack,
                     "INVITE sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
                     "127.0.0.1:9;branch=z9hG4bKa\r\nRoute: <sips:127.0.0.7;lr>\r\n" COMMON,
                     &it.four, &recording, &to, it.four);
    assert_true(relay_world_is_route(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0), four));
    sip_msg_unref(out);
    sip_stack_destroy(it.stack);
}

/* Only what makes a dialog is recorded. */
static void no_record_route_without_a_dialog(void **state)
{
    static const char *const methods[] = {"MESSAGE", "OPTIONS", "BYE", "REGISTER"};
    two_families it;

    (void)state;
    open_families(&it);
    for (size_t i = 0; i < 4; i++) {
        char text[400];
        sip_msg *out;

        snprintf(text, sizeof text,
                 "%s sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa\r\n"
                 "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 1 %s\r\n\r\n",
                 methods[i], methods[i]);
        out = print_from(it.stack, text, &it.four, &recording, &(sip__relay_to){.breadth = 1},
                         it.four);
        assert_null(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0).ptr);
        assert_null(sip_msg_value(out, SIP_HEADER_PATH, 0).ptr);
        sip_msg_unref(out);
    }
    sip_stack_destroy(it.stack);
}

#define REGISTER(vias, contact)                                                                    \
    "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP [::1]:9;branch=z9hG4bKa;rport\r\n" vias  \
    "From: <sip:a@x>;tag=1\r\nTo: <sip:a@x>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n"                 \
    "Contact: <sip:a@[::1]:9>" contact "\r\nPath: <sip:other;lr>\r\n\r\n"

static void a_registration_comes_back_by_its_path(void **state)
{
    const sip_relay_config config = {.path = SIP_ON};
    const sip__relay_to to = {.breadth = 60};
    sip_address address;
    two_families it;
    sip_path flow;
    sip_msg *out;

    (void)state;
    open_families(&it);
    for (int outbound = 0; outbound < 2; outbound++) {
        out = print_from(it.stack,
                         outbound ? REGISTER("", ";reg-id=1;+sip.instance=\"<urn:uuid:1>\"")
                                  : REGISTER("", ""),
                         &it.six, &config, &to, it.four);
        assert_int_equal(sip_address_parse(sip_msg_value(out, SIP_HEADER_PATH, 0), &address), 0);
        assert_true(sip_str_equal(address.uri.host, "127.0.0.1")); /* as the registrar sees us */
        assert_true(address.uri.lr);
        assert_int_equal(address.uri.ob, outbound);
        assert_int_equal(sip_stack_flow_of_token(it.stack, address.uri.user, &flow), 0);
        assert_true(sip_addr_equal(&flow.remote, &it.six.remote));
        assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_PATH, 1), "<sip:other;lr>"));
        sip_msg_unref(out);
    }
    /* From another proxy: that one knows the way. */
    out = print_from(it.stack, REGISTER("Via: SIP/2.0/UDP h;branch=z9hG4bKb\r\n", ";reg-id=1"),
                     &it.six, &config, &to, it.four);
    assert_int_equal(sip_address_parse(sip_msg_value(out, SIP_HEADER_PATH, 0), &address), 0);
    assert_int_equal(address.uri.user.len, 0);
    assert_false(address.uri.ob);
    sip_msg_unref(out);
    sip_stack_destroy(it.stack);
}

/* A request that comes by a Path of ours goes along its flow, whatever its Request-URI says. */
static void a_path_leads_to_who_registered(void **state)
{
    sip_path far = {.protocol = SIP_PROTOCOL_UDP};
    sip_protocol protocol;
    relay_world world;
    sim_peer_sent *sent;
    sip_header route = {"Route", NULL};
    char text[300];

    (void)state;
    relay_world_init(&world);
    world.proxy.config.path = SIP_ON;
    sent = sim_peer_send(&world.alice, "REGISTER", "sip:bob", "sip:proxy", NULL);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    snprintf(text, sizeof text, SIP_FMT,
             SIP_ARG(sip_msg_value(world.bob.last_request, SIP_HEADER_PATH, 0)));
    route.value = text;
    assert_true(sip_stack_listener(world.alice.stack, 0, &protocol, &far.remote));
    sent = sim_peer_send(&world.carol, "OPTIONS", "sip:a@nowhere.invalid", NULL,
                         (const sip_header[]){route, {NULL, NULL}});
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(world.alice.requests, 1);
    relay_world_finish(&world);
}

static void routes_of_a_policy_come_first(void **state)
{
    const char *text = "OPTIONS sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
                       "127.0.0.1:9;branch=z9hG4bKa\r\nRoute: <sip:127.0.0.7>\r\n" COMMON;
    const sip__relay_to to = {.uri = SIP_STR("sip:c@127.0.0.5"),
                              .routes = SIP_STR("<sip:127.0.0.8:8;lr>, <sip:127.0.0.9;lr>")};
    sip__relay_request request;
    const sip_uri *hop;
    sip_msg *msg = NULL, *out;
    two_families it;
    sip_uri room;

    (void)state;
    open_families(&it);
    out = print_from(it.stack, text, &it.four, &recording, &to, it.four);
    assert_true(sip_str_equal(sip_msg_request_uri_text(out), "sip:c@127.0.0.5"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 0), "<sip:127.0.0.8:8;lr>"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 1), "<sip:127.0.0.9;lr>"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 2), "<sip:127.0.0.7>"));
    sip_msg_unref(out);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &it.four, &msg, NULL), 0);
    assert_int_equal(sip__relay_request_init(&request, it.stack, msg, &recording), 0);
    assert_int_equal(sip__relay_next_hop(&request, &to, &room, &hop), 0);
    assert_int_equal(hop->port, 8);
    assert_int_equal(
        sip__relay_next_hop(&request, &(sip__relay_to){.uri = SIP_STR("sips:c@h")}, &room, &hop),
        0);
    assert_true(sip_str_equal(hop->host, "127.0.0.7"));
    assert_int_equal(hop->scheme, SIP_SCHEME_SIPS); /* as if it were */
    sip_msg_unref(msg);
    sip_stack_destroy(it.stack);
}

/* A BYE along the flow that our Record-Route named, and one with a token that nobody made. */
static void a_route_with_a_flow_is_followed(void **state)
{
    sip_path far = {.protocol = SIP_PROTOCOL_UDP};
    sip_protocol protocol;
    char token[SIP_FLOW_TOKEN_BYTES], route[200];
    const sip_header headers[] = {{"Route", route}, {NULL, NULL}};
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    assert_true(sip_stack_listener(world.bob.stack, 0, &protocol, &far.remote));
    assert_true(sip_stack_listener(world.proxy.stack, 0, &protocol, &far.local));
    snprintf(route, sizeof route, "<sip:" SIP_FMT "@10.0.0.2;lr>",
             SIP_ARG(sip_stack_flow_token(world.proxy.stack, &far, token)));
    sent = sim_peer_send(&world.alice, "OPTIONS", "sip:b@nowhere.invalid", "sip:proxy", headers);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_true(
        sip_str_equal(sip_msg_request_uri_text(world.bob.last_request), "sip:b@nowhere.invalid"));
    snprintf(route, sizeof route, "<sip:made-up@10.0.0.2;lr>");
    sent = sim_peer_send(&world.alice, "OPTIONS", "sip:b@nowhere.invalid", "sip:proxy", headers);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 403);
    far.protocol = SIP_PROTOCOL_TCP;
    far.flow = 99; /* has ended */
    snprintf(route, sizeof route, "<sip:" SIP_FMT "@10.0.0.2;lr>",
             SIP_ARG(sip_stack_flow_token(world.proxy.stack, &far, token)));
    sent = sim_peer_send(&world.alice, "OPTIONS", "sip:b@nowhere.invalid", "sip:proxy", headers);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 430);
    relay_world_finish(&world);
}

/* Whoever registered by a connection is not to be found by another: it is the flow that failed. */
static void a_flow_that_fails_is_told(void **state)
{
    static const int statuses[] = {500, 430};

    (void)state;
    for (sip_flow flow = 0; flow < 2; flow++) {
        const sip_path path = {
            .protocol = SIP_PROTOCOL_TCP,
            .flow = flow,
            .remote = {.ip = {10, 0, 0, 200}, .port = 5060, .family = SIP_FAMILY_IP4}};
        relay_world world;
        sim_peer_sent *sent;

        relay_world_init(&world);
        relay_world_targets(&world,
                            (sip_target){.uri = "sip:b@bob", .q_permille = 1000, .path = &path},
                            (sip_target){0});
        sent = relay_world_invite(&world);
        sip_sim_settle(world.sim, 60000);
        assert_int_equal(sent->status, statuses[flow]);
        relay_world_finish(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_side_of_a_change_of_protocol_gets_its_record_route),
        cmocka_unit_test(routes_and_a_strict_router_behind_us),
        cmocka_unit_test(who_cannot_be_found_is_named_by_flow),
        cmocka_unit_test(a_sips_record_route_names_no_tls),
        cmocka_unit_test(each_family_gets_its_record_route),
        cmocka_unit_test(no_record_route_without_a_dialog),
        cmocka_unit_test(a_registration_comes_back_by_its_path),
        cmocka_unit_test(a_path_leads_to_who_registered),
        cmocka_unit_test(routes_of_a_policy_come_first),
        cmocka_unit_test(a_route_with_a_flow_is_followed),
        cmocka_unit_test(a_flow_that_fails_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
