#include "tx_world.h"

#include <stdio.h>
#include <string.h>

#include <sip/relay.h>

#include "dns/scripted_resolver.h"

static void receive_ack(tx_world *world, const char *extra)
{
    char text[900];

    snprintf(text, sizeof(text),
             "ACK sip:carol@192.0.2.3:5090?Subject=x SIP/2.0\r\n"
             "Via: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKack;rport\r\n%s"
             "From: <sip:bob@192.0.2.2>;tag=b1\r\n"
             "To: <sip:carol@192.0.2.3>;tag=c1\r\n"
             "Call-ID: call-2\r\n"
             "CSeq: 7 ACK\r\n"
             "Content-Length: 0\r\n\r\n",
             extra);
    world_receive(world, SIP_PROTOCOL_UDP, text);
}

static int forwarded;

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    (void)user_data;
    forwarded = sip_tu_forward(tu, ack);
}

static void on_stray(sip_tu *tu, const sip_msg *response, void *user_data)
{
    (void)user_data;
    forwarded = sip_tu_forward(tu, response);
}

static void proxy_init(tx_world *world)
{
    sip_tu_handler handler = world_handler();

    handler.on_ack = on_ack;
    handler.on_stray_response = on_stray;
    forwarded = 1;
    world_init_with(world, NULL, &handler);
}

static void test_send_and_send_again(void **state)
{
    sip_msg *ack = world_request("ACK", "sip:bob@192.0.2.2:5099");
    sip_msg *sent = NULL;
    sip_msg *again = NULL;
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init(&world);
    assert_int_equal(sip_tu_send(world.tu, ack, NULL, &sent), 0);
    assert_non_null(sent);
    assert_int_equal(world.sends[0].path.remote.port, 5099);
    assert_int_equal(sip_tu_send(world.tu, sent, NULL, &again), 0);
    assert_ptr_equal(sent, again);
    assert_int_equal(world.n_sends, 2);
    assert_string_equal(world.sends[0].text, world.sends[1].text);
    assert_int_equal(world.sends[1].path.remote.port, 5099);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.sent, 2);
    assert_int_equal(stats.retransmitted, 1);
    (void)sip_msg_unref(ack);
    (void)sip_msg_unref(sent);
    (void)sip_msg_unref(again);
    world_finish(&world);
}

/* An ACK to a 2xx is as long as its routes make it (RFC 3261 18.1.1). */
static void test_long_ones_go_by_tcp(void **state)
{
    const sip_stack_config config = {.datagram_bytes = 100};
    sip_msg *ack = world_request("ACK", "sip:bob@192.0.2.2:5099");
    sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("192.0.2.2", 5099)};
    const sip_send_options chosen = {.path = &path};
    sip_msg *sent = NULL;
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    assert_int_equal(sip_tu_send(world.tu, ack, NULL, &sent), 0);
    assert_int_equal(world.sends[0].path.protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(world.sends[0].path.remote.port, 5099);
    assert_non_null(strstr(world.sends[0].text, "Via: SIP/2.0/TCP "));
    assert_int_equal(sip_tu_send(world.tu, sent, NULL, NULL), 0);
    assert_int_equal(world.sends[1].path.protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(sip_tu_send(world.tu, ack, &chosen, NULL), 0);
    assert_int_equal(world.sends[2].path.protocol, SIP_PROTOCOL_UDP);
    /* The INVITE has found out that nobody takes TCP there. */
    path.protocol = SIP_PROTOCOL_TCP;
    sip__layer_note_failed(&world.stack->workers->layer, &path, SIP__HEALTH_CONNECT, SIP_EIO);
    assert_int_equal(sip_tu_send(world.tu, ack, NULL, NULL), 0);
    assert_int_equal(world.sends[3].path.protocol, SIP_PROTOCOL_UDP);
    assert_non_null(strstr(world.sends[3].text, "Via: SIP/2.0/UDP "));
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.switched_to_stream, 1);
    assert_int_equal(stats.could_not_switch, 1);
    (void)sip_msg_unref(sent);
    (void)sip_msg_unref(ack);
    world_finish(&world);
}

