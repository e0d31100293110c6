#include "tx_world.h"

#include "transaction/ist.h"

#include <string.h>

/* Each cell that does something: what follows, and how many messages and on_ack it makes. Cells not
 * named here have to be empty. */
typedef struct cell_effect {
    sip__ist_state state;
    sip__ist_event event;
    sip__ist_state next;
    unsigned sends, acks;
} cell_effect;

static const cell_effect effects[] = {
    {SIP__IST_PROCEEDING, SIP__IST_RX_INVITE, SIP__IST_PROCEEDING, 1, 0},
    {SIP__IST_PROCEEDING, SIP__IST_TX_1XX, SIP__IST_PROCEEDING, 1, 0},
    {SIP__IST_PROCEEDING, SIP__IST_TX_2XX, SIP__IST_ACCEPTED, 1, 0},
    {SIP__IST_PROCEEDING, SIP__IST_TX_FAIL, SIP__IST_COMPLETED, 1, 0},
    {SIP__IST_PROCEEDING, SIP__IST_TIMER_100, SIP__IST_PROCEEDING, 0, 0}, /* 180 went before */
    {SIP__IST_PROCEEDING, SIP__IST_TP_ERROR, SIP__IST_PROCEEDING, 0, 0},
    {SIP__IST_COMPLETED, SIP__IST_RX_INVITE, SIP__IST_COMPLETED, 1, 0},
    {SIP__IST_COMPLETED, SIP__IST_RX_ACK, SIP__IST_CONFIRMED, 0, 0},
    {SIP__IST_COMPLETED, SIP__IST_TIMER_G, SIP__IST_COMPLETED, 1, 0},
    {SIP__IST_COMPLETED, SIP__IST_TIMER_H, SIP__IST_TERMINATED, 0, 0},
    {SIP__IST_COMPLETED, SIP__IST_TP_ERROR, SIP__IST_COMPLETED, 0, 0},
    {SIP__IST_CONFIRMED, SIP__IST_TIMER_I, SIP__IST_TERMINATED, 0, 0},
    {SIP__IST_ACCEPTED, SIP__IST_RX_ACK, SIP__IST_ACCEPTED, 0, 1},
    {SIP__IST_ACCEPTED, SIP__IST_TX_2XX, SIP__IST_ACCEPTED, 1, 0},
    {SIP__IST_ACCEPTED, SIP__IST_TP_ERROR, SIP__IST_ACCEPTED, 0, 0},
    {SIP__IST_ACCEPTED, SIP__IST_TIMER_L, SIP__IST_TERMINATED, 0, 0},
};

static const cell_effect *find_effect(sip__ist_state state, sip__ist_event event)
{
    for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
        if (effects[i].state == state && effects[i].event == event) {
            return &effects[i];
        }
    }
    return NULL;
}

static sip_server_tx *bring_to(tx_world *world, sip__ist_state state)
{
    sip_server_tx *tx;

    world_peer_request(world, "INVITE", WORLD_BRANCH);
    tx = world->news.server;
    switch (state) {
    case SIP__IST_PROCEEDING:
        assert_int_equal(sip_server_tx_respond(tx, 180, NULL), 0);
        break;
    case SIP__IST_COMPLETED:
    case SIP__IST_CONFIRMED:
        assert_int_equal(sip_server_tx_respond(tx, 486, NULL), 0);
        if (state == SIP__IST_CONFIRMED) {
            assert_true(sip__ist_step(tx, SIP__IST_RX_ACK, NULL));
        }
        break;
    case SIP__IST_ACCEPTED:
        assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
        break;
    case SIP__IST_TERMINATED:
        sip__server_tx_end(tx);
        break;
    case SIP__IST_NONE:
    case SIP__IST_STATES:
        break;
    }
    assert_int_equal(tx->state, state);
    return tx;
}

static sip_msg *event_msg(sip__ist_event event, const sip_msg *invite)
{
    int status = 0;
    sip_msg *msg = NULL;

    if (event == SIP__IST_TX_1XX) {
        status = 183;
    } else if (event == SIP__IST_TX_2XX) {
        status = 200;
    } else if (event == SIP__IST_TX_FAIL) {
        status = 603;
    } else {
        return sip_msg_ref(invite);
    }
    assert_int_equal(sip_response_create(invite, status, SIP_STR("a1"), NULL, &msg), 0);
    return msg;
}

static sip_msg *peer_invite(void)
{
    const sip_path from = {.protocol = SIP_PROTOCOL_UDP,
                           .remote = world_addr("192.0.2.2", 5070),
                           .local = world_addr("192.0.2.1", 5060)};
    char text[600];
    sip_msg *msg = NULL;

    world_peer_text(text, sizeof(text), "INVITE", WORLD_BRANCH, SIP_PROTOCOL_UDP);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &from, &msg, NULL), 0);
    return msg;
}

static void walk_cell(sip__ist_state state, sip__ist_event event)
{
    const cell_effect *effect = find_effect(state, event);
    sip_msg *invite = peer_invite();
    sip_msg *msg = event_msg(event, invite);
    tx_world world;
    sip_server_tx *tx;
    unsigned sends, acks;
    bool done;

    world_init(&world);
    tx = bring_to(&world, state);
    sends = world.n_sends;
    acks = world.news.acks;
    done = sip__ist_step(tx, event, msg);
    assert_int_equal(done, effect != NULL);
    assert_int_equal(sip__ist_next(state, event), effect != NULL ? effect->next : SIP__IST_NONE);
    assert_int_equal(tx->state, effect != NULL ? effect->next : state);
    assert_int_equal(world.n_sends - sends, effect != NULL ? effect->sends : 0);
    assert_int_equal(world.news.acks - acks, effect != NULL ? effect->acks : 0);
    assert_int_equal(world.news.server_ends, 0);
    (void)sip_msg_unref(msg);
    (void)sip_msg_unref(invite);
    world_finish(&world);
    assert_int_equal(world.news.server_ends, 1);
}

