/* Stream transports with channels: handshakes, what waits for them, names, whole messages, ends. */
#include "transport/stream_transport.h"
#include "io/stream_socket.h"
#include "support/fake_channel.h"
#include "support/real_loop.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define HELLO "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n"

typedef struct node {
    sip_transport *transport;
    fake_factory factory;
    sip_id_table flows;
    sip__server_names names;
    sip_connection_stats stats;
    size_t messages, failed, closed, dropped, bytes;
    sip_path from;
    uint64_t refs; /* sum of those that failed */
    int err;
    char text[300];
} node;

typedef struct net {
    sip_loop *loop;
    real_loop real;
    sip_clock clock;
    sip_time_ms now_ms;
    node a, b; /* b listens, a comes */
} net;

static int send_on(node *self, const sip_path *to, sip_str bytes, uint64_t ref)
{
    return self->transport->vtable->send(self->transport, to, bytes, ref);
}

static void on_bytes(sip_transport *transport, const sip_path *from, sip_str bytes, void *user)
{
    node *self = user;

    assert_ptr_equal(transport, self->transport);
    self->messages++;
    self->bytes += bytes.len;
    self->from = *from;
}

static void on_send_failed(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *user)
{
    node *self = user;

    (void)transport;
    (void)to;
    self->failed++;
    self->refs += ref;
    self->err = err;
    strncpy(self->text, text, sizeof(self->text) - 1);
}

static void on_unreachable(sip_transport *transport, const sip_addr *remote, const char *text,
                           void *user)
{
    (void)transport;
    (void)remote;
    (void)text;
    (void)user;
    fail();
}

static void on_flow_closed(sip_transport *transport, sip_flow flow, int err, const char *text,
                           void *user)
{
    node *self = user;

    (void)transport;
    (void)flow;
    self->closed++;
    self->err = err;
    strncpy(self->text, text, sizeof(self->text) - 1);
}

static void on_dropped(sip_transport *transport, const sip_path *from, const char *reason,
                       void *user)
{
    node *self = user;

    (void)transport;
    (void)from;
    self->dropped++;
    strncpy(self->text, reason, sizeof(self->text) - 1);
}

static const sip_transport_events events = {
    .on_bytes = on_bytes,
    .on_send_failed = on_send_failed,
    .on_unreachable = on_unreachable,
    .on_flow_closed = on_flow_closed,
    .on_dropped = on_dropped,
};

static sip_time_ms clock_now(void *user_data)
{
    return ((net *)user_data)->now_ms;
}

static int64_t clock_unix(void *user_data)
{
    (void)user_data;
    return 0;
}

static void open_node(net *n, node *self, bool whole, bool client_only)
{
    char why[SIP__WHY_BYTES];
    sip__listen_config config;
    sip_addr bind;

    memset(self, 0, sizeof(*self));
    memset(&config, 0, sizeof(config));
    fake_factory_init(&self->factory, sip_allocator_default(), 0x21);
    self->factory.whole = whole;
    sip_id_table_init(&self->flows, sip_allocator_default(), 0);
    assert_int_equal(
        sip__server_names_init(&self->names, sip_allocator_default(), sip_random_system(), 100), 0);
    config.allocator = sip_allocator_default();
    config.loop = n->loop;
    config.clock = &n->clock;
    config.max_message_bytes = 1000;
    config.max_connections = 10;
    config.keepalive_s = 40;
    config.limits.message_ms = 20000;
    config.client_only = client_only;
    config.flows = &self->flows;
    config.names = &self->names;
    config.stats = &self->stats;
    config.why = why;
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 0, &bind), 0);
    assert_int_equal(sip__stream_transport_create(&config,
                                                  whole ? SIP_PROTOCOL_WSS : SIP_PROTOCOL_TLS,
                                                  &self->factory.base, &bind, &self->transport),
                     0);
    self->transport->events = &events;
    self->transport->stack = self;
}

