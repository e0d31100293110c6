#include <sip/flow.h>
#include <sip/relay.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proxy/relay_request.h"
#include "relay_world.h"

static sip_route_proof proof_of(const sip_stack *stack, const char *tags, const char *routes)
{
    sip_path source = {.protocol = SIP_PROTOCOL_UDP,
                       .remote = {.ip = {10, 0, 0, 9}, .port = 7, .family = SIP_FAMILY_IP4},
                       .local = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip_route_proof proof;
    sip_msg *msg = NULL;
    char text[1200];

    snprintf(text, sizeof text,
             "BYE sip:b@192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa\r\n%s%s"
             "Call-ID: c\r\nCSeq: 2 BYE\r\n\r\n",
             routes, tags);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
    proof = sip_relay_route_proof(stack, msg);
    sip_msg_unref(msg);
    return proof;
}

/* The Route that later requests of a call with Call-ID "c" and the caller's tag "1" have. */
static void record(const sip_stack *stack, char *out, size_t size)
{
    sip_path source = {.protocol = SIP_PROTOCOL_UDP,
                       .remote = {.ip = {10, 0, 0, 9}, .port = 7, .family = SIP_FAMILY_IP4},
                       .local = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4}};
    const sip_relay_config recording = {.record_route = SIP_ON};
    const sip__relay_to to = {.breadth = 60};
    sip_path path = {.protocol = SIP_PROTOCOL_UDP,
                     .remote = {.ip = {10, 0, 0, 8}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip__relay_request request;
    sip_msg *msg = NULL, *printed = NULL;

    assert_int_equal(
        sip_msg_parse(NULL, NULL,
                      SIP_STR("INVITE sip:b@10.0.0.8 SIP/2.0\r\nVia: SIP/2.0/UDP "
                              "10.0.0.9:7;branch=z9hG4bKa\r\nFrom: <sip:a@x>;tag=1\r\nTo: "
                              "<sip:b@y>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n"),
                      &source, &msg, NULL),
        0);
    assert_int_equal(sip__relay_request_init(&request, stack, msg, &recording), 0);
    assert_int_equal(
        sip__relay_request_print(&request, msg, &to, &path, SIP_STR("z9hG4bKus"), &printed), 0);
    snprintf(out, size, "Route: " SIP_FMT "\r\n",
             SIP_ARG(sip_msg_value(printed, SIP_HEADER_RECORD_ROUTE, 0)));
    sip_msg_unref(printed);
    sip_msg_unref(msg);
}

#define TAGS(from, to) "From: <sip:a@x>;tag=" from "\r\nTo: <sip:b@y>" to "\r\n"

static void what_the_route_proves(void **state)
{
    const sip_stack_config config = {.secret = "correct horse battery staple"};
    sip_path far = {.protocol = SIP_PROTOCOL_UDP,
                    .remote = {.ip = {10, 0, 0, 77}, .port = 5060, .family = SIP_FAMILY_IP4},
                    .local = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4}};
    char route[300], token[SIP_FLOW_TOKEN_BYTES];
    sip_stack *stack;
    sip_sim *sim;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "proxy", &config, &stack), 0);
    assert_int_equal(proof_of(stack, TAGS("1", ";tag=2"), ""), SIP_ROUTE_ELSEWHERE);
    assert_int_equal(proof_of(stack, TAGS("1", ";tag=2"), "Route: <sip:10.0.0.7;lr>\r\n"),
                     SIP_ROUTE_ELSEWHERE);
    assert_int_equal(proof_of(stack, TAGS("1", ";tag=2"), "Route: <sip:10.0.0.1;lr>\r\n"),
                     SIP_ROUTE_UNPROVED);
    assert_int_equal(
        proof_of(stack, TAGS("1", ";tag=2"), "Route: <sip:10.0.0.1;lr;dlg=0123456789abcdef>\r\n"),
        SIP_ROUTE_UNPROVED);
    snprintf(route, sizeof route, "Route: <sip:" SIP_FMT "@10.0.0.1;lr>\r\n",
             SIP_ARG(sip_stack_flow_token(stack, &far, token)));
    assert_int_equal(proof_of(stack, TAGS("1", ""), route), SIP_ROUTE_OF_FLOW);
    far.remote = (sip_addr){.ip = {10, 0, 0, 9}, .port = 7, .family = SIP_FAMILY_IP4};
    snprintf(route, sizeof route, "Route: <sip:" SIP_FMT "@10.0.0.1;lr>\r\n",
             SIP_ARG(sip_stack_flow_token(stack, &far, token)));
    assert_int_equal(proof_of(stack, TAGS("1", ""), route), SIP_ROUTE_UNPROVED); /* his own */
    assert_int_equal(proof_of(stack, TAGS("1", ""), "Route: <sip:x@10.0.0.1;lr>\r\n"),
                     SIP_ROUTE_UNPROVED);
    assert_int_equal(sip_relay_route_proof(NULL, NULL), SIP_ROUTE_ELSEWHERE);
    assert_int_equal(sip_relay_route_proof(stack, NULL), SIP_ROUTE_ELSEWHERE);
    sip_sim_destroy(sim);
}

