#include "fsm_world.h"

#include <string.h>

/* What an event does in a state, through the public door: what follows, how many messages leave,
 * and which announcement is made beside that of sending. What is not named here has to be
 * SIP_ESTATE, or SIP_EINVAL where the machine has no such event. `status` is that of the response
 * fed. */
typedef enum announced {
    NOTHING,
    PROVISIONAL,
    FINAL,
    ACK,
    TIMEOUT,
    ERROR
} announced;

typedef struct cell {
    sip_fsm_state state;
    sip_fsm_event event;
    int status; /* 0: the request, an ACK with ACK, or no message */
    sip_fsm_state next;
    unsigned sends;
    announced told;
} cell;

#define S(state) SIP_FSM_##state

static const cell ict[] = {
    {S(READY), S(MESSAGE_OUT), 0, S(CALLING), 1, NOTHING},
    {S(READY), S(TRANSPORT_ERROR), 0, S(TERMINATED), 0, ERROR},
    {S(CALLING), S(MESSAGE_IN), 180, S(PROCEEDING), 0, PROVISIONAL},
    {S(CALLING), S(MESSAGE_IN), 200, S(ACCEPTED), 0, FINAL},
    {S(CALLING), S(MESSAGE_IN), 486, S(COMPLETED), 1, FINAL},
    {S(CALLING), S(TIMER_A), 0, S(CALLING), 1, NOTHING},
    {S(CALLING), S(TIMER_B), 0, S(TERMINATED), 0, TIMEOUT},
    {S(CALLING), S(TRANSPORT_ERROR), 0, S(TERMINATED), 0, ERROR},
    {S(PROCEEDING), S(MESSAGE_IN), 180, S(PROCEEDING), 0, PROVISIONAL},
    {S(PROCEEDING), S(MESSAGE_IN), 200, S(ACCEPTED), 0, FINAL},
    {S(PROCEEDING), S(MESSAGE_IN), 486, S(COMPLETED), 1, FINAL},
    {S(PROCEEDING), S(TIMER_B), 0, S(TERMINATED), 0, TIMEOUT},
    {S(COMPLETED), S(MESSAGE_IN), 486, S(COMPLETED), 1, NOTHING},
    {S(COMPLETED), S(TIMER_D), 0, S(TERMINATED), 0, NOTHING},
    {S(COMPLETED), S(TRANSPORT_ERROR), 0, S(TERMINATED), 0, ERROR},
    {S(ACCEPTED), S(MESSAGE_IN), 200, S(ACCEPTED), 0, FINAL},
    {S(ACCEPTED), S(TIMER_M), 0, S(TERMINATED), 0, NOTHING},
    {0},
};

static const cell nict[] = {
    {S(READY), S(MESSAGE_OUT), 0, S(TRYING), 1, NOTHING},
    {S(READY), S(TRANSPORT_ERROR), 0, S(TERMINATED), 0, ERROR},
    {S(TRYING), S(MESSAGE_IN), 180, S(PROCEEDING), 0, PROVISIONAL},
    {S(TRYING), S(MESSAGE_IN), 200, S(COMPLETED), 0, FINAL},
    {S(TRYING), S(MESSAGE_IN), 486, S(COMPLETED), 0, FINAL},
    {S(TRYING), S(TIMER_E), 0, S(TRYING), 1, NOTHING},
    {S(TRYING), S(TIMER_F), 0, S(TERMINATED), 0, TIMEOUT},
    {S(TRYING), S(TRANSPORT_ERROR), 0, S(TERMINATED), 0, ERROR},
    {S(PROCEEDING), S(MESSAGE_IN), 180, S(PROCEEDING), 0, PROVISIONAL},
    {S(PROCEEDING), S(MESSAGE_IN), 200, S(COMPLETED), 0, FINAL},
    {S(PROCEEDING), S(MESSAGE_IN), 486, S(COMPLETED), 0, FINAL},
    {S(PROCEEDING), S(TIMER_E), 0, S(PROCEEDING), 1, NOTHING},
    {S(PROCEEDING), S(TIMER_F), 0, S(TERMINATED), 0, TIMEOUT},
    {S(PROCEEDING), S(TRANSPORT_ERROR), 0, S(TERMINATED), 0, ERROR},
    {S(COMPLETED), S(TIMER_K), 0, S(TERMINATED), 0, NOTHING},
    {0},
};