static void turn_end(void *arg)
{
    net *n = arg;

    n->a.transport->vtable->flush(n->a.transport);
    n->b.transport->vtable->flush(n->b.transport);
}

static void start(net *n, bool whole)
{
    memset(n, 0, sizeof(*n));
    n->now_ms = 1000;
    n->clock.now_ms = clock_now;
    n->clock.unix_s = clock_unix;
    n->clock.user_data = n;
    assert_int_equal(sip_loop_create(sip_allocator_default(), &n->loop), 0);
    n->real.loop = n->loop;
    n->real.turn_end = turn_end;
    n->real.arg = n;
    open_node(n, &n->a, whole, true);
    open_node(n, &n->b, whole, false);
}

static void close_node(node *self)
{
    self->transport->vtable->destroy(self->transport);
    assert_int_equal(self->factory.live, 0);
    assert_int_equal(self->factory.destroyed, 1);
    assert_int_equal(self->stats.live, 0);
    sip_id_table_finish(&self->flows);
    sip__server_names_finish(&self->names);
}

static void finish(net *n)
{
    close_node(&n->a);
    close_node(&n->b);
    sip_loop_destroy(n->loop);
}

static sip_path path_to(net *n, const char *server)
{
    sip_path path = {.protocol = n->b.transport->protocol, .remote = n->b.transport->local};

    if (server != NULL) {
        path.server = sip__server_names_id(&n->a.names, sip_str_of(server));
        assert_true(path.server != 0);
    }
    return path;
}

static void exchange(bool whole)
{
    net n;
    sip_path to;

    start(&n, whole);
    assert_int_equal(n.a.transport->local.port, 0); /* it does not listen */
    to = path_to(&n, "B.test");
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 1), 0);
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 2), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 2));
    assert_string_equal(n.a.factory.server, "b.test");
    assert_int_equal(n.b.bytes, 2 * (sizeof(HELLO) - 1));
    assert_int_equal(n.a.stats.connected, 1);
    assert_int_equal(n.b.stats.accepted, 1);
    assert_int_equal(n.b.stats.unproven, 0);
    /* Back along the same flow. */
    assert_int_equal(send_on(&n.b, &n.b.from, SIP_STR(HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    assert_int_equal(n.a.from.server, to.server);
    /* For another name, or none, another connection. */
    to = path_to(&n, NULL);
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 3), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 3));
    assert_int_equal(n.a.stats.connected, 2);
    assert_string_equal(n.a.factory.server, "");
    to = path_to(&n, "b.test");
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 3), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 4));
    assert_int_equal(n.a.stats.live, 2);
    assert_int_equal(n.a.failed + n.b.failed, 0);
    finish(&n);
}

static void test_exchange(void **state)
{
    (void)state;
    exchange(false);
    exchange(true);
}

static void test_forgotten_name(void **state)
{
    net n;
    sip_path to;

    (void)state;
    start(&n, false);
    to = path_to(&n, "b.test");
    to.server += 0x10000u;
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 5), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 1));
    assert_int_equal(n.a.err, SIP_EGONE);
    finish(&n);
}

static void test_handshake_fails(void **state)
{
    net n;
    sip_path to;

    (void)state;
    start(&n, false);
    n.b.factory.key ^= 1;
    to = path_to(&n, "b.test");
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 5), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 1));
    assert_int_equal(n.a.refs, 5);
    assert_int_equal(n.a.closed, 0); /* it never was a flow */
    assert_int_equal(n.a.stats.handshake_failures, 1);
    assert_int_equal(n.b.stats.handshake_failures, 1);
    assert_int_equal(n.b.closed, 0);
    assert_int_equal(n.b.factory.closed, 1); /* it says goodbye */
    /* The factory cannot make any. */
    n.a.factory.make_err = SIP_EIO;
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 6), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 2));
    assert_int_equal(n.a.refs, 11);
    n.a.factory.make_err = SIP_ENOMEM;
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 7), SIP_ENOMEM);
    assert_int_equal(n.a.stats.live, 0);
    finish(&n);
}

