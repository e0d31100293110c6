/* All transports of a worker: listening by text, and the choice among them. */
#include "transport/selector.h"
#include "io/interfaces.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* A transport that notes what it is asked to do. */
typedef struct fake {
    sip_transport base;
    size_t sent, flushed, destroyed;
    sip_path to;
    uint64_t ref;
} fake;

static int fake_send(sip_transport *transport, const sip_path *to, sip_str bytes, uint64_t ref)
{
    fake *self = (fake *)transport;

    (void)bytes;
    self->sent++;
    self->to = *to;
    self->ref = ref;
    return 0;
}

static void fake_flush(sip_transport *transport)
{
    ((fake *)transport)->flushed++;
}

static void fake_destroy(sip_transport *transport)
{
    ((fake *)transport)->destroyed++;
}

static const sip_transport_vtable fake_vtable = {
    .name = "fake", .send = fake_send, .flush = fake_flush, .destroy = fake_destroy};
static const sip_transport_vtable no_flush_vtable = {
    .name = "fake", .send = fake_send, .destroy = fake_destroy};
static const sip_transport_events events = {0};

static sip_addr addr_of(const char *host, uint16_t port)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &addr), 0);
    return addr;
}

static void add_fake(sip__transports *all, fake *self, sip_protocol protocol, const char *host,
                     uint16_t port)
{
    memset(self, 0, sizeof(*self));
    self->base.vtable = &fake_vtable;
    self->base.protocol = protocol;
    self->base.local = addr_of(host, port);
    sip__transports_add(all, &self->base);
}

static sip_path path_to(sip_protocol protocol, const char *host)
{
    sip_path path;

    memset(&path, 0, sizeof(path));
    path.protocol = protocol;
    path.remote = addr_of(host, 5060);
    return path;
}

static void expect_choice(const sip__transports *all, sip_path path, const fake *wanted,
                          const char *local)
{
    sip_transport *chosen = NULL;
    char text[SIP_ADDR_TEXT_BYTES];

    assert_int_equal(sip__transports_choose(all, &path, &chosen), 0);
    assert_ptr_equal(chosen, &wanted->base);
    assert_string_equal(sip_addr_text(&path.local, text), local);
}

