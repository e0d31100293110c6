#include "tx_world.h"

#include "transaction/linger.h"
#include "transaction/nict.h"

typedef struct bell {
    sip_timer timer;
    uint8_t number;
    unsigned rung;
    struct bell *clears; /* another one, when it rings */
    sip__linger *linger;
} bell;

static unsigned rung[8], n_rung;

static void ring(void *arg)
{
    bell *it = arg;

    it->rung++;
    rung[n_rung++ % 8] = it->number;
    if (it->clears != NULL) {
        sip__linger_clear(it->linger, it->clears->number, &it->clears->timer);
    }
}

static void bell_init(bell *it, sip__linger *linger)
{
    *it = (bell){.linger = linger};
    sip_timer_init(&it->timer, ring, it);
}

static void test_queues(void **state)
{
    const sip_timers timers = {
        .t1_ms = 10, .t4_ms = 500, .d_ms = 640, .b_ms = 300, .f_ms = 500}; /* three lengths */
    tx_world world;
    sip__linger linger;
    bell bells[4];

    (void)state;
    world_init(&world);
    sip__linger_init(&linger, sip_stack_worker(world.stack, 0), &timers);
    assert_int_equal(linger.n, 3);
    for (size_t i = 0; i < 4; i++) {
        bell_init(&bells[i], &linger);
    }
    assert_int_equal(sip__linger_set(&linger, &bells[0].timer, 123), 0);
    assert_false(sip_timer_is_armed(&bells[0].timer));
    for (size_t i = 0; i < 4; i++) {
        bells[i].number = sip__linger_set(&linger, &bells[i].timer, 500);
        assert_true(bells[i].number > 0);
        world_run(&world, 10);
    }
    assert_int_equal(sip_stack_next_due_ms(world.stack), world.now_ms + 460);
    sip__linger_clear(&linger, bells[0].number, &bells[0].timer); /* the first in the queue */
    sip__linger_clear(&linger, bells[0].number, &bells[0].timer);
    assert_int_equal(sip_stack_next_due_ms(world.stack), world.now_ms + 470);
    sip__linger_clear(&linger, bells[3].number, &bells[3].timer); /* the last */
    world_run(&world, 469);
    assert_int_equal(bells[1].rung, 0);
    world_run(&world, 1);
    assert_int_equal(bells[1].rung, 1);
    bells[3].number = sip__linger_set(&linger, &bells[3].timer, 500);
    world_run(&world, 10);
    assert_int_equal(bells[2].rung, 1);
    world_run(&world, 490);
    assert_int_equal(bells[3].rung, 1);
    assert_int_equal(bells[0].rung, 0);
    assert_int_equal(sip_stack_next_due_ms(world.stack), UINT64_MAX);
    world_finish(&world);
}

/* One that rings may clear the next, which is due as well. */
static void test_cleared_from_inside(void **state)
{
    const sip_timers timers = {.t1_ms = 10, .t4_ms = 500, .d_ms = 640, .b_ms = 640, .f_ms = 640};
    tx_world world;
    sip__linger linger;
    bell bells[3];

    (void)state;
    world_init(&world);
    sip__linger_init(&linger, sip_stack_worker(world.stack, 0), &timers);
    assert_int_equal(linger.n, 2);
    for (size_t i = 0; i < 3; i++) {
        bell_init(&bells[i], &linger);
        bells[i].number = sip__linger_set(&linger, &bells[i].timer, 640);
    }
    bells[0].clears = &bells[1];
    world_run(&world, 640);
    assert_int_equal(bells[0].rung, 1);
    assert_int_equal(bells[1].rung, 0);
    assert_int_equal(bells[2].rung, 1);
    world_finish(&world);
}

/* A length that is nobody's is the wheel's: 64*T1 after a CANCEL where Timer B is another one. */
static void test_transactions(void **state)
{
    const sip_stack_config config = {.timers = {.f_ms = 7000}};
    tx_world world;
    sip_client_tx *tx;

    (void)state;
    world_init_with(&world, &config, NULL);
    tx = world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_int_not_equal(tx->linger, 0);
    sip__client_tx_arm(tx, &tx->timeout, 1234);
    assert_int_equal(tx->linger, 0);
    sip__client_tx_arm(tx, &tx->timeout, 7000);
    assert_int_not_equal(tx->linger, 0);
    sip__client_tx_disarm(tx);
    world_turn(&world);
    assert_int_equal(sip_stack_next_due_ms(world.stack), UINT64_MAX);
    sip__client_tx_arm(tx, &tx->timeout, 1234);
    world_run(&world, 1234);
    assert_int_equal(world.news.failures, 1);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queues),
        cmocka_unit_test(test_cleared_from_inside),
        cmocka_unit_test(test_transactions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
