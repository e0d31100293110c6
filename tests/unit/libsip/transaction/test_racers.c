#include "tx_world.h"

#include "transaction/racers.h"
#include <string.h>

#define HOSTS 3

/* A stream transport whose connections stand, fall or wait as they are told: the i-th is that to
 * 192.0.2.(10 + i), and its flow is i + 1. */
typedef struct track {
    tx_world world;
    sip__racers racers, other;
    int answers[HOSTS]; /* of connect() */
    unsigned connects[HOSTS], releases[HOSTS];
    unsigned done;
    int err;
    sip_hop hops[HOSTS];
} track;

static track *running;

static size_t host_of(const sip_path *path)
{
    size_t i = (size_t)path->remote.ip[3] - 10;

    assert_true(i < HOSTS);
    return i;
}

static int connect_to(sip_transport *transport, const sip_path *to, sip_flow *ret_flow)
{
    size_t i = host_of(to);

    (void)transport;
    running->connects[i]++;
    if (running->answers[i] == 0 || running->answers[i] == SIP_EAGAIN) {
        *ret_flow = i + 1;
    }
    return running->answers[i];
}

static sip_flow flow_to(sip_transport *transport, const sip_path *to, bool *ret_stands)
{
    (void)transport;
    *ret_stands = true;
    return host_of(to) + 1;
}

static void release(sip_transport *transport, const sip_path *path)
{
    (void)transport;
    assert_int_equal(path->flow, host_of(path) + 1);
    running->releases[host_of(path)]++;
}

static void destroy(sip_transport *transport)
{
    (void)transport;
}

static const sip_transport_vtable vtable = {.name = "track",
                                            .destroy = destroy,
                                            .connect = connect_to,
                                            .flow_to = flow_to,
                                            .release = release};

static void on_done(sip__racers *racers, int err, const char *text)
{
    track *it = racers->arg;

    assert_non_null(text);
    it->done++;
    it->err = err;
}

static void track_init(track *it)
{
    memset(it, 0, sizeof(*it));
    world_init(&it->world);
    it->world.tcp.head.vtable = &vtable;
    for (size_t i = 0; i < HOSTS; i++) {
        it->hops[i].protocol = SIP_PROTOCOL_TCP;
        it->hops[i].addr = world_addr("192.0.2.10", 5060);
        it->hops[i].addr.ip[3] = (uint8_t)(10 + i);
        it->answers[i] = SIP_EAGAIN;
    }
    it->racers.done = it->other.done = on_done;
    it->racers.arg = it->other.arg = it;
    running = it;
}

static sip__layer *layer_of(track *it)
{
    return &it->world.stack->workers->layer;
}

static int start(track *it)
{
    return sip__racers_start(&it->racers, layer_of(it), it->hops, HOSTS, 0);
}

static void tell(track *it, sip_flow flow, int err)
{
    sip_transport *tcp = &it->world.tcp.head;

    tcp->events->on_connected(tcp, flow, err, "told", tcp->stack);
    world_turn(&it->world);
}

static void test_one_that_stands_wins_at_once(void **state)
{
    track it;

    (void)state;
    track_init(&it);
    it.answers[0] = 0;
    assert_int_equal(start(&it), 0);
    assert_int_equal(it.racers.winner, 0);
    assert_int_equal(it.connects[1], 0);
    assert_int_equal(it.releases[0], 0); /* before the request was sent along it */
    sip__racers_stop(&it.racers);
    assert_int_equal(it.releases[0], 1);
    sip__racers_stop(&it.racers);
    assert_int_equal(it.releases[0], 1);
    assert_int_equal(it.done, 0);
    world_finish(&it.world);
}

static void test_staggered(void **state)
{
    track it;

    (void)state;
    track_init(&it);
    assert_int_equal(start(&it), SIP_EAGAIN);
    world_run(&it.world, 249);
    assert_int_equal(it.connects[1], 0);
    world_run(&it.world, 1);
    assert_int_equal(it.connects[1], 1);
    world_run(&it.world, 249);
    assert_int_equal(it.connects[2], 0);
    world_run(&it.world, 1);
    assert_int_equal(it.connects[2], 1);
    assert_int_equal(sip__racers_started(&it.racers), 3);
    tell(&it, 77, 0); /* somebody else's */
    assert_int_equal(it.done, 0);
    tell(&it, 2, 0);
    assert_int_equal(it.done, 1);
    assert_int_equal(it.err, 0);
    assert_int_equal(it.racers.winner, 1);
    assert_int_equal(it.releases[0], 1);
    assert_int_equal(it.releases[1], 0);
    assert_int_equal(it.releases[2], 1);
    tell(&it, 1, 0); /* too late */
    assert_int_equal(it.done, 1);
    sip__racers_stop(&it.racers);
    assert_int_equal(it.releases[1], 1);
    world_finish(&it.world);
}