static void test_choice(void **state)
{
    sip__transports all;
    fake udp4, udp4_other, tcp6;
    sip_path path;
    sip_transport *none = NULL;
    sip__locate_can can;
    char text[100];
    int user;

    (void)state;
    sip__transports_init(&all, sip_allocator_default(), &events, &user);
    add_fake(&all, &udp4, SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    add_fake(&all, &udp4_other, SIP_PROTOCOL_UDP, "192.0.2.2", 5062);
    add_fake(&all, &tcp6, SIP_PROTOCOL_TCP, "2001:db8::1", 5070);
    assert_ptr_equal(udp4.base.events, &events);
    assert_ptr_equal(udp4.base.stack, &user);

    path = path_to(SIP_PROTOCOL_UDP, "198.51.100.1");
    expect_choice(&all, path, &udp4, "192.0.2.1:5060");
    path.local = addr_of("192.0.2.2", 5062);
    expect_choice(&all, path, &udp4_other, "192.0.2.2:5062");
    path.local = addr_of("192.0.2.2", 0);
    expect_choice(&all, path, &udp4_other, "192.0.2.2:5062");
    path.local = addr_of("203.0.113.9", 5060); /* not ours: any will do */
    expect_choice(&all, path, &udp4, "192.0.2.1:5060");
    expect_choice(&all, path_to(SIP_PROTOCOL_TCP, "2001:db8::9"), &tcp6, "[2001:db8::1]:5070");

    path = path_to(SIP_PROTOCOL_TCP, "198.51.100.1");
    assert_int_equal(sip__transports_choose(&all, &path, &none), SIP_EUNSUPPORTED);
    assert_null(none);
    assert_string_equal(sip__transports_why_not(&path, SIP_EUNSUPPORTED, text, sizeof(text)),
                        "no tcp transport for IPv4");
    assert_string_equal(sip__transports_why_not(&path, SIP_EIO, text, sizeof(text)),
                        "tcp to 198.51.100.1:5060: no route");

    can = sip__transports_can(&all);
    assert_int_equal(can.protocols, 1u << SIP_PROTOCOL_UDP | 1u << SIP_PROTOCOL_TCP);
    assert_int_equal(can.families, 1u << SIP_FAMILY_IP4 | 1u << SIP_FAMILY_IP6);
    sip__transports_finish(&all);
    assert_int_equal(udp4.destroyed + udp4_other.destroyed + tcp6.destroyed, 3);
}

static void test_send_and_flush(void **state)
{
    sip__transports all;
    fake udp, tcp;
    sip_path path = path_to(SIP_PROTOCOL_UDP, "198.51.100.1");

    (void)state;
    sip__transports_init(&all, sip_allocator_default(), &events, NULL);
    add_fake(&all, &udp, SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    add_fake(&all, &tcp, SIP_PROTOCOL_TCP, "192.0.2.1", 5060);
    tcp.base.vtable = &no_flush_vtable;
    assert_int_equal(sip__transports_send(&all, &path, SIP_STR("x"), 7), 0);
    assert_int_equal(udp.sent, 1);
    assert_int_equal(udp.ref, 7);
    assert_true(sip_addr_equal(&udp.to.local, &udp.base.local));
    path.protocol = SIP_PROTOCOL_TLS;
    assert_int_equal(sip__transports_send(&all, &path, SIP_STR("x"), 7), SIP_EUNSUPPORTED);
    sip__transports_flush(&all);
    assert_int_equal(udp.flushed, 1);
    sip__transports_finish(&all);
}

static sip__listen_config config_of(sip_loop *loop, const sip_allocator *allocator)
{
    sip__listen_config config;

    memset(&config, 0, sizeof(config));
    config.allocator = allocator;
    config.loop = loop;
    config.clock = sip_clock_system();
    config.max_message_bytes = 1000;
    return config;
}

static void test_listen(void **state)
{
    static const struct {
        const char *where;
        sip_protocol protocol;
        const char *host;
    } cases[] = {
        {"udp:127.0.0.1:0", SIP_PROTOCOL_UDP, "127.0.0.1"},
        {"UDP:[::1]:0", SIP_PROTOCOL_UDP, "[::1]"},
        {"tcp:127.0.0.1:0", SIP_PROTOCOL_TCP, "127.0.0.1"},
        {"tcp:[::1]:0", SIP_PROTOCOL_TCP, "[::1]"},
        {"udp:localhost:0", SIP_PROTOCOL_UDP, "127.0.0.1"},
        {"udp:*:0", SIP_PROTOCOL_UDP, "0.0.0.0"},
        {"udp::0", SIP_PROTOCOL_UDP, "0.0.0.0"},
    };
    sip__transports all;
    sip_loop *loop;
    sip__listen_config config;
    size_t i;

    (void)state;
    assert_int_equal(sip_loop_create(sip_allocator_default(), &loop), 0);
    config = config_of(loop, sip_allocator_default());
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[200] = "";

        sip__transports_init(&all, sip_allocator_default(), &events, NULL);
        assert_int_equal(sip__transports_listen(&all, &config, cases[i].where, text, sizeof(text)),
                         0);
        assert_int_equal(all.first->protocol, cases[i].protocol);
        assert_string_equal(sip_addr_host(&all.first->local, text), cases[i].host);
        assert_true(all.first->local.port != 0);
        sip__transports_finish(&all);
    }
    sip_loop_destroy(loop);
}

static void test_listen_refused(void **state)
{
    static const struct {
        const char *where;
        int err;
    } cases[] = {
        {"", SIP_EINVAL},
        {"udp", SIP_EINVAL},
        {"udp:127.0.0.1:70000", SIP_EINVAL},
        {"udp:127.0.0.1:x", SIP_EINVAL},
        {"udp:127.0.0.1:", SIP_EINVAL},
        {"udp:example.com:0", SIP_EINVAL},
        {"udp:::1:0", SIP_EINVAL},
        {"udp:[::1:0", SIP_EINVAL},
        {"udp:[::1]0", SIP_EINVAL},
        {"tls:127.0.0.1:0", SIP_EUNSUPPORTED}, /* no certificate was given */
        {"sctp:127.0.0.1:0", SIP_EUNSUPPORTED},
        {"udp:192.0.2.77:0", SIP_EIO},
        {"tcp:192.0.2.77:0", SIP_EIO},
    };
    sip__transports all;
    sip_loop *loop;
    sip__listen_config config;
    size_t i;

    (void)state;
    assert_int_equal(sip_loop_create(sip_allocator_default(), &loop), 0);
    config = config_of(loop, sip_allocator_default());
    sip__transports_init(&all, sip_allocator_default(), &events, NULL);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[200] = "";

        assert_int_equal(sip__transports_listen(&all, &config, cases[i].where, text, sizeof(text)),
                         cases[i].err);
        assert_non_null(strstr(text, "cannot listen on "));
        assert_non_null(strstr(text, cases[i].where));
    }
    assert_null(all.first);
    sip__transports_finish(&all);
    sip_loop_destroy(loop);
}

