#include "tx_world.h"

#include <stdio.h>
#include <string.h>

#include "dns/scripted_resolver.h"

/* What is told about the transport's trouble reaches whoever waits, and nobody else. */
static void test_unreachable(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2:5061");
    (void)world_client_tcp(&world, "OPTIONS");
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_returned(&world, 0, SIP_EIO, "connection refused");
    assert_int_equal(world.news.failures, 1); /* each hears of its own */
    world_returned(&world, 3, SIP_EIO, "connection refused");
    assert_int_equal(world.news.failures, 2);
    assert_string_equal(world.news.last_text,
                        "transaction: udp 192.0.2.2:5060: connection refused");
    world_finish(&world);
    assert_int_equal(world.news.client_ends, 4);
}

static sip__health_state health_of(tx_world *world, const sip_addr *remote)
{
    const sip_hop hop = {.protocol = SIP_PROTOCOL_UDP, .addr = *remote};

    return sip__health_of(&world->stack->workers[0].layer.health, &hop);
}

/* Whoever knows where we ask can send an ICMP error, and ends nothing by it. */
static void test_forged_errors(void **state)
{
    const sip_addr remote = world_addr("192.0.2.2", 5060);
    const sip_addr other = world_addr("192.0.2.9", 5060);
    sip_stack_stats stats;
    tx_world world;
    char guess[200] = "";

    (void)state;
    world_init(&world);
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    world_forged(&world, &other, "INVITE sip:bob@192.0.2.9 SIP/2.0\r\n");
    assert_int_equal(health_of(&world, &other), SIP__HEALTH_GOOD); /* nobody waits for it */
    memcpy(guess, world.sends[0].text, sizeof(guess) - 1);
    *strstr(guess, "branch=z9hG4bK") = '\0';
    world_forged(&world, &remote, guess);
    world_forged(&world, &remote, "");
    world_forged(&world, &remote, "");
    assert_int_equal(world.news.failures, 0);
    assert_int_equal(health_of(&world, &remote), SIP__HEALTH_SUSPECT); /* never worse */
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.unproven_errors, 4);
    world_answer(&world, 0, 486);
    assert_int_equal(world.news.last_status, 486);
    assert_int_equal(health_of(&world, &remote), SIP__HEALTH_GOOD);
    /* Its ACK is its own too, and ends it. */
    assert_last_sent(&world, "ACK ");
    world_returned(&world, world.n_sends - 1, SIP_EIO, "connection refused");
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.unproven_errors, 4);
    world_turn(&world);
    assert_int_equal(world.news.client_ends, 1);
    world_finish(&world);
}

static void report_failure(tx_world *world, unsigned i, const sip_path *to)
{
    sip_transport *udp = &world->udp.head;

    udp->events->on_send_failed(udp, world->sends[i].ref, to, SIP_EIO, "refused", udp->stack);
    world_turn(world);
}

static void test_send_failures(void **state)
{
    sip_path elsewhere;
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    elsewhere = world.sends[0].path;
    elsewhere.remote.port++;
    report_failure(&world, 0, &elsewhere); /* of a target given up before */
    assert_int_equal(world.news.failures, 0);
    elsewhere = world.sends[0].path; /* as when it went by TCP first, and came back */
    elsewhere.protocol = SIP_PROTOCOL_TCP;
    report_failure(&world, 0, &elsewhere);
    assert_int_equal(world.news.failures, 0);
    report_failure(&world, 0, &world.sends[0].path);
    assert_int_equal(world.news.failures, 1);
    report_failure(&world, 0, &world.sends[0].path); /* of what has ended */
    assert_int_equal(world.news.failures, 1);
    world.answer = 486;
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    report_failure(&world, 1, &world.sends[1].path);
    assert_int_equal(world.news.undelivered, 1);
    assert_int_equal(world.news.server_ends, 0);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.send_failures, 5);
    world_finish(&world);
}

