/* UDP flows kept by STUN in virtual time: intervals, repeats, ends, another address from the NAT.
 */
#include "../transaction/tx_world.h"

#include "transport/stun.h"
#include <stdio.h>
#include <string.h>

typedef struct told {
    sip_transport_observer observer;
    unsigned ended, moved;
    sip_transport_event last;
    char text[200];
} told;

static void on_event(const sip_transport_event *event, void *user_data)
{
    told *self = user_data;

    self->ended += event->kind == SIP_TRANSPORT_FLOW_ENDED;
    self->moved += event->kind == SIP_TRANSPORT_FLOW_MOVED;
    self->last = *event;
    strncpy(self->text, event->text, sizeof(self->text) - 1);
}

static void start(tx_world *world, told *events)
{
    memset(events, 0, sizeof(*events));
    world_init(world);
    events->observer.fn = on_event;
    events->observer.user_data = events;
    sip_stack_observe(world->stack, &events->observer);
}

static sip_path flow(void)
{
    return (sip_path){.protocol = SIP_PROTOCOL_UDP,
                      .remote = world_addr("192.0.2.2", 5070),
                      .local = world_addr("192.0.2.1", 5060)};
}

/* What was sent last is a ping to the flow; its answer comes, from where the flow leads. */
static void answer(tx_world *world, const char *mapped, sip__stun_kind kind)
{
    world_send *send = &world->sends[(world->n_sends - 1) % WORLD_SENDS];
    sip_str ping = {send->text, 20};
    uint8_t out[SIP__STUN_PRINT_BYTES];
    sip_path from = flow();
    sip_addr remote = world_addr(mapped, 4000);
    sip__stun stun;
    size_t len;

    assert_true(sip__stun_is(ping));
    assert_int_equal(sip__stun_read(ping, &stun), 0);
    assert_int_equal(stun.kind, SIP__STUN_REQUEST);
    assert_true(sip_addr_equal(&send->path.remote, &from.remote));
    if (kind == SIP__STUN_ERROR) {
        stun.n_unknown = 1; /* answered 420 */
        stun.unknown[0] = 0x7ffe;
    }
    len = sip__stun_print_answer(&stun, &remote, out);
    sip__stack_intake()->on_keepalive(&world->udp.head, &from, (sip_str){(const char *)out, len},
                                      world->stack->workers);
}

/* The network has nobody for the ping that was sent last. */
static void refuse_ping(tx_world *world)
{
    const world_send *send = &world->sends[(world->n_sends - 1) % WORLD_SENDS];
    const sip_network_error error = {
        send->path.remote, {send->text, 20}, SIP_EIO, "port unreachable"};

    world->udp.head.events->on_unreachable(&world->udp.head, &error, world->udp.head.stack);
}

static void test_kept(void **state)
{
    tx_world world;
    told events;
    sip_path path = flow();
    unsigned i;

    (void)state;
    start(&world, &events);
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 30), 0);
    world_run(&world, 23900);
    assert_int_equal(world.n_sends, 0); /* not before 80 percent */
    world_run(&world, 6200);
    assert_true(world.n_sends >= 1);
    answer(&world, "203.0.113.1", SIP__STUN_SUCCESS);
    for (i = 0; i < 5; i++) {
        unsigned before = world.n_sends;

        world_run(&world, 23900);
        assert_int_equal(world.n_sends, before);
        world_run(&world, 6200);
        assert_true(world.n_sends > before);
        answer(&world, "203.0.113.1", SIP__STUN_SUCCESS);
    }
    assert_int_equal(events.ended + events.moved, 0);
    /* The same interval again changes nothing, 0 ends it. */
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 30), 0);
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 0), 0);
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 0), 0);
    i = world.n_sends;
    world_run(&world, 60000);
    assert_int_equal(world.n_sends, i);
    world_finish(&world);
}

