#include "transport/loopback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/fail_alloc.h"

static const sip_addr host_a = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr host_b = {.ip = {10, 0, 0, 2}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr b_other_port = {.ip = {10, 0, 0, 2}, .port = 9, .family = SIP_FAMILY_IP4};

/* What one end was told. */
struct end {
    sip_transport *transport;
    char text[256]; /* all bytes received, a '|' after each */
    sip_path from;  /* of the last */
    uint64_t failed_ref;
    int failed_err;
    unsigned unreachable, closed, connected;
    sip_flow connected_flow;
    int connected_err;
};

struct world {
    sip_time_ms now_ms;
    uint64_t dice;
    sip_clock clock;
    sip_random random;
    sip__loopback_net net;
    struct end a, b;
    unsigned lose; /* this many sends */
};

static sip_time_ms now_ms(void *user_data)
{
    return ((struct world *)user_data)->now_ms;
}

static void fill(void *bytes, size_t len, void *user_data)
{
    struct world *world = user_data;

    for (size_t i = 0; i < len; i++) {
        world->dice = world->dice * 6364136223846793005u + 1442695040888963407u;
        ((unsigned char *)bytes)[i] = (unsigned char)(world->dice >> 33);
    }
}

static void on_bytes(sip_transport *transport, const sip_path *from, sip_str bytes, void *stack)
{
    struct end *end = stack;

    (void)transport;
    strncat(end->text, bytes.ptr, bytes.len);
    strcat(end->text, "|");
    end->from = *from;
}

static void on_send_failed(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *stack)
{
    struct end *end = stack;

    (void)transport, (void)to;
    assert_non_null(text);
    end->failed_ref = ref;
    end->failed_err = err;
}

static void on_unreachable(sip_transport *transport, const sip_network_error *error, void *stack)
{
    (void)transport;
    assert_true(sip_addr_equal(&error->remote, &b_other_port));
    assert_true(sip_str_equal_nocase(error->quoted, "x"));
    assert_int_equal(error->err, SIP_EIO);
    assert_non_null(error->text);
    ((struct end *)stack)->unreachable++;
}

static void on_flow_closed(sip_transport *transport, sip_flow flow, int err, const char *text,
                           void *stack)
{
    (void)transport, (void)text;
    assert_int_not_equal(flow, 0);
    assert_int_equal(err, SIP_EIO);
    ((struct end *)stack)->closed++;
}

static void on_connected(sip_transport *transport, sip_flow flow, int err, const char *text,
                         void *stack)
{
    struct end *end = stack;

    (void)transport;
    assert_non_null(text);
    end->connected++;
    end->connected_flow = flow;
    end->connected_err = err;
}

static const sip_transport_events events = {.on_bytes = on_bytes,
                                            .on_send_failed = on_send_failed,
                                            .on_unreachable = on_unreachable,
                                            .on_flow_closed = on_flow_closed,
                                            .on_connected = on_connected};

static bool on_send(const sip_path *path, sip_str bytes, void *user_data)
{
    struct world *world = user_data;

    (void)bytes;
    assert_int_equal(path->local.family, SIP_FAMILY_IP4);
    if (world->lose > 0) {
        world->lose--;
        return true;
    }
    return false;
}

static void add_end(struct world *world, struct end *end, sip_protocol protocol,
                    const sip_addr *addr)
{
    assert_int_equal(sip__loopback_create(&world->net, protocol, addr, &end->transport), 0);
    end->transport->events = &events;
    end->transport->stack = end;
}

static void world_init(struct world *world, sip_protocol protocol, const sip__fate_odds *faults)
{
    sip__loopback_config config = {.allocator = sip_allocator_default(), .on_send = on_send};

    memset(world, 0, sizeof *world);
    world->now_ms = 1000;
    world->clock = (sip_clock){.now_ms = now_ms, .user_data = world};
    world->random = (sip_random){.fill = fill, .user_data = world};
    config.clock = &world->clock;
    config.random = &world->random;
    config.faults = *faults;
    config.user_data = world;
    sip__loopback_net_init(&world->net, &config);
    add_end(world, &world->a, protocol, &host_a);
    add_end(world, &world->b, protocol, &host_b);
}

static void end_destroy(struct end *end)
{
    if (end->transport != NULL) {
        end->transport->vtable->destroy(end->transport);
        end->transport = NULL;
    }
}

static void world_finish(struct world *world)
{
    end_destroy(&world->a);
    end_destroy(&world->b);
    sip__loopback_net_finish(&world->net);
}

static int send_to(struct end *from, const sip_addr *to, sip_flow flow, const char *text,
                   uint64_t ref)
{
    sip_path path = {.protocol = from->transport->protocol, .flow = flow, .remote = *to};

    return from->transport->vtable->send(from->transport, &path, sip_str_of(text), ref);
}

static unsigned deliver_all(struct world *world)
{
    unsigned n = 0;
    bool delivered = true;

    while (sip__loopback_next_due_ms(&world->net) != UINT64_MAX) {
        world->now_ms = sip__loopback_next_due_ms(&world->net);
        sip__loopback_deliver(&world->net, &delivered);
        assert_true(delivered);
        n++;
    }
    return n;
}

static void a_datagram_arrives_after_its_delay(void **state)
{
    struct world world;
    bool delivered;

    (void)state;
    world_init(&world, SIP_PROTOCOL_UDP, &(sip__fate_odds){.delay_ms = 50});
    assert_int_equal(send_to(&world.a, &host_b, 0, "one", 0), 0);
    assert_int_equal(sip__loopback_next_due_ms(&world.net), 1050);
    assert_null(sip__loopback_deliver(&world.net, &delivered));
    assert_false(delivered);
    world.now_ms = 1050;
    assert_ptr_equal(sip__loopback_deliver(&world.net, &delivered), &world.b);
    assert_true(delivered);
    assert_string_equal(world.b.text, "one|");
    assert_true(sip_addr_equal(&world.b.from.remote, &host_a));
    assert_true(sip_addr_equal(&world.b.from.local, &host_b));
    assert_int_equal(world.b.from.protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(sip__loopback_next_due_ms(&world.net), UINT64_MAX);
    world_finish(&world);
}

static void datagrams_of_one_moment_keep_their_order(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, SIP_PROTOCOL_UDP, &(sip__fate_odds){.delay_ms = 50});
    send_to(&world.a, &host_b, 0, "1", 0);
    send_to(&world.a, &host_b, 0, "2", 0);
    send_to(&world.a, &host_b, 0, "3", 0);
    deliver_all(&world);
    assert_string_equal(world.b.text, "1|2|3|");
    world_finish(&world);
}

static void jitter_reorders_and_the_same_dice_give_the_same_run(void **state)
{
    char seen[2][256];

    (void)state;
    for (int run = 0; run < 2; run++) {
        struct world world;

        world_init(&world, SIP_PROTOCOL_UDP,
                   &(sip__fate_odds){.jitter_ms = 500, .dup_percent = 30});
        world.dice = 7;
        for (int c = 'a'; c <= 'z'; c++) {
            send_to(&world.a, &host_b, 0, (char[]){(char)c, '\0'}, 0);
        }
        assert_true(deliver_all(&world) > 26);
        strcpy(seen[run], world.b.text);
        world_finish(&world);
    }
    assert_string_equal(seen[0], seen[1]);
    assert_null(strstr(seen[0], "a|b|c|d|e|f|g|h|"));
}

static void loss_and_losing_on_purpose(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, SIP_PROTOCOL_UDP, &(sip__fate_odds){.loss_percent = 100});
    send_to(&world.a, &host_b, 0, "gone", 0);
    assert_int_equal(deliver_all(&world), 0);
    world.net.config.faults.loss_percent = 0;
    world.lose = 1;
    send_to(&world.a, &host_b, 0, "gone too", 0);
    send_to(&world.a, &host_b, 0, "here", 0);
    assert_int_equal(deliver_all(&world), 1);
    assert_string_equal(world.b.text, "here|");
    world_finish(&world);
}

