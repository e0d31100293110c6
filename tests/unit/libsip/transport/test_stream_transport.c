/* Stream transports over the real loopback: reuse, keep-alives, limits, broken streams. */
#include "transport/stream_transport.h"
#include "support/fail_alloc.h"
#include "support/stream_net.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void exchange(const char *host)
{
    stream_setting how = {host, 10, 0, 0, SIP_PROTOCOL_TCP, false};
    stream_net n;
    sip_path to;
    sip_flow flow;

    stream_net_start(&n, &how);
    to = stream_path_to(&n.b);
    n.b.echo = true;
    /* The first two wait for the same connection; the answers come back on it. */
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR("\r\n" STREAM_HELLO), 2), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 2));
    assert_true(real_loop_until(&n.real, &n.a.messages, 2));
    assert_true(sip_addr_equal(&n.b.from.local, &n.b.transport->local));
    assert_true(n.b.from.flow != 0);
    assert_true(sip_addr_equal(&n.a.from.remote, &n.b.transport->local));
    flow = n.a.from.flow;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 3), 0);
    assert_true(real_loop_until(&n.real, &n.a.messages, 3));
    assert_int_equal(n.a.from.flow, flow);
    assert_int_equal(n.a.failed, 0);
    stream_net_finish(&n);
}

static void test_reuse(void **state)
{
    (void)state;
    exchange("127.0.0.1");
    exchange("::1");
}

static void test_refused(void **state)
{
    stream_net n;
    sip_path to;

    (void)state;
    stream_net_start(&n, &stream_plain);
    to = stream_path_to(&n.b);
    stream_node_close(&n.b);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 0), 0);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 4), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 2));
    assert_int_equal(n.a.refs, 5);
    assert_int_equal(n.a.err, SIP_EIO);
    assert_non_null(strstr(n.a.text, "connection refused"));
    assert_int_equal(n.a.closed, 0); /* never was a flow */
    stream_net_finish(&n);
}

static void test_flow_ends(void **state)
{
    stream_net n;
    sip_path to;

    (void)state;
    stream_net_start(&n, &stream_plain);
    to = stream_path_to(&n.b);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    to = n.b.from;
    stream_node_close(&n.a);
    stream_node_open(&n, &n.a, &stream_plain);
    assert_true(real_loop_until(&n.real, &n.b.closed, 1));
    assert_int_equal(n.b.closed_flow, to.flow);
    assert_int_equal(n.b.err, 0);
    /* What wants that flow does not get another one. */
    assert_int_equal(stream_node_send(&n.b, &to, SIP_STR(STREAM_HELLO), 8), 0);
    assert_int_equal(stream_node_send(&n.b, &to, SIP_STR(STREAM_HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.failed, 1));
    assert_int_equal(n.b.err, SIP_EGONE);
    assert_int_equal(n.b.refs, 8);
    stream_net_finish(&n);
}

static void test_queue_over_its_bound(void **state)
{
    static char large[SIP__STREAM_QUEUE_BYTES + 1];
    sip_str bytes = {large, sizeof(large)};
    stream_net n;
    sip_path to;

    (void)state;
    stream_net_start(&n, &stream_plain);
    to = stream_path_to(&n.b);
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 1), SIP_ETOOBIG);
    bytes.len = sizeof(large) / 2;
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 1), 0);
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 2), 0);
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 4), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 3));
    assert_int_equal(n.a.refs, 7);
    assert_non_null(strstr(n.a.text, "too much waits"));
    stream_net_finish(&n);
}

static void test_ping_is_answered(void **state)
{
    stream_net n;

    (void)state;
    stream_net_start(&n, &stream_plain);
    stream_raw_open(&n, SIP_STR("\r\n\r\n" STREAM_HELLO "\r\n\r\n"));
    assert_true(real_loop_until(&n.real, &n.raw_bytes, 4));
    assert_string_equal(n.got, "\r\n\r\n"); /* one line break each */
    assert_int_equal(n.a.messages, 1);
    stream_net_finish(&n);
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
    stream_net n;

    (void)state;
    stream_net_start(&n, &stream_plain);
    for (i = 0; i < count; i++) {
        stream_raw_open(&n, sip_str_of(streams[i]));
        assert_true(real_loop_until(&n.real, &n.raw_closed, i + 1));
        assert_true(real_loop_until(&n.real, &n.a.closed, i + 1));
        assert_int_equal(n.a.dropped, i + 1);
        assert_int_equal(n.a.err, SIP_ESYNTAX);
    }
    assert_int_equal(n.a.messages, 0);
    /* And the next is served. */
    stream_raw_open(&n, SIP_STR(STREAM_HELLO));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    stream_net_finish(&n);
}