static const cell ist[] = {
    {S(PROCEEDING), S(MESSAGE_IN), 0, S(PROCEEDING), 1, NOTHING},
    {S(PROCEEDING), S(MESSAGE_OUT), 100, S(PROCEEDING), 1, PROVISIONAL},
    {S(PROCEEDING), S(MESSAGE_OUT), 180, S(PROCEEDING), 1, PROVISIONAL},
    {S(PROCEEDING), S(MESSAGE_OUT), 200, S(ACCEPTED), 1, FINAL},
    {S(PROCEEDING), S(MESSAGE_OUT), 408, S(COMPLETED), 1, FINAL},
    {S(PROCEEDING), S(MESSAGE_OUT), 486, S(COMPLETED), 1, FINAL},
    {S(PROCEEDING), S(TIMER_100), 0, S(PROCEEDING), 0, NOTHING},
    {S(PROCEEDING), S(TRANSPORT_ERROR), 0, S(PROCEEDING), 0, ERROR},
    {S(COMPLETED), S(MESSAGE_IN), 0, S(COMPLETED), 1, NOTHING},
    {S(COMPLETED), S(MESSAGE_IN), 0, S(CONFIRMED), 0, ACK},
    {S(COMPLETED), S(TIMER_G), 0, S(COMPLETED), 1, NOTHING},
    {S(COMPLETED), S(TIMER_H), 0, S(TERMINATED), 0, TIMEOUT},
    {S(COMPLETED), S(TRANSPORT_ERROR), 0, S(COMPLETED), 0, ERROR},
    {S(CONFIRMED), S(TIMER_I), 0, S(TERMINATED), 0, NOTHING},
    {S(ACCEPTED), S(MESSAGE_IN), 0, S(ACCEPTED), 0, ACK},
    {S(ACCEPTED), S(MESSAGE_OUT), 200, S(ACCEPTED), 1, FINAL},
    {S(ACCEPTED), S(TIMER_L), 0, S(TERMINATED), 0, NOTHING},
    {S(ACCEPTED), S(TRANSPORT_ERROR), 0, S(ACCEPTED), 0, ERROR},
    {0},
};

static const cell nist[] = {
    {S(TRYING), S(MESSAGE_OUT), 200, S(COMPLETED), 1, FINAL},
    {S(TRYING), S(MESSAGE_OUT), 486, S(COMPLETED), 1, FINAL},
    {S(TRYING), S(MESSAGE_OUT), 408, S(TERMINATED), 0, NOTHING}, /* RFC 4320 4.2 */
    {S(TRYING), S(MESSAGE_OUT), 100, S(TRYING), 0, NOTHING},     /* it waits, 4.1 */
    {S(TRYING), S(TIMER_100), 0, S(PROCEEDING), 1, PROVISIONAL},
    {S(PROCEEDING), S(MESSAGE_IN), 0, S(PROCEEDING), 1, NOTHING},
    {S(PROCEEDING), S(MESSAGE_OUT), 200, S(COMPLETED), 1, FINAL},
    {S(PROCEEDING), S(MESSAGE_OUT), 486, S(COMPLETED), 1, FINAL},
    {S(PROCEEDING), S(MESSAGE_OUT), 408, S(TERMINATED), 0, NOTHING},
    {S(PROCEEDING), S(MESSAGE_OUT), 100, S(PROCEEDING), 0, NOTHING},
    {S(PROCEEDING), S(TRANSPORT_ERROR), 0, S(PROCEEDING), 0, ERROR},
    {S(COMPLETED), S(MESSAGE_IN), 0, S(COMPLETED), 1, NOTHING},
    {S(COMPLETED), S(TIMER_J), 0, S(TERMINATED), 0, NOTHING},
    {S(COMPLETED), S(TRANSPORT_ERROR), 0, S(COMPLETED), 0, ERROR},
    {0},
};

