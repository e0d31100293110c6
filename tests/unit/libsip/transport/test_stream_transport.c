/* Stream transports over the real loopback: reuse, keep-alives, limits, broken streams. The clock
 * is the test's. */
#include "transport/stream_transport.h"
#include "io/socket_address.h"
#include "io/stream_socket.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include "transport/connection.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define HELLO "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n"

typedef struct node {
    struct net *net;
    sip_transport *transport;
    sip_id_table flows;
    sip__server_names names;
    sip_connection_stats stats;
    size_t messages, failed, closed, dropped;
    sip_path from;
    sip_flow closed_flow;
    uint64_t refs; /* sum of those that failed */
    int err;
    char text[200];
    char reason[100];
    bool echo;
} node;

typedef struct net {
    sip_loop *loop;
    real_loop real;
    sip_clock clock;
    sip_time_ms now_ms;
    node a, b;
    /* a peer without a transport */
    sip__stream_socket *raw;
    sip__buffers buffers;
    sip__stream_socket_config raw_config;
    char buffer[SIP__STREAM_READ_BYTES], got[1000];
    size_t raw_bytes, raw_closed;
} net;

static int send_on(node *self, const sip_path *to, sip_str bytes, uint64_t ref)
{
    return self->transport->vtable->send(self->transport, to, bytes, ref);
}

static void on_bytes(sip_transport *transport, const sip_path *from, sip_str bytes, void *user)
{
    node *self = user;

    assert_ptr_equal(transport, self->transport);
    assert_true(bytes.len > 0);
    self->messages++;
    self->from = *from;
    if (self->echo) {
        assert_int_equal(send_on(self, from, bytes, 99), 0);
    }
}

static void on_send_failed(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *user)
{
    node *self = user;

    (void)transport;
    assert_int_equal(to->protocol, SIP_PROTOCOL_TCP);
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
    self->closed++;
    self->closed_flow = flow;
    self->err = err;
    strncpy(self->text, text, sizeof(self->text) - 1);
}

static void on_dropped(sip_transport *transport, const sip_path *from, const char *reason,
                       void *user)
{
    node *self = user;

    (void)transport;
    assert_int_equal(from->protocol, SIP_PROTOCOL_TCP);
    self->dropped++;
    strncpy(self->reason, reason, sizeof(self->reason) - 1);
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

typedef struct setting {
    const char *host;
    uint32_t limit, idle_s, keepalive_s;
} setting;

static void open_node(net *n, node *self, const setting *how)
{
    sip__listen_config config;
    sip_addr bind;
    char why[SIP__WHY_BYTES] = "";

    memset(&config, 0, sizeof(config));
    self->net = n;
    sip_id_table_init(&self->flows, sip_allocator_default(), 0);
    config.allocator = sip_allocator_default();
    config.loop = n->loop;
    config.clock = &n->clock;
    config.max_message_bytes = 65535;
    config.max_connections = how->limit;
    config.idle_connection_s = how->idle_s;
    config.keepalive_s = how->keepalive_s;
    config.flows = &self->flows;
    config.names = &self->names;
    config.stats = &self->stats;
    config.why = why;
    assert_int_equal(
        sip__server_names_init(&self->names, sip_allocator_default(), sip_random_system(), 100), 0);
    assert_int_equal(sip_addr_parse(sip_str_of(how->host), 0, &bind), 0);
    assert_int_equal(
        sip__stream_transport_create(&config, SIP_PROTOCOL_TCP, NULL, &bind, &self->transport), 0);
    self->transport->events = &events;
    self->transport->stack = self;
}

static void raw_connected(void *arg)
{
    (void)arg;
}

static void raw_bytes(sip_str bytes, void *arg)
{
    net *n = arg;

    assert_true(n->raw_bytes + bytes.len < sizeof(n->got));
    memcpy(n->got + n->raw_bytes, bytes.ptr, bytes.len);
    n->raw_bytes += bytes.len;
}

static void raw_written(uint64_t total_bytes, void *arg)
{
    (void)total_bytes;
    (void)arg;
}

static void raw_closed(int err, const char *text, void *arg)
{
    (void)err;
    (void)text;
    ((net *)arg)->raw_closed++;
}

static const sip__stream_socket_events raw_events = {raw_connected, raw_bytes, raw_written,
                                                     raw_closed};

static void turn_end(void *arg)
{
    net *n = arg;
    char text[64];

    n->a.transport->vtable->flush(n->a.transport);
    if (n->b.transport != NULL) {
        n->b.transport->vtable->flush(n->b.transport);
    }
    if (n->raw != NULL) {
        (void)sip__stream_socket_flush(n->raw, text, sizeof(text));
    }
}

static void start(net *n, const setting *how)
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
    sip__buffers_init(&n->buffers, sip_allocator_default());
    n->raw_config = (sip__stream_socket_config){
        .allocator = sip_allocator_default(),
        .loop = n->loop,
        .buffers = &n->buffers,
        .read_buffer = n->buffer,
        .events = &raw_events,
    };
    open_node(n, &n->a, how);
    open_node(n, &n->b, how);
}