static void test_send_options_and_errors(void **state)
{
    sip_msg *ack = world_request("ACK", "sip:bob@192.0.2.2:5099");
    sip_msg *tel = world_request("ACK", "tel:+1555");
    const sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("192.0.2.9", 9)};
    const sip_send_options way = {.path = &path};
    const sip_send_options hop = {.next_hop = "sip:192.0.2.8"};
    const sip_send_options bad = {.next_hop = ":"};
    sip_stack_stats stats;
    tx_world world;
    sip_msg *sent = ack;

    (void)state;
    world_init(&world);
    assert_int_equal(sip_tu_send(world.tu, ack, &way, NULL), 0);
    assert_int_equal(world.sends[0].path.remote.port, 9);
    assert_int_equal(sip_tu_send(world.tu, ack, &hop, NULL), 0);
    assert_int_equal(world.sends[1].path.remote.port, 5060);
    assert_int_equal(sip_tu_send(world.tu, ack, &bad, &sent), SIP_EINVAL);
    assert_int_equal(sip_tu_send(NULL, ack, NULL, &sent), SIP_EINVAL);
    assert_int_equal(sip_tu_send(world.tu, NULL, NULL, &sent), SIP_EINVAL);
    assert_ptr_equal(sent, ack); /* untouched */
    /* What the network cannot do is counted, no error of the call. */
    assert_int_equal(sip_tu_send(world.tu, tel, &(sip_send_options){.next_hop = "tel:1"}, &sent),
                     0);
    assert_null(sent);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.send_failures, 1);
    assert_non_null(strstr(sip_stack_error(world.stack), "could not be sent"));
    world.send_err = SIP_ENOMEM;
    assert_int_equal(sip_tu_send(world.tu, ack, NULL, NULL), SIP_ENOMEM);
    (void)sip_msg_unref(ack);
    (void)sip_msg_unref(tel);
    world_finish(&world);
}

static void test_send_after_a_look_up(void **state)
{
    sip_msg *ack = world_request("ACK", "sip:bob@bob.example");
    sip_msg *lost = world_request("ACK", "sip:bob@nobody.example");
    sip_msg *sent = ack;
    sip_stack_config config = {0};
    sip_addr addr = world_addr("192.0.2.2", 0);
    sip_stack_stats stats;
    tx_world world;
    sip__zone zone;

    (void)state;
    sip__zone_init(&zone, sip_allocator_default());
    assert_int_equal(sip__zone_add(&zone, "bob.example", &addr), 0);
    assert_int_equal(sip__scripted_resolver_create(&zone, &world.clock, &config.resolver), 0);
    world_init_with(&world, &config, NULL);
    assert_int_equal(sip_tu_send(world.tu, ack, NULL, &sent), 0);
    assert_null(sent);
    assert_int_equal(sip_tu_send(world.tu, lost, NULL, NULL), 0);
    assert_int_equal(world.n_sends, 0);
    while (sip__scripted_resolver_advance(config.resolver)) {
    }
    assert_int_equal(world.n_sends, 1);
    assert_last_sent(&world, "ACK sip:bob@bob.example SIP/2.0\r\nVia: ");
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.send_failures, 1);
    assert_int_equal(sip_tu_send(world.tu, ack, NULL, NULL), 0); /* under way at the end */
    (void)sip_msg_unref(ack);
    (void)sip_msg_unref(lost);
    world_finish(&world);
    sip__zone_finish(&zone);
}

