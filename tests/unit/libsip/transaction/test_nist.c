#include "tx_world.h"

#include "transaction/nist.h"

/* Each cell that does something: what follows, and how many messages it makes. Cells not named here
 * have to be empty. */
typedef struct cell_effect {
    sip__nist_state state;
    sip__nist_event event;
    sip__nist_state next;
    unsigned sends;
} cell_effect;

static const cell_effect effects[] = {
    {SIP__NIST_TRYING, SIP__NIST_TX_1XX, SIP__NIST_PROCEEDING, 1},
    {SIP__NIST_TRYING, SIP__NIST_TX_FINAL, SIP__NIST_COMPLETED, 1},
    {SIP__NIST_TRYING, SIP__NIST_TIMER_100, SIP__NIST_PROCEEDING, 1},
    {SIP__NIST_TRYING, SIP__NIST_GIVE_UP, SIP__NIST_TERMINATED, 0},
    {SIP__NIST_PROCEEDING, SIP__NIST_RX_REQUEST, SIP__NIST_PROCEEDING, 1},
    {SIP__NIST_PROCEEDING, SIP__NIST_TX_1XX, SIP__NIST_PROCEEDING, 1},
    {SIP__NIST_PROCEEDING, SIP__NIST_TX_FINAL, SIP__NIST_COMPLETED, 1},
    {SIP__NIST_PROCEEDING, SIP__NIST_TP_ERROR, SIP__NIST_PROCEEDING, 0},
    {SIP__NIST_PROCEEDING, SIP__NIST_GIVE_UP, SIP__NIST_TERMINATED, 0},
    {SIP__NIST_COMPLETED, SIP__NIST_RX_REQUEST, SIP__NIST_COMPLETED, 1},
    {SIP__NIST_COMPLETED, SIP__NIST_TIMER_J, SIP__NIST_TERMINATED, 0},
    {SIP__NIST_COMPLETED, SIP__NIST_TP_ERROR, SIP__NIST_COMPLETED, 0},
};

static const cell_effect *find_effect(sip__nist_state state, sip__nist_event event)
{
    for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
        if (effects[i].state == state && effects[i].event == event) {
            return &effects[i];
        }
    }
    return NULL;
}

static sip_server_tx *bring_to(tx_world *world, sip__nist_state state)
{
    sip_server_tx *tx;

    world_peer_request(world, "OPTIONS", WORLD_BRANCH);
    tx = world->news.server;
    if (state == SIP__NIST_PROCEEDING) {
        assert_true(sip__nist_step(tx, SIP__NIST_TIMER_100, NULL));
    } else if (state == SIP__NIST_COMPLETED) {
        assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
    } else if (state == SIP__NIST_TERMINATED) {
        sip__server_tx_end(tx);
    }
    assert_int_equal(tx->state, state);
    return tx;
}

static void walk_cell(sip__nist_state state, sip__nist_event event)
{
    const cell_effect *effect = find_effect(state, event);
    const sip_path from = {.protocol = SIP_PROTOCOL_UDP,
                           .remote = world_addr("192.0.2.2", 5070),
                           .local = world_addr("192.0.2.1", 5060)};
    sip_msg *request = NULL;
    sip_msg *msg = NULL;
    char text[600];
    tx_world world;
    sip_server_tx *tx;
    unsigned sends;
    bool done;

    world_peer_text(text, sizeof(text), "OPTIONS", WORLD_BRANCH, SIP_PROTOCOL_UDP);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &from, &request, NULL), 0);
    assert_int_equal(sip_response_create(request, event == SIP__NIST_TX_1XX ? 100 : 200,
                                         SIP_STR("a1"), NULL, &msg),
                     0);
    world_init(&world);
    tx = bring_to(&world, state);
    sends = world.n_sends;
    done = sip__nist_step(tx, event, msg);
    assert_int_equal(done, effect != NULL);
    assert_int_equal(sip__nist_next(state, event), effect != NULL ? effect->next : SIP__NIST_NONE);
    assert_int_equal(tx->state, effect != NULL ? effect->next : state);
    assert_int_equal(world.n_sends - sends, effect != NULL ? effect->sends : 0);
    assert_int_equal(world.news.server_ends, 0);
    (void)sip_msg_unref(msg);
    (void)sip_msg_unref(request);
    world_finish(&world);
    assert_int_equal(world.news.server_ends, 1);
}

static void test_walks_every_cell(void **state)
{
    (void)state;
    for (int from = SIP__NIST_TRYING; from < SIP__NIST_STATES; from++) {
        for (int event = 0; event < SIP__NIST_EVENTS; event++) {
            walk_cell((sip__nist_state)from, (sip__nist_event)event);
        }
    }
}

/* RFC 4320 4.1: nothing but 100, and that only when the client's Timer E has come to T2. */
static void test_100_after_three_and_a_half_seconds(void **state)
{
    tx_world world;
    sip_server_tx *tx;

    (void)state;
    world_init(&world);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    tx = world.news.server;
    assert_int_equal(sip_server_tx_respond(tx, 180, NULL), SIP_EINVAL);
    assert_int_equal(sip_server_tx_respond(tx, 100, NULL), 0);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH); /* absorbed in TRYING */
    world_run(&world, 3499);
    assert_int_equal(world.n_sends, 0);
    world_run(&world, 1);
    assert_int_equal(world.n_sends, 1);
    assert_last_sent(&world, "SIP/2.0 100 Trying\r\n");
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), SIP_ESTATE);
    assert_null(sip_server_tx_request(tx));
    world_finish(&world);
}

static void test_no_408_is_sent(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    assert_int_equal(sip_server_tx_respond(world.news.server, 408, NULL), 0);
    world_turn(&world);
    assert_int_equal(world.n_sends, 0);
    assert_int_equal(world.news.server_ends, 1);
    world_finish(&world);
}

static void test_timer_j(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 200;
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    world_run(&world, 31999);
    assert_int_equal(world.news.server_ends, 0);
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    assert_int_equal(world.n_sends, 2);
    assert_string_equal(world.sends[0].text, world.sends[1].text);
    world_run(&world, 1);
    assert_int_equal(world.news.server_ends, 1);
    world_finish(&world);
}

static void test_reliable_transport(void **state)
{
    char text[600];
    tx_world world;

    (void)state;
    world_init(&world);
    world_receive(&world, SIP_PROTOCOL_TCP,
                  world_peer_text(text, sizeof(text), "OPTIONS", WORLD_BRANCH, SIP_PROTOCOL_TCP));
    assert_int_equal(sip_server_tx_respond(world.news.server, 100, NULL), 0);
    assert_last_sent(&world, "SIP/2.0 100 ");
    assert_int_equal(sip_server_tx_respond(world.news.server, 200, NULL), 0);
    world_run(&world, 1);
    assert_int_equal(world.news.server_ends, 1);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walks_every_cell),
        cmocka_unit_test(test_100_after_three_and_a_half_seconds),
        cmocka_unit_test(test_no_408_is_sent),
        cmocka_unit_test(test_timer_j),
        cmocka_unit_test(test_reliable_transport),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