static void close_node(node *self)
{
    if (self->transport != NULL) {
        self->transport->vtable->destroy(self->transport);
        sip_id_table_finish(&self->flows);
        sip__server_names_finish(&self->names);
        self->transport = NULL;
    }
}

static void finish(net *n)
{
    close_node(&n->a);
    close_node(&n->b);
    sip__stream_socket_destroy(n->raw);
    sip__buffers_finish(&n->buffers);
    sip_loop_destroy(n->loop);
}

static sip_path path_to(const node *self)
{
    sip_path path;

    memset(&path, 0, sizeof(path));
    path.protocol = SIP_PROTOCOL_TCP;
    path.remote = self->transport->local;
    return path;
}

static const setting plain = {"127.0.0.1", 10, 0, 0};

static void exchange(const char *host)
{
    setting how = {host, 10, 0, 0};
    net n;
    sip_path to;
    sip_flow flow;

    start(&n, &how);
    to = path_to(&n.b);
    n.b.echo = true;
    /* The first two wait for the same connection; the answers come back on it. */
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 1), 0);
    assert_int_equal(send_on(&n.a, &to, SIP_STR("\r\n" HELLO), 2), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 2));
    assert_true(real_loop_until(&n.real, &n.a.messages, 2));
    assert_true(sip_addr_equal(&n.b.from.local, &n.b.transport->local));
    assert_true(n.b.from.flow != 0);
    assert_true(sip_addr_equal(&n.a.from.remote, &n.b.transport->local));
    flow = n.a.from.flow;
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 3), 0);
    assert_true(real_loop_until(&n.real, &n.a.messages, 3));
    assert_int_equal(n.a.from.flow, flow);
    assert_int_equal(n.a.failed, 0);
    finish(&n);
}

static void test_reuse(void **state)
{
    (void)state;
    exchange("127.0.0.1");
    exchange("::1");
}

static void test_refused(void **state)
{
    net n;
    sip_path to;

    (void)state;
    start(&n, &plain);
    to = path_to(&n.b);
    close_node(&n.b);
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 1), 0);
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 0), 0);
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 4), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 2));
    assert_int_equal(n.a.refs, 5);
    assert_int_equal(n.a.err, SIP_EIO);
    assert_non_null(strstr(n.a.text, "connection refused"));
    assert_int_equal(n.a.closed, 0); /* never was a flow */
    finish(&n);
}

