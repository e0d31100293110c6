#include "tx_world.h"

#include "transaction/ict.h"
#include <stdio.h>

/* Each cell that does something: what follows, and how many messages, responses and failures it
 * makes. Cells not named here have to be empty. */
typedef struct cell_effect {
    sip__ict_state state;
    sip__ict_event event;
    sip__ict_state next;
    unsigned sends, responses, failures;
} cell_effect;

static const cell_effect effects[] = {
    {SIP__ICT_FINDING, SIP__ICT_SEND, SIP__ICT_CALLING, 1, 0, 0},
    {SIP__ICT_FINDING, SIP__ICT_TP_ERROR, SIP__ICT_TERMINATED, 0, 0, 1},
    {SIP__ICT_CALLING, SIP__ICT_RX_1XX, SIP__ICT_PROCEEDING, 0, 1, 0},
    {SIP__ICT_CALLING, SIP__ICT_RX_2XX, SIP__ICT_ACCEPTED, 0, 1, 0},
    {SIP__ICT_CALLING, SIP__ICT_RX_FAIL, SIP__ICT_COMPLETED, 1, 1, 0},
    {SIP__ICT_CALLING, SIP__ICT_TIMER_A, SIP__ICT_CALLING, 1, 0, 0},
    {SIP__ICT_CALLING, SIP__ICT_TIMER_B, SIP__ICT_TERMINATED, 0, 0, 1},
    {SIP__ICT_CALLING, SIP__ICT_TP_ERROR, SIP__ICT_TERMINATED, 0, 0, 1},
    {SIP__ICT_PROCEEDING, SIP__ICT_RX_1XX, SIP__ICT_PROCEEDING, 0, 1, 0},
    {SIP__ICT_PROCEEDING, SIP__ICT_RX_2XX, SIP__ICT_ACCEPTED, 0, 1, 0},
    {SIP__ICT_PROCEEDING, SIP__ICT_RX_FAIL, SIP__ICT_COMPLETED, 1, 1, 0},
    {SIP__ICT_PROCEEDING, SIP__ICT_TIMER_B, SIP__ICT_TERMINATED, 0, 0, 1},
    {SIP__ICT_COMPLETED, SIP__ICT_RX_FAIL, SIP__ICT_COMPLETED, 1, 0, 0},
    {SIP__ICT_COMPLETED, SIP__ICT_TIMER_D, SIP__ICT_TERMINATED, 0, 0, 0},
    {SIP__ICT_COMPLETED, SIP__ICT_TP_ERROR, SIP__ICT_TERMINATED, 0, 0, 0},
    {SIP__ICT_ACCEPTED, SIP__ICT_RX_2XX, SIP__ICT_ACCEPTED, 0, 1, 0},
    {SIP__ICT_ACCEPTED, SIP__ICT_TIMER_M, SIP__ICT_TERMINATED, 0, 0, 0},
};

static const cell_effect *find_effect(sip__ict_state state, sip__ict_event event)
{
    for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
        if (effects[i].state == state && effects[i].event == event) {
            return &effects[i];
        }
    }
    return NULL;
}

static sip_client_tx *bring_to(tx_world *world, sip__ict_state state)
{
    sip_client_tx *tx = world_client(world, "INVITE", "sip:bob@192.0.2.2");

    switch (state) {
    case SIP__ICT_FINDING:
        tx->state = SIP__ICT_FINDING; /* sent already, so that SEND has bytes to send */
        break;
    case SIP__ICT_PROCEEDING:
        world_answer(world, 0, 180);
        break;
    case SIP__ICT_COMPLETED:
        world_answer(world, 0, 486);
        break;
    case SIP__ICT_ACCEPTED:
        world_answer(world, 0, 200);
        break;
    case SIP__ICT_TERMINATED:
        sip_client_tx_abandon(tx);
        break;
    case SIP__ICT_NONE:
    case SIP__ICT_CALLING:
    case SIP__ICT_STATES:
        break;
    }
    assert_int_equal(tx->state, state);
    return tx;
}

static sip_msg *event_response(tx_world *world, sip__ict_event event)
{
    switch (event) {
    case SIP__ICT_RX_1XX:
        return world_response(world, 0, 180);
    case SIP__ICT_RX_2XX:
        return world_response(world, 0, 200);
    case SIP__ICT_RX_FAIL:
        return world_response(world, 0, 486);
    case SIP__ICT_SEND:
    case SIP__ICT_TIMER_A:
    case SIP__ICT_TIMER_B:
    case SIP__ICT_TIMER_D:
    case SIP__ICT_TIMER_M:
    case SIP__ICT_TP_ERROR:
    case SIP__ICT_EVENTS:
        break;
    }
    return NULL;
}