static void test_no_answer(void **state)
{
    tx_world world;
    told events;
    sip_path path = flow();
    unsigned i;

    (void)state;
    start(&world, &events);
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 10), 0);
    world_run(&world, 10000);
    world_run(&world, 37000);
    assert_int_equal(world.n_sends, 7);
    for (i = 1; i < 7; i++) { /* one and the same, so that any answer counts */
        assert_memory_equal(world.sends[i].text, world.sends[0].text, 20);
    }
    assert_int_equal(events.ended, 0);
    world_run(&world, 2600);
    assert_int_equal(events.ended, 1);
    assert_int_equal(events.last.err, SIP_EIO);
    assert_true(sip_addr_equal(&events.last.path.remote, &path.remote));
    assert_string_equal(events.text, "udp to 192.0.2.2:5070: no answer to a keep-alive");
    world_run(&world, 60000);
    assert_int_equal(world.n_sends, 7); /* it is given up */
    world_finish(&world);
}

static void test_moved(void **state)
{
    tx_world world;
    told events;
    sip_path path = flow();

    (void)state;
    start(&world, &events);
    path.local = (sip_addr){.family = SIP_FAMILY_NONE}; /* from wherever */
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 10), 0);
    world_run(&world, 10100);
    answer(&world, "203.0.113.1", SIP__STUN_SUCCESS);
    assert_int_equal(events.moved, 0);
    assert_int_equal(world.udp.head.learnt.family, SIP_FAMILY_NONE);
    world.udp.head.learns = true;
    world_run(&world, 10100);
    answer(&world, "203.0.113.2", SIP__STUN_SUCCESS);
    assert_int_equal(events.moved, 1);
    assert_true(sip_addr_equal(&world.udp.head.learnt, &events.last.mapped));
    assert_true(sip_addr_same_host(&events.last.mapped, &(sip_addr){0}) == false);
    answer(&world, "203.0.113.9", SIP__STUN_SUCCESS); /* nothing is asked: no answer */
    assert_int_equal(events.moved, 1);
    world_finish(&world);
}

static void test_refused(void **state)
{
    tx_world world;
    told events;
    sip_path path = flow();
    sip_addr other = world_addr("192.0.2.9", 5070);
    unsigned pings;

    (void)state;
    start(&world, &events);
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 10), 0);
    world_run(&world, 10100);
    answer(&world, "203.0.113.1", SIP__STUN_ERROR);
    assert_int_equal(events.ended, 1);
    assert_non_null(strstr(events.text, "answered by an error"));
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 10), 0);
    world_forged(&world, &other, "");
    assert_int_equal(events.ended, 1);
    pings = world.n_sends;
    /* Anybody may say so: the flow itself is asked, once. */
    world_forged(&world, &path.remote, "");
    world_forged(&world, &path.remote, "\1\1");
    assert_int_equal(events.ended, 1);
    assert_int_equal(world.n_sends, pings + 1);
    answer(&world, "203.0.113.1", SIP__STUN_SUCCESS);
    assert_int_equal(events.ended, 1);
    world_forged(&world, &path.remote, "");
    assert_int_equal(world.n_sends, pings + 2);
    refuse_ping(&world);
    assert_int_equal(events.ended, 2);
    world_finish(&world);
}

static void test_not_ours(void **state)
{
    static const char noise[] = "\1\1\0\0\x21\x12\xa4\x42"
                                "123456789012";
    tx_world world;
    told events;
    sip_path path = flow();

    (void)state;
    start(&world, &events);
    sip__stack_intake()->on_keepalive(&world.udp.head, &path, (sip_str){noise, 20},
                                      world.stack->workers);
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 10), 0);
    world_run(&world, 10100);
    sip__stack_intake()->on_keepalive(&world.udp.head, &path, (sip_str){noise, 20},
                                      world.stack->workers);
    sip__stack_intake()->on_keepalive(&world.udp.head, &path, (sip_str){noise, 7},
                                      world.stack->workers);
    world_run(&world, 40000);
    assert_int_equal(events.ended, 1); /* none of these was an answer */
    world_finish(&world);
}

