/* Listeners of every kind on the real loopback, each with a client that has none. */
#include "support/cert_maker.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include "transport/selector.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define HELLO "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n"

typedef struct node {
    sip__transports all;
    size_t messages, failed;
    sip_path from;
    char text[400];
} node;

typedef struct net {
    sip_loop *loop;
    real_loop real;
    node a, b;
} net;

static cert ca, server_cert;
static sip_tls *tls;

static sip_time_ms no_ms(void *user_data)
{
    (void)user_data;
    return 0;
}

static int64_t cert_s(void *user_data)
{
    (void)user_data;
    return CERT_NOW_S;
}

static const sip_clock cert_clock = {no_ms, cert_s, NULL};

static int make_certs(void **state)
{
    sip_tls_domain domain = {0};
    sip_tls_config config = {.clock = &cert_clock, .domains = &domain, .domain_count = 1};

    (void)state;
    cert_make(&ca, &(cert_spec){.cn = "CA", .ca = true});
    cert_make(&server_cert, &(cert_spec){.cn = "s", .san = "URI:sip:one.example", .issuer = &ca});
    domain.chain_pem = cert_pem_of(&server_cert);
    domain.key_pem = cert_key_of(&server_cert);
    config.ca_pem = cert_pem_of(&ca);
    return sip_tls_create(&config, NULL, 0, &tls);
}

static int free_certs(void **state)
{
    (void)state;
    sip_tls_destroy(tls);
    cert_free(&ca);
    cert_free(&server_cert);
    return 0;
}

static void on_bytes(sip_transport *transport, const sip_path *from, sip_str bytes, void *user)
{
    node *self = user;

    (void)transport;
    (void)bytes;
    self->messages++;
    self->from = *from;
}

static void on_send_failed(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *user)
{
    node *self = user;

    (void)transport;
    (void)ref;
    (void)to;
    (void)err;
    self->failed++;
    strncpy(self->text, text, sizeof(self->text) - 1);
}

static void on_flow_closed(sip_transport *transport, sip_flow flow, int err, const char *text,
                           void *user)
{
    (void)transport;
    (void)flow;
    (void)err;
    (void)text;
    (void)user;
}

static const sip_transport_events events = {
    .on_bytes = on_bytes, .on_send_failed = on_send_failed, .on_flow_closed = on_flow_closed};

static int listen_on(net *n, node *self, const sip_listener_config *given, char text[300])
{
    sip__listen_config config = {
        .allocator = self->all.allocator,
        .loop = n->loop,
        .clock = sip_clock_system(),
        .random = sip_random_system(),
        .max_message_bytes = 65535,
        .max_connections = 100,
        .listener = given,
    };

    return sip__transports_listen(&self->all, &config, given->where, text, 300);
}

static void turn_end(void *arg)
{
    net *n = arg;

    sip__transports_flush(&n->a.all);
    sip__transports_flush(&n->b.all);
}

static void start(net *n)
{
    memset(n, 0, sizeof(*n));
    assert_int_equal(sip_loop_create(sip_allocator_default(), &n->loop), 0);
    n->real.loop = n->loop;
    n->real.turn_end = turn_end;
    n->real.arg = n;
    sip__transports_init(&n->a.all, sip_allocator_default(), &events, &n->a);
    sip__transports_init(&n->b.all, sip_allocator_default(), &events, &n->b);
}

static void finish(net *n)
{
    sip__transports_finish(&n->a.all);
    sip__transports_finish(&n->b.all);
    sip_loop_destroy(n->loop);
}

