/* TCP over the real loopback, with the listener: both families, partial writes, ends and refusals.
 */
#include "io/stream_socket.h"
#include "io/stream_listener.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct end {
    sip__stream_socket *socket;
    int fd;
    size_t connected, bytes, closed, events;
    uint32_t sum;
    uint64_t written;
    int err;
    char text[100];
    bool close_on_bytes;
} end;

typedef struct pair {
    sip_loop *loop;
    real_loop real;
    sip__stream_listener *listener;
    sip_addr at;
    size_t accepted, asked, closed_for_room;
    sip_addr remote;
    end here, there;
    sip__buffers buffers;
    sip__stream_socket_config config;
    char buffer[SIP__STREAM_READ_BYTES];
} pair;

/* Of all bytes in their order. */
static uint32_t sum_of(uint32_t sum, sip_str bytes)
{
    size_t i;

    for (i = 0; i < bytes.len; i++) {
        sum = sum * 31 + (unsigned char)bytes.ptr[i];
    }
    return sum;
}

static void on_connected(void *arg)
{
    ((end *)arg)->connected++;
}

static void on_bytes(sip_str bytes, void *arg)
{
    end *self = arg;

    self->bytes += bytes.len;
    self->sum = sum_of(self->sum, bytes);
    if (self->close_on_bytes) {
        sip__stream_socket_close(self->socket);
    }
}

static void on_written(uint64_t total_bytes, void *arg)
{
    ((end *)arg)->written = total_bytes;
}

static void on_closed(int err, const char *text, void *arg)
{
    end *self = arg;

    self->closed++;
    self->err = err;
    strncpy(self->text, text, sizeof(self->text) - 1);
}

static const sip__stream_socket_events events = {on_connected, on_bytes, on_written, on_closed};

static void on_accepted(int fd, const sip_addr *remote, void *arg)
{
    pair *p = arg;

    p->accepted++;
    p->remote = *remote;
    if (p->there.socket != NULL) {
        sip__stream_socket_refuse(fd);
        return;
    }
    p->there.fd = fd;
    assert_int_equal(sip__stream_socket_wrap(&p->config, fd, &p->there, &p->there.socket), 0);
}

static bool free_one(void *arg)
{
    pair *p = arg;

    p->asked++;
    if (p->there.socket == NULL) {
        return false;
    }
    p->closed_for_room++;
    sip__stream_socket_destroy(p->there.socket);
    p->there.socket = NULL;
    return true;
}

static void turn_end(void *arg)
{
    pair *p = arg;
    char text[64];

    if (p->here.socket != NULL) {
        assert_int_equal(sip__stream_socket_flush(p->here.socket, text, sizeof(text)), 0);
    }
    if (p->there.socket != NULL) {
        assert_int_equal(sip__stream_socket_flush(p->there.socket, text, sizeof(text)), 0);
    }
}

static void start(pair *p, const char *host)
{
    sip__stream_listener_config config = {.allocator = sip_allocator_default(),
                                          .on_accepted = on_accepted,
                                          .on_no_descriptor = free_one,
                                          .arg = p};
    char text[64];

    memset(p, 0, sizeof(*p));
    assert_int_equal(sip_loop_create(sip_allocator_default(), &p->loop), 0);
    p->real.loop = p->loop;
    p->real.turn_end = turn_end;
    p->real.arg = p;
    config.loop = p->loop;
    sip__buffers_init(&p->buffers, sip_allocator_default());
    p->config = (sip__stream_socket_config){.allocator = sip_allocator_default(),
                                            .loop = p->loop,
                                            .buffers = &p->buffers,
                                            .read_buffer = p->buffer,
                                            .events = &events};
    assert_int_equal(sip_addr_parse(sip_str_of(host), 0, &config.bind), 0);
    assert_int_equal(sip__stream_listener_create(&config, text, sizeof(text), &p->listener), 0);
    sip__stream_listener_local(p->listener, &p->at);
}