static void a_secret_is_not_short(void **state)
{
    sip_stack *stack = NULL;

    (void)state;
    assert_int_equal(sip_stack_create(&(sip_stack_config){.secret = "fifteen letters"}, &stack),
                     SIP_EINVAL);
    assert_null(stack);
    assert_int_equal(sip_stack_create(&(sip_stack_config){.secret = "sixteen letters!"}, &stack),
                     0);
    sip_stack_destroy(stack);
}

/* Record-Routes of a stack that was started with this secret before. */
static void a_dialog_outlives_its_stack(void **state)
{
    static const char *const secrets[] = {"sixteen letters!", "sixteen letters!",
                                          "others, of as many", NULL};
    char route[100] = "";

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const sip_stack_config config = {.secret = secrets[i]};
        sip_stack *stack;
        sip_sim *sim;

        assert_int_equal(sip_sim_create(NULL, &sim), 0);
        assert_int_equal(sip_sim_add_host(sim, "proxy", &config, &stack), 0);
        if (i == 0) {
            record(stack, route, sizeof route);
        }
        assert_int_equal(proof_of(stack, TAGS("2", ";tag=1"), route),
                         i < 2 ? SIP_ROUTE_OF_DIALOG : SIP_ROUTE_UNPROVED);
        sip_sim_destroy(sim);
    }
}

/* alice's call to bob, and what either of them may send along its route then. */
static void a_dialog_is_proved_in_both_directions(void **state)
{
    char routes[300], tags[300];
    const sip_address *from, *to;
    relay_world world;
    sim_peer_sent *sent;
    sip_str value;

    (void)state;
    relay_world_init(&world);
    world.proxy.config.record_route = SIP_ON;
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.alice.hang_up = true;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    value = sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 0);
    from = sip_msg_from(sent->response);
    to = sip_msg_to(sent->response);
    for (unsigned turned = 0; turned < 2; turned++) {
        const sip_address *a = turned ? to : from, *b = turned ? from : to;
        sip_path source = *sip_msg_source(sent->response);
        sip_msg *msg = NULL;
        char text[1000];

        snprintf(routes, sizeof routes, "Route: " SIP_FMT "\r\n", SIP_ARG(value));
        snprintf(tags, sizeof tags,
                 "From: <sip:a@x>;tag=" SIP_FMT "\r\nTo: <sip:b@y>;tag=" SIP_FMT "\r\n",
                 SIP_ARG(a->tag), SIP_ARG(b->tag));
        snprintf(text, sizeof text,
                 "ACK sip:b@192.0.2.7 SIP/2.0\r\n%s%sCall-ID: " SIP_FMT "\r\nCSeq: 2 ACK\r\n\r\n",
                 routes, tags, SIP_ARG(sip_msg_call_id(sent->response)));
        assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
        assert_int_equal(sip_relay_route_proof(world.proxy.stack, msg), SIP_ROUTE_OF_DIALOG);
        assert_int_equal(sip_relay_route_proof(world.proxy.stack, sent->response),
                         SIP_ROUTE_ELSEWHERE);
        sip_msg_unref(msg);
        /* The same route in another dialog, and without one. */
        assert_int_equal(proof_of(world.proxy.stack, tags, routes), SIP_ROUTE_UNPROVED);
        snprintf(text, sizeof text,
                 "BYE sip:b@192.0.2.7 SIP/2.0\r\n%sFrom: <sip:a@x>;tag=" SIP_FMT
                 "\r\nTo: <sip:b@y>\r\nCall-ID: " SIP_FMT "\r\nCSeq: 2 BYE\r\n\r\n",
                 routes, SIP_ARG(from->tag), SIP_ARG(sip_msg_call_id(sent->response)));
        assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
        assert_int_equal(sip_relay_route_proof(world.proxy.stack, msg), SIP_ROUTE_UNPROVED);
        sip_msg_unref(msg);
    }
    relay_world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_route_proves),
        cmocka_unit_test(a_secret_is_not_short),
        cmocka_unit_test(a_dialog_outlives_its_stack),
        cmocka_unit_test(a_dialog_is_proved_in_both_directions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
