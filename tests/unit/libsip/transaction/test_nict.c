#include "tx_world.h"

#include "transaction/nict.h"

/* Each cell that does something, as in test_ict.c; cells not named here have to be empty. */
typedef struct cell_effect {
    sip__nict_state state;
    sip__nict_event event;
    sip__nict_state next;
    unsigned sends, responses, failures;
} cell_effect;

static const cell_effect effects[] = {
    {SIP__NICT_FINDING, SIP__NICT_SEND, SIP__NICT_TRYING, 1, 0, 0},
    {SIP__NICT_FINDING, SIP__NICT_TP_ERROR, SIP__NICT_TERMINATED, 0, 0, 1},
    {SIP__NICT_TRYING, SIP__NICT_RX_1XX, SIP__NICT_PROCEEDING, 0, 1, 0},
    {SIP__NICT_TRYING, SIP__NICT_RX_FINAL, SIP__NICT_COMPLETED, 0, 1, 0},
    {SIP__NICT_TRYING, SIP__NICT_TIMER_E, SIP__NICT_TRYING, 1, 0, 0},
    {SIP__NICT_TRYING, SIP__NICT_TIMER_F, SIP__NICT_TERMINATED, 0, 0, 1},
    {SIP__NICT_TRYING, SIP__NICT_TP_ERROR, SIP__NICT_TERMINATED, 0, 0, 1},
    {SIP__NICT_PROCEEDING, SIP__NICT_RX_1XX, SIP__NICT_PROCEEDING, 0, 1, 0},
    {SIP__NICT_PROCEEDING, SIP__NICT_RX_FINAL, SIP__NICT_COMPLETED, 0, 1, 0},
    {SIP__NICT_PROCEEDING, SIP__NICT_TIMER_E, SIP__NICT_PROCEEDING, 1, 0, 0},
    {SIP__NICT_PROCEEDING, SIP__NICT_TIMER_F, SIP__NICT_TERMINATED, 0, 0, 1},
    {SIP__NICT_PROCEEDING, SIP__NICT_TP_ERROR, SIP__NICT_TERMINATED, 0, 0, 1},
    {SIP__NICT_COMPLETED, SIP__NICT_TIMER_K, SIP__NICT_TERMINATED, 0, 0, 0},
};

static const cell_effect *find_effect(sip__nict_state state, sip__nict_event event)
{
    for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
        if (effects[i].state == state && effects[i].event == event) {
            return &effects[i];
        }
    }
    return NULL;
}

static sip_client_tx *bring_to(tx_world *world, sip__nict_state state)
{
    sip_client_tx *tx = world_client(world, "OPTIONS", "sip:bob@192.0.2.2");

    if (state == SIP__NICT_FINDING) {
        tx->state = SIP__NICT_FINDING; /* sent already, so that SEND has bytes to send */
    } else if (state == SIP__NICT_PROCEEDING) {
        world_answer(world, 0, 100);
    } else if (state == SIP__NICT_COMPLETED) {
        world_answer(world, 0, 200);
    } else if (state == SIP__NICT_TERMINATED) {
        sip_client_tx_abandon(tx);
    }
    assert_int_equal(tx->state, state);
    return tx;
}

static void walk_cell(sip__nict_state state, sip__nict_event event)
{
    const cell_effect *effect = find_effect(state, event);
    sip_msg *response = NULL;
    tx_world world;
    sip_client_tx *tx;
    world_news before;
    unsigned sends;
    bool done;

    world_init(&world);
    tx = bring_to(&world, state);
    if (event == SIP__NICT_RX_1XX || event == SIP__NICT_RX_FINAL) {
        response = world_response(&world, 0, event == SIP__NICT_RX_1XX ? 100 : 200);
    }
    before = world.news;
    sends = world.n_sends;
    done = sip__nict_step(tx, event, response);
    assert_int_equal(done, effect != NULL);
    assert_int_equal(sip__nict_next(state, event), effect != NULL ? effect->next : SIP__NICT_NONE);
    assert_int_equal(tx->state, effect != NULL ? effect->next : state);
    assert_int_equal(world.n_sends - sends, effect != NULL ? effect->sends : 0);
    assert_int_equal(world.news.responses - before.responses,
                     effect != NULL ? effect->responses : 0);
    assert_int_equal(world.news.failures - before.failures, effect != NULL ? effect->failures : 0);
    assert_int_equal(world.news.client_ends, 0);
    (void)sip_msg_unref(response);
    world_finish(&world);
    assert_int_equal(world.news.client_ends, 1);
}

static void test_walks_every_cell(void **state)
{
    (void)state;
    for (int from = SIP__NICT_FINDING; from < SIP__NICT_STATES; from++) {
        for (int event = 0; event < SIP__NICT_EVENTS; event++) {
            walk_cell((sip__nict_state)from, (sip__nict_event)event);
        }
    }
}

static void test_timer_e_grows_to_t2(void **state)
{
    static const uint32_t at_ms[] = {500,   1500,  3500,  7500,  11500,
                                     15500, 19500, 23500, 27500, 31500};
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    for (unsigned i = 0; i < 10; i++) {
        world_run(&world, (uint32_t)(1000 + at_ms[i] - 1 - world.now_ms));
        assert_int_equal(world.n_sends, i + 1);
        world_run(&world, 1);
        assert_int_equal(world.n_sends, i + 2);
    }
    world_run(&world, 500);
    assert_int_equal(world.news.last_status, 408);
    assert_int_equal(world.news.client_ends, 1);
    world_finish(&world);
}

static void test_proceeding_repeats_every_t2(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_answer(&world, 0, 100);
    world_run(&world, 500); /* the timer that ran already */
    assert_int_equal(world.n_sends, 2);
    world_run(&world, 3999);
    assert_int_equal(world.n_sends, 2);
    world_run(&world, 1);
    assert_int_equal(world.n_sends, 3);
    world_run(&world, 27500);
    assert_int_equal(world.news.failures, 1);
    world_finish(&world);
}

static void test_timer_k(void **state)
{
    tx_world world;
    sip_stack_stats stats;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_answer(&world, 0, 200);
    world_answer(&world, 0, 200);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.absorbed, 1);
    assert_int_equal(world.news.responses, 1);
    world_run(&world, 4999);
    assert_int_equal(world.news.client_ends, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.client_ends, 1);
    world_finish(&world);
}

static void test_reliable_transport(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client_tcp(&world, "OPTIONS");
    world_run(&world, 10000);
    assert_int_equal(world.n_sends, 1);
    world_answer(&world, 0, 200);
    world_run(&world, 1);
    assert_int_equal(world.news.client_ends, 1);
    world_finish(&world);
}

static void test_timer_f_by_itself(void **state)
{
    sip_stack_config config = {.timers = {.f_ms = 3000}};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    world_run(&world, 2999);
    assert_int_equal(world.news.failures, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.failures, 1);
    world_run(&world, 28999);
    assert_int_equal(world.news.failures, 1);
    world_run(&world, 1);
    assert_int_equal(world.news.failures, 2);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timer_f_by_itself),
        cmocka_unit_test(test_walks_every_cell),
        cmocka_unit_test(test_timer_e_grows_to_t2),
        cmocka_unit_test(test_proceeding_repeats_every_t2),
        cmocka_unit_test(test_timer_k),
        cmocka_unit_test(test_reliable_transport),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