static void a_closed_port_is_reported_and_an_empty_address_is_silent(void **state)
{
    sip_addr nowhere = {.ip = {10, 0, 0, 99}, .port = 5060, .family = SIP_FAMILY_IP4};
    struct world world;

    (void)state;
    world_init(&world, SIP_PROTOCOL_UDP, &(sip__fate_odds){0});
    send_to(&world.a, &nowhere, 0, "x", 0);
    deliver_all(&world);
    assert_int_equal(world.a.unreachable, 0);
    send_to(&world.a, &b_other_port, 0, "x", 0);
    deliver_all(&world);
    assert_int_equal(world.a.unreachable, 1);
    world_finish(&world);
}

static void an_injected_datagram_needs_no_sender(void **state)
{
    sip_addr stranger = {.ip = {10, 9, 9, 9}, .port = 7, .family = SIP_FAMILY_IP4};
    struct world world;

    (void)state;
    world_init(&world, SIP_PROTOCOL_UDP, &(sip__fate_odds){0});
    assert_int_equal(sip__loopback_inject(&world.net, &stranger, &host_b, SIP_STR("raw")), 0);
    deliver_all(&world);
    assert_string_equal(world.b.text, "raw|");
    assert_true(sip_addr_equal(&world.b.from.remote, &stranger));
    world_finish(&world);
}