static void test_forward_ack(void **state)
{
    tx_world world;

    (void)state;
    proxy_init(&world);
    receive_ack(&world, "Max-Forwards: 10\r\nRoute: <sip:192.0.2.1;lr>\r\nX-Own: kept\r\n");
    assert_int_equal(forwarded, 0);
    assert_int_equal(world.n_sends, 1);
    assert_int_equal(world.sends[0].path.remote.port, 5090);
    assert_sent(&world, 0, "ACK sip:carol@192.0.2.3:5090 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1");
    assert_non_null(
        strstr(world.sends[0].text, "branch=z9hG4bKack;received=192.0.2.2;rport=5070\r\n"));
    assert_non_null(strstr(world.sends[0].text, "Max-Forwards: 9\r\n"));
    assert_non_null(strstr(world.sends[0].text, "X-Own: kept\r\n"));
    assert_null(strstr(world.sends[0].text, "Route:"));
    receive_ack(&world, "Route: <sip:192.0.2.1;lr>, <sip:192.0.2.7:7000;lr>\r\n");
    assert_int_equal(world.sends[1].path.remote.port, 7000);
    assert_non_null(strstr(world.sends[1].text, "Max-Forwards: 70\r\n"));
    assert_non_null(strstr(world.sends[1].text, "Route: <sip:192.0.2.7:7000;lr>\r\n"));
    receive_ack(&world, "Route: <sip:192.0.2.1;lr>, <sip:192.0.2.8:7001>, <sip:192.0.2.9;lr>\r\n");
    assert_int_equal(world.sends[2].path.remote.port, 7001);
    assert_sent(&world, 2, "ACK sip:192.0.2.8:7001 SIP/2.0\r\n");
    assert_non_null(strstr(world.sends[2].text, "Route: <sip:192.0.2.9;lr>\r\n"
                                                "Route: <sip:carol@192.0.2.3:5090?Subject=x>\r\n"));
    world_finish(&world);
}

/* The ACK of a call to a peer behind a NAT, whose flow our Record-Route named. */
static void test_forward_ack_along_a_flow(void **state)
{
    const sip_path far = {.protocol = SIP_PROTOCOL_UDP,
                          .remote = world_addr("198.51.100.7", 40000),
                          .local = world_addr("192.0.2.1", 5060)};
    char token[SIP_FLOW_TOKEN_BYTES], route[300];
    tx_world world;

    (void)state;
    proxy_init(&world);
    snprintf(route, sizeof(route), "Route: <sip:" SIP_FMT "@192.0.2.1;lr>\r\n",
             SIP_ARG(sip_stack_flow_token(world.stack, &far, token)));
    receive_ack(&world, route);
    assert_int_equal(forwarded, 0);
    assert_int_equal(world.n_sends, 1);
    assert_true(sip_addr_equal(&world.sends[0].path.remote, &far.remote));
    assert_sent(&world, 0, "ACK sip:carol@192.0.2.3:5090 SIP/2.0\r\n");
    receive_ack(&world, "Route: <sip:none_of_ours@192.0.2.1;lr>\r\n");
    assert_int_equal(world.n_sends, 1);
    world_finish(&world);
}

static void test_forward_refuses(void **state)
{
    tx_world world;

    (void)state;
    proxy_init(&world);
    receive_ack(&world, "Max-Forwards: 0\r\n");
    assert_int_equal(forwarded, SIP_EHOPS);
    world_peer_request(&world, "ACK", "z9hG4bKloop"); /* to ourselves */
    assert_int_equal(forwarded, SIP_EINVAL);
    assert_int_equal(sip_tu_forward(world.tu, NULL), SIP_EINVAL);
    assert_int_equal(sip_tu_forward(NULL, NULL), SIP_EINVAL);
    assert_int_equal(world.n_sends, 0);
    world_finish(&world);
}

/* ---- responses: only to what was passed on, and to where that came from */

/* What answers the request that left as the i-th message, with `second` (NULL: the one it had) as
 * its second Via. */
static void answer_forwarded(tx_world *world, unsigned i, const char *second, const char *call_id)
{
    const char *via = strstr(world->sends[i].text, "Via: ");
    const char *next = strstr(via, "\r\n") + 2;
    const char *end = strstr(next, "\r\n") + 2;
    char text[1200];

    snprintf(text, sizeof(text),
             "SIP/2.0 200 OK\r\n%.*s%.*s"
             "From: <sip:bob@192.0.2.2>;tag=b1\r\n"
             "To: <sip:carol@192.0.2.3>;tag=c1\r\n"
             "Call-ID: %s\r\n"
             "CSeq: 7 INVITE\r\n"
             "Content-Length: 0\r\n\r\n",
             (int)(next - via), via, second != NULL ? (int)strlen(second) : (int)(end - next),
             second != NULL ? second : next, call_id);
    world_receive(world, SIP_PROTOCOL_UDP, text);
}

