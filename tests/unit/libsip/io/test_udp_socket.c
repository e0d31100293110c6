/* UDP over the real loopback: both families, batches, source addresses, refusals. */
#include "io/udp_socket.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MAX_BYTES 20000

typedef struct udp_side {
    sip__udp_socket *socket;
    sip_addr at;
    size_t datagrams, bytes, truncated, failed, unreachable;
    size_t events, quoted;
    uint64_t lost;
    sip_addr remote, local, dead;
    sip_time_ms received_ms, delivered_ms;
    bool mixed; /* one of them was not all the same byte */
    bool takes; /* and keeps: */
    sip_msg_block *taken[300];
    size_t taken_count;
    size_t without_block;
    uint64_t ref;
    int err;
    char text[200];
} udp_side;

typedef struct pair {
    sip_loop *loop;
    real_loop real;
    udp_side a, b;
} pair;

static bool is_uniform(sip_str bytes)
{
    return bytes.len < 2 || memcmp(bytes.ptr, bytes.ptr + 1, bytes.len - 1) == 0;
}

static bool on_datagram(const sip__udp_arrival *arrival, void *arg)
{
    udp_side *side = arg;

    side->datagrams++;
    side->events++;
    side->bytes += arrival->bytes.len;
    side->truncated += arrival->truncated ? 1 : 0;
    side->remote = arrival->remote;
    side->local = arrival->local;
    side->received_ms = arrival->received_ms;
    side->delivered_ms = sip_clock_now_ms(NULL);
    side->mixed = side->mixed || !is_uniform(arrival->bytes);
    if (arrival->block != NULL) {
        assert_ptr_equal(arrival->bytes.ptr, sip__msg_block_bytes(arrival->block));
    }
    side->without_block += arrival->block == NULL ? 1 : 0;
    if (side->takes && arrival->block != NULL) {
        assert_true(side->taken_count < 300);
        side->taken[side->taken_count++] = arrival->block;
        return true;
    }
    return false;
}

static void on_lost(uint64_t count, void *arg)
{
    udp_side *side = arg;

    side->lost += count;
    side->events++;
}

static void on_send_failed(uint64_t ref, const sip_addr *to, int err, const char *text, void *arg)
{
    udp_side *side = arg;

    side->failed++;
    side->events++;
    side->ref = ref;
    side->err = err;
    side->dead = *to;
    strncpy(side->text, text, sizeof(side->text) - 1);
}

static void on_unreachable(const sip_network_error *error, void *arg)
{
    udp_side *side = arg;

    side->unreachable++;
    side->events++;
    side->dead = error->remote;
    side->err = error->err;
    side->quoted += error->quoted.len;
    strncpy(side->text, error->text, sizeof(side->text) - 1);
}

static const sip__udp_socket_events events = {on_datagram, on_lost, on_send_failed, on_unreachable};

static sip_addr addr_of(const char *host, uint16_t port)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &addr), 0);
    return addr;
}

static void open_with(pair *fixture, udp_side *side, const char *host,
                      const sip_socket_options *options)
{
    sip__udp_socket_config config = {
        .allocator = sip_allocator_default(),
        .loop = fixture->loop,
        .bind = addr_of(host, 0),
        .max_bytes = MAX_BYTES,
        .events = &events,
        .arg = side,
        .options = *options,
    };
    char text[100] = "";

    memset(side, 0, sizeof(*side));
    assert_int_equal(sip__udp_socket_create(&config, text, sizeof(text), &side->socket), 0);
    sip__udp_socket_local(side->socket, &side->at);
    assert_true(side->at.port != 0);
}

static void open_side(pair *fixture, udp_side *side, const char *host)
{
    open_with(fixture, side, host, &(sip_socket_options){0});
}

static void turn_end(void *arg)
{
    pair *fixture = arg;

    sip__udp_socket_flush(fixture->a.socket);
    if (fixture->b.socket != NULL) {
        sip__udp_socket_flush(fixture->b.socket);
    }
}

static void start(pair *fixture, const char *host_a, const char *host_b)
{
    memset(fixture, 0, sizeof(*fixture));
    assert_int_equal(sip_loop_create(sip_allocator_default(), &fixture->loop), 0);
    fixture->real.loop = fixture->loop;
    fixture->real.turn_end = turn_end;
    fixture->real.arg = fixture;
    open_side(fixture, &fixture->a, host_a);
    open_side(fixture, &fixture->b, host_b);
}

static void finish(pair *fixture)
{
    sip__udp_socket_destroy(fixture->a.socket);
    sip__udp_socket_destroy(fixture->b.socket);
    sip__udp_socket_destroy(NULL);
    sip_loop_destroy(fixture->loop);
}

