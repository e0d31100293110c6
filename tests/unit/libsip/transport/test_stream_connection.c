/* Connections of stream transports whose peers are slow, silent, or take nothing; descriptors that
 * run out. */
#include "io/socket_address.h"
#include "support/stream_net.h"
#include "transport/connection.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

/* Whoever connects and says nothing, or never finishes what he says, is let go in time. */
static void test_slow_peers(void **state)
{
    stream_net n;

    (void)state;
    stream_net_start(&n, &stream_plain);
    stream_raw_open(&n, SIP_STR("\r\n\r\n")); /* a ping proves nothing */
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

    stream_raw_open(&n, SIP_STR(STREAM_HELLO "OPT"));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    assert_int_equal(n.a.stats.unproven, 0);
    n.now_ms += 9000;
    assert_int_equal(sip__stream_socket_write(n.raw, SIP_STR("I")), 0);
    assert_int_equal(sip_loop_step(n.loop), 0);
    stream_net_flush(&n);
    assert_int_equal(n.a.closed, 1);
    n.now_ms += 2000; /* a byte now and then does not help */
    assert_true(real_loop_until(&n.real, &n.a.closed, 2));
    assert_int_equal(n.a.stats.slow, 1);
    assert_non_null(strstr(n.a.text, "tcp from 127.0.0.1"));
    assert_non_null(strstr(n.a.text, "too slowly"));
    stream_net_finish(&n);
}

/* A message in time starts the clock anew. */
static void test_fast_enough(void **state)
{
    stream_net n;
    size_t i;

    (void)state;
    stream_net_start(&n, &stream_plain);
    stream_raw_open(&n, SIP_STR("OPT"));
    for (i = 1; i < 5; i++) {
        assert_true(real_loop_until(&n.real, &n.a.stats.accepted, 1));
        n.now_ms += 9000;
        assert_int_equal(sip__stream_socket_write(
                             n.raw, SIP_STR("IONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\nOPT")),
                         0);
        assert_true(real_loop_until(&n.real, &n.a.messages, i));
    }
    assert_int_equal(n.a.closed, 0);
    stream_net_finish(&n);
}

/* A peer of a's that says one message and then neither reads nor closes. */
static int connect_fd(stream_net *n)
{
    struct sockaddr_storage name;
    socklen_t len;
    int small = 4096;
    int fd = sip__socket_open(&n->a.transport->local, SOCK_STREAM);

    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
    sip__sockaddr_of(&n->a.transport->local, &name, &len);
    (void)connect(fd, (struct sockaddr *)&name, len);
    assert_true(real_loop_until(&n->real, &n->a.stats.accepted, 1));
    assert_int_equal(send(fd, STREAM_HELLO, sizeof(STREAM_HELLO) - 1, 0), sizeof(STREAM_HELLO) - 1);
    return fd;
}

/* A peer that takes nothing of what waits for it is let go too. */
static void test_stalled_peer(void **state)
{
    static char large[100000];
    sip_str bytes = {large, sizeof(large)};
    sip__connection *connection;
    stream_net n;
    int quiet = 0;
    int fd, i;

    (void)state;
    stream_net_start(&n, &stream_plain);
    fd = connect_fd(&n);
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    connection = sip_id_table_find(&n.a.flows, n.a.from.flow);
    for (i = 0; i < 10000 && quiet < 50; i++) {
        quiet++;
        if (connection->stalled_ms == 0) {
            assert_int_equal(stream_node_send(&n.a, &n.a.from, bytes, 0), 0);
            quiet = 0;
        }
        assert_int_equal(sip_loop_step(n.loop), 0);
        stream_net_flush(&n);
    }
    assert_int_equal(quiet, 50);
    for (i = 0; i < 1000 && n.a.closed == 0; i++) { /* the system may find room once more */
        n.now_ms += i % 50 == 0 ? 30000 : 0;
        assert_int_equal(sip_loop_step(n.loop), 0);
        stream_net_flush(&n);
    }
    assert_int_equal(n.a.closed, 1);
    assert_int_equal(n.a.stats.stalled, 1);
    assert_non_null(strstr(n.a.text, "does not take what is sent"));
    close(fd);
    stream_net_finish(&n);
}

/* Half a message holds no place in a full table. */
static void test_stuck_peer_makes_room(void **state)
{
    static const stream_setting tight = {"127.0.0.1", 1, 0, 0, SIP_PROTOCOL_TCP, false};
    stream_net n;
    int fd;

    (void)state;
    stream_net_start(&n, &tight);
    stream_raw_open(&n, SIP_STR(STREAM_HELLO "OPT"));
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    n.now_ms += 1500;
    assert_int_equal(n.a.stats.accepted, 1);
    n.a.stats.accepted = 0; /* for the next wait */
    fd = connect_fd(&n);
    assert_true(real_loop_until(&n.real, &n.a.messages, 2));
    assert_int_equal(n.a.stats.closed_stuck, 1);
    assert_true(real_loop_until(&n.real, &n.raw_closed, 1));
    close(fd);
    stream_net_finish(&n);
}

/* Without a descriptor an idle connection gives its own, for one of ours and for one that comes. */
static void test_no_descriptors(void **state)
{
    struct rlimit old, few;
    stream_net n;
    sip_path to;
    int fd, top;

    (void)state;
    stream_net_start(&n, &stream_plain);
    fd = connect_fd(&n);
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    to = stream_path_to(&n.b);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    few = old;
    top = dup(0);
    close(top);
    few.rlim_cur = (rlim_t)top;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    /* The idle one's is taken for this; there is none for b to accept it with. */
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.a.closed, 2));
    assert_int_equal(n.a.stats.closed_for_room, 1);
    assert_int_equal(n.b.stats.refused_descriptors, 1);
    /* Now not even one of ours is idle. */
    top = dup(0);
    assert_true(top >= 0);
    assert_int_equal(stream_node_send(&n.a, &to, SIP_STR(STREAM_HELLO), 2), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 1));
    assert_int_equal(n.a.stats.refused_descriptors, 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    close(top);
    close(fd);
    stream_net_finish(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow_peers),     cmocka_unit_test(test_fast_enough),
        cmocka_unit_test(test_stalled_peer),   cmocka_unit_test(test_stuck_peer_makes_room),
        cmocka_unit_test(test_no_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