/* There and back: `where` listens, another connects to it as `server`. */
static void exchange(const char *where, const char *server)
{
    sip_listener_config listens = {.where = where, .tls = tls, .ws_path = "/sip"};
    sip_listener_config connects = listens;
    sip_path to = {0};
    net n;
    char text[300];

    start(&n);
    connects.client_only = true;
    assert_int_equal(listen_on(&n, &n.b, &listens, text), 0);
    assert_int_equal(listen_on(&n, &n.a, &connects, text), 0);
    assert_int_equal(n.a.all.first->local.port, 0);
    to.protocol = n.b.all.first->protocol;
    to.remote = n.b.all.first->local;
    assert_int_equal(sip__transports_server_id(&n.a.all, sip_str_of(server), &to.server), 0);
    assert_string_equal(sip__transports_server_name(&n.a.all, to.server), server);
    assert_int_equal(sip__transports_send(&n.a.all, &to, SIP_STR(HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.b.messages, 1));
    assert_int_equal(sip__transports_send(&n.b.all, &n.b.from, SIP_STR(HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.a.messages, 1));
    assert_int_equal(n.a.failed + n.b.failed, 0);
    assert_int_equal(n.a.all.stats.live, 1);
    finish(&n);
}

static void test_exchange(void **state)
{
    (void)state;
    exchange("tcp:127.0.0.1:0", "any.example");
    exchange("tls:127.0.0.1:0", "one.example");
    exchange("tls:[::1]:0", "one.example");
    exchange("ws:127.0.0.1:0", "any.example");
    exchange("wss:127.0.0.1:0", "one.example");
}

/* The certificate is for another name: the send says so, and nothing is sent. */
static void test_wrong_name(void **state)
{
    sip_listener_config listens = {.where = "tls:127.0.0.1:0", .tls = tls};
    sip_listener_config connects = listens;
    sip_path to = {.protocol = SIP_PROTOCOL_TLS};
    net n;
    char text[300];

    (void)state;
    start(&n);
    connects.client_only = true;
    assert_int_equal(listen_on(&n, &n.b, &listens, text), 0);
    assert_int_equal(listen_on(&n, &n.a, &connects, text), 0);
    to.remote = n.b.all.first->local;
    assert_int_equal(sip__transports_server_id(&n.a.all, SIP_STR("two.example"), &to.server), 0);
    assert_int_equal(sip__transports_send(&n.a.all, &to, SIP_STR(HELLO), 1), 0);
    assert_true(real_loop_until(&n.real, &n.a.failed, 1));
    assert_non_null(strstr(n.a.text, "two.example"));
    assert_non_null(strstr(n.a.text, "tls to 127.0.0.1"));
    assert_int_equal(n.a.all.stats.handshake_failures, 1);
    assert_int_equal(n.b.messages, 0);
    finish(&n);
}

static void test_what_is_kept(void **state)
{
    char host[] = "nat.example";
    sip_listener_config given = {
        .where = "udp:127.0.0.1:0",
        .advertised_host = host,
        .advertised_port = 5099,
        .offer_alias = true,
        .offer_keep = true,
        .keep_s = 30,
    };
    sip_transport *transport;
    net n;
    char text[300];

    (void)state;
    start(&n);
    assert_int_equal(listen_on(&n, &n.a, &given, text), 0);
    host[0] = 'x';
    transport = n.a.all.first;
    assert_string_equal(transport->advertised_host, "nat.example");
    assert_int_equal(transport->advertised_port, 5099);
    assert_true(transport->offers_alias && transport->offers_keep);
    assert_int_equal(transport->keep_s, 30);
    sip__transports_remove(&n.a.all, transport);
    assert_null(n.a.all.first);
    finish(&n);
}

/* Each address of an interface, or none of them. */
static void test_interface(void **state)
{
    sip_listener_config given = {.where = "tcp:lo:0"};
    sip_listener_config taken = {0};
    char where[64];
    net n;
    char text[300];

    (void)state;
    start(&n);
    if (listen_on(&n, &n.a, &given, text) == SIP_EINVAL) {
        finish(&n);
        skip(); /* no interface of that name here */
    }
    assert_string_equal(sip_addr_host(&n.a.all.first->local, text), "127.0.0.1");
    if (n.a.all.first->next != NULL) {
        /* The first address is free, the second taken: the first is given back. */
        (void)snprintf(where, sizeof(where), "tcp:lo:%u", n.a.all.first->next->local.port);
        taken.where = where;
        assert_int_equal(listen_on(&n, &n.b, &taken, text), SIP_EIO);
        assert_null(n.b.all.first);
    }
    finish(&n);
}

static void test_refused(void **state)
{
    static const struct {
        sip_listener_config given;
        int err;
        const char *text;
    } cases[] = {
        {{.where = "nowhere"}, SIP_EINVAL, "not PROTOCOL:HOST:PORT"},
        {{.where = "udp:example.com:0"}, SIP_EINVAL, "no such address or interface"},
        {{.where = "sctp:127.0.0.1:0"}, SIP_EUNSUPPORTED, "no such transport here"},
        {{.where = "tls:127.0.0.1:0"}, SIP_EUNSUPPORTED, "no sip_tls was given"},
        {{.where = "udp:127.0.0.1:0", .client_only = true}, SIP_EUNSUPPORTED, "clients alone"},
        {{.where = "tcp:192.0.2.77:0"}, SIP_EIO, "address not available"},
        {{.where = "tcp:*%none0:0"}, SIP_EIO, "no such device"},
        {{.where = "udp:*%none0:0"}, SIP_EIO, "no such device"},
    };
    sip_tls *client = NULL;
    net n;
    char text[300];
    size_t i;

    (void)state;
    start(&n);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(listen_on(&n, &n.a, &cases[i].given, text), cases[i].err);
        assert_non_null(strstr(text, cases[i].given.where));
        assert_non_null(strstr(text, cases[i].text));
        assert_null(n.a.all.first);
        assert_null(n.a.all.listeners); /* what failed does not come up later */
    }
    assert_int_equal(sip_tls_create(NULL, NULL, 0, &client), 0);
    assert_int_equal(
        listen_on(&n, &n.a, &(sip_listener_config){.where = "wss:*:0", .tls = client}, text),
        SIP_EUNSUPPORTED);
    assert_non_null(strstr(text, "no certificate of ours"));
    sip_tls_destroy(client);
    finish(&n);
}

static void sweep(const char *where)
{
    sip_listener_config given = {
        .where = where, .tls = tls, .advertised_host = "h", .ws_path = "/p"};
    fail_alloc fail;
    size_t count = 0;
    char text[300];
    net n;

    do {
        int err;

        fail_alloc_init(&fail, ++count);
        start(&n);
        n.a.all.allocator = &fail.allocator;
        n.a.all.flows.allocator = &fail.allocator;
        err = listen_on(&n, &n.a, &given, text);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        sip__transports_finish(&n.a.all);
        assert_int_equal(fail.live, 0);
        sip__transports_init(&n.a.all, sip_allocator_default(), &events, &n.a);
        finish(&n);
    } while (fail.failed);
    assert_true(count > 5);
}

static void test_no_memory(void **state)
{
    (void)state;
    sweep("udp:127.0.0.1:0");
    sweep("wss:127.0.0.1:0");
}

typedef struct news {
    size_t lost, back;
} news;

static void note_news(sip__listener_news what, const sip_transport *transport, void *arg)
{
    news *it = arg;

    assert_non_null(transport->listener);
    it->lost += what == SIP__LISTENER_LOST;
    it->back += what == SIP__LISTENER_BACK;
}

static size_t count(const sip__transports *all)
{
    size_t n = 0;

    for (const sip_transport *at = all->first; at != NULL; at = at->next) {
        n++;
    }
    return n;
}

/* One of an interface's transports pretends to be at an address that is nobody's. */
static void test_refresh(void **state)
{
    static const char *const where[] = {"udp:lo:0", "tcp:lo:0"};
    char text[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
        sip_listener_config given = {.where = where[i], .learn_address = true};
        sip_transport *first;
        news told = {0, 0};
        size_t before;
        net n;

        start(&n);
        assert_int_equal(listen_on(&n, &n.a, &given, text), 0);
        first = n.a.all.first;
        assert_true(first->learns == (first->protocol == SIP_PROTOCOL_UDP));
        before = count(&n.a.all);
        assert_int_equal(sip__listeners_refresh(&n.a.all, note_news, &told), 0);
        assert_int_equal(told.lost + told.back, 0); /* all as it was */
        assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.9"), 0, &first->local), 0);
        assert_int_equal(sip__listeners_refresh(&n.a.all, note_news, &told), 0);
        assert_int_equal(told.lost, 1);
        assert_int_equal(told.back, 1);
        assert_true(first->is_lost);
        assert_int_equal(count(&n.a.all), before + 1);
        sip__listeners_sweep(&n.a.all);
        assert_int_equal(count(&n.a.all), before);
        finish(&n);
    }
}

/* A fixed address is waited for; its port is taken meanwhile by none of ours. */
static void test_fixed_address_returns(void **state)
{
    sip_listener_config given = {.where = "udp:127.0.0.1:0"};
    news told = {0, 0};
    sip_addr bound;
    net n;
    char text[300];

    (void)state;
    start(&n);
    assert_int_equal(listen_on(&n, &n.a, &given, text), 0);
    bound = n.a.all.first->local;
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.9"), 0, &n.a.all.first->local), 0);
    assert_int_equal(sip__listeners_refresh(&n.a.all, note_news, &told), 0);
    sip__listeners_sweep(&n.a.all);
    assert_int_equal(count(&n.a.all), 1);
    n.a.all.first->local = bound;
    assert_int_equal(sip__listeners_refresh(&n.a.all, note_news, &told), 0);
    assert_int_equal(told.lost, 1);
    assert_int_equal(told.back, 1);
    assert_false(n.a.all.first->is_lost);
    finish(&n);
}

/* Without memory for the new transport the others go on. */
static void test_refresh_without_memory(void **state)
{
    sip_listener_config given = {.where = "tcp:lo:0"};
    size_t at;
    int err = SIP_ENOMEM;

    (void)state;
    for (at = 1; err != 0; at++) {
        fail_alloc memory;
        news told = {0, 0};
        net n;
        char text[300];

        fail_alloc_init(&memory, 0);
        start(&n);
        sip__transports_finish(&n.a.all);
        sip__transports_init(&n.a.all, &memory.allocator, &events, &n.a);
        assert_int_equal(listen_on(&n, &n.a, &given, text), 0);
        assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.9"), 0, &n.a.all.first->local), 0);
        memory.fail_at = memory.calls + at;
        err = sip__listeners_refresh(&n.a.all, note_news, &told);
        assert_true(err == 0 || err == SIP_ENOMEM);
        assert_int_equal(told.back, err == 0 ? 1 : 0);
        finish(&n);
        assert_int_equal(memory.live, 0);
    }
    assert_true(at > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchange),
        cmocka_unit_test(test_wrong_name),
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_interface),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_fixed_address_returns),
        cmocka_unit_test(test_refresh_without_memory),
    };

    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
