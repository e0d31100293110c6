#include "../transaction/tx_world.h"

static void test_counts(void **state)
{
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_run(&world, 500);
    world_answer(&world, 0, 200);
    world.answer = 200;
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.received, 3);
    assert_int_equal(stats.sent, 4);
    assert_int_equal(stats.retransmitted, 2);
    assert_int_equal(stats.absorbed, 1);
    assert_int_equal(stats.client_transactions, 1);
    assert_int_equal(stats.server_transactions, 1);
    assert_int_equal(stats.live_transactions, 2);
    world_run(&world, 32000);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.live_transactions, 0);
    world_finish(&world);
}

static void test_live_objects(void **state)
{
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init(&world);
    sip_stack_count_live(world.stack, 3);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_int_equal(sip_stack_live_objects(world.stack), 4);
    sip_stack_count_live(world.stack, -3);
    assert_int_equal(sip_stack_live_objects(world.stack), 1);
    assert_int_equal(sip_stack_live_objects(NULL), 0);
    sip_stack_get_stats(NULL, &stats);
    assert_int_equal(stats.sent, 0);
    sip_stack_set_tap(NULL, NULL, NULL);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_live_objects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
