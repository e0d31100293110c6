#include "../transaction/tx_world.h"

#include <string.h>

static char order[64];

static void note(const char *what)
{
    strncat(order, what, sizeof(order) - strlen(order) - 1);
}

static void on_a(void *arg)
{
    (void)arg;
    note("a");
}

static void on_b(void *arg)
{
    (void)arg;
    note("b");
}

static void test_timers(void **state)
{
    sip_timer timer = {0};
    tx_world world;
    sip_worker *worker;

    (void)state;
    order[0] = '\0';
    world_init(&world);
    worker = sip_stack_worker(world.stack, 0);
    sip_timer_init(&timer, on_a, NULL);
    assert_true(sip_stack_next_due_ms(world.stack) == UINT64_MAX);
    sip_timer_set(worker, &timer, 50);
    assert_int_equal(sip_stack_next_due_ms(world.stack), 1050);
    assert_int_equal(sip_timer_start(worker, 20, on_b, NULL), 0);
    assert_int_equal(sip_stack_next_due_ms(world.stack), 1020);
    world_run(&world, 49);
    assert_string_equal(order, "b");
    sip_timer_set(worker, &timer, 50); /* again */
    world_run(&world, 49);
    assert_string_equal(order, "b");
    world_run(&world, 1);
    assert_string_equal(order, "ba");
    sip_timer_set(worker, &timer, 50);
    sip_timer_clear(worker, &timer);
    sip_timer_clear(worker, &timer);
    world_run(&world, 100);
    assert_string_equal(order, "ba");
    assert_int_equal(sip_timer_start(worker, 20, on_b, NULL), 0); /* never comes */
    world_finish(&world);
}

typedef struct job {
    sip_turn_work work;
    sip_worker *worker;
    struct job *then;
    const char *name;
} job;

static void run_job(sip_turn_work *work)
{
    job *self = SIP_CONTAINER_OF(work, job, work);

    note(self->name);
    if (self->then != NULL) {
        sip_worker_at_turn_end(self->worker, &self->then->work);
    }
}

static void test_turn_work(void **state)
{
    tx_world world;
    job second = {.name = "2"}, first = {.then = &second, .name = "1"};

    (void)state;
    order[0] = '\0';
    world_init(&world);
    first.worker = sip_stack_worker(world.stack, 0);
    first.work.fn = run_job;
    second.work.fn = run_job;
    sip_list_init(&first.work.link);
    sip_worker_at_turn_end(first.worker, &first.work);
    sip_worker_at_turn_end(first.worker, &first.work); /* queued already */
    assert_string_equal(order, "");
    assert_int_equal(sip_stack_next_due_ms(world.stack), world.now_ms); /* at once */
    world_turn(&world);
    assert_string_equal(order, "12"); /* both in the same end of turn */
    assert_true(sip_stack_next_due_ms(world.stack) == UINT64_MAX);
    assert_true(world.udp.flushes > 0);
    world_finish(&world);
}

static void post_again(void *arg)
{
    note("p");
    assert_int_equal(sip_worker_post(arg, on_a, NULL), 0);
}

static void test_posts(void **state)
{
    tx_world world;
    sip_worker *worker;

    (void)state;
    order[0] = '\0';
    world_init(&world);
    worker = sip_stack_worker(world.stack, 0);
    assert_int_equal(sip_worker_post(worker, on_a, NULL), 0);
    assert_int_equal(sip_worker_post(worker, on_b, NULL), 0);
    assert_int_equal(sip_worker_post(worker, post_again, worker), 0);
    assert_string_equal(order, "");
    assert_int_equal(sip_stack_next_due_ms(world.stack), world.now_ms);
    world_turn(&world);
    assert_string_equal(order, "abp");
    world_turn(&world);
    assert_string_equal(order, "abpa");
    world.memory.fail_at = world.memory.calls + 1;
    assert_int_equal(sip_worker_post(worker, on_a, NULL), SIP_ENOMEM);
    assert_int_equal(sip_worker_post(worker, on_a, NULL), 0); /* never comes */
    world_finish(&world);
    assert_string_equal(order, "abpa");
}

static void test_accessors(void **state)
{
    char tag[SIP_TAG_BYTES], other[SIP_TAG_BYTES], call_id[SIP_CALL_ID_BYTES];
    tx_world world;
    sip_worker *worker;

    (void)state;
    world_init(&world);
    worker = sip_stack_worker(world.stack, 0);
    assert_ptr_equal(sip_worker_stack(worker), world.stack);
    assert_int_equal(sip_worker_index(worker), 0);
    assert_null(sip_worker_loop(worker));
    assert_int_equal(sip_worker_now_ms(worker), 1000);
    assert_int_equal(sip_worker_unix_s(worker), 1700000000);
    assert_ptr_equal(sip_worker_allocator(worker), &world.memory.allocator);
    assert_ptr_equal(sip_worker_random(worker), &world.random);
    assert_null(sip_worker_log(worker));
    assert_true(sip_worker_make_tag(worker, tag).len >= 8);
    assert_true(strlen(tag) < SIP_TAG_BYTES);
    (void)sip_worker_make_tag(worker, other);
    assert_string_not_equal(tag, other);
    assert_ptr_equal(sip_worker_make_call_id(worker, call_id).ptr, call_id);
    assert_true(strlen(call_id) >= 8);
    assert_null(sip_worker_stack(NULL));
    assert_null(sip_worker_loop(NULL));
    assert_int_equal(sip_worker_index(NULL), 0);
    world_finish(&world);
}

/* ---- on a real loop */

static void stop_stack(void *arg)
{
    note("s");
    sip_stack_stop(arg);
}

static void test_on_a_loop(void **state)
{
    sip_stack *stack = NULL;
    sip_worker *worker;
    sip_timer timer = {0};
    job work = {.name = "w"};

    (void)state;
    order[0] = '\0';
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    worker = sip_stack_worker(stack, 0);
    assert_non_null(sip_worker_loop(worker));
    sip_timer_init(&timer, on_a, NULL);
    sip_timer_set(worker, &timer, 1);
    assert_int_equal(sip_timer_start(worker, 5, stop_stack, stack), 0);
    assert_int_equal(sip_worker_post(worker, on_b, NULL), 0);
    work.work.fn = run_job;
    sip_worker_at_turn_end(worker, &work.work);
    assert_int_equal(sip_stack_run(stack), 0);
    assert_int_equal(strlen(order), 4);
    assert_non_null(strchr(order, 'w'));
    assert_non_null(strchr(order, 'b'));
    assert_ptr_equal(strchr(order, 's'), order + 3);
    sip_stack_destroy(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timers),    cmocka_unit_test(test_turn_work),
        cmocka_unit_test(test_posts),     cmocka_unit_test(test_accessors),
        cmocka_unit_test(test_on_a_loop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