static void test_flow_ends(void **state)
{
    net n;
    sip_path to;

    (void)state;
    start(&n, &plain);
    to = path_to(&n.b);
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    to = n.b.from;
    close_node(&n.a);
    open_node(&n, &n.a, &plain);
    assert_true(real_loop_until(&n.real, &n.b.closed, 1));
    assert_int_equal(n.b.closed_flow, to.flow);
    assert_int_equal(n.b.err, 0);
    /* What wants that flow does not get another one. */
    assert_int_equal(send_on(&n.b, &to, SIP_STR(HELLO), 8), 0);
    assert_int_equal(send_on(&n.b, &to, SIP_STR(HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.failed, 1));
    assert_int_equal(n.b.err, SIP_EGONE);
    assert_int_equal(n.b.refs, 8);
    finish(&n);
}

static void test_queue_over_its_bound(void **state)
{
    static char large[SIP__STREAM_QUEUE_BYTES + 1];
    sip_str bytes = {large, sizeof(large)};
    net n;
    sip_path to;

    (void)state;
    start(&n, &plain);
    to = path_to(&n.b);
    assert_int_equal(send_on(&n.a, &to, bytes, 1), SIP_ETOOBIG);
    bytes.len = sizeof(large) / 2;
    assert_int_equal(send_on(&n.a, &to, bytes, 1), 0);
    assert_int_equal(send_on(&n.a, &to, bytes, 2), 0);
    assert_int_equal(send_on(&n.a, &to, bytes, 4), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 3));
    assert_int_equal(n.a.refs, 7);
    assert_non_null(strstr(n.a.text, "too much waits"));
    finish(&n);
}

static void open_raw(net *n, sip_str bytes)
{
    sip_path to = {.protocol = SIP_PROTOCOL_TCP, .remote = n->a.transport->local};
    char text[64];

    sip__stream_socket_destroy(n->raw);
    n->raw = NULL;
    assert_int_equal(
        sip__stream_socket_connect(&n->raw_config, &to, n, text, sizeof(text), &n->raw), 0);
    assert_int_equal(sip__stream_socket_write(n->raw, bytes), 0);
}

static void test_ping_is_answered(void **state)
{
    net n;

    (void)state;
    start(&n, &plain);
    open_raw(&n, SIP_STR("\r\n\r\n" HELLO "\r\n\r\n"));
    assert_true(real_loop_until(&n.real, &n.raw_bytes, 4));
    assert_string_equal(n.got, "\r\n\r\n"); /* one line break each */
    assert_int_equal(n.a.messages, 1);
    finish(&n);
}

static void test_broken_streams(void **state)
{
    static const char *const streams[] = {
        "\x16\x03\x01",
        "GET / HTTP/1.1\r\n\r\n",
        "OPTIONS sip:a SIP/2.0\r\nContent-Length: -5\r\n\r\n",
        "OPTIONS sip:a SIP/2.0\r\n\r\n",
        "OPTIONS sip:a SIP/2.0\r\nl: 70000\r\n\r\n",
    };
    size_t count = sizeof(streams) / sizeof(streams[0]);
    size_t i;
    net n;

    (void)state;
    start(&n, &plain);
    for (i = 0; i < count; i++) {
        open_raw(&n, sip_str_of(streams[i]));
        assert_true(real_loop_until(&n.real, &n.raw_closed, i + 1));
        assert_true(real_loop_until(&n.real, &n.a.closed, i + 1));
        assert_int_equal(n.a.dropped, i + 1);
        assert_int_equal(n.a.err, SIP_ESYNTAX);
    }
    assert_int_equal(n.a.messages, 0);
    /* And the next is served. */
    open_raw(&n, SIP_STR(HELLO));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    finish(&n);
}

