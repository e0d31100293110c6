#include "tx_world.h"

#include <stdio.h>
#include <string.h>

#include "transaction/ist.h"
#include "transaction/relay_hook.h"

static void fail_last(tx_world *world, sip_protocol protocol)
{
    const world_send *send = &world->sends[world->n_sends - 1];
    world_transport *transport = protocol == SIP_PROTOCOL_TCP ? &world->tcp : &world->udp;

    transport->head.events->on_send_failed(&transport->head, send->ref, &send->path, SIP_EGONE,
                                           "gone", transport->head.stack);
    world_turn(world);
}

static void test_request_and_answer(void **state)
{
    tx_world world;
    sip_server_tx *tx;
    sip_str tag;
    char with_tag[64];

    (void)state;
    world_init(&world);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    assert_int_equal(world.news.requests, 1);
    tx = world.news.server;
    assert_ptr_equal(sip_server_tx_tu(tx), world.tu);
    assert_null(sip_server_tx_data(tx));
    sip_server_tx_set_data(tx, &world);
    assert_ptr_equal(sip_server_tx_data(tx), &world);
    assert_int_equal(sip_msg_method(sip_server_tx_request(tx)), SIP_METHOD_OPTIONS);
    tag = sip_server_tx_tag(tx);
    assert_true(tag.len >= 8);
    snprintf(with_tag, sizeof(with_tag), "tag=%s\r\n", tag.ptr);
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
    assert_last_sent(&world, "SIP/2.0 200 OK\r\n");
    assert_non_null(strstr(world.sends[0].text, with_tag));
    assert_int_equal(world.sends[0].path.remote.port, 5070);
    world_finish(&world);
    assert_int_equal(world.news.server_ends, 1);
    assert_int_equal(world.news.destroys, 1);
}

static void test_null_handles(void **state)
{
    (void)state;
    assert_int_equal(sip_server_tx_respond(NULL, 200, NULL), SIP_EINVAL);
    assert_int_equal(sip_server_tx_send(NULL, NULL), SIP_EINVAL);
    assert_null(sip_server_tx_request(NULL));
    assert_null(sip_server_tx_tu(NULL));
    assert_null(sip_server_tx_data(NULL));
    assert_int_equal(sip_server_tx_tag(NULL).len, 0);
    sip_server_tx_set_data(NULL, NULL);
}

/* Given up without an answer: the repetition is a new request. */
static void test_abandoned(void **state)
{
    static const char *const methods[] = {"OPTIONS", "INVITE"};

    (void)state;
    sip_server_tx_abandon(NULL);
    for (size_t i = 0; i < 2; i++) {
        tx_world world;

        world_init(&world);
        world_peer_request(&world, methods[i], WORLD_BRANCH);
        sip_server_tx_abandon(world.news.server);
        assert_int_equal(sip_server_tx_respond(world.news.server, 200, NULL), SIP_ESTATE);
        assert_int_equal(world.news.server_ends, 0);
        world_turn(&world);
        assert_int_equal(world.news.server_ends, 1);
        assert_int_equal(world.n_sends, 0);
        world_peer_request(&world, methods[i], WORLD_BRANCH);
        assert_int_equal(world.news.requests, 2);
        assert_int_equal(sip_server_tx_respond(world.news.server, 404, NULL), 0);
        world_finish(&world);
        assert_int_equal(world.news.server_ends, 2);
    }
}

static void test_refuses(void **state)
{
    tx_world world;
    sip_msg *request = world_request("OPTIONS", "sip:a@192.0.2.1");

    (void)state;
    world_init(&world);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    assert_int_equal(sip_server_tx_respond(world.news.server, 99, NULL), SIP_EINVAL);
    assert_int_equal(sip_server_tx_respond(world.news.server, 700, NULL), SIP_EINVAL);
    assert_int_equal(sip_server_tx_send(world.news.server, request), SIP_EINVAL);
    assert_int_equal(world.n_sends, 0);
    (void)sip_msg_unref(request);
    world_finish(&world);
}

static void test_nobody_takes_it(void **state)
{
    static const sip_tu_handler none = {0};
    tx_world world;

    (void)state;
    world_init_with(&world, NULL, &none);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    assert_last_sent(&world, "SIP/2.0 501 ");
    world_peer_request(&world, "ACK", WORLD_BRANCH);
    world_peer_request(&world, "CANCEL", WORLD_BRANCH);
    assert_last_sent(&world, "SIP/2.0 200 ");
    world_finish(&world);
}

static void test_cancel_without_on_cancel(void **state)
{
    sip_tu_handler handler = world_handler();
    tx_world world;

    (void)state;
    handler.on_cancel = NULL;
    world_init_with(&world, NULL, &handler);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_peer_request(&world, "CANCEL", WORLD_BRANCH);
    assert_int_equal(world.n_sends, 2);
    assert_sent(&world, 0, "SIP/2.0 200 OK\r\n");
    assert_sent(&world, 1, "SIP/2.0 487 Request Terminated\r\n");
    /* Both have the same To tag (9.2). */
    assert_memory_equal(strstr(world.sends[0].text, "To:"), strstr(world.sends[1].text, "To:"), 60);
    world_peer_request(&world, "CANCEL", WORLD_BRANCH);
    assert_int_equal(world.n_sends, 3); /* the 200 again */
    assert_string_equal(world.sends[0].text, world.sends[2].text);
    world_finish(&world);
}

