/* Stream transports with channels: handshakes, what waits for them, names, whole messages, ends. */
#include "support/stream_net.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* b listens, a comes. */
static const stream_setting stream_setting_tls = {"127.0.0.1", 10, 0, 40, SIP_PROTOCOL_TLS, true};
static const stream_setting whole_setting = {"127.0.0.1", 10, 0, 40, SIP_PROTOCOL_WSS, true};

static void start(stream_net *n, bool whole)
{
    stream_net_start(n, whole ? &whole_setting : &stream_setting_tls);
}

static sip_path path_to(stream_net *n, const char *server)
{
    sip_path path = stream_path_to(&n->b);

    if (server != NULL) {
        path.server = sip__server_names_id(&n->a.names, sip_str_of(server));
        assert_true(path.server != 0);
    }
    return path;
}

static void exchange(bool whole)
{
    stream_net n;
    sip_path to;

    start(&n, whole);
    assert_int_equal(n.a.transport->local.port, 0); /* it does not listen */
    to = path_to(&n, "B.test");
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 2), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 2));
    assert_string_equal(n.a.factory.server, "b.test");
    assert_int_equal(n.b.bytes, 2 * (sizeof(STREAM_HELLO) - 1));
    assert_int_equal(n.a.stats.connected, 1);
    assert_int_equal(n.b.stats.accepted, 1);
    assert_int_equal(n.b.stats.unproven, 0);
    /* Back along the same flow. */
    assert_int_equal(stream_node_send(&n.b, &n.b.from, SIP_STR(STREAM_HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    assert_int_equal(n.a.from.server, to.server);
    /* For another name, or none, another connection. */
    to = path_to(&n, NULL);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 3), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 3));
    assert_int_equal(n.a.stats.connected, 2);
    assert_string_equal(n.a.factory.server, "");
    to = path_to(&n, "b.test");
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 3), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 4));
    assert_int_equal(n.a.stats.live, 2);
    assert_int_equal(n.a.failed + n.b.failed, 0);
    stream_net_finish(&n);
}

static void test_exchange(void **state)
{
    (void)state;
    exchange(false);
    exchange(true);
}

static void test_forgotten_name(void **state)
{
    stream_net n;
    sip_path to;

    (void)state;
    start(&n, false);
    to = path_to(&n, "b.test");
    to.server += 0x10000u;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 5), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 1));
    assert_int_equal(n.a.err, SIP_EGONE);
    stream_net_finish(&n);
}

/* As a server of TLS 1.3 does when it has seen our certificate: the request has left by then. */
static void test_refused_after_handshake(void **state)
{
    stream_net n;
    sip_path to;
    uint64_t ref;

    (void)state;
    start(&n, false);
    n.b.factory.refuses = true;
    to = path_to(&n, "b.test");
    for (ref = 1; ref <= 6; ref++) {
        assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), ref), 0);
    }
    assert_true(real_loop_until(&n.real, &n.a.failed, 4));
    assert_int_equal(n.a.refs, 1 + 2 + 3 + 4);
    assert_int_equal(n.a.err, SIP_EIO);
    assert_int_equal(n.a.closed, 1);
    assert_non_null(strstr(n.a.text, "the fake peer refuses us"));
    stream_net_finish(&n);
}

static void test_handshake_fails(void **state)
{
    stream_net n;
    sip_path to;

    (void)state;
    start(&n, false);
    n.b.factory.key ^= 1;
    to = path_to(&n, "b.test");
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 5), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 1));
    assert_int_equal(n.a.refs, 5);
    assert_int_equal(n.a.closed, 0); /* it never was a flow */
    assert_int_equal(n.a.stats.handshake_failures, 1);
    assert_int_equal(n.b.stats.handshake_failures, 1);
    assert_int_equal(n.b.closed, 0);
    assert_int_equal(n.b.factory.closed, 1); /* it says goodbye */
    /* The factory cannot make any. */
    n.a.factory.make_err = SIP_EIO;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 6), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 2));
    assert_int_equal(n.a.refs, 11);
    n.a.factory.make_err = SIP_ENOMEM;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 7), SIP_ENOMEM);
    assert_int_equal(n.a.stats.live, 0);
    stream_net_finish(&n);
}