static void a_datagram_has_a_size(void **state)
{
    static char big[70000];
    sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = host_b};
    struct world world;

    (void)state;
    world_init(&world, SIP_PROTOCOL_UDP, &(sip__fate_odds){0});
    assert_int_equal(
        world.a.transport->vtable->send(world.a.transport, &path, (sip_str){big, sizeof big}, 0),
        SIP_ETOOBIG);
    world_finish(&world);
}

static void a_cut_host_neither_sends_nor_receives(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, SIP_PROTOCOL_UDP, &(sip__fate_odds){.delay_ms = 10});
    send_to(&world.a, &host_b, 0, "under way", 0);
    assert_int_equal(sip__loopback_set_barrier(&world.net, SIP__BARRIER_CUT, &host_b, NULL, true),
                     0);
    assert_int_equal(sip__loopback_set_barrier(&world.net, SIP__BARRIER_CUT, &host_b, NULL, true),
                     0);
    send_to(&world.a, &host_b, 0, "to", 0);
    send_to(&world.b, &host_a, 0, "from", 0);
    deliver_all(&world);
    assert_string_equal(world.a.text, "");
    assert_string_equal(world.b.text, "");
    assert_int_equal(sip__loopback_set_barrier(&world.net, SIP__BARRIER_CUT, &host_b, NULL, false),
                     0);
    assert_int_equal(sip__loopback_set_barrier(&world.net, SIP__BARRIER_CUT, &host_b, NULL, false),
                     0);
    send_to(&world.a, &host_b, 0, "mended", 0);
    deliver_all(&world);
    assert_string_equal(world.b.text, "mended|");
    world_finish(&world);
}

static void a_stream_keeps_order_and_answers_on_its_flow(void **state)
{
    struct world world;
    sip_flow flow;

    (void)state;
    world_init(&world, SIP_PROTOCOL_TCP,
               &(sip__fate_odds){.delay_ms = 40, .jitter_ms = 500, .loss_percent = 100});
    send_to(&world.a, &host_b, 0, "1", 0);
    world.net.config.faults.delay_ms = 10; /* what is sent later does not arrive earlier */
    send_to(&world.a, &host_b, 0, "2", 0);
    deliver_all(&world);
    assert_string_equal(world.b.text, "1|2|");
    flow = world.b.from.flow;
    assert_int_not_equal(flow, 0);
    assert_int_not_equal(world.b.from.remote.port, 5060);
    send_to(&world.b, &host_a, flow, "back", 0);
    deliver_all(&world);
    assert_string_equal(world.a.text, "back|");
    /* The address that it came from leads back over the same connection. */
    send_to(&world.b, &world.b.from.remote, 0, "again", 0);
    deliver_all(&world);
    assert_string_equal(world.a.text, "back|again|");
    world.lose = 1;
    send_to(&world.a, &host_b, 0, "3", 0);
    assert_int_equal(deliver_all(&world), 0);
    world_finish(&world);
}