static void test_limit(void **state)
{
    stream_setting one = {"127.0.0.1", 1, 0, 0, SIP_PROTOCOL_TCP, false};
    stream_net n;
    sip_path to;

    (void)state;
    stream_net_start(&n, &one);
    stream_raw_open(&n, SIP_STR(STREAM_HELLO));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    /* An idle one makes room. */
    to = stream_path_to(&n.a);
    assert_int_equal(stream_node_send(&n.b, &to, SIP_STR(STREAM_HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.a.messages, 2));
    assert_true(real_loop_until(&n.real, &n.raw_closed, 1));
    assert_int_equal(n.a.closed, 1);
    /* A busy one does not: part of a message has come. */
    to.flow = 0;
    assert_int_equal(stream_node_send(&n.b, &to, SIP_STR(STREAM_HELLO "OPTIONS"), 2), 0);
    to = stream_path_to(&n.b);
    to.remote.port ^= 1;
    assert_int_equal(stream_node_send(&n.b, &to, SIP_STR(STREAM_HELLO), 3), 0);
    assert_true(real_loop_until(&n.real, &n.b.failed, 1));
    assert_int_equal(n.b.err, SIP_EBUSY);
    assert_int_equal(n.b.refs, 3);
    assert_true(real_loop_until(&n.real, &n.a.messages, 3));
    stream_raw_open(&n, SIP_STR(STREAM_HELLO));
    assert_true(real_loop_until(&n.real, &n.a.dropped, 1));
    assert_string_equal(n.a.reason, "connection over the limit");
    stream_net_finish(&n);
}

static void test_idle_ends(void **state)
{
    stream_setting idle = {"127.0.0.1", 10, 60, 0, SIP_PROTOCOL_TCP, false};
    stream_net n;

    (void)state;
    stream_net_start(&n, &idle);
    stream_raw_open(&n, SIP_STR(STREAM_HELLO));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    n.now_ms += 60000;
    assert_true(real_loop_until(&n.real, &n.a.closed, 1));
    assert_true(real_loop_until(&n.real, &n.raw_closed, 1));
    stream_net_finish(&n);
}

static void test_keepalive(void **state)
{
    stream_setting alive = {"127.0.0.1", 10, 0, 30, SIP_PROTOCOL_TCP, false};
    stream_net n;

    (void)state;
    stream_net_start(&n, &alive);
    stream_raw_open(&n, SIP_STR(STREAM_HELLO));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    n.now_ms += 30000;
    assert_true(real_loop_until(&n.real, &n.raw_bytes, 4));
    assert_string_equal(n.got, "\r\n\r\n");
    n.now_ms += 10000;
    assert_true(real_loop_until(&n.real, &n.a.closed, 1));
    assert_non_null(strstr(n.a.text, "no answer to a keep-alive"));
    stream_net_finish(&n);
}

static void test_destroyed_in_the_midst(void **state)
{
    stream_net n;
    sip_path to;

    (void)state;
    stream_net_start(&n, &stream_plain);
    to = stream_path_to(&n.b);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    to.flow = 12345;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 2), 0);
    stream_net_finish(&n);
    assert_int_equal(n.a.failed, 0);
}

static void test_no_memory(void **state)
{
    size_t count = 0;
    fail_alloc fail;
    stream_net n;

    (void)state;
    stream_net_start(&n, &stream_plain);
    do {
        sip__listen_config config;
        sip_transport *transport;
        sip_id_table flows;
        sip_addr bind;
        sip_path to = stream_path_to(&n.b);
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
            int err = transport->vtable->send(transport, &to, SIP_STR(STREAM_HELLO), 1);

            assert_true(err == 0 || (err == SIP_ENOMEM && fail.failed));
            to.flow = 77;
            err = transport->vtable->send(transport, &to, SIP_STR(STREAM_HELLO), 1);
            assert_true(err == 0 || (err == SIP_ENOMEM && fail.failed));
            transport->vtable->destroy(transport);
        }
        sip_id_table_finish(&flows);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(count > 8);
    stream_net_finish(&n);
}

/* ---- connections before anything is sent */

static int connect_to(stream_node *self, const sip_path *to, sip_flow *ret_flow)
{
    return self->transport->vtable->connect(self->transport, to, ret_flow);
}

static sip_flow flow_to(stream_node *self, const sip_path *to)
{
    bool stands;

    return self->transport->vtable->flow_to(self->transport, to, &stands);
}

static void release(stream_node *self, const sip_path *to, sip_flow flow)
{
    sip_path path = *to;

    path.flow = flow;
    self->transport->vtable->release(self->transport, &path);
}