static void test_handshake_takes_too_long(void **state)
{
    stream_net n;
    sip_path to;
    size_t i;

    (void)state;
    start(&n, false);
    n.b.factory.mute = true;
    to = path_to(&n, "b.test");
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 5), 0);
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
    stream_net_finish(&n);
}

/* What waits for the handshake is bounded. */
static void test_too_much_waits(void **state)
{
    static char large[SIP__STREAM_QUEUE_BYTES / 2];
    sip_str bytes = {large, sizeof(large)};
    stream_net n;
    sip_path to;

    (void)state;
    start(&n, false);
    to = path_to(&n, NULL);
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 1), 0);
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 2), 0);
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 4), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 3));
    assert_int_equal(n.a.refs, 7);
    assert_int_equal(n.a.stats.overflowed, 1);
    /* And what the channel cannot carry ends the connection that waited for it. */
    bytes.len = 5000;
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 8), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 4));
    assert_int_equal(n.a.err, SIP_ETOOBIG);
    stream_net_finish(&n);
}

/* A channel that could not send is of no use any more: the next send finds another. */
static void test_send_breaks_off(void **state)
{
    stream_net n;
    sip_path to;

    (void)state;
    start(&n, false);
    to = path_to(&n, "b.test");
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    n.a.factory.send_err = SIP_ENOMEM;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 2), 0);
    assert_int_equal(n.a.failed, 0); /* in a later turn */
    n.a.factory.send_err = 0;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 4), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 2));
    assert_int_equal(n.a.failed, 1);
    assert_int_equal(n.a.refs, 2);
    assert_int_equal(n.a.err, SIP_ENOMEM);
    assert_int_equal(n.a.closed, 1);
    assert_int_equal(n.a.stats.broken, 1);
    assert_int_equal(n.a.stats.connected, 2);
    stream_net_finish(&n);
}

static void test_whole_messages(void **state)
{
    static char large[1500];
    sip_str bytes = {large, sizeof(large)};
    stream_net n;
    sip_path to;

    (void)state;
    start(&n, true);
    to = path_to(&n, NULL);
    /* Keep-alives of a line break and a double one; the latter is answered. */
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR("\r\n"), 0), 0);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR("\r\n\r\n"), 0), 0);
    memset(large, 'x', sizeof(large));
    assert_int_equal(stream_node_send(&n.a, &to, bytes, 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.dropped, 1));
    assert_string_equal(n.b.reason, "message over the limit");
    assert_int_equal(n.b.messages, 0);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR("\r\n" STREAM_HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    assert_int_equal(n.b.bytes, sizeof(STREAM_HELLO) - 1);
    assert_int_equal(n.a.messages, 0); /* the answered ping is none */
    stream_net_finish(&n);
}

/* A channel's own pings keep a silent connection, and end a dead one. */
static void test_pings(void **state)
{
    stream_net n;
    sip_path to;

    (void)state;
    start(&n, true);
    to = path_to(&n, NULL);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    n.now_ms += 40000;
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 2));
    n.now_ms += 10000; /* whoever had not answered would be dead now */
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 0), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 3));
    assert_int_equal(n.a.closed + n.b.closed, 0);
    /* Goodbye ends it in order. */
    stream_node_close(&n.b);
    stream_node_open(&n, &n.b, &whole_setting);
    assert_true(real_loop_until(&n.real, &n.a.closed, 1));
    assert_int_equal(n.a.err, 0);
    stream_net_finish(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchange),
        cmocka_unit_test(test_forgotten_name),
        cmocka_unit_test(test_handshake_fails),
        cmocka_unit_test(test_refused_after_handshake),
        cmocka_unit_test(test_handshake_takes_too_long),
        cmocka_unit_test(test_too_much_waits),
        cmocka_unit_test(test_send_breaks_off),
        cmocka_unit_test(test_whole_messages),
        cmocka_unit_test(test_pings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