static void test_walks_every_cell(void **state)
{
    (void)state;
    for (int from = SIP__IST_PROCEEDING; from < SIP__IST_STATES; from++) {
        for (int event = 0; event < SIP__IST_EVENTS; event++) {
            walk_cell((sip__ist_state)from, (sip__ist_event)event);
        }
    }
}

static void test_automatic_100(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_run(&world, 199);
    assert_int_equal(world.n_sends, 0);
    world_run(&world, 1);
    assert_int_equal(world.n_sends, 1);
    assert_sent(&world, 0, "SIP/2.0 100 Trying\r\n");
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    assert_int_equal(world.n_sends, 2);
    assert_string_equal(world.sends[0].text, world.sends[1].text);
    assert_int_equal(world.news.requests, 1);
    world_finish(&world);
}

/* RFC 3261 8.2.6.1: how long it was held back stands after the request's Timestamp. */
static void test_timestamp_of_100(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world_receive(&world, SIP_PROTOCOL_UDP,
                  "INVITE sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKts\r\n"
                  "From: <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
                  "Timestamp: 54.21\r\n\r\n");
    world_run(&world, 200);
    assert_int_equal(world.n_sends, 1);
    assert_non_null(strstr(world.sends[0].text, "\r\nTimestamp: 54.21 0.200\r\n"));
    world_finish(&world);
}

static void test_no_100_after_an_answer(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 180;
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_run(&world, 5000);
    assert_int_equal(world.n_sends, 1);
    assert_sent(&world, 0, "SIP/2.0 180 Ringing\r\n");
    world_finish(&world);
}

static void test_timer_g_and_h(void **state)
{
    static const uint32_t at_ms[] = {500,   1500,  3500,  7500,  11500,
                                     15500, 19500, 23500, 27500, 31500};
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 486;
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    for (unsigned i = 0; i < 10; i++) {
        world_run(&world, (uint32_t)(1000 + at_ms[i] - 1 - world.now_ms));
        assert_int_equal(world.n_sends, i + 1);
        world_run(&world, 1);
        assert_int_equal(world.n_sends, i + 2);
    }
    world_run(&world, 499);
    assert_int_equal(world.news.server_ends, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.server_ends, 1);
    world_finish(&world);
}

static void test_confirmed_until_timer_i(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 486;
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_peer_request(&world, "ACK", WORLD_BRANCH);
    world_peer_request(&world, "ACK", WORLD_BRANCH);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    assert_int_equal(world.n_sends, 1);
    assert_int_equal(world.news.acks, 0);
    world_run(&world, 4999);
    assert_int_equal(world.news.server_ends, 0);
    world_run(&world, 1);
    assert_int_equal(world.news.server_ends, 1);
    world_finish(&world);
}

static void test_accepted_keeps_no_message(void **state)
{
    tx_world world;
    sip_server_tx *tx;
    sip_msg *again = NULL;

    (void)state;
    world_init(&world);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    tx = world.news.server;
    assert_int_equal(
        sip_response_create(sip_server_tx_request(tx), 200, sip_server_tx_tag(tx), NULL, &again),
        0);
    assert_int_equal(sip_server_tx_send(tx, again), 0);
    assert_null(sip_server_tx_request(tx));
    assert_null(tx->last);
    world_peer_request(&world, "INVITE", WORLD_BRANCH); /* absorbed */
    assert_int_equal(world.n_sends, 1);
    assert_int_equal(sip_server_tx_send(tx, again), 0); /* its repetition is the user's */
    assert_int_equal(world.n_sends, 2);
    assert_int_equal(sip_server_tx_respond(tx, 486, NULL), SIP_ESTATE);
    (void)sip_msg_unref(again);
    world_run(&world, 31999);
    assert_int_equal(world.news.server_ends, 0);
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
    world.answer = 486;
    world_receive(&world, SIP_PROTOCOL_TCP,
                  world_peer_text(text, sizeof(text), "INVITE", WORLD_BRANCH, SIP_PROTOCOL_TCP));
    world_run(&world, 20000);
    assert_int_equal(world.n_sends, 1);
    assert_int_equal(world.sends[0].path.flow, 77);
    world_receive(&world, SIP_PROTOCOL_TCP,
                  world_peer_text(text, sizeof(text), "ACK", WORLD_BRANCH, SIP_PROTOCOL_TCP));
    world_run(&world, 1);
    assert_int_equal(world.news.server_ends, 1);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walks_every_cell),
        cmocka_unit_test(test_automatic_100),
        cmocka_unit_test(test_timestamp_of_100),
        cmocka_unit_test(test_no_100_after_an_answer),
        cmocka_unit_test(test_timer_g_and_h),
        cmocka_unit_test(test_confirmed_until_timer_i),
        cmocka_unit_test(test_accepted_keeps_no_message),
        cmocka_unit_test(test_reliable_transport),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