static void test_limit(void **state)
{
    setting one = {"127.0.0.1", 1, 0, 0};
    net n;
    sip_path to;

    (void)state;
    start(&n, &one);
    open_raw(&n, SIP_STR(HELLO));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    /* An idle one makes room. */
    to = path_to(&n.a);
    assert_int_equal(send_on(&n.b, &to, SIP_STR(HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.a.messages, 2));
    assert_true(real_loop_until(&n.real, &n.raw_closed, 1));
    assert_int_equal(n.a.closed, 1);
    /* A busy one does not: part of a message has come. */
    to.flow = 0;
    assert_int_equal(send_on(&n.b, &to, SIP_STR(HELLO "OPTIONS"), 2), 0);
    to = path_to(&n.b);
    to.remote.port ^= 1;
    assert_int_equal(send_on(&n.b, &to, SIP_STR(HELLO), 3), 0);
    assert_true(real_loop_until(&n.real, &n.b.failed, 1));
    assert_int_equal(n.b.err, SIP_EBUSY);
    assert_int_equal(n.b.refs, 3);
    assert_true(real_loop_until(&n.real, &n.a.messages, 3));
    open_raw(&n, SIP_STR(HELLO));
    assert_true(real_loop_until(&n.real, &n.a.dropped, 1));
    assert_string_equal(n.a.reason, "connection over the limit");
    finish(&n);
}

static void test_idle_ends(void **state)
{
    setting idle = {"127.0.0.1", 10, 60, 0};
    net n;

    (void)state;
    start(&n, &idle);
    open_raw(&n, SIP_STR(HELLO));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    n.now_ms += 60000;
    assert_true(real_loop_until(&n.real, &n.a.closed, 1));
    assert_true(real_loop_until(&n.real, &n.raw_closed, 1));
    finish(&n);
}

static void test_keepalive(void **state)
{
    setting alive = {"127.0.0.1", 10, 0, 30};
    net n;

    (void)state;
    start(&n, &alive);
    open_raw(&n, SIP_STR(HELLO));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    n.now_ms += 30000;
    assert_true(real_loop_until(&n.real, &n.raw_bytes, 4));
    assert_string_equal(n.got, "\r\n\r\n");
    n.now_ms += 10000;
    assert_true(real_loop_until(&n.real, &n.a.closed, 1));
    assert_non_null(strstr(n.a.text, "no answer to a keep-alive"));
    finish(&n);
}

/* Whoever connects and says nothing, or never finishes what he says, is let go in time. */
static void test_slow_peers(void **state)
{
    net n;

    (void)state;
    start(&n, &plain);
    open_raw(&n, SIP_STR("\r\n\r\n")); /* a ping proves nothing */
    assert_true(real_loop_until(&n.real, &n.raw_bytes, 2));
    assert_int_equal(n.a.stats.unproven, 1);
    n.now_ms += 29999;
    assert_int_equal(sip_loop_step(n.loop), 0);
    assert_int_equal(n.a.closed, 0);
    n.now_ms += 1001;
    assert_true(real_loop_until(&n.real, &n.a.closed, 1));
    assert_int_equal(n.a.stats.silent, 1);
    assert_int_equal(n.a.err, SIP_EIO);
    assert_true(real_loop_until(&n.real, &n.raw_closed, 1));

    open_raw(&n, SIP_STR(HELLO "OPT"));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    assert_int_equal(n.a.stats.unproven, 0);
    n.now_ms += 20000;
    assert_int_equal(sip__stream_socket_write(n.raw, SIP_STR("I")), 0);
    assert_int_equal(sip_loop_step(n.loop), 0);
    turn_end(&n);
    assert_int_equal(n.a.closed, 1);
    n.now_ms += 10000; /* bytes that come meanwhile do not help */
    assert_true(real_loop_until(&n.real, &n.a.closed, 2));
    assert_int_equal(n.a.stats.slow, 1);
    assert_non_null(strstr(n.a.text, "tcp from 127.0.0.1"));
    assert_non_null(strstr(n.a.text, "too slowly"));
    finish(&n);
}

/* A message in time starts the clock anew. */
static void test_fast_enough(void **state)
{
    net n;
    size_t i;

    (void)state;
    start(&n, &plain);
    open_raw(&n, SIP_STR("OPT"));
    for (i = 1; i < 5; i++) {
        assert_true(real_loop_until(&n.real, &n.a.stats.accepted, 1));
        n.now_ms += 20000;
        assert_int_equal(sip__stream_socket_write(
                             n.raw, SIP_STR("IONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\nOPT")),
                         0);
        assert_true(real_loop_until(&n.real, &n.a.messages, i));
    }
    assert_int_equal(n.a.closed, 0);
    finish(&n);
}

/* A peer that takes nothing of what waits for it is let go too. */
static void test_stalled_peer(void **state)
{
    static char large[100000];
    sip_str bytes = {large, sizeof(large)};
    struct sockaddr_storage name;
    socklen_t len;
    sip__connection *connection;
    net n;
    int small = 4096;
    int quiet = 0;
    int fd, i;

    (void)state;
    start(&n, &plain);
    fd = sip__socket_open(&n.a.transport->local, SOCK_STREAM);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
    sip__sockaddr_of(&n.a.transport->local, &name, &len);
    (void)connect(fd, (struct sockaddr *)&name, len);
    assert_true(real_loop_until(&n.real, &n.a.stats.accepted, 1));
    assert_int_equal(send(fd, HELLO, sizeof(HELLO) - 1, 0), sizeof(HELLO) - 1);
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    connection = sip_id_table_find(&n.a.flows, n.a.from.flow);
    for (i = 0; i < 10000 && quiet < 50; i++) {
        quiet++;
        if (connection->stalled_ms == 0) {
            assert_int_equal(send_on(&n.a, &n.a.from, bytes, 0), 0);
            quiet = 0;
        }
        assert_int_equal(sip_loop_step(n.loop), 0);
        turn_end(&n);
    }
    assert_int_equal(quiet, 50);
    for (i = 0; i < 1000 && n.a.closed == 0; i++) { /* the system may find room once more */
        n.now_ms += i % 50 == 0 ? 30000 : 0;
        assert_int_equal(sip_loop_step(n.loop), 0);
        turn_end(&n);
    }
    assert_int_equal(n.a.closed, 1);
    assert_int_equal(n.a.stats.stalled, 1);
    assert_non_null(strstr(n.a.text, "does not take what is sent"));
    close(fd);
    finish(&n);
}

static void test_destroyed_in_the_midst(void **state)
{
    net n;
    sip_path to;

    (void)state;
    start(&n, &plain);
    to = path_to(&n.b);
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 1), 0);
    to.flow = 12345;
    assert_int_equal(send_on(&n.a, &to, SIP_STR(HELLO), 2), 0);
    finish(&n);
    assert_int_equal(n.a.failed, 0);
}

