/* The UDP transport over the real loopback. */
#include "transport/udp.h"
#include "transport/stun.h"
#include "io/udp_socket.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <net/if.h>
#include <cmocka.h>

typedef struct world {
    sip_loop *loop;
    real_loop real;
    sip_transport *a, *b;
    size_t bytes, failed, unreachable, dropped, truncated, blocks;
    sip_path from;
    char message[200], reason[100];
    uint64_t ref;
    size_t keepalives;
} world;

static void on_bytes(sip_transport *transport, const sip_path *from, sip_str bytes, void *user)
{
    world *self = user;

    (void)transport;
    self->bytes++;
    self->from = *from;
    assert_true(bytes.len < sizeof(self->message));
    memcpy(self->message, bytes.ptr, bytes.len);
    self->message[bytes.len] = '\0';
}

static void on_send_failed(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *user)
{
    world *self = user;

    assert_ptr_equal(transport, self->a);
    assert_int_equal(to->protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(err, SIP_EIO);
    assert_non_null(text);
    self->ref = ref;
    self->failed++;
}

static void on_unreachable(sip_transport *transport, const sip_network_error *error, void *user)
{
    world *self = user;

    (void)transport;
    assert_non_null(error->text);
    assert_true(sip_str_equal_nocase(error->quoted, "x"));
    self->from.remote = error->remote;
    self->unreachable++;
}

static void on_flow_closed(sip_transport *transport, sip_flow flow, int err, const char *text,
                           void *user)
{
    (void)transport;
    (void)flow;
    (void)err;
    (void)text;
    (void)user;
    fail();
}

static void on_dropped(sip_transport *transport, const sip_path *from, const char *reason,
                       void *user)
{
    world *self = user;

    (void)transport;
    (void)from;
    strncpy(self->reason, reason, sizeof(self->reason) - 1);
    self->dropped++;
}

static void on_truncated(sip_transport *transport, const sip_path *from, sip_str bytes, void *user)
{
    world *self = user;

    assert_ptr_equal(transport, self->b);
    assert_true(sip_addr_equal(&from->remote, &self->a->local));
    assert_int_equal(bytes.len, 100);
    self->truncated++;
}

/* Takes the second of them. */
static bool on_block(sip_transport *transport, const sip_path *from, sip_str bytes,
                     struct sip_msg_block *block, void *user)
{
    world *self = user;

    assert_true(bytes.ptr > sip__msg_block_bytes(block));
    assert_true(from->received_ms > 0);
    on_bytes(transport, from, bytes, user);
    if (++self->blocks == 2) {
        sip__msg_block_destroy(block);
        return true;
    }
    return false;
}

static void on_keepalive(sip_transport *transport, const sip_path *from, sip_str bytes, void *user)
{
    world *self = user;
    sip__stun stun;

    assert_ptr_equal(transport, self->a);
    assert_true(sip_addr_equal(&from->remote, &self->b->local));
    assert_int_equal(sip__stun_read(bytes, &stun), 0);
    assert_int_equal(stun.kind, SIP__STUN_SUCCESS);
    assert_true(sip_addr_equal(&stun.mapped, &self->a->local));
    self->keepalives++;
}

static const sip_transport_events events = {.on_bytes = on_bytes,
                                            .on_send_failed = on_send_failed,
                                            .on_unreachable = on_unreachable,
                                            .on_flow_closed = on_flow_closed,
                                            .on_dropped = on_dropped,
                                            .on_truncated = on_truncated,
                                            .on_keepalive = on_keepalive};
static const sip_transport_events block_events = {
    .on_block = on_block, .on_dropped = on_dropped, .on_truncated = on_truncated};

static sip__listen_config config_of(const world *self, const sip_clock *clock)
{
    sip__listen_config config;

    memset(&config, 0, sizeof(config));
    config.allocator = sip_allocator_default();
    config.loop = self->loop;
    config.clock = clock;
    config.max_message_bytes = 100;
    return config;
}

/* NULL: it cannot be opened. */
static sip_transport *open_at(world *self, const sip__listen_config *config, const sip_addr *bind)
{
    sip_transport *transport = NULL;
    char text[100] = "";

    if (sip__udp_transport_create(config, bind, &transport, text, sizeof(text)) == 0) {
        transport->events = &events;
        transport->stack = self;
    }
    return transport;
}

static sip_transport *open_transport_by(world *self, const sip_clock *clock)
{
    const sip__listen_config config = config_of(self, clock);
    sip_transport *transport;
    sip_addr bind;

    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 0, &bind), 0);
    transport = open_at(self, &config, &bind);
    assert_non_null(transport);
    return transport;
}

static sip_transport *open_transport(world *self)
{
    return open_transport_by(self, sip_clock_system());
}