static void receive_ack_by(tx_world *world, const char *via, const char *extra)
{
    char text[900];

    snprintf(text, sizeof(text),
             "ACK sip:carol@192.0.2.3:5090 SIP/2.0\r\nVia: SIP/2.0/UDP %s\r\n%s"
             "From: <sip:bob@192.0.2.2>;tag=b1\r\nTo: <sip:carol@192.0.2.3>;tag=c1\r\n"
             "Call-ID: call-2\r\nCSeq: 7 ACK\r\nContent-Length: 0\r\n\r\n",
             via, extra);
    world_receive(world, SIP_PROTOCOL_UDP, text);
}

static void test_forward_response(void **state)
{
    static const char *const vias[] = {
        "192.0.2.2:5070;branch=z9hG4bKup", "pbx.example:5070;received=192.0.2.2;branch=z9hG4bKup",
        "192.0.2.9:9;rport;branch=z9hG4bKup",
        "192.0.2.2:5070;maddr=198.51.100.9;branch=z9hG4bKup", /* not obeyed */
    };
    tx_world world;

    (void)state;
    proxy_init(&world);
    for (unsigned i = 0; i < 4; i++) {
        receive_ack_by(&world, vias[i], "");
        assert_int_equal(world.n_sends, 2 * i + 1);
        forwarded = 1;
        answer_forwarded(&world, 2 * i, NULL, "call-2");
        assert_int_equal(forwarded, 0);
        assert_int_equal(world.n_sends, 2 * i + 2);
        assert_int_equal(world.sends[2 * i + 1].path.remote.port, 5070);
        assert_int_equal(world.sends[2 * i + 1].path.remote.ip[3], 2);
        assert_null(strstr(world.sends[2 * i + 1].text, "z9hG4bKs"));
        assert_non_null(strstr(world.sends[2 * i + 1].text, "branch=z9hG4bKup"));
    }
    world_finish(&world);
}

static void on_ack_relay(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    (void)user_data;
    forwarded = sip_relay_forward(tu, ack, NULL, NULL);
}

/* What came by a connection is answered along it, whatever its Via says. */
static void test_forward_response_along_its_connection(void **state)
{
    sip_tu_handler handler = world_handler();
    char text[900];
    tx_world world;

    (void)state;
    handler.on_ack = on_ack_relay;
    handler.on_stray_response = on_stray;
    world_init_with(&world, NULL, &handler);
    snprintf(text, sizeof(text),
             "ACK sip:carol@192.0.2.3:5090 SIP/2.0\r\n"
             "Via: SIP/2.0/TCP nobody.invalid:5070;branch=z9hG4bKup\r\n"
             "From: <sip:bob@192.0.2.2>;tag=b1\r\nTo: <sip:carol@192.0.2.3>;tag=c1\r\n"
             "Call-ID: call-2\r\nCSeq: 7 ACK\r\nContent-Length: 0\r\n\r\n");
    world_receive(&world, SIP_PROTOCOL_TCP, text);
    assert_int_equal(world.n_sends, 1);
    answer_forwarded(&world, 0, NULL, "call-2");
    assert_int_equal(world.n_sends, 2);
    assert_int_equal(world.sends[1].path.protocol, SIP_PROTOCOL_TCP);
    assert_int_not_equal(world.sends[1].path.flow, 0);
    assert_sent(&world, 1, "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP nobody.invalid:5070;");
    world_finish(&world);
}

static void test_forward_response_by_maddr(void **state)
{
    const sip_stack_config config = {.obey_maddr = SIP_ON};
    sip_tu_handler handler = world_handler();
    tx_world world;

    (void)state;
    handler.on_ack = on_ack;
    handler.on_stray_response = on_stray;
    world_init_with(&world, &config, &handler);
    receive_ack_by(&world, "192.0.2.2:5070;maddr=198.51.100.9;branch=z9hG4bKup", "");
    answer_forwarded(&world, 0, NULL, "call-2");
    assert_int_equal(world.n_sends, 2);
    assert_int_equal(world.sends[1].path.remote.ip[0], 198);
    assert_int_equal(world.sends[1].path.remote.port, 5070);
    world_finish(&world);
}