static const cell *const tables[] = {
    [SIP_FSM_ICT] = ict, [SIP_FSM_NICT] = nict, [SIP_FSM_IST] = ist, [SIP_FSM_NIST] = nist};

static const sip_fsm_state states[] = {
    S(READY),     S(CALLING),   S(TRYING),   S(PROCEEDING),
    S(COMPLETED), S(CONFIRMED), S(ACCEPTED), S(TERMINATED),
};

/* What may be fed: each event, a message event with each kind of message. */
static const struct {
    sip_fsm_event event;
    int status;
    announced told; /* ACK: that is what is fed */
} feeds[] = {
    {S(MESSAGE_IN), 0, NOTHING},    {S(MESSAGE_IN), 0, ACK},
    {S(MESSAGE_IN), 180, NOTHING},  {S(MESSAGE_IN), 200, NOTHING},
    {S(MESSAGE_IN), 486, NOTHING},  {S(MESSAGE_OUT), 0, NOTHING},
    {S(MESSAGE_OUT), 100, NOTHING}, {S(MESSAGE_OUT), 180, NOTHING},
    {S(MESSAGE_OUT), 200, NOTHING}, {S(MESSAGE_OUT), 408, NOTHING},
    {S(MESSAGE_OUT), 486, NOTHING}, {S(TRANSPORT_ERROR), 0, NOTHING},
    {S(TIMER_100), 0, NOTHING},     {S(TIMER_A), 0, NOTHING},
    {S(TIMER_B), 0, NOTHING},       {S(TIMER_D), 0, NOTHING},
    {S(TIMER_E), 0, NOTHING},       {S(TIMER_F), 0, NOTHING},
    {S(TIMER_G), 0, NOTHING},       {S(TIMER_H), 0, NOTHING},
    {S(TIMER_I), 0, NOTHING},       {S(TIMER_J), 0, NOTHING},
    {S(TIMER_K), 0, NOTHING},       {S(TIMER_L), 0, NOTHING},
    {S(TIMER_M), 0, NOTHING},
};

static bool is_client(sip_fsm_kind kind)
{
    return kind == SIP_FSM_ICT || kind == SIP_FSM_NICT;
}

static const char *method_of(sip_fsm_kind kind)
{
    return kind == SIP_FSM_ICT || kind == SIP_FSM_IST ? "INVITE" : "OPTIONS";
}

static void feed_status(sip_fsm_tx *tx, const sip_msg *request, int status)
{
    sip_msg *response = fsm_world_response(request, status);

    assert_int_equal(
        sip_fsm_feed(tx, is_client(sip_fsm_tx_kind(tx)) ? S(MESSAGE_IN) : S(MESSAGE_OUT), response),
        0);
    (void)sip_msg_unref(response);
}

static bool bring_client(sip_fsm_tx *tx, const sip_msg *request, sip_fsm_state state)
{
    const bool invite = sip_fsm_tx_kind(tx) == SIP_FSM_ICT;

    if (state == S(READY)) {
        return true;
    }
    assert_int_equal(sip_fsm_feed(tx, S(MESSAGE_OUT), NULL), 0);
    if (state == S(PROCEEDING)) {
        feed_status(tx, request, 180);
    } else if (state == S(COMPLETED)) {
        feed_status(tx, request, 486);
    } else if (state == S(ACCEPTED) && invite) {
        feed_status(tx, request, 200);
    }
    return sip_fsm_tx_state(tx) == state;
}