static void test_handshake_takes_too_long(void **state)
{
    net n;
    sip_path to;
    size_t i;

    (void)state;
    start(&n, false);
    n.b.factory.mute = true;
    to = path_to(&n, "b.test");
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 5), 0);
    for (i = 0; i < 200 && n.b.stats.live == 0; i++) {
        assert_int_equal(sip_loop_step(n.loop), 0);
    }
    assert_int_equal(n.b.stats.live, 1);
    for (i = 0; i < 20; i++) {
        assert_int_equal(sip_loop_step(n.loop), 0);
    }
    assert_int_equal(n.a.failed, 0);
    n.now_ms += 10000;
    assert_true(real_loop_until(&n.real, &n.a.failed, 1));
    assert_non_null(strstr(n.a.text, "handshake took too long"));
    assert_int_equal(n.a.stats.handshake_timeouts, 1);
    finish(&n);
}

/* What waits for the handshake is bounded. */
static void test_too_much_waits(void **state)
{
    static char large[SIP__STREAM_QUEUE_BYTES / 2];
    sip_str bytes = {large, sizeof(large)};
    net n;
    sip_path to;

    (void)state;
    start(&n, false);
    to = path_to(&n, NULL);
    assert_int_equal(send_on(&n.a, &to, bytes, 1), 0);
    assert_int_equal(send_on(&n.a, &to, bytes, 2), 0);
    assert_int_equal(send_on(&n.a, &to, bytes, 4), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 3));
    assert_int_equal(n.a.refs, 7);
    assert_int_equal(n.a.stats.overflowed, 1);
    /* And what the channel cannot carry ends the connection that waited for it. */
    bytes.len = 5000;
    assert_int_equal(send_on(&n.a, &to, bytes, 8), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 4));
    assert_int_equal(n.a.err, SIP_ETOOBIG);
    finish(&n);
}

static void test_whole_messages(void **state)
{
    static char large[1500];
    sip_str bytes = {large, sizeof(large)};
    net n;
    sip_path to;

    (void)state;
    start(&n, true);
    to = path_to(&n, NULL);
    /* Keep-alives of a line break and a double one; the latter is answered. */
    assert_int_equal(send_on(&n.a, &to, SIP_STR("\r\n"), 0), 0);
    assert_int_equal(send_on(&n.a, &to, SIP_STR("\r\n\r\n"), 0), 0);
    memset(large, 'x', sizeof(large));
    assert_int_equal(send_on(&n.a, &to, bytes, 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.dropped, 1));
    assert_string_equal(n.b.text, "message over the limit");
    assert_int_equal(n.b.messages, 0);
    assert_int_equal(send_on(&n.a, &to, SIP_STR("\r\n" HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    assert_int_equal(n.b.bytes, sizeof(HELLO) - 1);
    assert_int_equal(n.a.messages, 0); /* the answered ping is none */
    finish(&n);
}

/* A channel's own pings keep a silent connection, and end a dead one. */
static void test_pings(void **state)
{
    net n;
    sip_path to;

    (void)state;
    start(&n, true);
    to = path_to(&n, NULL);
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    n.now_ms += 40000;
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 2));
    n.now_ms += 10000; /* whoever had not answered would be dead now */
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 3));
    assert_int_equal(n.a.closed + n.b.closed, 0);
    /* Goodbye ends it in order. */
    n.b.transport->vtable->destroy(n.b.transport);
    sip_id_table_finish(&n.b.flows);
    sip__server_names_finish(&n.b.names);
    open_node(&n, &n.b, true, false);
    assert_true(real_loop_until(&n.real, &n.a.closed, 1));
    assert_int_equal(n.a.err, 0);
    finish(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchange),        cmocka_unit_test(test_forgotten_name),
        cmocka_unit_test(test_handshake_fails), cmocka_unit_test(test_handshake_takes_too_long),
        cmocka_unit_test(test_too_much_waits),  cmocka_unit_test(test_whole_messages),
        cmocka_unit_test(test_pings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
