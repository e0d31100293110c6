/* TLS as a channel and from a factory: whom it asks for, what it tells, for whom it speaks. */
#include "transport/tls_channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/cert_maker.h"
#include "support/fail_alloc.h"

typedef struct end {
    sip__channel *channel;
    char out[20000];
    size_t out_len;
    char got[200];
    size_t got_len;
    bool open;
    int err;
} end;

static int on_write(sip_str bytes, void *arg)
{
    end *own = arg;

    assert_true(own->out_len + bytes.len <= sizeof own->out);
    memcpy(own->out + own->out_len, bytes.ptr, bytes.len);
    own->out_len += bytes.len;
    return 0;
}

static void on_open(void *arg)
{
    end *own = arg;

    own->open = true;
}

static void on_bytes(sip_str bytes, bool whole, void *arg)
{
    end *own = arg;

    assert_false(whole);
    assert_true(own->got_len + bytes.len < sizeof own->got);
    memcpy(own->got + own->got_len, bytes.ptr, bytes.len);
    own->got_len += bytes.len;
    own->got[own->got_len] = '\0';
}

static const sip__channel_events events = {
    .write = on_write, .on_open = on_open, .on_bytes = on_bytes};

static cert ca, server_cert, client_cert;

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

static const sip_clock test_clock = {no_ms, cert_s, NULL};

static int make_all(void **state)
{
    (void)state;
    cert_make(&ca, &(cert_spec){.cn = "Test CA", .ca = true});
    cert_make(&server_cert, &(cert_spec){.cn = "s",
                                         .san = "URI:sip:one.example,URI:sip:two.example,IP:::1",
                                         .issuer = &ca});
    cert_make(&client_cert, &(cert_spec){.cn = "c", .san = "DNS:peer.example", .issuer = &ca});
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    cert_free(&ca);
    cert_free(&server_cert);
    cert_free(&client_cert);
    return 0;
}

static sip_tls *tls_with(const cert *own, sip_switch verify)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(own), .key_pem = cert_key_of(own)};
    const sip_tls_config config = {.clock = &test_clock,
                                   .domains = &domain,
                                   .domain_count = 1,
                                   .ca_pem = cert_pem_of(&ca),
                                   .verify_servers = verify};
    sip_tls *tls = NULL;

    assert_int_equal(sip_tls_create(&config, NULL, 0, &tls), 0);
    return tls;
}

static void deliver(end *from, end *to)
{
    const size_t len = from->out_len;
    char *bytes = malloc(len + 1);

    memcpy(bytes, from->out, len);
    from->out_len = 0;
    if (len > 0 && to->err == 0) {
        to->err = to->channel->vtable->receive(to->channel, (sip_str){bytes, len});
    }
    free(bytes);
}

static void talk(end *client, end *server)
{
    while (client->out_len > 0 || server->out_len > 0) {
        deliver(client, server);
        deliver(server, client);
    }
}

static void finish(end *own)
{
    own->channel->vtable->destroy(own->channel);
}

/* A client of `tls` that asks for `name` (NULL: the address ::1), and a server; after the
 * handshake. */
static void connect_ends(end *client, end *server, sip_tls *client_tls, sip_tls *server_tls,
                         const char *name)
{
    const sip_path path = {.protocol = SIP_PROTOCOL_TLS,
                           .remote = {.ip = {[15] = 1}, .family = SIP_FAMILY_IP6, .port = 5061}};
    sip__channel_setup setup = {.path = &path, .server = name, .events = &events};
    sip__channel_factory *factory = NULL;

    memset(client, 0, sizeof *client);
    memset(server, 0, sizeof *server);
    assert_int_equal(sip__tls_factory_create(NULL, client_tls, "sip/2", &factory), 0);
    setup.arg = client;
    assert_int_equal(factory->vtable->make_client(factory, &setup, &client->channel), 0);
    factory->vtable->destroy(factory);
    assert_int_equal(sip__tls_factory_create(NULL, server_tls, NULL, &factory), 0);
    setup.arg = server;
    assert_int_equal(factory->vtable->make_server(factory, &setup, &server->channel), 0);
    factory->vtable->destroy(factory);
    assert_null(sip__tls_channel_peer(client->channel));
    assert_false(client->channel->vtable->speaks_for(client->channel, "one.example"));
    client->err = client->channel->vtable->start(client->channel);
    server->err = server->channel->vtable->start(server->channel);
    talk(client, server);
}

static bool speaks(const end *own, const char *name)
{
    return own->channel->vtable->speaks_for(own->channel, name);
}