static void join(pair *p)
{
    sip_path path = {.remote = p->at, .local = p->at};
    char text[64];

    assert_int_equal(sip__stream_socket_connect(&p->config, &path, &p->here, text, sizeof(text),
                                                &p->here.socket),
                     0);
    assert_int_equal(p->here.connected, 0);
    assert_true(real_loop_until(&p->real, &p->here.connected, 1));
    assert_true(real_loop_until(&p->real, &p->accepted, 1));
}

static void finish(pair *p)
{
    sip__stream_socket_destroy(p->here.socket);
    sip__stream_socket_destroy(p->there.socket);
    sip__stream_listener_destroy(p->listener);
    sip__buffers_finish(&p->buffers);
    sip_loop_destroy(p->loop);
}

static void exchange(const char *host)
{
    pair p;
    sip_addr local;

    start(&p, host);
    join(&p);
    sip__stream_socket_local(p.here.socket, &local);
    assert_true(sip_addr_equal(&local, &p.remote));
    sip__stream_socket_local(p.there.socket, &local);
    assert_true(sip_addr_equal(&local, &p.at));
    assert_int_equal(sip__stream_socket_write(p.here.socket, SIP_STR("hello")), 0);
    assert_int_equal(sip__stream_socket_queued_total(p.here.socket), 5);
    assert_int_equal(p.here.written, 0);
    assert_true(real_loop_until(&p.real, &p.there.bytes, 5));
    assert_int_equal(p.here.written, 5);
    assert_int_equal(sip__stream_socket_write(p.there.socket, SIP_STR("hi")), 0);
    assert_true(real_loop_until(&p.real, &p.here.bytes, 2));
    finish(&p);
}

static void test_both_families(void **state)
{
    (void)state;
    exchange("127.0.0.1");
    exchange("::1");
    sip__stream_socket_destroy(NULL);
    sip__stream_listener_destroy(NULL);
}