static void test_cancel_finds_its_invite(void **state)
{
    const sip_stack_config config = {.max_transactions = 1};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_peer_request(&world, "CANCEL", "z9hG4bKother"); /* of nothing, at the limit */
    assert_last_sent(&world, "SIP/2.0 503 ");
    world_peer_request(&world, "CANCEL", WORLD_BRANCH); /* cancelling goes on at the limit */
    assert_last_sent(&world, "SIP/2.0 200 ");
    assert_int_equal(world.news.cancels, 1);
    world_finish(&world);
}

/* A look-up under way when the stack ends is taken back, what waited for it is freed. */
static void test_errands_at_the_end(void **state)
{
    sip_msg *ack = world_request("ACK", "sip:bob@bob.example");
    sip_stack_config config = {0};
    tx_world world;
    sip__zone zone;

    (void)state;
    sip__zone_init(&zone, sip_allocator_default());
    assert_int_equal(sip__scripted_resolver_create(&zone, &world.clock, &config.resolver), 0);
    world_init_with(&world, &config, NULL);
    assert_int_equal(sip_tu_send(world.tu, ack, NULL, NULL), 0);
    (void)sip_msg_unref(ack);
    world_finish(&world);
    assert_int_equal(world.n_sends, 0);
    sip__zone_finish(&zone);
}

static unsigned attempts;

static void on_failed_again(sip_client_tx *tx, const sip_failure *failure, void *user_data);

static const sip_client_tx_handler stubborn = {.on_failed = on_failed_again};

static void on_failed_again(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    tx_world *world = user_data;
    sip_msg *request = world_request("OPTIONS", "sip:bob@192.0.2.2");

    (void)tx;
    (void)failure;
    attempts++;
    assert_int_equal(sip_client_tx_create(world->tu, request, NULL, &stubborn, world, NULL), 0);
    (void)sip_msg_unref(request);
}

/* Who tries again from inside the news is not told the same news about the new attempt. */
static void test_unreachable_and_tried_again(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    attempts = 0;
    on_failed_again(NULL, NULL, &world);
    assert_int_equal(attempts, 1);
    world_returned(&world, 0, SIP_EIO, "connection refused");
    assert_int_equal(attempts, 2);
    world_finish(&world);
}

static void test_unreachable_without_transactions(void **state)
{
    sip_addr remote = world_addr("192.0.2.2", 5060);
    tx_world world;

    (void)state;
    world_init(&world);
    world_forged(&world, &remote, "");
    world_finish(&world);
}

static void test_stray_responses(void **state)
{
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_answer(&world, 0, 200);
    world_run(&world, 6000);
    world_answer(&world, 0, 200); /* the branch is ours, but its transaction is over (RFC 6026) */
    assert_int_equal(world.news.strays, 0);
    world_receive(&world, SIP_PROTOCOL_UDP,
                  "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK-foreign\r\n"
                  "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: c\r\n"
                  "CSeq: 1 OPTIONS\r\n\r\n");
    assert_int_equal(world.news.strays, 0);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.dropped_stray, 2);
    world_finish(&world);
}

/* The branch alone is not enough: a CANCEL's answer has that of the INVITE. */
static void test_method_of_cseq_counts(void **state)
{
    sip_msg *response;
    char text[2000];
    tx_world world;
    char *cseq;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    response = world_response(&world, 0, 200);
    snprintf(text, sizeof(text), SIP_FMT, SIP_ARG(sip_msg_bytes(response)));
    cseq = strstr(text, "OPTIONS");
    memcpy(cseq, "PUBLISH", 7);
    world_receive(&world, SIP_PROTOCOL_UDP, text);
    assert_int_equal(world.news.responses, 0);
    assert_int_equal(world.news.strays, 0);
    (void)sip_msg_unref(response);
    world_finish(&world);
}

static void test_ack_to_2xx_goes_to_the_user(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 200;
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_peer_request(&world, "ACK", "z9hG4bKofitsown");
    assert_int_equal(world.news.acks, 1);
    world_peer_request(&world, "ACK", WORLD_BRANCH); /* to Accepted (RFC 6026) */
    assert_int_equal(world.news.acks, 2);
    assert_int_equal(world.n_sends, 1);
    world_finish(&world);
}