static void turn_end(void *arg)
{
    world *self = arg;

    self->a->vtable->flush(self->a);
    if (self->b != NULL) {
        self->b->vtable->flush(self->b);
    }
}

static void start(world *self)
{
    memset(self, 0, sizeof(*self));
    assert_int_equal(sip_loop_create(sip_allocator_default(), &self->loop), 0);
    self->real.loop = self->loop;
    self->real.turn_end = turn_end;
    self->real.arg = self;
    self->a = open_transport(self);
    self->b = open_transport(self);
}

static void finish(world *self)
{
    self->a->vtable->destroy(self->a);
    if (self->b != NULL) {
        self->b->vtable->destroy(self->b);
    }
    sip_loop_destroy(self->loop);
}

static int send_to(world *self, const sip_addr *to, sip_str bytes, uint64_t ref)
{
    sip_path path;

    memset(&path, 0, sizeof(path));
    path.protocol = SIP_PROTOCOL_UDP;
    path.remote = *to;
    return self->a->vtable->send(self->a, &path, bytes, ref);
}

static void test_message(void **state)
{
    world s;

    (void)state;
    start(&s);
    assert_string_equal(s.a->vtable->name, "udp");
    assert_int_equal(send_to(&s, &s.b->local, SIP_STR("\r\nOPTIONS"), 1), 0);
    assert_true(real_loop_until(&s.real, &s.bytes, 1));
    assert_string_equal(s.message, "OPTIONS");
    assert_int_equal(s.from.protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(s.from.flow, 0);
    assert_true(sip_addr_equal(&s.from.remote, &s.a->local));
    assert_true(sip_addr_equal(&s.from.local, &s.b->local));
    finish(&s);
}

static void test_blocks(void **state)
{
    world s;

    (void)state;
    start(&s);
    s.b->events = &block_events;
    for (size_t i = 1; i <= 3; i++) {
        assert_int_equal(send_to(&s, &s.b->local, SIP_STR("\r\nOPTIONS"), 1), 0);
        assert_true(real_loop_until(&s.real, &s.bytes, i));
        assert_string_equal(s.message, "OPTIONS");
        assert_int_equal(s.blocks, i);
    }
    assert_int_equal(s.b->lost, 0);
    finish(&s);
}

static void test_no_messages(void **state)
{
    static char large[101];
    sip_str bytes = {large, sizeof(large)};
    world s;

    (void)state;
    memset(large, 'x', sizeof(large));
    start(&s);
    assert_int_equal(send_to(&s, &s.b->local, SIP_STR("\r\n\r\n"), 1), 0);
    assert_int_equal(send_to(&s, &s.b->local, SIP_STR(""), 1), 0);
    assert_true(real_loop_until(&s.real, &s.dropped, 1));
    assert_string_equal(s.reason, "empty datagram");
    assert_int_equal(send_to(&s, &s.b->local, bytes, 1), 0);
    assert_true(real_loop_until(&s.real, &s.truncated, 1));
    assert_int_equal(s.dropped, 1);
    assert_int_equal(s.bytes, 0);
    finish(&s);
}

/* RFC 5626 8: a keep-alive of the STUN kind is answered, and the answer told. */
static void test_stun(void **state)
{
    static const uint8_t id[SIP__STUN_ID_BYTES] = "twelve bytes";
    uint8_t out[SIP__STUN_PRINT_BYTES];
    sip_str bytes = {(const char *)out, sip__stun_print_request(id, out)};
    world s;

    (void)state;
    start(&s);
    assert_int_equal(send_to(&s, &s.b->local, bytes, 1), 0);
    assert_true(real_loop_until(&s.real, &s.keepalives, 1));
    memcpy(out + bytes.len, "\x80\x22\0\4", 4); /* an attribute longer than what follows */
    bytes.len += 4;
    out[3] = 4;
    assert_int_equal(send_to(&s, &s.b->local, bytes, 1), 0);
    assert_true(real_loop_until(&s.real, &s.dropped, 1));
    assert_int_equal(s.bytes, 0);
    finish(&s);
}

static sip_time_ms standing_ms(void *user_data)
{
    return *(const sip_time_ms *)user_data;
}

/* So many are answered in a second and no more. */
static void test_stun_is_bounded(void **state)
{
    static const uint8_t id[SIP__STUN_ID_BYTES] = "twelve bytes";
    uint8_t out[SIP__STUN_PRINT_BYTES];
    sip_str bytes = {(const char *)out, sip__stun_print_request(id, out)};
    sip_time_ms now_ms = 5000;
    const sip_clock standing = {standing_ms, NULL, &now_ms};
    size_t sent = 0;
    world s;

    (void)state;
    start(&s);
    s.b->vtable->destroy(s.b);
    s.b = open_transport_by(&s, &standing);
    while (sent < 1000) { /* in portions that the socket's queue holds */
        size_t i;

        for (i = 0; i < 50; i++, sent++) {
            assert_int_equal(send_to(&s, &s.b->local, bytes, 1), 0);
        }
        assert_true(real_loop_until(&s.real, &s.keepalives, sent));
    }
    assert_int_equal(s.b->stun_answered, 1000);
    assert_int_equal(send_to(&s, &s.b->local, bytes, 1), 0);
    assert_int_equal(send_to(&s, &s.b->local, SIP_STR("x"), 1), 0);
    assert_true(real_loop_until(&s.real, &s.bytes, 1));
    assert_int_equal(s.b->stun_dropped, 1);
    now_ms += 1000;
    assert_int_equal(send_to(&s, &s.b->local, bytes, 1), 0);
    assert_true(real_loop_until(&s.real, &s.keepalives, 1001));
    assert_int_equal(s.b->stun_answered, 1001);
    finish(&s);
}

static void test_failures(void **state)
{
    sip_addr nowhere;
    world s;

    (void)state;
    start(&s);
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 0, &nowhere), 0);
    assert_int_equal(send_to(&s, &nowhere, SIP_STR("x"), 42), 0);
    assert_true(real_loop_until(&s.real, &s.failed, 1));
    assert_int_equal(s.ref, 42);
    finish(&s);
}