static void test_partial_writes(void **state)
{
    static char block[100000];
    sip_str bytes = {block, sizeof(block)};
    pair p;
    int small = 65536;
    size_t total = 0;

    (void)state;
    start(&p, "127.0.0.1");
    join(&p);
    assert_int_equal(setsockopt(p.there.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
    while (sip__stream_socket_write(p.here.socket, bytes) == 0) {
        total += sizeof(block);
    }
    assert_int_equal(total, SIP__STREAM_QUEUE_BYTES / sizeof(block) * sizeof(block));
    assert_int_equal(sip__stream_socket_write(p.here.socket, bytes), SIP_ETOOBIG);
    assert_true(real_loop_until(&p.real, &p.there.bytes, total));
    assert_int_equal(p.here.written, total);
    assert_int_equal(sip__stream_socket_write(p.here.socket, bytes), 0);
    assert_true(real_loop_until(&p.real, &p.there.bytes, total + sizeof(block)));
    finish(&p);
}

/* What is written while a part of the queue has left comes in order. */
static void test_queue_moves_up(void **state)
{
    static char block[SIP__STREAM_QUEUE_BYTES - 100];
    sip_str first = {block, sizeof(block)};
    sip_str second = {block + 7, SIP__STREAM_WRITE_BYTES};
    uint32_t sum;
    char text[64];
    size_t i;
    pair p;

    (void)state;
    for (i = 0; i < sizeof(block); i++) {
        block[i] = (char)(i * i >> 7);
    }
    sum = sum_of(sum_of(0, first), second);
    start(&p, "127.0.0.1");
    join(&p);
    assert_int_equal(sip__stream_socket_write(p.here.socket, first), 0);
    assert_int_equal(sip__stream_socket_flush(p.here.socket, text, sizeof(text)), 0);
    assert_int_equal(p.here.written, SIP__STREAM_WRITE_BYTES);
    assert_int_equal(sip__stream_socket_write(p.here.socket, second), 0);
    assert_true(real_loop_until(&p.real, &p.there.bytes, first.len + second.len));
    assert_int_equal(p.there.sum, sum);
    finish(&p);
}

/* Whoever does not take what we write is not read either, until it does. */
static void test_back_pressure(void **state)
{
    static char block[SIP__STREAM_QUEUE_BYTES];
    sip_str bytes = {block, sizeof(block)};
    pair p;
    char text[64];
    size_t n;

    (void)state;
    start(&p, "127.0.0.1");
    join(&p);
    while (sip__stream_socket_waiting(p.here.socket) < SIP__STREAM_HIGH_BYTES) {
        bytes.len = sizeof(block) - sip__stream_socket_waiting(p.here.socket);
        assert_int_equal(sip__stream_socket_write(p.here.socket, bytes), 0);
        for (n = 0; n < sizeof(block) / SIP__STREAM_WRITE_BYTES + 1; n++) {
            assert_int_equal(sip__stream_socket_flush(p.here.socket, text, sizeof(text)), 0);
        }
    }
    /* The kernel has its fill: what the peer sends now stays where it is. */
    assert_int_equal(send(p.there.fd, "abc", 3, 0), 3);
    for (n = 0; n < 5; n++) {
        assert_int_equal(sip_loop_step(p.loop), 0);
        if (sip__stream_socket_waiting(p.here.socket) >= SIP__STREAM_HIGH_BYTES) {
            assert_int_equal(p.here.bytes, 0);
        }
    }
    assert_true(real_loop_until(&p.real, &p.here.bytes, 3));
    assert_true(sip__stream_socket_waiting(p.here.socket) < SIP__STREAM_LOW_BYTES);
    finish(&p);
}

/* One turn reads so much of a connection and no more. */
static void test_bounded_turns(void **state)
{
    static char block[10 * SIP__STREAM_READ_BYTES];
    sip_str bytes = {block, sizeof(block)};
    pair p;
    char text[64];

    (void)state;
    start(&p, "127.0.0.1");
    join(&p);
    assert_int_equal(sip__stream_socket_write(p.here.socket, bytes), 0);
    assert_int_equal(sip__stream_socket_flush(p.here.socket, text, sizeof(text)), 0);
    assert_int_equal(p.here.written, SIP__STREAM_WRITE_BYTES);
    assert_true(real_loop_until(&p.real, &p.there.bytes, 1));
    assert_true(p.there.bytes <= SIP__STREAM_READ_BYTES);
    assert_true(real_loop_until(&p.real, &p.there.bytes, sizeof(block)));
    finish(&p);
}

/* Without descriptors a connection that waits is refused, or gets that of an idle one. */
static void test_no_descriptors(void **state)
{
    struct rlimit old, few;
    sip_path path = {0};
    sip__stream_socket *late[2] = {NULL, NULL};
    char text[64];
    pair p;
    int top;

    (void)state;
    start(&p, "127.0.0.1");
    path.remote = p.at;
    assert_int_equal(
        sip__stream_socket_connect(&p.config, &path, &p.here, text, sizeof(text), &late[0]), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    top = dup(0);
    close(top);
    few = old;
    few.rlim_cur = (rlim_t)top;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_int_equal(
        sip__stream_socket_connect(&p.config, &path, &p.here, text, sizeof(text), &late[1]),
        SIP_EBUSY);
    assert_true(real_loop_until(&p.real, &p.here.closed, 1));
    assert_int_equal(p.accepted, 0);
    assert_int_equal(p.asked, 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    sip__stream_socket_destroy(late[0]);
    /* Now with one that can be closed. */
    memset(&p.here, 0, sizeof(p.here));
    join(&p);
    assert_int_equal(
        sip__stream_socket_connect(&p.config, &path, &p.here, text, sizeof(text), &late[0]), 0);
    top = dup(0);
    close(top);
    few.rlim_cur = (rlim_t)top;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_true(real_loop_until(&p.real, &p.accepted, 2));
    assert_int_equal(p.closed_for_room, 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    sip__stream_socket_destroy(late[0]);
    finish(&p);
}

static void test_peer_ends(void **state)
{
    pair p;

    (void)state;
    start(&p, "127.0.0.1");
    join(&p);
    sip__stream_socket_destroy(p.there.socket);
    p.there.socket = NULL;
    assert_true(real_loop_until(&p.real, &p.here.closed, 1));
    assert_int_equal(p.here.err, 0);
    assert_string_equal(p.here.text, "closed by the peer");
    assert_int_equal(sip__stream_socket_flush(p.here.socket, p.buffer, sizeof(p.buffer)), 0);
    finish(&p);
}

static void test_peer_resets(void **state)
{
    struct linger now = {1, 0};
    pair p;

    (void)state;
    start(&p, "127.0.0.1");
    join(&p);
    assert_int_equal(setsockopt(p.there.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
    sip__stream_socket_destroy(p.there.socket);
    p.there.socket = NULL;
    assert_true(real_loop_until(&p.real, &p.here.closed, 1));
    assert_int_equal(p.here.err, SIP_EIO);
    assert_string_equal(p.here.text, "connection reset by peer");
    finish(&p);
}

static void test_closed_from_inside(void **state)
{
    pair p;

    (void)state;
    start(&p, "127.0.0.1");
    join(&p);
    p.there.close_on_bytes = true;
    assert_int_equal(sip__stream_socket_write(p.here.socket, SIP_STR("x")), 0);
    assert_true(real_loop_until(&p.real, &p.here.closed, 1));
    assert_int_equal(p.there.closed, 0);
    finish(&p);
}

static void test_refused(void **state)
{
    pair p;
    sip_path path = {0};
    char text[64];

    (void)state;
    start(&p, "127.0.0.1");
    sip__stream_listener_destroy(p.listener);
    p.listener = NULL;
    path.remote = p.at;
    assert_int_equal(
        sip__stream_socket_connect(&p.config, &path, &p.here, text, sizeof(text), &p.here.socket),
        0);
    assert_true(real_loop_until(&p.real, &p.here.closed, 1));
    assert_string_equal(p.here.text, "connection refused");
    assert_int_equal(p.here.connected, 0);
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.77"), 0, &path.local), 0);
    assert_int_equal(
        sip__stream_socket_connect(&p.config, &path, &p.there, text, sizeof(text), &p.there.socket),
        SIP_EIO);
    assert_string_equal(text, "address not available");
    finish(&p);
}

static void test_port_taken(void **state)
{
    sip__stream_listener_config config;
    sip__stream_listener *none = NULL;
    char text[64] = "";
    pair p;

    (void)state;
    start(&p, "127.0.0.1");
    memset(&config, 0, sizeof(config));
    config.allocator = sip_allocator_default();
    config.loop = p.loop;
    config.bind = p.at;
    assert_int_equal(sip__stream_listener_create(&config, text, sizeof(text), &none), SIP_EIO);
    assert_string_equal(text, "address already in use");
    finish(&p);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        pair p;
        sip__stream_listener_config listening;
        sip_path path = {0};
        sip__stream_listener *listener;
        char text[64];

        start(&p, "127.0.0.1");
        fail_alloc_init(&fail, ++n);
        p.config.allocator = &fail.allocator;
        p.buffers.allocator = &fail.allocator;
        path.remote = p.at;
        if (sip__stream_socket_connect(&p.config, &path, &p.here, text, sizeof(text),
                                       &p.here.socket) == 0) {
            (void)sip__stream_socket_write(p.here.socket, SIP_STR("x"));
        }
        memset(&listening, 0, sizeof(listening));
        listening.allocator = &fail.allocator;
        listening.loop = p.loop;
        listening.bind = p.at;
        listening.bind.port = 0;
        if (sip__stream_listener_create(&listening, text, sizeof(text), &listener) == 0) {
            sip__stream_listener_destroy(listener);
        }
        finish(&p);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_families),      cmocka_unit_test(test_partial_writes),
        cmocka_unit_test(test_queue_moves_up),     cmocka_unit_test(test_back_pressure),
        cmocka_unit_test(test_bounded_turns),      cmocka_unit_test(test_no_descriptors),
        cmocka_unit_test(test_peer_ends),          cmocka_unit_test(test_peer_resets),
        cmocka_unit_test(test_closed_from_inside), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_port_taken),         cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
