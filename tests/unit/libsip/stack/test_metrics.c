#include "../transaction/tx_world.h"

#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions_are_measured),
        cmocka_unit_test(lookups_and_turns_are_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