static void connect_first(sip_protocol protocol)
{
    stream_setting how = stream_plain;
    sip_flow flow = 0, again = 0;
    stream_net n;
    sip_path to;

    how.protocol = protocol;
    stream_net_start(&n, &how);
    to = stream_path_to(&n.b);
    assert_int_equal(flow_to(&n.a, &to), 0);
    assert_int_equal(connect_to(&n.a, &to, &flow), SIP_EAGAIN);
    assert_int_equal(connect_to(&n.a, &to, &again), SIP_EAGAIN);
    assert_true(flow != 0 && flow == again && flow == flow_to(&n.a, &to));
    assert_true(real_loop_until(&n.real, &n.a.connected, 1));
    assert_int_equal(n.a.connected_flow, flow);
    assert_int_equal(n.a.err, 0);
    assert_int_equal(connect_to(&n.a, &to, &again), 0);
    /* It serves as any other, and stays because it does. */
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    for (int i = 0; i < 4; i++) {
        release(&n.a, &to, flow);
    }
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    assert_int_equal(flow_to(&n.a, &to), flow);
    stream_net_finish(&n);
}

static void test_connects_first(void **state)
{
    (void)state;
    connect_first(SIP_PROTOCOL_TCP);
    connect_first(SIP_PROTOCOL_TLS); /* the channel has to be open, too */
}

static void test_closed_unless_used(void **state)
{
    sip_flow flow = 0, again = 0;
    stream_net n;
    sip_path to;

    (void)state;
    stream_net_start(&n, &stream_plain);
    to = stream_path_to(&n.b);
    assert_int_equal(connect_to(&n.a, &to, &flow), SIP_EAGAIN);
    assert_int_equal(connect_to(&n.a, &to, &again), SIP_EAGAIN);
    assert_true(real_loop_until(&n.real, &n.a.connected, 1));
    release(&n.a, &to, flow); /* another one still wants it */
    assert_int_equal(flow_to(&n.a, &to), flow);
    release(&n.a, &to, flow);
    assert_int_equal(flow_to(&n.a, &to), 0);
    release(&n.a, &to, flow);
    assert_true(real_loop_until(&n.real, &n.a.closed, 1));
    assert_true(real_loop_until(&n.real, &n.b.closed, 1));
    /* One that has not come about yet. */
    assert_int_equal(connect_to(&n.a, &to, &flow), SIP_EAGAIN);
    release(&n.a, &to, flow);
    assert_int_equal(n.a.stats.live, 0);
    stream_net_finish(&n);
}

/* Whoever sends again from inside what tells that it failed gets the next turn's answer. */
static void test_retries_leave_the_turn(void **state)
{
    stream_net n;
    sip_path to;

    (void)state;
    stream_net_start(&n, &stream_plain);
    to = stream_path_to(&n.b);
    /* No stream leads to a broadcast address: the system says so at once. */
    assert_int_equal(sip_addr_parse(SIP_STR("127.255.255.255"), 5060, &to.remote), 0);
    n.a.retries = 3;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 1));
    assert_int_equal(n.a.failed, 1);
    assert_true(real_loop_until(&n.real, &n.a.failed, 4));
    assert_int_equal(n.a.failed, 4);
    assert_int_equal(n.a.stats.live, 0);
    stream_net_finish(&n);
}

static void test_attempts_that_fail(void **state)
{
    sip_flow flow = 0;
    stream_net n;
    sip_path to;

    (void)state;
    stream_net_start(&n, &stream_plain);
    to = stream_path_to(&n.b);
    stream_node_close(&n.b);
    assert_int_equal(connect_to(&n.a, &to, &flow), SIP_EAGAIN);
    assert_int_equal(n.a.connected, 0); /* never from inside */
    assert_true(real_loop_until(&n.real, &n.a.connected, 1));
    assert_int_equal(n.a.connected_flow, flow);
    assert_int_equal(n.a.err, SIP_EIO);
    assert_non_null(strstr(n.a.text, "connection refused"));
    assert_int_equal(n.a.closed, 0);
    to.flow = flow;
    assert_int_equal(connect_to(&n.a, &to, &flow), SIP_EGONE);
    to.flow = 0;
    to.server = 4711; /* a name that nobody knows */
    assert_int_equal(connect_to(&n.a, &to, &flow), SIP_EGONE);
    assert_int_equal(flow_to(&n.a, &to), 0);
    stream_net_finish(&n);
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
        cmocka_unit_test(test_connects_first),
        cmocka_unit_test(test_closed_unless_used),
        cmocka_unit_test(test_attempts_that_fail),
        cmocka_unit_test(test_retries_leave_the_turn),
        cmocka_unit_test(test_destroyed_in_the_midst),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