static void walk_cell(sip__ict_state state, sip__ict_event event)
{
    const cell_effect *effect = find_effect(state, event);
    tx_world world;
    sip_client_tx *tx;
    sip_msg *response;
    world_news before;
    unsigned sends;
    bool done;

    world_init(&world);
    tx = bring_to(&world, state);
    response = event_response(&world, event);
    before = world.news;
    sends = world.n_sends;
    done = sip__ict_step(tx, event, response);
    assert_int_equal(done, effect != NULL);
    assert_int_equal(sip__ict_next(state, event), effect != NULL ? effect->next : SIP__ICT_NONE);
    assert_int_equal(tx->state, effect != NULL ? effect->next : state);
    assert_int_equal(world.n_sends - sends, effect != NULL ? effect->sends : 0);
    assert_int_equal(world.news.responses - before.responses,
                     effect != NULL ? effect->responses : 0);
    assert_int_equal(world.news.failures - before.failures, effect != NULL ? effect->failures : 0);
    assert_int_equal(world.news.client_ends, 0); /* never before the end of the turn */
    world_turn(&world);
    assert_int_equal(world.news.client_ends,
                     (effect != NULL && effect->next == SIP__ICT_TERMINATED) ||
                             state == SIP__ICT_TERMINATED
                         ? 1
                         : 0);
    (void)sip_msg_unref(response);
    world_finish(&world);
    assert_int_equal(world.news.client_ends, 1);
}

static void test_walks_every_cell(void **state)
{
    (void)state;
    for (int from = SIP__ICT_FINDING; from < SIP__ICT_STATES; from++) {
        for (int event = 0; event < SIP__ICT_EVENTS; event++) {
            walk_cell((sip__ict_state)from, (sip__ict_event)event);
        }
    }
}

static void test_timer_a_doubles_until_timer_b(void **state)
{
    static const uint32_t at_ms[] = {500, 1500, 3500, 7500, 15500, 31500};
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    assert_int_equal(world.n_sends, 1);
    for (unsigned i = 0; i < 6; i++) {
        world_run(&world, (uint32_t)(1000 + at_ms[i] - 1 - world.now_ms));
        assert_int_equal(world.n_sends, i + 1);
        world_run(&world, 1);
        assert_int_equal(world.n_sends, i + 2);
        assert_string_equal(world.sends[i + 1].text, world.sends[0].text);
    }
    world_run(&world, 499);
    assert_int_equal(world.news.failures, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.failures, 1);
    assert_int_equal(world.news.last_status, 408);
    assert_string_equal(world.news.last_text,
                        "transaction: no answer from udp 192.0.2.2:5060 within 32 s");
    assert_string_equal(sip_stack_error(world.stack), world.news.last_text);
    assert_int_equal(world.news.client_ends, 1);
    world_finish(&world);
}

static void test_configured_timers(void **state)
{
    sip_stack_config config = {.timers = {.t1_ms = 100, .d_ms = 1000}};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    world_run(&world, 100);
    assert_int_equal(world.n_sends, 2);
    world_answer(&world, 0, 404);
    assert_last_sent(&world, "ACK ");
    world_run(&world, 999);
    assert_int_equal(world.news.client_ends, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.client_ends, 1);
    world_finish(&world);
}

static void test_timer_b_by_itself(void **state)
{
    sip_stack_config config = {.timers = {.b_ms = 2000}};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_run(&world, 1999);
    assert_int_equal(world.news.failures, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.failures, 1);
    assert_string_equal(world.news.last_text,
                        "transaction: no answer from udp 192.0.2.2:5060 within 2 s");
    world_run(&world, 29999);
    assert_int_equal(world.news.failures, 1); /* Timer F is another one */
    world_run(&world, 1);
    assert_int_equal(world.news.failures, 2);
    world_finish(&world);
}

static void test_reliable_transport_has_no_a_and_no_d(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client_tcp(&world, "INVITE");
    world_run(&world, 20000);
    assert_int_equal(world.n_sends, 1);
    assert_int_equal(world.sends[0].path.protocol, SIP_PROTOCOL_TCP);
    world_answer(&world, 0, 486);
    assert_last_sent(&world, "ACK ");
    world_run(&world, 1);
    assert_int_equal(world.news.client_ends, 1);
    world_finish(&world);
}

static void test_accepted_until_timer_m(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    world_answer(&world, 0, 200);
    world_run(&world, 20000);
    world_answer(&world, 0, 200);
    assert_int_equal(world.news.responses, 2);
    assert_int_equal(world.n_sends, 1); /* the ACK is the user's */
    world_run(&world, 11999);
    assert_int_equal(world.news.client_ends, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.client_ends, 1);
    world_answer(&world, 0, 200);
    assert_int_equal(world.news.strays, 0); /* nothing that we passed on */
    world_finish(&world);
}

static void test_cancelled_without_final_response(void **state)
{
    tx_world world;
    sip_client_tx *tx;

    (void)state;
    world_init(&world);
    tx = world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    assert_int_equal(sip_client_tx_cancel(tx, NULL), 0);
    assert_int_equal(world.n_sends, 1); /* it waits for a provisional response */
    world_answer(&world, 0, 180);
    assert_last_sent(&world, "CANCEL ");
    world_answer(&world, world.n_sends - 1, 200);
    world_run(&world, 31999);
    assert_int_equal(world.news.failures, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.failures, 1);
    assert_string_equal(world.news.last_text,
                        "transaction: no final answer from udp 192.0.2.2:5060 within 32 s");
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walks_every_cell),
        cmocka_unit_test(test_timer_a_doubles_until_timer_b),
        cmocka_unit_test(test_configured_timers),
        cmocka_unit_test(test_timer_b_by_itself),
        cmocka_unit_test(test_reliable_transport_has_no_a_and_no_d),
        cmocka_unit_test(test_accepted_until_timer_m),
        cmocka_unit_test(test_cancelled_without_final_response),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