#ifndef SIP_PORTABLE
/* What comes to a group is answered from the address that its sender knows us by (RFC 3261 18.1.1).
 */
static void hear_group(const char *host, const char *group)
{
    world s;
    sip__listen_config config;
    sip_addr bind, to;

    start(&s);
    s.a->vtable->destroy(s.a);
    s.b->vtable->destroy(s.b);
    config = config_of(&s, sip_clock_system());
    assert_int_equal(sip_addr_parse(sip_str_of(host), 0, &bind), 0);
    s.a = open_at(&s, &config, &bind);
    assert_non_null(s.a);
    assert_int_equal(sip_addr_parse(sip_str_of(group), 0, &bind), 0);
    bind.scope = bind.family == SIP_FAMILY_IP6 ? if_nametoindex("lo") : 0;
    config.sockets.device = "lo";
    s.b = open_at(&s, &config, &bind);
    if (s.b == NULL) { /* nobody may, or there is no such interface */
        finish(&s);
        skip();
    }
    to = s.b->local;
    to.scope = bind.scope;
    assert_int_equal(send_to(&s, &to, SIP_STR("OPTIONS"), 7), 0);
    for (int i = 0; i < 10000 && s.bytes + s.failed == 0; i++) {
        turn_end(&s);
        assert_int_equal(sip_loop_step(s.loop), 0);
    }
    if (s.failed > 0) { /* this machine has no way to a group */
        finish(&s);
        skip();
    }
    assert_int_equal(s.bytes, 1);
    assert_true(sip_addr_equal(&s.from.remote, &s.a->local));
    assert_true(sip_addr_same_host(&s.from.local, &s.a->local));
    assert_int_equal(s.from.local.port, s.b->local.port);
    finish(&s);
}

static void test_group(void **state)
{
    (void)state;
    hear_group("127.0.0.1", "224.0.1.75");
}

static void test_group6(void **state)
{
    (void)state;
    hear_group("::1", "ff02::1:75");
}

static void test_unreachable(void **state)
{
    sip_addr dead;
    world s;

    (void)state;
    start(&s);
    dead = s.b->local;
    s.b->vtable->destroy(s.b);
    s.b = NULL;
    assert_int_equal(send_to(&s, &dead, SIP_STR("x"), 43), 0);
    assert_true(real_loop_until(&s.real, &s.unreachable, 1));
    assert_true(sip_addr_equal(&s.from.remote, &dead));
    finish(&s);
}
#endif

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;
    sip_loop *loop;

    (void)state;
    assert_int_equal(sip_loop_create(sip_allocator_default(), &loop), 0);
    do {
        sip__listen_config config;
        sip_transport *transport;
        sip_addr bind;
        char text[100];

        fail_alloc_init(&fail, ++n);
        memset(&config, 0, sizeof(config));
        config.allocator = &fail.allocator;
        config.loop = loop;
        config.max_message_bytes = 100;
        assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 0, &bind), 0);
        if (sip__udp_transport_create(&config, &bind, &transport, text, sizeof(text)) == 0) {
            transport->vtable->destroy(transport);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    sip_loop_destroy(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),     cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_no_messages), cmocka_unit_test(test_failures),
        cmocka_unit_test(test_stun),        cmocka_unit_test(test_stun_is_bounded),
#ifndef SIP_PORTABLE
        cmocka_unit_test(test_unreachable), cmocka_unit_test(test_group),
        cmocka_unit_test(test_group6),
#endif
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