static void test_a_fall_starts_the_next(void **state)
{
    track it;

    (void)state;
    track_init(&it);
    assert_int_equal(start(&it), SIP_EAGAIN);
    tell(&it, 1, SIP_EIO);
    assert_int_equal(it.connects[1], 1);
    assert_true(sip__racers_has_fallen(&it.racers, 0));
    assert_false(sip__racers_has_fallen(&it.racers, 1));
    assert_int_equal(sip__health_of(&layer_of(&it)->health, &it.hops[0]), SIP__HEALTH_BAD);
    assert_int_equal(sip__health_of(&layer_of(&it)->health, &it.hops[1]), SIP__HEALTH_GOOD);
    it.answers[2] = 0; /* stands by now */
    tell(&it, 2, SIP_EIO);
    assert_int_equal(it.done, 1);
    assert_int_equal(it.err, 0);
    assert_int_equal(it.racers.winner, 2);
    sip__racers_stop(&it.racers);
    assert_int_equal(it.releases[0] + it.releases[1], 0); /* there is nothing to release */
    assert_int_equal(it.releases[2], 1);
    world_finish(&it.world);
}

static void test_all_fall(void **state)
{
    track it;

    (void)state;
    track_init(&it);
    assert_int_equal(start(&it), SIP_EAGAIN);
    for (sip_flow flow = 1; flow <= HOSTS; flow++) {
        assert_int_equal(it.done, 0);
        tell(&it, flow, SIP_EIO);
    }
    assert_int_equal(it.done, 1);
    assert_int_equal(it.err, SIP_EIO);
    sip__racers_stop(&it.racers);
    world_finish(&it.world);
}

static void test_all_fall_at_once(void **state)
{
    track it;

    (void)state;
    track_init(&it);
    for (size_t i = 0; i < HOSTS; i++) {
        it.answers[i] = SIP_EBUSY;
    }
    assert_int_equal(start(&it), SIP_EBUSY);
    assert_int_equal(it.done, 0);
    /* Our own limit says nothing about them. */
    assert_int_equal(sip__health_of(&layer_of(&it)->health, &it.hops[0]), SIP__HEALTH_GOOD);
    sip__racers_stop(&it.racers);
    it.answers[0] = SIP_EAGAIN;
    assert_int_equal(start(&it), SIP_EAGAIN);
    tell(&it, 1, SIP_EIO);
    assert_int_equal(it.done, 1);
    world_finish(&it.world);
}

static void test_the_delay_brings_the_end(void **state)
{
    track it;

    (void)state;
    track_init(&it);
    it.answers[1] = 0;
    assert_int_equal(start(&it), SIP_EAGAIN);
    world_run(&it.world, 250);
    assert_int_equal(it.done, 1);
    assert_int_equal(it.racers.winner, 1);
    assert_int_equal(it.releases[0], 1);
    sip__racers_stop(&it.racers);
    world_finish(&it.world);
}

static void test_stopped(void **state)
{
    track it;

    (void)state;
    track_init(&it);
    assert_int_equal(start(&it), SIP_EAGAIN);
    sip__racers_stop(&it.racers);
    assert_int_equal(it.releases[0], 1);
    world_run(&it.world, 1000);
    assert_int_equal(it.connects[1], 0);
    tell(&it, 1, 0);
    assert_int_equal(it.done, 0);
    world_finish(&it.world);
}

static void test_two_wait_for_one(void **state)
{
    track it;

    (void)state;
    track_init(&it);
    assert_int_equal(start(&it), SIP_EAGAIN);
    assert_int_equal(sip__racers_start(&it.other, layer_of(&it), it.hops, 2, 0), SIP_EAGAIN);
    tell(&it, 1, 0);
    assert_int_equal(it.done, 2);
    sip__racers_stop(&it.racers);
    sip__racers_stop(&it.other);
    assert_int_equal(it.releases[0], 2);
    world_finish(&it.world);
}

static void test_without_connect(void **state)
{
    const sip_hop udp = {.protocol = SIP_PROTOCOL_UDP, .addr = world_addr("192.0.2.2", 5060)};
    track it;

    (void)state;
    track_init(&it);
    assert_int_equal(sip__racers_start(&it.racers, layer_of(&it), &udp, 1, 0), SIP_EUNSUPPORTED);
    it.hops[0].protocol = SIP_PROTOCOL_WS; /* no transport at all */
    assert_int_equal(start(&it), SIP_EUNSUPPORTED);
    sip__racers_stop(&it.racers);
    world_finish(&it.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_that_stands_wins_at_once),
        cmocka_unit_test(test_staggered),
        cmocka_unit_test(test_a_fall_starts_the_next),
        cmocka_unit_test(test_all_fall),
        cmocka_unit_test(test_all_fall_at_once),
        cmocka_unit_test(test_the_delay_brings_the_end),
        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_two_wait_for_one),
        cmocka_unit_test(test_without_connect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