static bool bring_server(sip_fsm_tx *tx, const sip_msg *request, sip_fsm_state state)
{
    const bool invite = sip_fsm_tx_kind(tx) == SIP_FSM_IST;
    sip_msg *ack;

    if (state == S(PROCEEDING) && invite) {
        feed_status(tx, request, 180);
    } else if (state == S(PROCEEDING)) {
        assert_int_equal(sip_fsm_feed(tx, S(TIMER_100), NULL), 0);
    } else if (state == S(COMPLETED) || (state == S(CONFIRMED) && invite)) {
        feed_status(tx, request, 486);
    } else if (state == S(ACCEPTED) && invite) {
        feed_status(tx, request, 200);
    }
    if (state == S(CONFIRMED) && invite) {
        ack = fsm_world_request("ACK", FSM_BRANCH, SIP_PROTOCOL_UDP);
        assert_int_equal(sip_fsm_feed(tx, S(MESSAGE_IN), ack), 0);
        (void)sip_msg_unref(ack);
    }
    return sip_fsm_tx_state(tx) == state;
}

static unsigned told_count(const fsm_world *world, announced told)
{
    switch (told) {
    case PROVISIONAL:
        return world->provisional;
    case FINAL:
        return world->final;
    case ACK:
        return world->acks;
    case TIMEOUT:
        return world->timeouts;
    case ERROR:
        return world->errors;
    case NOTHING:
        break;
    }
    return 0;
}

static const cell *find_cell(sip_fsm_kind kind, sip_fsm_state state, size_t feed)
{
    const cell *at = tables[kind];

    while (at->event != 0 || at->state != 0 || at->next != 0) {
        bool wants_ack = at->told == ACK && at->event == S(MESSAGE_IN);

        if (at->state == state && at->event == feeds[feed].event &&
            at->status == feeds[feed].status && wants_ack == (feeds[feed].told == ACK)) {
            return at;
        }
        at++;
    }
    return NULL;
}

static void check_effect(fsm_world *world, const fsm_world *before, const cell *effect,
                         sip_fsm_tx *tx)
{
    unsigned ends = effect->next == S(TERMINATED) ? 1 : 0;

    assert_int_equal(world->ends, ends);
    if (ends == 0) {
        assert_int_equal(sip_fsm_tx_state(tx), effect->next);
    }
    assert_int_equal(world->sends - before->sends, effect->sends);
    for (int kind = PROVISIONAL; kind <= ERROR; kind++) {
        /* The ACK to a failure leaves beside what is announced of the failure. */
        bool acks = kind == ACK && is_client(sip_fsm_tx_kind(tx)) && effect->told == FINAL;

        if (!acks) {
            assert_int_equal(told_count(world, (announced)kind) -
                                 told_count(before, (announced)kind),
                             effect->told == (announced)kind ? 1 : 0);
        }
    }
}

/* @return false if the machine has no such state */
static bool walk_cell(sip_fsm_kind kind, sip_fsm_state state, size_t feed)
{
    const cell *effect = find_cell(kind, state, feed);
    sip_msg *request = fsm_world_request(method_of(kind), FSM_BRANCH, SIP_PROTOCOL_UDP);
    sip_msg *msg = NULL;
    fsm_world world, before;
    sip_fsm_tx *tx;
    bool there;
    int err;

    fsm_world_init(&world, NULL);
    tx = is_client(kind) ? fsm_world_client(&world, method_of(kind), SIP_PROTOCOL_UDP)
                         : fsm_world_server(&world, method_of(kind), SIP_PROTOCOL_UDP);
    assert_int_equal(sip_fsm_tx_kind(tx), kind);
    there = is_client(kind) ? bring_client(tx, request, state) : bring_server(tx, request, state);
    before = world;
    if (feeds[feed].status != 0) {
        msg = fsm_world_response(request, feeds[feed].status);
    } else if (feeds[feed].told == ACK) {
        msg = fsm_world_request("ACK", FSM_BRANCH, SIP_PROTOCOL_UDP);
    } else if (feeds[feed].event == S(MESSAGE_IN)) {
        msg = sip_msg_ref(request);
    }
    if (there && effect != NULL) {
        assert_int_equal(sip_fsm_feed(tx, feeds[feed].event, msg), 0);
        if (world.ends == 0) {
            check_effect(&world, &before, effect, tx);
        } else {
            assert_int_equal(effect->next, S(TERMINATED));
            assert_int_equal(world.sends, before.sends);
            assert_int_equal(world.timeouts, effect->told == TIMEOUT ? 1 : 0);
            assert_int_equal(world.errors, effect->told == ERROR ? 1 : 0);
        }
    } else if (there) {
        err = sip_fsm_feed(tx, feeds[feed].event, msg);
        assert_true(err == SIP_ESTATE || err == SIP_EINVAL);
        assert_int_equal(sip_fsm_tx_state(tx), state);
        assert_int_equal(world.sends, before.sends);
        assert_int_equal(world.final, before.final);
        assert_int_equal(world.ends, 0);
    }
    (void)sip_msg_unref(msg);
    (void)sip_msg_unref(request);
    fsm_world_finish(&world);
    return there;
}