static void connections_fail_and_break(void **state)
{
    struct world world;
    sip_flow flow;

    (void)state;
    world_init(&world, SIP_PROTOCOL_TCP, &(sip__fate_odds){.delay_ms = 1});
    assert_int_equal(send_to(&world.a, &b_other_port, 0, "x", 5), 0);
    assert_int_equal(world.a.failed_ref, 0); /* never from inside */
    deliver_all(&world);
    assert_int_equal(world.a.failed_ref, 5);
    assert_int_equal(world.a.failed_err, SIP_EIO);
    send_to(&world.a, &host_b, 77, "x", 6);
    deliver_all(&world);
    assert_int_equal(world.a.failed_ref, 6);
    assert_int_equal(world.a.failed_err, SIP_EGONE);

    send_to(&world.a, &host_b, 0, "x", 0);
    deliver_all(&world);
    flow = world.b.from.flow;
    sip__loopback_set_barrier(&world.net, SIP__BARRIER_CUT, &host_a, NULL, true);
    send_to(&world.a, &host_b, 0, "x", 7);
    send_to(&world.b, &host_a, flow, "x", 8);
    deliver_all(&world);
    assert_int_equal(world.a.closed, 1);
    assert_int_equal(world.b.closed, 1);
    assert_int_equal(world.a.failed_ref, 7);
    assert_int_equal(world.a.failed_err, SIP_EIO);
    assert_int_equal(world.b.failed_ref, 8);
    assert_int_equal(world.b.failed_err, SIP_EGONE);
    world_finish(&world);
}

static void the_other_end_hears_of_a_destroyed_transport(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, SIP_PROTOCOL_TCP, &(sip__fate_odds){.delay_ms = 1});
    send_to(&world.a, &host_b, 0, "x", 0);
    deliver_all(&world);
    send_to(&world.a, &host_b, 0, "in flight", 0);
    end_destroy(&world.b);
    deliver_all(&world);
    assert_int_equal(world.a.closed, 1);
    assert_string_equal(world.b.text, "x|");
    world_finish(&world);
}

static void without_memory_nothing_is_done(void **state)
{
    struct world world;
    fail_alloc fail;
    sip_transport *transport;

    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        world_init(&world, SIP_PROTOCOL_TCP, &(sip__fate_odds){0});
        fail_alloc_init(&fail, n);
        world.net.config.allocator = &fail.allocator;
        assert_int_equal(send_to(&world.a, &host_b, 0, "x", 0), SIP_ENOMEM);
        world_finish(&world);
        world_init(&world, SIP_PROTOCOL_UDP, &(sip__fate_odds){0});
        fail_alloc_init(&fail, 1);
        world.net.config.allocator = world.net.barriers.allocator = &fail.allocator;
        assert_int_equal(send_to(&world.a, &host_b, 0, "x", 0), SIP_ENOMEM);
        fail_alloc_init(&fail, 1);
        assert_int_equal(
            sip__loopback_set_barrier(&world.net, SIP__BARRIER_CUT, &host_b, NULL, true),
            SIP_ENOMEM);
        fail_alloc_init(&fail, 1);
        assert_int_equal(sip__loopback_create(&world.net, SIP_PROTOCOL_UDP, &host_a, &transport),
                         SIP_ENOMEM);
        world.net.config.allocator = sip_allocator_default();
        world_finish(&world);
    }
}

static int connect_to(struct end *end, const sip_addr *remote, sip_flow *ret_flow)
{
    const sip_path to = {.protocol = SIP_PROTOCOL_TCP, .remote = *remote};

    return end->transport->vtable->connect(end->transport, &to, ret_flow);
}

static void release(struct end *end, sip_flow flow)
{
    const sip_path to = {.protocol = SIP_PROTOCOL_TCP, .flow = flow};

    end->transport->vtable->release(end->transport, &to);
}