static void test_forged_responses_are_dropped(void **state)
{
    sip_stack_stats stats;
    tx_world world;
    char forged[SIP__PROVED_BRANCH_BYTES], second[200];

    (void)state;
    proxy_init(&world);
    receive_ack_by(&world, "192.0.2.2:5070;branch=z9hG4bKup", "");
    forwarded = 1;
    answer_forwarded(&world, 0, "Via: SIP/2.0/UDP 192.0.2.2:5071;branch=z9hG4bKup\r\n", "call-2");
    answer_forwarded(&world, 0,
                     "Via: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKup;received=192.0.2.66\r\n",
                     "call-2");
    answer_forwarded(&world, 0, NULL, "call-3");
    answer_forwarded(&world, 0, "", "call-2"); /* for us: nobody to pass it on to */
    (void)sip__ident_branch(&world.stack->workers->ident, forged);
    for (unsigned i = 0; i < 2; i++) {
        snprintf(world.sends[0].text, sizeof(world.sends[0].text),
                 "Via: SIP/2.0/UDP 192.0.2.1;branch=%s\r\n\r\n", forged);
        snprintf(second, sizeof(second), "Via: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKup\r\n");
        answer_forwarded(&world, 0, second, "call-2");
        (void)sip__ident_proved_branch(0, &(sip__branch_proof){.mac = 0x1234}, forged);
    }
    assert_int_equal(forwarded, 1);
    assert_int_equal(world.n_sends, 1);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.dropped_stray, 6);
    world_finish(&world);
}

/* The same way, the same branch (RFC 3261 16.11). */
static void test_forwarding_again_has_the_same_branch(void **state)
{
    tx_world world;

    (void)state;
    proxy_init(&world);
    receive_ack_by(&world, "192.0.2.2:5070;branch=z9hG4bKup", "");
    receive_ack_by(&world, "192.0.2.2:5070;branch=z9hG4bKup", "");
    receive_ack_by(&world, "192.0.2.2:5070;branch=z9hG4bKoh", "");
    assert_int_equal(world.n_sends, 3);
    assert_string_equal(world.sends[0].text, world.sends[1].text);
    assert_memory_not_equal(strstr(world.sends[0].text, "z9hG4bKs"),
                            strstr(world.sends[2].text, "z9hG4bKs"), 26);
    world_finish(&world);
}

/* sip_tu_forward() is no better door than on_stray_response. */
static void test_forward_of_what_was_never_sent(void **state)
{
    static const char *const texts[] = {
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKpx\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKpx\r\n"
        "Via: SIP/2.0/UDP 192.0.2.66;branch=z9hG4bKq\r\nCSeq: 1 INVITE\r\n\r\n",
    };
    static const int errors[] = {SIP_EINVAL, 0};
    tx_world world;

    (void)state;
    proxy_init(&world);
    for (unsigned i = 0; i < 2; i++) {
        sip_msg *msg = NULL;

        assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(texts[i]), NULL, &msg, NULL), 0);
        assert_int_equal(sip_tu_forward(world.tu, msg), errors[i]);
        (void)sip_msg_unref(msg);
    }
    assert_int_equal(world.n_sends, 0);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_send_and_send_again),
        cmocka_unit_test(test_long_ones_go_by_tcp),
        cmocka_unit_test(test_send_options_and_errors),
        cmocka_unit_test(test_send_after_a_look_up),
        cmocka_unit_test(test_forward_ack),
        cmocka_unit_test(test_forward_ack_along_a_flow),
        cmocka_unit_test(test_forward_refuses),
        cmocka_unit_test(test_forward_response),
        cmocka_unit_test(test_forward_response_along_its_connection),
        cmocka_unit_test(test_forward_response_by_maddr),
        cmocka_unit_test(test_forged_responses_are_dropped),
        cmocka_unit_test(test_forwarding_again_has_the_same_branch),
        cmocka_unit_test(test_forward_of_what_was_never_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