static void test_route_of_any(void **state)
{
    sip__transports all;
    sip_loop *loop;
    sip__listen_config config;
    sip_path path = path_to(SIP_PROTOCOL_UDP, "127.0.0.1");
    sip_transport *chosen;
    char text[200];
    int i;

    (void)state;
    assert_int_equal(sip_loop_create(sip_allocator_default(), &loop), 0);
    config = config_of(loop, sip_allocator_default());
    sip__transports_init(&all, sip_allocator_default(), &events, NULL);
    assert_int_equal(sip__transports_listen(&all, &config, "udp:[::]:0", text, sizeof(text)), 0);
    assert_int_equal(sip__transports_choose(&all, &path, &chosen), SIP_EUNSUPPORTED);
    assert_string_equal(sip__transports_why_not(&path, SIP_EUNSUPPORTED, text, sizeof(text)),
                        "no udp transport for IPv4");
    assert_int_equal(sip__transports_listen(&all, &config, "udp:0.0.0.0:0", text, sizeof(text)), 0);
    for (i = 0; i < 2; i++) { /* the second time from the cache */
        path = path_to(SIP_PROTOCOL_UDP, "127.0.0.1");
        assert_int_equal(sip__transports_choose(&all, &path, &chosen), 0);
        assert_string_equal(sip_addr_host(&path.local, text), "127.0.0.1");
        assert_int_equal(path.local.port, chosen->local.port);
    }
    path = path_to(SIP_PROTOCOL_UDP, "127.0.0.1");
    path.local = addr_of("127.0.0.5", 1);
    assert_int_equal(sip__transports_choose(&all, &path, &chosen), 0);
    assert_string_equal(sip_addr_host(&path.local, text), "127.0.0.5");
    assert_int_equal(path.local.port, chosen->local.port);
    path = path_to(SIP_PROTOCOL_UDP, "::1");
    assert_int_equal(sip__transports_choose(&all, &path, &chosen), 0);
    assert_string_equal(sip_addr_host(&path.local, text), "[::1]");
    sip__transports_finish(&all);
    sip_loop_destroy(loop);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;
    sip_loop *loop;

    (void)state;
    assert_int_equal(sip_loop_create(sip_allocator_default(), &loop), 0);
    do {
        sip__transports all;
        sip__listen_config config;
        char text[200] = "";
        int err;

        fail_alloc_init(&fail, ++n);
        config = config_of(loop, &fail.allocator);
        sip__transports_init(&all, &fail.allocator, &events, NULL);
        err = sip__transports_listen(&all, &config, "udp:127.0.0.1:0", text, sizeof(text));
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        sip__transports_finish(&all);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    sip_loop_destroy(loop);
}

static int fake_connect(sip_transport *transport, const sip_path *to, sip_flow *ret_flow)
{
    (void)to;
    ((fake *)transport)->sent++;
    *ret_flow = 9;
    return 0;
}

static sip_flow fake_flow_to(sip_transport *transport, const sip_path *to, bool *ret_stands)
{
    (void)transport, (void)to;
    *ret_stands = true;
    return 9;
}

static void fake_release(sip_transport *transport, const sip_path *path)
{
    assert_int_equal(path->flow, 9);
    ((fake *)transport)->flushed++;
}

static const sip_transport_vtable connecting_vtable = {.name = "fake",
                                                       .destroy = fake_destroy,
                                                       .connect = fake_connect,
                                                       .flow_to = fake_flow_to,
                                                       .release = fake_release};

static void test_connections_beforehand(void **state)
{
    sip_path tcp = {.protocol = SIP_PROTOCOL_TCP, .remote = addr_of("192.0.2.7", 5060), .flow = 3};
    sip_path udp = {.protocol = SIP_PROTOCOL_UDP, .remote = addr_of("192.0.2.7", 5060), .flow = 3};
    sip_path ws = {.protocol = SIP_PROTOCOL_WS, .remote = addr_of("192.0.2.7", 5060), .flow = 3};
    sip__transports all;
    fake stream, datagram;
    sip_flow flow = 0;
    bool stands;

    (void)state;
    sip__transports_init(&all, sip_allocator_default(), &events, NULL);
    add_fake(&all, &stream, SIP_PROTOCOL_TCP, "192.0.2.1", 5060);
    add_fake(&all, &datagram, SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    stream.base.vtable = &connecting_vtable;
    assert_true(sip__transports_can_connect(&all, &tcp));
    assert_false(sip__transports_can_connect(&all, &udp));
    assert_false(sip__transports_can_connect(&all, &ws));
    assert_int_equal(sip__transports_connect(&all, &tcp, &flow), 0);
    assert_int_equal(flow, 9);
    assert_int_equal(sip__transports_connect(&all, &udp, &flow), SIP_EUNSUPPORTED);
    assert_int_equal(sip__transports_connect(&all, &ws, &flow), SIP_EUNSUPPORTED);
    assert_int_equal(sip__transports_flow_to(&all, &tcp, &stands), 9);
    assert_true(stands);
    assert_int_equal(sip__transports_flow_to(&all, &udp, &stands), 3); /* it does not know */
    assert_false(stands);
    assert_int_equal(sip__transports_flow_to(&all, &ws, &stands), 0);
    tcp.flow = 9;
    sip__transports_release(&all, &tcp);
    sip__transports_release(&all, &udp);
    sip__transports_release(&all, &ws);
    assert_int_equal(stream.flushed, 1);
    sip__transports_finish(&all);
}

/* The name of the interface that has 127.0.0.1. */
static void find_loopback(char out[SIP__INTERFACE_NAME_BYTES])
{
    const sip_addr localhost = addr_of("127.0.0.1", 0);
    sip__interface *list;
    size_t n;

    assert_int_equal(sip__interfaces_list(NULL, &list, &n), 0);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (sip_addr_same_host(&list[i].addr, &localhost)) {
            memcpy(out, list[i].name, SIP__INTERFACE_NAME_BYTES);
        }
    }
    sip_free(NULL, list);
    assert_string_not_equal(out, "");
}

/* A second address of an interface is looked for in a list that is kept, not asked for at each
 * send. */
static void test_interfaces_are_kept(void **state)
{
    sip_path path = path_to(SIP_PROTOCOL_UDP, "127.0.0.9");
    char name[SIP__INTERFACE_NAME_BYTES];
    sip__transports all;
    sip__listen_config config;
    sip_transport *chosen;
    fail_alloc fail;
    fake bound, other;
    size_t calls;

    (void)state;
    find_loopback(name);
    fail_alloc_init(&fail, 0);
    config = config_of(NULL, &fail.allocator);
    sip__transports_init(&all, &fail.allocator, &events, NULL);
    assert_int_equal(sip__transports_prepare(&all, &config), 0);
    add_fake(&all, &bound, SIP_PROTOCOL_UDP, "0.0.0.0", 5060);
    add_fake(&all, &other, SIP_PROTOCOL_UDP, "0.0.0.0", 5070);
    bound.base.device = name;
    other.base.device = "no-such-one";
    path.remote = addr_of("192.0.2.7", 5060); /* no route gives this source */
    path.local = addr_of("127.0.0.1", 0);
    for (calls = 0; calls < 3; calls++) {
        assert_int_equal(sip__transports_choose(&all, &path, &chosen), 0);
        assert_ptr_equal(chosen, &bound.base);
    }
    calls = fail.calls;
    assert_int_equal(sip__transports_choose(&all, &path, &chosen), 0);
    assert_int_equal(fail.calls, calls);
    sip__transports_forget_routes(&all);
    assert_int_equal(sip__transports_choose(&all, &path, &chosen), 0);
    assert_int_equal(fail.calls, calls + 1);
    sip__transports_finish(&all);
    assert_int_equal(fail.live, 0);
}

/* A multicast group is nobody's source. */
static void test_groups_send_nothing(void **state)
{
    sip_path path = path_to(SIP_PROTOCOL_UDP, "192.0.2.7");
    sip__transports all;
    sip_transport *chosen;
    fake group, own;

    (void)state;
    sip__transports_init(&all, sip_allocator_default(), &events, NULL);
    add_fake(&all, &group, SIP_PROTOCOL_UDP, "224.0.1.75", 5060);
    assert_int_equal(sip__transports_choose(&all, &path, &chosen), SIP_EUNSUPPORTED);
    add_fake(&all, &own, SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    path.local = group.base.local;
    assert_int_equal(sip__transports_choose(&all, &path, &chosen), 0);
    assert_ptr_equal(chosen, &own.base);
    assert_true(sip_addr_equal(&path.local, &own.base.local));
    sip__transports_finish(&all);
}

/* Without memory for a name nothing goes out unchecked: that is not as if there were none. */
static void test_server_id(void **state)
{
    sip__transports all;
    fail_alloc fail;
    char longest[300];
    uint32_t id = 7;
    size_t n = 0;

    (void)state;
    memset(longest, 'a', sizeof(longest));
    do {
        int err;

        fail_alloc_init(&fail, ++n);
        sip__transports_init(&all, &fail.allocator, &events, NULL);
        assert_int_equal(sip__transports_server_id(&all, SIP_STR(""), &id), SIP_EINVAL);
        assert_int_equal(sip__transports_server_id(&all, (sip_str){longest, 256}, &id), SIP_EINVAL);
        assert_int_equal(id, 7);
        err = sip__transports_server_id(&all, SIP_STR("a.example"), &id);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        assert_int_equal(id == 7, fail.failed);
        sip__transports_finish(&all);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 1);
}

/* RFC 3261 18.1.1: 1,300 bytes, or 200 below the MTU where that is less. */
static void test_datagram_bytes(void **state)
{
    sip_path path = path_to(SIP_PROTOCOL_UDP, "127.0.0.9");
    sip__transports all;
    sip__listen_config config;
    fake any;

    (void)state;
    config = config_of(NULL, sip_allocator_default());
    sip__transports_init(&all, sip_allocator_default(), &events, NULL);
    assert_int_equal(sip__transports_datagram_bytes(&all, &path), 1300);
    assert_int_equal(sip__transports_prepare(&all, &config), 0);
    assert_int_equal(sip__transports_datagram_bytes(&all, &path), 1300); /* no transport */
    add_fake(&all, &any, SIP_PROTOCOL_UDP, "0.0.0.0", 5060);
    assert_int_equal(sip__transports_datagram_bytes(&all, &path), 1300); /* of some 65,536 */
    sip__transports_mtu_changed(&all, &path.remote);
    assert_int_equal(sip__transports_datagram_bytes(&all, &path), 1300);
    sip__transports_finish(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections_beforehand),
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_send_and_flush),
        cmocka_unit_test(test_listen),
        cmocka_unit_test(test_listen_refused),
        cmocka_unit_test(test_route_of_any),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_interfaces_are_kept),
        cmocka_unit_test(test_groups_send_nothing),
        cmocka_unit_test(test_server_id),
        cmocka_unit_test(test_datagram_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
