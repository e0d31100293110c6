#include "../transaction/tx_world.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/socket_address.h"

#include "stack/metrics_print.h"

static sip_durations of(const tx_world *world, bool as_server, sip_method method, int status_class)
{
    sip_durations its;

    sip_metrics_transactions(world->stack, as_server, method, status_class, &its);
    return its;
}

/* What came took 40 ms to be answered, what was sent 70; and one got no answer. */
static void live(tx_world *world)
{
    sip_path from = {.protocol = SIP_PROTOCOL_UDP,
                     .remote = world_addr("192.0.2.2", 5070),
                     .local = world_addr("192.0.2.1", 5060),
                     .received_ms = world->now_ms - 8};
    char text[700];

    (void)world_peer_text(text, sizeof(text), "INVITE", WORLD_BRANCH, SIP_PROTOCOL_UDP);
    world->udp.head.events->on_bytes(&world->udp.head, &from, sip_str_of(text),
                                     world->udp.head.stack);
    world_turn(world);
    world_run(world, 40);
    assert_int_equal(sip_server_tx_respond(world->news.server, 180, NULL), 0);
    assert_int_equal(sip_server_tx_respond(world->news.server, 486, NULL), 0);
    unsigned at = world->n_sends;
    (void)world_client(world, "MESSAGE", "sip:bob@192.0.2.2");
    world_run(world, 70);
    world_answer(world, at, 202);
    (void)world_client(world, "OPTIONS", "sip:bob@192.0.2.2");
    world_run(world, 33000);
}

static void transactions_are_measured(void **state)
{
    tx_world world;
    sip_durations its;

    (void)state;
    world_init(&world);
    live(&world);
    its = of(&world, true, SIP_METHOD_INVITE, 400);
    assert_int_equal(its.count, 1);
    assert_int_equal(its.sum_us, 40000);
    assert_int_equal(its.most_us, 40000);
    assert_int_equal(its.median_us, 40000);
    its = of(&world, false, SIP_METHOD_MESSAGE, 200);
    assert_int_equal(its.count, 1);
    assert_int_equal(its.sum_us, 70000);
    its = of(&world, false, SIP_METHOD_OPTIONS, 0);
    assert_int_equal(its.count, 1);
    assert_int_equal(its.sum_us, 32000000);
    assert_int_equal(of(&world, true, SIP_METHOD_INVITE, 200).count, 0);
    assert_int_equal(of(&world, true, SIP_METHOD_INVITE, 900).count, 0);
    assert_int_equal(of(&world, true, SIP_METHOD_COUNT, 200).count, 0);
    sip_metrics_durations(world.stack, SIP_DURATION_WAITED, &its);
    assert_int_equal(its.count, 2);
    assert_int_equal(its.most_us, 8000);
    sip_metrics_durations(world.stack, SIP_DURATION_TURN, &its);
    assert_int_equal(its.count, 0);
    sip_metrics_durations(NULL, SIP_DURATION_TURN, &its);
    assert_int_equal(its.count, 0);
    sip_metrics_transactions(NULL, true, SIP_METHOD_INVITE, 200, &its);
    assert_int_equal(its.count, 0);
    world_finish(&world);
}

static void lookups_and_turns_are_measured(void **state)
{
    sip_stack *stack = NULL;
    sip_durations its;

    (void)state;
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    sip_stack_stop(stack);
    assert_int_equal(sip_stack_run(stack), 0);
    sip_metrics_durations(stack, SIP_DURATION_TURN, &its);
    assert_true(its.count > 0);
    sip_metrics_durations(stack, SIP_DURATION_LOOKUP, &its);
    assert_int_equal(its.count, 0);
    assert_null(sip__metrics_of(sip_stack_worker(stack, 0), (sip_duration)9));
    sip_stack_destroy(stack);
}

static void answer_all(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu, (void)user_data;
    (void)sip_server_tx_respond(tx, 200, NULL);
}

/* OPTIONS with a number, from a socket of its own, so that the workers share them. */
static void ask(const sip_addr *addr, unsigned n)
{
    struct sockaddr_storage storage;
    char text[500];
    socklen_t len;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int bytes = snprintf(text, sizeof(text),
                         "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\n"
                         "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK%u\r\nMax-Forwards: 70\r\n"
                         "From: <sip:b@b>;tag=1\r\nTo: <sip:a@a>\r\nCall-ID: %u\r\n"
                         "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
                         n, n);

    sip__sockaddr_of(addr, &storage, &len);
    assert_int_equal(sendto(fd, text, (size_t)bytes, 0, (const struct sockaddr *)&storage, len),
                     bytes);
    assert_int_equal(close(fd), 0);
}

static uint64_t answered(const sip_stack *stack)
{
    sip_durations its;

    sip_metrics_transactions(stack, true, SIP_METHOD_OPTIONS, 200, &its);
    return its.count;
}

/* Two workers on threads of their own are read by a third, while they count. */
static void any_thread_reads_while_workers_run(void **state)
{
    static const sip_tu_handler handler = {.on_request = answer_all};
    const sip_stack_config config = {.workers = 2};
    sip_stack *stack = NULL;
    sip_addr addr;

    (void)state;
    assert_int_equal(sip_stack_create(&config, &stack), 0);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(sip_tu_create(stack, &(sip_tu_config){.worker = i}, &handler, NULL, NULL),
                         0);
    }
    assert_int_equal(sip_stack_listen(stack, "udp:127.0.0.1:0"), 0);
    assert_true(sip_stack_listener(stack, 0, NULL, &addr));
    assert_int_equal(sip_stack_start(stack), 0);
    for (unsigned n = 0; n < 50; n++) {
        char *text = NULL;

        ask(&addr, n);
        assert_int_equal(sip_metrics_print(stack, (sip_metrics_format)(n % 3), NULL, &text), 0);
        sip_free(NULL, text);
    }
    while (answered(stack) < 50) { /* loopback loses nothing so short */
    }
    sip_stack_stop(stack);
    assert_int_equal(sip_stack_wait(stack), 0);
    assert_int_equal(answered(stack), 50);
    sip_stack_destroy(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions_are_measured),
        cmocka_unit_test(lookups_and_turns_are_measured),
        cmocka_unit_test(any_thread_reads_while_workers_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