static void test_ends_all_on_destroy(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_peer_request(&world, "OPTIONS", "z9hG4bKother");
    assert_int_equal(sip_stack_live_objects(world.stack), 4);
    world_finish(&world);
    assert_int_equal(world.news.client_ends, 2);
    assert_int_equal(world.news.server_ends, 2);
    assert_int_equal(world.news.failures, 0);
    assert_int_equal(world.news.destroys, 1);
}

static void on_ended_create(sip_client_tx *tx, void *user_data)
{
    tx_world *world = user_data;
    sip_msg *request = world_request("OPTIONS", "sip:bob@192.0.2.2");

    (void)tx;
    attempts++;
    assert_int_equal(sip_client_tx_create(world->tu, request, NULL, &stubborn, world, NULL),
                     SIP_EBUSY);
    (void)sip_msg_unref(request);
}

static void test_nothing_begins_while_it_ends(void **state)
{
    static const sip_client_tx_handler handler = {.on_ended = on_ended_create};
    sip_msg *request = world_request("OPTIONS", "sip:bob@192.0.2.2");
    tx_world world;

    (void)state;
    world_init(&world);
    attempts = 0;
    assert_int_equal(sip_client_tx_create(world.tu, request, NULL, &handler, &world, NULL), 0);
    (void)sip_msg_unref(request);
    world_finish(&world);
    assert_int_equal(attempts, 1);
}

static unsigned tapped_sent, tapped_received, tapped_repeated;

static void on_tap(const sip_trace_event *event, void *user_data)
{
    tx_world *world = user_data;

    assert_int_equal(event->at_ms, world->now_ms);
    assert_true(event->bytes.len > 0);
    assert_int_equal(event->path.protocol, SIP_PROTOCOL_UDP);
    tapped_sent += event->sent;
    tapped_received += !event->sent;
    tapped_repeated += event->repeated;
}

static void test_tap(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    tapped_sent = tapped_received = tapped_repeated = 0;
    sip_stack_set_tap(world.stack, on_tap, &world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_run(&world, 500);
    world_answer(&world, 0, 200);
    assert_int_equal(tapped_sent, 2);
    assert_int_equal(tapped_repeated, 1);
    assert_int_equal(tapped_received, 1);
    sip_stack_set_tap(world.stack, NULL, NULL);
    world_answer(&world, 0, 200);
    assert_int_equal(tapped_received, 1);
    world_finish(&world);
}

/* The very call that began it: a thousand transactions, the memory of the first ones is used again.
 */
static void test_steady_state_needs_no_new_memory(void **state)
{
    tx_world world;
    size_t live = 0;

    (void)state;
    world_init(&world);
    world.answer = 200;
    for (unsigned i = 0; i < 200; i++) {
        char branch[40];

        snprintf(branch, sizeof(branch), "z9hG4bK%u", i);
        world_peer_request(&world, "OPTIONS", branch);
        world_run(&world, 32000);
        assert_int_equal(world.news.server_ends, i + 1);
        live = i == 20 ? world.memory.live : live;
        assert_true(i <= 20 || world.memory.live == live);
    }
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_forged_errors),
        cmocka_unit_test(test_unreachable_and_tried_again),
        cmocka_unit_test(test_unreachable_without_transactions),
        cmocka_unit_test(test_send_failures),
        cmocka_unit_test(test_cancel_finds_its_invite),
        cmocka_unit_test(test_errands_at_the_end),
        cmocka_unit_test(test_stray_responses),
        cmocka_unit_test(test_method_of_cseq_counts),
        cmocka_unit_test(test_ack_to_2xx_goes_to_the_user),
        cmocka_unit_test(test_ends_all_on_destroy),
        cmocka_unit_test(test_nothing_begins_while_it_ends),
        cmocka_unit_test(test_tap),
        cmocka_unit_test(test_steady_state_needs_no_new_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