static void a_channel_carries_and_says_goodbye(void **state)
{
    sip_tls *client_tls = tls_with(&client_cert, SIP_DEFAULT);
    sip_tls *server_tls = tls_with(&server_cert, SIP_DEFAULT);
    end client, server;

    (void)state;
    connect_ends(&client, &server, client_tls, server_tls, "one.example");
    assert_true(client.open && server.open);
    assert_true(speaks(&client, "one.example") && speaks(&client, "two.example"));
    assert_false(speaks(&client, "peer.example"));
    assert_true(speaks(&server, "peer.example"));
    assert_false(speaks(&server, "one.example"));
    assert_true(sip__tls_channel_peer(server.channel)->verified);
    assert_true(sip_str_equal(sip__tls_channel_peer(server.channel)->server_name, "one.example"));

    assert_int_equal(client.channel->vtable->send(client.channel, SIP_STR("hello")), 0);
    server.err = server.channel->vtable->receive(server.channel, (sip_str){client.out, 7});
    assert_true(server.channel->vtable->is_partial(server.channel));
    memmove(client.out, client.out + 7, client.out_len -= 7);
    talk(&client, &server);
    assert_false(server.channel->vtable->is_partial(server.channel));
    assert_string_equal(server.got, "hello");
    server.channel->vtable->close(server.channel);
    talk(&client, &server);
    assert_int_equal(client.err, SIP_EGONE);
    assert_string_equal(client.channel->text, "the peer said goodbye");
    finish(&client);
    finish(&server);
    sip_tls_destroy(client_tls);
    sip_tls_destroy(server_tls);
}

static void without_a_name_the_address_is_asked_for(void **state)
{
    sip_tls *client_tls = tls_with(&client_cert, SIP_DEFAULT);
    sip_tls *server_tls = tls_with(&server_cert, SIP_DEFAULT);
    sip_tls *wrong_tls = tls_with(&client_cert, SIP_DEFAULT);
    end client, server;

    (void)state;
    connect_ends(&client, &server, client_tls, server_tls, NULL);
    assert_true(client.open && server.open);
    assert_int_equal(sip__tls_channel_peer(server.channel)->server_name.len, 0);
    finish(&client);
    finish(&server);
    connect_ends(&client, &server, client_tls, wrong_tls, NULL);
    assert_int_equal(client.err, SIP_EIO);
    assert_string_equal(client.channel->text,
                        "TLS handshake: wanted [::1], but the certificate has peer.example");
    finish(&client);
    finish(&server);
    sip_tls_destroy(client_tls);
    sip_tls_destroy(server_tls);
    sip_tls_destroy(wrong_tls);
}

static void whoever_is_believed_speaks_for_all(void **state)
{
    sip_tls *client_tls = tls_with(&client_cert, SIP_OFF);
    sip_tls *server_tls = tls_with(&server_cert, SIP_DEFAULT);
    end client, server;

    (void)state;
    connect_ends(&client, &server, client_tls, server_tls, "other.example");
    assert_true(client.open);
    assert_true(speaks(&client, "third.example"));
    finish(&client);
    finish(&server);
    sip_tls_destroy(client_tls);
    sip_tls_destroy(server_tls);
}

static void factories_fail_where_settings_cannot_work(void **state)
{
    const sip_path path = {.remote = {.family = SIP_FAMILY_IP4}};
    const sip__channel_setup setup = {.path = &path, .events = &events};
    sip__channel_factory *factory = NULL;
    sip__channel *channel = NULL;
    sip_tls *tls = NULL;
    fail_alloc fail;

    (void)state;
    assert_int_equal(sip_tls_create(NULL, NULL, 0, &tls), 0);
    for (size_t n = 1; n <= 3; n++) {
        fail_alloc_init(&fail, n);
        if (sip__tls_factory_create(&fail.allocator, tls, "sip/2", &factory) == 0) {
            assert_int_equal(factory->vtable->make_client(factory, &setup, &channel), SIP_ENOMEM);
            factory->vtable->destroy(factory);
        }
        assert_true(fail.failed);
        assert_int_equal(fail.live, 0);
    }
    assert_int_equal(sip__tls_factory_create(NULL, tls, "sip/2", &factory), 0);
    assert_int_equal(factory->vtable->make_server(factory, &setup, &channel), SIP_EIO);
    assert_null(channel);
    factory->vtable->destroy(factory);
    sip_tls_destroy(tls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_channel_carries_and_says_goodbye),
        cmocka_unit_test(without_a_name_the_address_is_asked_for),
        cmocka_unit_test(whoever_is_believed_speaks_for_all),
        cmocka_unit_test(factories_fail_where_settings_cannot_work),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