static void a_connection_may_come_before_its_first_message(void **state)
{
    const sip_path to_b = {.protocol = SIP_PROTOCOL_TCP, .remote = host_b};
    struct world world;
    sip_flow flow = 0, again = 0;
    bool stands;

    (void)state;
    world_init(&world, SIP_PROTOCOL_TCP, &(sip__fate_odds){.delay_ms = 1});
    assert_int_equal(connect_to(&world.a, &host_b, &flow), SIP_EAGAIN);
    assert_int_equal(connect_to(&world.a, &host_b, &again), SIP_EAGAIN);
    assert_int_equal(flow, again);
    assert_int_equal(world.a.connected, 0);
    deliver_all(&world);
    assert_int_equal(world.a.connected, 1);
    assert_int_equal(world.a.connected_flow, flow);
    assert_int_equal(world.a.connected_err, 0);
    assert_int_equal(world.a.transport->vtable->flow_to(world.a.transport, &to_b, &stands), flow);
    assert_true(stands);
    assert_int_equal(connect_to(&world.a, &host_b, &again), 0);
    release(&world.a, flow);
    release(&world.a, flow);
    assert_int_equal(world.b.closed, 0); /* one still wants it */
    release(&world.a, flow);
    deliver_all(&world);
    assert_int_equal(world.b.closed, 1);
    assert_int_equal(world.a.closed, 0);
    assert_int_equal(world.a.transport->vtable->flow_to(world.a.transport, &to_b, &stands), 0);

    assert_int_equal(connect_to(&world.a, &host_b, &flow), SIP_EAGAIN);
    deliver_all(&world);
    send_to(&world.a, &host_b, flow, "x", 0);
    deliver_all(&world);
    assert_string_equal(world.b.text, "x|");
    release(&world.a, flow); /* it has been used */
    deliver_all(&world);
    assert_int_equal(world.b.closed, 1);
    world_finish(&world);
}

static void attempts_fail_and_are_given_up(void **state)
{
    struct world world;
    sip_flow flow = 0;

    (void)state;
    world_init(&world, SIP_PROTOCOL_TCP, &(sip__fate_odds){.delay_ms = 1});
    assert_int_equal(connect_to(&world.a, &b_other_port, &flow), SIP_EAGAIN);
    deliver_all(&world);
    assert_int_equal(world.a.connected_err, SIP_EIO);
    sip__loopback_set_barrier(&world.net, SIP__BARRIER_CUT, &host_b, NULL, true);
    assert_int_equal(connect_to(&world.a, &host_b, &flow), SIP_EAGAIN);
    assert_int_equal(sip__loopback_next_due_ms(&world.net),
                     world.now_ms + SIP__LOOPBACK_CONNECT_MS);
    release(&world.a, flow);
    assert_int_equal(sip__loopback_next_due_ms(&world.net), UINT64_MAX);
    assert_int_equal(connect_to(&world.a, &host_b, &flow), SIP_EAGAIN);
    deliver_all(&world);
    assert_int_equal(world.a.connected, 2);
    assert_int_equal(world.a.connected_flow, flow);
    assert_int_equal(world.a.connected_err, SIP_EIO);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_datagram_arrives_after_its_delay),
        cmocka_unit_test(datagrams_of_one_moment_keep_their_order),
        cmocka_unit_test(jitter_reorders_and_the_same_dice_give_the_same_run),
        cmocka_unit_test(loss_and_losing_on_purpose),
        cmocka_unit_test(a_closed_port_is_reported_and_an_empty_address_is_silent),
        cmocka_unit_test(an_injected_datagram_needs_no_sender),
        cmocka_unit_test(a_datagram_has_a_size),
        cmocka_unit_test(a_cut_host_neither_sends_nor_receives),
        cmocka_unit_test(a_stream_keeps_order_and_answers_on_its_flow),
        cmocka_unit_test(connections_fail_and_break),
        cmocka_unit_test(a_connection_may_come_before_its_first_message),
        cmocka_unit_test(attempts_fail_and_are_given_up),
        cmocka_unit_test(the_other_end_hears_of_a_destroyed_transport),
        cmocka_unit_test(without_memory_nothing_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