static void test_cancel_with_on_cancel(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_peer_request(&world, "CANCEL", WORLD_BRANCH);
    assert_int_equal(world.news.cancels, 1);
    assert_int_equal(world.n_sends, 1);
    assert_int_equal(sip_server_tx_respond(world.news.server, 487, NULL), 0);
    world_finish(&world);
    assert_int_equal(world.news.server_ends, 1); /* the CANCEL's own is nobody's news */
}

static void test_cancel_too_late_or_of_nothing(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 200;
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_peer_request(&world, "CANCEL", WORLD_BRANCH);
    assert_last_sent(&world, "SIP/2.0 200 OK\r\n");
    assert_int_equal(world.news.cancels, 0);
    world_peer_request(&world, "CANCEL", "z9hG4bKother");
    assert_last_sent(&world, "SIP/2.0 481 ");
    world_finish(&world);
}

static unsigned relay_cancels, relay_ends;

static void relay_on_cancel(sip_server_tx *tx, const sip_msg *cancel, void *relay)
{
    assert_int_equal(sip_msg_method(cancel), SIP_METHOD_CANCEL);
    assert_ptr_equal(relay, &relay_cancels);
    assert_ptr_equal(sip__server_tx_relay(tx), relay);
    relay_cancels++;
}

static void relay_on_ended(sip_server_tx *tx, void *relay)
{
    (void)tx;
    (void)relay;
    relay_ends++;
}

static void test_relay_hooks(void **state)
{
    static const sip__relay_hooks hooks = {relay_on_cancel, relay_on_ended};
    sip_tu_handler handler = world_handler();
    tx_world world;

    (void)state;
    handler.on_cancel = NULL;
    world_init_with(&world, NULL, &handler);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    sip__server_tx_set_relay(world.news.server, &hooks, &relay_cancels);
    world_peer_request(&world, "CANCEL", WORLD_BRANCH);
    assert_int_equal(relay_cancels, 1);
    assert_int_equal(world.n_sends, 1);
    world_peer_request(&world, "OPTIONS", "z9hG4bKother");
    sip__server_tx_set_relay(world.news.server, &hooks, &relay_cancels);
    sip__server_tx_set_relay(world.news.server, NULL, NULL);
    assert_null(sip__server_tx_relay(world.news.server));
    world_finish(&world);
    assert_int_equal(relay_ends, 1);
    assert_int_equal(world.news.server_ends, 2);
}

/* A peer without the magic cookie: its ACK has to have our tag. */
static void test_rfc2543_peer(void **state)
{
    static const char ack[] = "ACK sip:alice@192.0.2.1 SIP/2.0\r\n"
                              "Via: SIP/2.0/UDP 192.0.2.2:5070\r\n"
                              "Max-Forwards: 70\r\n"
                              "From: <sip:bob@192.0.2.2>;tag=b1\r\n"
                              "To: <sip:alice@192.0.2.1>;tag=%s\r\n"
                              "Call-ID: call-2\r\n"
                              "CSeq: 7 ACK\r\n\r\n";
    char text[600];
    tx_world world;
    sip_server_tx *tx;

    (void)state;
    world_init(&world);
    world_peer_request(&world, "INVITE", "");
    tx = world.news.server;
    assert_int_equal(sip_server_tx_respond(tx, 486, NULL), 0);
    world_peer_request(&world, "INVITE", "");
    assert_int_equal(world.news.requests, 1);
    assert_int_equal(world.n_sends, 2);
    snprintf(text, sizeof(text), ack, "another");
    world_receive(&world, SIP_PROTOCOL_UDP, text);
    assert_int_equal(tx->state, SIP__IST_COMPLETED);
    assert_int_equal(world.news.acks, 1);
    snprintf(text, sizeof(text), ack, sip_server_tx_tag(tx).ptr);
    world_receive(&world, SIP_PROTOCOL_UDP, text);
    assert_int_equal(tx->state, SIP__IST_CONFIRMED);
    assert_int_equal(world.news.acks, 1);
    world_finish(&world);
}