static void test_no_memory(void **state)
{
    size_t count = 0;
    fail_alloc fail;
    net n;

    (void)state;
    start(&n, &plain);
    do {
        sip__listen_config config;
        sip_transport *transport;
        sip_id_table flows;
        sip_addr bind;
        sip_path to = path_to(&n.b);
        sip__server_names names;
        sip_connection_stats stats = {0};
        char why[SIP__WHY_BYTES];

        fail_alloc_init(&fail, ++count);
        memset(&config, 0, sizeof(config));
        sip_id_table_init(&flows, &fail.allocator, 0);
        config.allocator = &fail.allocator;
        config.loop = n.loop;
        config.clock = &n.clock;
        config.max_message_bytes = 1000;
        config.flows = &flows;
        config.names = &names;
        config.stats = &stats;
        config.why = why;
        memset(&names, 0, sizeof(names));
        assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 0, &bind), 0);
        if (sip__stream_transport_create(&config, SIP_PROTOCOL_TCP, NULL, &bind, &transport) == 0) {
            int err = transport->vtable->send(transport, &to, SIP_STR(HELLO), 1);

            assert_true(err == 0 || (err == SIP_ENOMEM && fail.failed));
            to.flow = 77;
            err = transport->vtable->send(transport, &to, SIP_STR(HELLO), 1);
            assert_true(err == 0 || (err == SIP_ENOMEM && fail.failed));
            transport->vtable->destroy(transport);
        }
        sip_id_table_finish(&flows);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(count > 8);
    finish(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_flow_ends),
        cmocka_unit_test(test_queue_over_its_bound),
        cmocka_unit_test(test_ping_is_answered),
        cmocka_unit_test(test_broken_streams),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_idle_ends),
        cmocka_unit_test(test_keepalive),
        cmocka_unit_test(test_slow_peers),
        cmocka_unit_test(test_fast_enough),
        cmocka_unit_test(test_stalled_peer),
        cmocka_unit_test(test_destroyed_in_the_midst),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