static void exchange(const char *host)
{
    pair f;

    start(&f, host, host);
    assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, SIP_STR("hello"), 1), 0);
    assert_int_equal(f.b.datagrams, 0);
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 1));
    assert_int_equal(f.b.bytes, 5);
    assert_true(sip_addr_equal(&f.b.remote, &f.a.at));
    assert_true(sip_addr_equal(&f.b.local, &f.b.at));
    finish(&f);
}

static void test_both_families(void **state)
{
    (void)state;
    exchange("127.0.0.1");
    exchange("::1");
}

/* The n-th question to `to` is answered from there. */
static void ask_and_answer(pair *f, const sip_addr *to, size_t n)
{
    assert_int_equal(sip__udp_socket_send(f->a.socket, to, NULL, SIP_STR("?"), 1), 0);
    assert_true(real_loop_until(&f->real, &f->b.datagrams, n));
    assert_true(sip_addr_equal(&f->b.local, to));
    assert_int_equal(sip__udp_socket_send(f->b.socket, &f->a.at, &f->b.local, SIP_STR("!"), 1), 0);
    assert_true(real_loop_until(&f->real, &f->a.datagrams, n));
    assert_true(sip_addr_equal(&f->a.remote, to));
}

static void test_answer_leaves_from_where_it_came_to(void **state)
{
    pair f;
    sip_addr to;

    (void)state;
    start(&f, "127.0.0.1", "0.0.0.0");
    to = addr_of("127.0.0.2", f.b.at.port);
    ask_and_answer(&f, &to, 1);
    to = addr_of("127.0.0.3", f.b.at.port);
    ask_and_answer(&f, &to, 2);
    to = addr_of("127.0.0.2", f.b.at.port);
    ask_and_answer(&f, &to, 3);
    finish(&f);

    start(&f, "::1", "::");
    to = addr_of("::1", f.b.at.port);
    ask_and_answer(&f, &to, 1);
    finish(&f);
}

static void test_many_and_large(void **state)
{
    static char large[MAX_BYTES + 1000];
    sip_str bytes = {large, MAX_BYTES};
    pair f;
    size_t i;

    (void)state;
    start(&f, "127.0.0.1", "127.0.0.1");
    for (i = 0; i < 300; i++) { /* more than there are slots: the first leave at once */
        bytes.len = i % 50 == 0 ? 3000 : 100;
        assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, bytes, 1), 0);
    }
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 300));
    assert_int_equal(f.b.bytes, 294 * 100 + 6 * 3000);
    assert_int_equal(f.b.truncated, 0);
    bytes.len = MAX_BYTES + 1;
    assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, bytes, 1), 0);
    assert_true(real_loop_until(&f.real, &f.b.truncated, 1));
    bytes.len = 65508;
    assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, bytes, 1), SIP_ETOOBIG);
    /* Some wait when the socket goes. */
    bytes.len = 3000;
    assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, bytes, 1), 0);
    finish(&f);
}

/* Several that do not fit their blocks, in one batch. */
static void test_long_ones_together(void **state)
{
    static const size_t lengths[] = {5000, 2048, 2049, MAX_BYTES, 100, 9000};
    static char text[MAX_BYTES];
    size_t sum = 0;
    pair f;

    (void)state;
    start(&f, "127.0.0.1", "127.0.0.1");
    for (size_t i = 0; i < 6; i++) {
        memset(text, 'a' + (int)i, sizeof(text));
        sum += lengths[i];
        assert_int_equal(
            sip__udp_socket_send(f.a.socket, &f.b.at, NULL, (sip_str){text, lengths[i]}, 1), 0);
    }
    sip__udp_socket_flush(f.a.socket);
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 6));
    assert_int_equal(f.b.bytes, sum);
    assert_false(f.b.mixed);
    assert_int_equal(f.b.truncated, 0);
    finish(&f);
}

/* A block that was taken is not received into again. */
static void test_blocks_are_taken(void **state)
{
    static char text[3000];
    pair f;

    (void)state;
    start(&f, "127.0.0.1", "127.0.0.1");
    f.b.takes = true;
    for (size_t i = 0; i < 200; i++) {
        memset(text, (int)i, sizeof(text));
        assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL,
                                              (sip_str){text, i % 10 == 9 ? 3000 : 50}, 1),
                         0);
    }
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 200));
    assert_int_equal(f.b.taken_count, 200);
    for (size_t i = 0; i < 200; i++) {
        assert_int_equal((unsigned char)sip__msg_block_bytes(f.b.taken[i])[49], i);
        sip__msg_block_destroy(f.b.taken[i]);
    }
    finish(&f);
}