static void test_flow_gone(void **state)
{
    char text[600];
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 486;
    world_receive(&world, SIP_PROTOCOL_TCP,
                  world_peer_text(text, sizeof(text), "INVITE", WORLD_BRANCH, SIP_PROTOCOL_TCP));
    assert_int_equal(world.sends[0].path.flow, 77);
    fail_last(&world, SIP_PROTOCOL_TCP);
    assert_int_equal(world.n_sends, 2);
    assert_int_equal(world.sends[1].path.flow, 0);
    assert_int_equal(world.sends[1].path.remote.port, 5070);
    assert_int_equal(world.news.server_ends, 0);
    fail_last(&world, SIP_PROTOCOL_TCP);
    assert_int_equal(world.n_sends, 2);
    assert_int_equal(world.news.undelivered, 1);
    assert_int_equal(world.news.server_ends, 0); /* RFC 6026 8.8; Timer H ends it */
    world_run(&world, 32000);
    assert_int_equal(world.news.server_ends, 1);
    world_finish(&world);
}

static void test_send_refused_at_once(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    world.send_err = SIP_ENOMEM;
    assert_int_equal(sip_server_tx_respond(world.news.server, 200, NULL), 0);
    assert_int_equal(world.news.undelivered, 0); /* never from inside */
    world_turn(&world);
    assert_int_equal(world.news.undelivered, 1);
    world.send_err = 0;
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH); /* RFC 6026 8.8: it is still there */
    assert_int_equal(world.news.requests, 1);
    assert_last_sent(&world, "SIP/2.0 200 ");
    assert_int_equal(world.news.server_ends, 0);
    world_finish(&world);
}

static void test_limit(void **state)
{
    const sip_stack_config config = {.max_transactions = 1};
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    world_peer_request(&world, "OPTIONS", "z9hG4bKother");
    assert_int_equal(world.news.requests, 1);
    assert_last_sent(&world, "SIP/2.0 503 ");
    assert_non_null(strstr(world.sends[0].text, "\r\nRetry-After: "));
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.rejected_busy, 1);
    assert_int_equal(stats.server_transactions, 1);
    world_peer_request(&world, "CANCEL", "z9hG4bKother"); /* of nothing: makes nothing */
    assert_last_sent(&world, "SIP/2.0 503 ");
    assert_int_equal(sip_stack_live_objects(world.stack), 1);
    world_finish(&world);
}

/* Whichever allocation fails, nothing leaks and the peer's repetition is served. */
static void test_without_memory(void **state)
{
    bool failed = true;

    (void)state;
    for (size_t n = 1; failed; n++) {
        tx_world world;

        world_init(&world);
        world.answer = 0;
        world.memory.fail_at = world.memory.calls + n;
        world_peer_request(&world, "INVITE", WORLD_BRANCH);
        if (world.news.server != NULL) {
            (void)sip_server_tx_respond(world.news.server, 180, NULL);
            (void)sip_server_tx_respond(world.news.server, 486, NULL);
        }
        failed = world.memory.failed;
        world_finish(&world);
        assert_int_equal(world.news.requests, world.news.server_ends);
    }
}

/* Of one that is over but for repetitions nothing stays but itself and the bytes to repeat. */
static void test_keeps_bytes_only(void **state)
{
    tx_world world;
    sip_server_tx *tx;
    size_t live;

    (void)state;
    world_init(&world);
    world.answer = 486;
    world_peer_request(&world, "INVITE", "z9hG4bKbefore"); /* makes room in pool and map */
    live = world.memory.live;
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    tx = world.news.server;
    assert_null(sip_server_tx_request(tx));
    assert_in_range(world.memory.live - live, 1, 2);
    assert_int_equal(tx->last_bytes, strlen(world.sends[1].text));
    assert_memory_equal(tx->last, world.sends[1].text, tx->last_bytes);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    assert_int_equal(world.n_sends, 3);
    assert_string_equal(world.sends[2].text, world.sends[1].text);
    world_finish(&world);
}

/* Without memory to keep the bytes the response leaves all the same, once. */
static void test_cannot_keep_bytes(void **state)
{
    bool failed = true;
    unsigned seen = 0;

    (void)state;
    for (size_t n = 1; failed; n++) {
        tx_world world;

        world_init(&world);
        world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
        world.memory.fail_at = world.memory.calls + n;
        if (sip_server_tx_respond(world.news.server, 200, NULL) == 0 && world.memory.failed &&
            world.news.server->last == NULL) { /* else it was that of the meter */
            seen++;
            assert_last_sent(&world, "SIP/2.0 200 ");
            world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
            assert_int_equal(world.news.requests, 1);
            assert_int_equal(world.n_sends, 1);
        }
        failed = world.memory.failed;
        world_finish(&world);
    }
    assert_int_equal(seen, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_and_answer),
        cmocka_unit_test(test_null_handles),
        cmocka_unit_test(test_abandoned),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_nobody_takes_it),
        cmocka_unit_test(test_cancel_without_on_cancel),
        cmocka_unit_test(test_cancel_with_on_cancel),
        cmocka_unit_test(test_cancel_too_late_or_of_nothing),
        cmocka_unit_test(test_relay_hooks),
        cmocka_unit_test(test_rfc2543_peer),
        cmocka_unit_test(test_flow_gone),
        cmocka_unit_test(test_send_refused_at_once),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_keeps_bytes_only),
        cmocka_unit_test(test_cannot_keep_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
