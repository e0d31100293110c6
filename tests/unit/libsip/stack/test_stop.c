#include "../transaction/tx_world.h"

static void test_when_all_have_stopped(void **state)
{
    sip_tu_handler other = {0};
    tx_world world;

    (void)state;
    world_init(&world);
    assert_int_equal(sip_tu_create(world.stack, NULL, &other, NULL, NULL), 0);
    assert_int_equal(sip_stack_process(world.stack), 1);
    sip_stack_stop(world.stack);
    assert_int_equal(sip_stack_next_due_ms(world.stack), world.now_ms);
    assert_int_equal(world.news.stops, 0); /* never from inside */
    assert_int_equal(sip_stack_process(world.stack), 1);
    assert_int_equal(world.news.stops, 1);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2"); /* winding down */
    assert_int_equal(world.n_sends, 1);
    world_answer(&world, 0, 200);
    assert_int_equal(sip_stack_process(world.stack), 1);
    sip_tu_stopped(world.tu);
    assert_int_equal(sip_stack_next_due_ms(world.stack), world.now_ms);
    assert_int_equal(sip_stack_process(world.stack), 0);
    assert_int_equal(sip_stack_process(world.stack), 0);
    assert_int_equal(world.news.stops, 1);
    world_finish(&world);
}

static void test_shutdown_ms(void **state)
{
    const sip_stack_config config = {.shutdown_ms = 300};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    sip_stack_stop(world.stack);
    world_run(&world, 299);
    assert_int_equal(sip_stack_process(world.stack), 1);
    world_run(&world, 1);
    assert_int_equal(sip_stack_process(world.stack), 0);
    world_finish(&world);
}

static void test_twice_is_at_once(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    sip_stack_stop(world.stack);
    assert_int_equal(sip_stack_process(world.stack), 1);
    sip_stack_stop(world.stack);
    assert_int_equal(sip_stack_next_due_ms(world.stack), world.now_ms);
    assert_int_equal(sip_stack_process(world.stack), 0);
    world_finish(&world);
}

static void test_nobody_to_wind_down(void **state)
{
    static const sip_tu_handler none = {0};
    tx_world world;

    (void)state;
    world_init_with(&world, NULL, &none);
    sip_stack_stop(world.stack);
    assert_int_equal(sip_stack_process(world.stack), 0);
    sip_stack_stop(NULL);
    world_finish(&world);
}

/* A user that says so at once, from inside on_stop(). */
static void on_stop_at_once(sip_tu *tu, void *user_data)
{
    (void)user_data;
    sip_tu_stopped(tu);
}

static void test_on_a_loop(void **state)
{
    static const sip_tu_handler handler = {.on_stop = on_stop_at_once};
    sip_stack *stack = NULL;

    (void)state;
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    assert_int_equal(sip_tu_create(stack, NULL, &handler, NULL, NULL), 0);
    sip_stack_stop(stack); /* before it runs */
    assert_int_equal(sip_stack_run(stack), 0);
    assert_int_equal(sip_stack_run(stack), 0);
    sip_stack_destroy(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when_all_have_stopped),
        cmocka_unit_test(test_shutdown_ms),
        cmocka_unit_test(test_twice_is_at_once),
        cmocka_unit_test(test_nobody_to_wind_down),
        cmocka_unit_test(test_on_a_loop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