/* How long one that was left in the queue for 20 ms is said to have been there. */
static sip_time_ms wait_told(void)
{
    sip_time_ms sent_ms;
    pair f;

    start(&f, "127.0.0.1", "127.0.0.1");
    assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, SIP_STR("x"), 1), 0);
    sent_ms = sip_clock_now_ms(NULL);
    sip__udp_socket_flush(f.a.socket);
    while (sip_clock_now_ms(NULL) < sent_ms + 20) {
    }
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 1));
    /* Two clocks are read one after the other: a millisecond of rounding each. */
    assert_in_range(f.b.received_ms, sent_ms - 2, f.b.delivered_ms);
    finish(&f);
    return f.b.delivered_ms - f.b.received_ms;
}

static void test_time_in_the_queue(void **state)
{
    sip_time_ms told_ms = 0;

    (void)state;
    /* Again where the process was stopped between the reading of two clocks. */
    for (int i = 0; i < 50 && told_ms < 18; i++) {
        told_ms = wait_told();
    }
    assert_true(told_ms >= 18);
}

static void test_failed_send_comes_later(void **state)
{
    pair f;
    sip_addr nowhere = addr_of("0.0.0.0", 0);

    (void)state;
    start(&f, "127.0.0.1", "127.0.0.1");
    assert_int_equal(sip__udp_socket_send(f.a.socket, &nowhere, NULL, SIP_STR("x"), 77), 0);
    assert_int_equal(sip__udp_socket_send(f.a.socket, &nowhere, NULL, SIP_STR("x"), 0), 0);
    assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, SIP_STR("y"), 78), 0);
    sip__udp_socket_flush(f.a.socket);
    assert_int_equal(f.a.failed, 0);
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 1));
    assert_true(real_loop_until(&f.real, &f.a.failed, 1));
    assert_int_equal(f.a.failed, 1);
    assert_int_equal(f.a.ref, 77);
    assert_int_equal(f.a.err, SIP_EIO);
    assert_non_null(strstr(f.a.text, "udp to 0.0.0.0:0: "));
    finish(&f);
}

#ifndef SIP_PORTABLE
static void refuse(const char *host)
{
    pair f;
    sip_addr dead;
    int i;

    start(&f, host, host);
    dead = f.b.at;
    sip__udp_socket_destroy(f.b.socket);
    f.b.socket = NULL;
    assert_int_equal(sip__udp_socket_send(f.a.socket, &dead, NULL, SIP_STR("x"), 5), 0);
    assert_true(real_loop_until(&f.real, &f.a.unreachable, 1));
    assert_true(sip_addr_equal(&f.a.dead, &dead));
    assert_non_null(strstr(f.a.text, "connection refused"));
    assert_int_equal(f.a.err, SIP_EIO);
    assert_int_equal(f.a.quoted, 1);
    assert_int_equal(f.a.failed, 0);

    /* The refusals of one destination do not fail what goes to another. */
    open_side(&f, &f.b, host);
    for (i = 0; i < 10; i++) {
        assert_int_equal(sip__udp_socket_send(f.a.socket, &dead, NULL, SIP_STR("x"), 6), 0);
        sip__udp_socket_flush(f.a.socket);
        assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, SIP_STR("y"), 7), 0);
        sip__udp_socket_flush(f.a.socket);
    }
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 10));
    assert_true(real_loop_until(&f.real, &f.a.unreachable, 11));
    assert_int_equal(f.a.failed, 0);
    finish(&f);
}

static void test_refused(void **state)
{
    (void)state;
    refuse("127.0.0.1");
    refuse("::1");
}

/* One dead peer beside a busy live one: every second datagram is refused, none is lost. */
static void test_dead_beside_live(void **state)
{
    const size_t wanted = 2000;
    sip_addr dead;
    pair f;

    (void)state;
    start(&f, "127.0.0.1", "127.0.0.1");
    dead = f.b.at;
    sip__udp_socket_destroy(f.b.socket);
    open_side(&f, &f.b, "127.0.0.1");
    for (size_t i = 0; i < wanted; i++) {
        assert_int_equal(sip__udp_socket_send(f.a.socket, &dead, NULL, SIP_STR("x"), 6), 0);
        assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, SIP_STR("y"), 7), 0);
        if (i % 100 == 99) {
            assert_true(real_loop_until(&f.real, &f.b.datagrams, i + 1));
        }
    }
    assert_true(real_loop_until(&f.real, &f.b.datagrams, wanted));
    assert_int_equal(f.a.failed, 0);
    assert_int_equal(f.b.lost, 0);
    assert_true(f.a.unreachable > 0);
    assert_true(sip_addr_equal(&f.a.dead, &dead));
    finish(&f);
}