/* The answer to what was sent as the i-th message, with this value of "keep" in its Via. */
static void answer_keep(tx_world *world, unsigned i, const char *value)
{
    const char *via = strstr(world->sends[i].text, "Via: ");
    char text[1500];

    assert_non_null(via);
    (void)snprintf(text, sizeof(text),
                   "SIP/2.0 200 OK\r\n%.*s=%s\r\nFrom: <sip:alice@192.0.2.1>;tag=a1\r\n"
                   "To: <sip:bob@192.0.2.2>;tag=b1\r\nCall-ID: call-1\r\nCSeq: 1 OPTIONS\r\n"
                   "Content-Length: 0\r\n\r\n",
                   (int)(strstr(via, "\r\n") - via), via, value);
    world_receive(world, SIP_PROTOCOL_UDP, text);
}

/* RFC 6223 4.4: 0 leaves the interval to us; what is no number is none. */
static void test_answers(void **state)
{
    static const struct {
        const char *value;
        size_t kept;
    } cases[] = {{"0", 1}, {"17", 1}, {"x", 0}, {"1x", 0}, {"999999999", 0}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tx_world world;
        told events;

        start(&world, &events);
        world.udp.head.offers_keep = true;
        (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2:5070");
        world_turn(&world);
        assert_int_equal(world.n_sends, 1);
        assert_non_null(strstr(world.sends[0].text, ";keep\r\n"));
        answer_keep(&world, 0, cases[i].value);
        assert_int_equal(world.news.responses, 1);
        assert_int_equal(world.stack->workers->keeper.worker != NULL
                             ? world.stack->workers->keeper.flows.count
                             : 0,
                         cases[i].kept);
        world_finish(&world);
    }
}

static void test_no_memory(void **state)
{
    tx_world world;
    told events;
    sip_path path = flow();
    unsigned n;

    (void)state;
    start(&world, &events);
    for (n = 1; n < 10; n++) {
        world.memory.fail_at = world.memory.calls + n;
        world.memory.failed = false;
        if (sip_stack_keep_alive(world.stack, &path, 10) == 0) {
            break;
        }
        assert_true(world.memory.failed);
    }
    assert_true(n > 1 && n < 10);
    world.memory.fail_at = 0;
    world_finish(&world);
}

static void keep_again(const sip_transport_event *event, void *user_data)
{
    tx_world *world = user_data;
    sip_path path = flow();

    if (event->kind == SIP_TRANSPORT_FLOW_ENDED) {
        world->news.stops++; /* counts the ends */
        assert_true(world->news.stops < 10);
        assert_int_equal(sip_stack_keep_alive(world->stack, &path, 30), 0);
    }
}

static void test_kept_again_by_who_is_told(void **state)
{
    sip_transport_observer observer = {.fn = keep_again};
    tx_world world;
    sip_path path = flow();

    (void)state;
    world_init(&world);
    observer.user_data = &world;
    sip_stack_observe(world.stack, &observer);
    assert_int_equal(sip_stack_keep_alive(world.stack, &path, 30), 0);
    world_forged(&world, &path.remote, "");
    refuse_ping(&world);
    world_turn(&world);
    assert_int_equal(world.news.stops, 1);
    assert_int_equal(world.stack->workers->keeper.flows.count, 1);
    sip_transport_observer_end(&observer);
    world_finish(&world);
}

/* Nobody has us ping who likes: only what we asked is heeded. */
static void test_answers_to_nothing(void **state)
{
    tx_world world;
    told events;

    (void)state;
    start(&world, &events);
    world.udp.head.offers_keep = true;
    world_receive(&world, SIP_PROTOCOL_UDP,
                  "SIP/2.0 200 OK\r\n"
                  "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKforged;keep=1\r\n"
                  "From: <sip:a@a.example>;tag=1\r\n"
                  "To: <sip:b@b.example>;tag=2\r\n"
                  "Call-ID: forged\r\n"
                  "CSeq: 1 OPTIONS\r\n"
                  "Flow-Timer: 1\r\n"
                  "Content-Length: 0\r\n\r\n");
    world_run(&world, 5000);
    assert_int_equal(world.n_sends, 0);
    assert_null(world.stack->workers->keeper.worker);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_answers_to_nothing),
        cmocka_unit_test(test_kept_again_by_who_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