static void walk(sip_fsm_kind kind, unsigned states_of_machine)
{
    unsigned n = 0;

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        bool there = false;

        for (size_t feed = 0; feed < sizeof(feeds) / sizeof(feeds[0]); feed++) {
            there = walk_cell(kind, states[i], feed);
        }
        n += there ? 1 : 0;
    }
    assert_int_equal(n, states_of_machine);
}

static void test_walks_ict(void **state)
{
    (void)state;
    walk(SIP_FSM_ICT, 5);
}

static void test_walks_nict(void **state)
{
    (void)state;
    walk(SIP_FSM_NICT, 4);
}

static void test_walks_ist(void **state)
{
    (void)state;
    walk(SIP_FSM_IST, 4);
}

static void test_walks_nist(void **state)
{
    (void)state;
    walk(SIP_FSM_NIST, 3);
}

/* Along a stream a 100 may leave at once (RFC 4320 4.1), and final states have no length. */
static void test_reliable(void **state)
{
    sip_msg *request = fsm_world_request("OPTIONS", FSM_BRANCH, SIP_PROTOCOL_TCP);
    fsm_world world;
    sip_fsm_tx *tx;

    (void)state;
    fsm_world_init(&world, NULL);
    tx = fsm_world_server(&world, "OPTIONS", SIP_PROTOCOL_TCP);
    feed_status(tx, request, 100);
    assert_int_equal(sip_fsm_tx_state(tx), S(PROCEEDING));
    feed_status(tx, request, 100);
    assert_int_equal(world.sends, 2);
    feed_status(tx, request, 200);
    assert_int_equal(world.ends, 1);
    assert_int_equal(world.last_to.protocol, SIP_PROTOCOL_TCP);
    (void)sip_msg_unref(request);
    fsm_world_finish(&world);
}

/* What ended in a callback is fed no more. */
static void test_dead_ones(void **state)
{
    sip_msg *request = fsm_world_request("INVITE", FSM_BRANCH, SIP_PROTOCOL_UDP);
    fsm_world world;

    (void)state;
    fsm_world_init(&world, NULL);
    assert_int_equal(sip_fsm_feed(NULL, S(TIMER_A), NULL), SIP_EINVAL);
    assert_int_equal(
        sip_fsm_feed(fsm_world_client(&world, "INVITE", SIP_PROTOCOL_UDP), SIP_FSM_EVENTS, NULL),
        SIP_EINVAL);
    assert_int_equal(sip_fsm_tx_state(NULL), S(TERMINATED));
    assert_null(sip_fsm_of(NULL));
    sip_fsm_end(NULL);
    (void)sip_msg_unref(request);
    fsm_world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walks_ict), cmocka_unit_test(test_walks_nict),
        cmocka_unit_test(test_walks_ist), cmocka_unit_test(test_walks_nist),
        cmocka_unit_test(test_reliable),  cmocka_unit_test(test_dead_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