/* What the system had no room for is counted with the next one that comes. */
static void test_lost(void **state)
{
    const sip_socket_options small = {.receive_bytes = 1, .send_bytes = 1 << 20, .dscp = 40};
    static char text[1000];
    pair f;

    (void)state;
    start(&f, "127.0.0.1", "127.0.0.1");
    sip__udp_socket_destroy(f.b.socket);
    open_with(&f, &f.b, "127.0.0.1", &small);
    for (size_t i = 0; i < 200; i++) {
        assert_int_equal(
            sip__udp_socket_send(f.a.socket, &f.b.at, NULL, (sip_str){text, sizeof(text)}, 1), 0);
    }
    sip__udp_socket_flush(f.a.socket);
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 1));
    assert_int_equal(f.b.lost, 0);
    assert_int_equal(sip__udp_socket_send(f.a.socket, &f.b.at, NULL, SIP_STR("x"), 1), 0);
    assert_true(real_loop_until(&f.real, &f.b.datagrams, f.b.datagrams + 1));
    assert_true(f.b.lost > 100);
    assert_int_equal(f.b.lost + f.b.datagrams, 201);
    finish(&f);
}
#endif

static void test_cannot_open(void **state)
{
    pair f;
    sip__udp_socket_config config;
    sip__udp_socket *none = NULL;
    char text[100] = "";

    (void)state;
    start(&f, "127.0.0.1", "127.0.0.1");
    memset(&config, 0, sizeof(config));
    config.allocator = sip_allocator_default();
    config.loop = f.loop;
    config.max_bytes = 1000;
    config.events = &events;
    config.bind = f.a.at; /* taken */
    assert_int_equal(sip__udp_socket_create(&config, text, sizeof(text), &none), SIP_EIO);
    assert_string_equal(text, "address already in use");
    config.bind = addr_of("192.0.2.77", 0); /* not ours */
    assert_int_equal(sip__udp_socket_create(&config, text, sizeof(text), &none), SIP_EIO);
    assert_null(none);
    finish(&f);
}

/* Short and long ones to itself, so that each allocation of a socket fails once. */
static void receive_something(pair *f, udp_side *side)
{
    static char large[3000];
    const sip_str bytes[] = {{large, 10}, {large, sizeof(large)}};
    sip_addr nowhere = addr_of("0.0.0.0", 0);

    f->a.socket = side->socket;
    sip__udp_socket_local(side->socket, &side->at);
    side->takes = true;
    for (size_t i = 0; i < 2; i++) {
        size_t before = side->events;

        if (sip__udp_socket_send(side->socket, &side->at, NULL, bytes[i], 9) == 0) {
            assert_true(real_loop_until(&f->real, &side->events, before + 1));
        }
    }
    (void)sip__udp_socket_send(side->socket, &nowhere, NULL, bytes[1], 9);
    sip__udp_socket_flush(side->socket);
    for (size_t i = 0; i < side->taken_count; i++) {
        sip__msg_block_destroy(side->taken[i]);
    }
}

static void test_no_memory(void **state)
{
    size_t n = 0, without = 0, lost = 0;
    fail_alloc fail;

    (void)state;
    do {
        pair f = {0};
        udp_side side = {0};
        char text[100];
        sip__udp_socket_config config = {
            .allocator = &fail.allocator,
            .bind = addr_of("127.0.0.1", 0),
            .max_bytes = 4000,
            .events = &events,
            .arg = &side,
        };

        fail_alloc_init(&fail, ++n);
        assert_int_equal(sip_loop_create(sip_allocator_default(), &f.loop), 0);
        config.loop = f.loop;
        f.real = (real_loop){.loop = f.loop, .turn_end = turn_end, .arg = &f};
        if (sip__udp_socket_create(&config, text, sizeof(text), &side.socket) == 0) {
            receive_something(&f, &side);
            without += side.without_block;
            lost += side.lost;
            sip__udp_socket_destroy(side.socket);
        }
        sip_loop_destroy(f.loop);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(without, 1);
    assert_int_equal(lost, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_families),
        cmocka_unit_test(test_answer_leaves_from_where_it_came_to),
        cmocka_unit_test(test_many_and_large),
        cmocka_unit_test(test_long_ones_together),
        cmocka_unit_test(test_blocks_are_taken),
        cmocka_unit_test(test_time_in_the_queue),
        cmocka_unit_test(test_failed_send_comes_later),
#ifndef SIP_PORTABLE
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_dead_beside_live),
        cmocka_unit_test(test_lost),
#endif
        cmocka_unit_test(test_cannot_open),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
