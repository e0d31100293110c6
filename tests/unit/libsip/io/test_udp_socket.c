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
    size_t events;
    sip_addr remote, local, dead;
    uint64_t ref;
    int err;
    char text[200];
} udp_side;

typedef struct pair {
    sip_loop *loop;
    real_loop real;
    udp_side a, b;
} pair;

static void on_datagram(const sip_addr *remote, const sip_addr *local, sip_str bytes,
                        bool truncated, void *arg)
{
    udp_side *side = arg;

    side->datagrams++;
    side->events++;
    side->bytes += bytes.len;
    side->truncated += truncated ? 1 : 0;
    side->remote = *remote;
    side->local = *local;
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

static void on_unreachable(const sip_addr *remote, const char *text, void *arg)
{
    udp_side *side = arg;

    side->unreachable++;
    side->events++;
    side->dead = *remote;
    strncpy(side->text, text, sizeof(side->text) - 1);
}

static const sip__udp_socket_events events = {on_datagram, on_send_failed, on_unreachable};

static sip_addr addr_of(const char *host, uint16_t port)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &addr), 0);
    return addr;
}

static void open_side(pair *fixture, udp_side *side, const char *host)
{
    sip__udp_socket_config config = {
        sip_allocator_default(), fixture->loop, addr_of(host, 0), MAX_BYTES, &events, side,
    };
    char text[100] = "";

    memset(side, 0, sizeof(*side));
    assert_int_equal(sip__udp_socket_create(&config, text, sizeof(text), &side->socket), 0);
    sip__udp_socket_local(side->socket, &side->at);
    assert_true(side->at.port != 0);
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

static void test_answer_leaves_from_where_it_came_to(void **state)
{
    pair f;
    sip_addr to;

    (void)state;
    start(&f, "127.0.0.1", "0.0.0.0");
    to = addr_of("127.0.0.3", f.b.at.port);
    assert_int_equal(sip__udp_socket_send(f.a.socket, &to, NULL, SIP_STR("?"), 1), 0);
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 1));
    assert_true(sip_addr_equal(&f.b.local, &to));
    assert_int_equal(sip__udp_socket_send(f.b.socket, &f.a.at, &f.b.local, SIP_STR("!"), 1), 0);
    assert_true(real_loop_until(&f.real, &f.a.datagrams, 1));
    assert_true(sip_addr_equal(&f.a.remote, &to));
    finish(&f);

    start(&f, "::1", "::");
    to = addr_of("::1", f.b.at.port);
    assert_int_equal(sip__udp_socket_send(f.a.socket, &to, NULL, SIP_STR("?"), 1), 0);
    assert_true(real_loop_until(&f.real, &f.b.datagrams, 1));
    assert_true(sip_addr_equal(&f.b.local, &to));
    assert_int_equal(sip__udp_socket_send(f.b.socket, &f.a.at, &f.b.local, SIP_STR("!"), 1), 0);
    assert_true(real_loop_until(&f.real, &f.a.datagrams, 1));
    assert_true(sip_addr_equal(&f.a.remote, &to));
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

static void test_no_memory(void **state)
{
    static char large[3000];
    sip_str bytes = {large, sizeof(large)};
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        sip_loop *loop;
        sip__udp_socket *socket;
        udp_side side;
        char text[100];
        sip__udp_socket_config config = {
            &fail.allocator, NULL, addr_of("127.0.0.1", 0), 1000, &events, &side,
        };

        fail_alloc_init(&fail, ++n);
        memset(&side, 0, sizeof(side));
        assert_int_equal(sip_loop_create(sip_allocator_default(), &loop), 0);
        config.loop = loop;
        if (sip__udp_socket_create(&config, text, sizeof(text), &socket) == 0) {
            sip_addr nowhere = addr_of("0.0.0.0", 0);

            (void)sip__udp_socket_send(socket, &nowhere, NULL, bytes, 9);
            sip__udp_socket_flush(socket);
            sip__udp_socket_destroy(socket);
        }
        sip_loop_destroy(loop);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_families),
        cmocka_unit_test(test_answer_leaves_from_where_it_came_to),
        cmocka_unit_test(test_many_and_large),
        cmocka_unit_test(test_failed_send_comes_later),
#ifndef SIP_PORTABLE
        cmocka_unit_test(test_refused),
#endif
        cmocka_unit_test(test_cannot_open),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
