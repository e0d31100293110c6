/* TLS through whole stacks: two of them, each with a certificate; what each knows of the other, and
 * what is said when they cannot meet. Real sockets on loopback, but a clock that stands still. */
#include "stack/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>
#include <sip/flow.h>

#include "support/stack_turn.h"
#include "support/tls_world.h"

#define PATIENCE 10000 /* turns of a millisecond at the most */

typedef struct end {
    sip_stack *stack;
    sip_tu *tu;
    sip_clock clock;
    unsigned requests, responses, failures;
    sip_path from; /* of the last message */
    char text[300];
} end;

static sip_time_ms start_ms;

static sip_time_ms still_ms(void *user_data)
{
    (void)user_data;
    return start_ms;
}

static int64_t still_s(void *user_data)
{
    (void)user_data;
    return CERT_NOW_S;
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    end *self = user_data;

    (void)tu;
    self->requests++;
    self->from = *sip_msg_source(sip_server_tx_request(tx));
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
}

static const sip_tu_handler tu_handler = {.on_request = on_request};

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    end *self = user_data;

    (void)tx;
    self->responses++;
    self->from = *sip_msg_source(response);
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    end *self = user_data;

    (void)tx;
    self->failures++;
    snprintf(self->text, sizeof self->text, "%s", failure->text);
}

static const sip_client_tx_handler client_handler = {.on_response = on_response,
                                                     .on_failed = on_failed};

static void open_end(end *self, sip_tls *tls, const char *where, bool client_only)
{
    const sip_stack_config config = {.embedded = true, .tls = tls};
    const sip_listener_config listener = {.where = where, .client_only = client_only};

    memset(self, 0, sizeof *self);
    self->clock = (sip_clock){still_ms, still_s, NULL};
    assert_int_equal(sip_stack_create(&config, &self->stack), 0);
    self->stack->workers->clock = &self->clock; /* a loop, and yet no real time */
    assert_int_equal(sip_stack_listen_on(self->stack, &listener), 0);
    assert_int_equal(sip_tu_create(self->stack, NULL, &tu_handler, self, &self->tu), 0);
}

static void until(end *a, end *b, const unsigned *count, unsigned wanted)
{
    for (int i = 0; i < PATIENCE && *count < wanted; i++) {
        stack_turn(a->stack, b->stack, -1);
    }
    assert_int_equal(*count, wanted);
}

/* OPTIONS to one of the other's listeners. */
static void ask_at(end *from, const end *to, unsigned listener)
{
    static unsigned sequence;
    sip_build *build;
    sip_msg *request;
    sip_addr addr;
    char uri[80];

    assert_true(sip_stack_listener(to->stack, listener, NULL, &addr));
    snprintf(uri, sizeof uri, "sip:x@127.0.0.1:%u;transport=tls", (unsigned)addr.port);
    build = sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(uri));
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@h>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@h>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("c"));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u OPTIONS", ++sequence);
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(sip_client_tx_create(from->tu, request, NULL, &client_handler, from, NULL), 0);
    (void)sip_msg_unref(request);
}

static void ask(end *from, const end *to)
{
    ask_at(from, to, 0);
}

static int make_all(void **state)
{
    start_ms = sip_clock_now_ms(sip_clock_system());
    return tls_world_make(state);
}

static void each_knows_the_other(void **state)
{
    sip_tls *client_tls = tls_client_with(&made.user);
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.literal),
                                   .key_pem = cert_key_of(&made.literal)};
    sip_tls *server_tls = tls_of((sip_tls_config){.domains = &domain,
                                                  .domain_count = 1,
                                                  .ca_pem = cert_pem_of(&made.ca),
                                                  .clients = SIP_TLS_CLIENTS_REQUIRED});
    const sip_tls_peer *peer;
    end client, server;

    (void)state;
    open_end(&server, server_tls, "tls:127.0.0.1:0", false);
    open_end(&client, client_tls, "tls:127.0.0.1:0", true);
    ask(&client, &server);
    until(&client, &server, &client.responses, 1);
    peer = sip_stack_flow_peer(server.stack, server.from.flow);
    assert_non_null(peer);
    assert_true(peer->verified);
    assert_true(sip_tls_peer_is(peer, SIP_STR("peer.example")));
    peer = sip_stack_flow_peer(client.stack, client.from.flow);
    assert_non_null(peer);
    assert_true(sip_tls_peer_is(peer, SIP_STR("127.0.0.1")));
    assert_true(sip_tls_peer_is(peer, SIP_STR("l.example")));
    assert_false(sip_tls_peer_is(peer, SIP_STR("peer.example")));
    assert_true(sip_str_equal(peer->alpn, "sip/2"));
    assert_null(sip_stack_flow_peer(client.stack, 0));
    assert_null(sip_stack_flow_peer(NULL, client.from.flow));
    ask(&client, &server);
    until(&client, &server, &client.responses, 2);
    sip_stack_destroy(client.stack);
    sip_stack_destroy(server.stack);
    sip_tls_destroy(client_tls);
    sip_tls_destroy(server_tls);
}

/* Takes both. */
static void fails(sip_tls *client_tls, sip_tls *server_tls, const char *why)
{
    end client, server;
    char wanted[60];
    sip_addr addr;

    open_end(&server, server_tls, "tls:127.0.0.1:0", false);
    open_end(&client, client_tls, "tls:127.0.0.1:0", true);
    assert_true(sip_stack_listener(server.stack, 0, NULL, &addr));
    snprintf(wanted, sizeof wanted, "tls to 127.0.0.1:%u", (unsigned)addr.port);
    ask(&client, &server);
    until(&client, &server, &client.failures, 1);
    if (strncmp(client.text, wanted, strlen(wanted)) != 0 ||
        strcmp(client.text + strlen(wanted), why) != 0) {
        fail_msg("no '%s' in '%s'", why, client.text);
    }
    assert_int_equal(server.requests, 0);
    sip_stack_destroy(client.stack);
    sip_stack_destroy(server.stack);
    sip_tls_destroy(client_tls);
    sip_tls_destroy(server_tls);
}

/* Each check that may fail has words of its own; before them stand the layer and the peer. */
static void who_cannot_meet_is_told_why(void **state)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.second),
                                   .key_pem = cert_key_of(&made.second)};

    (void)state;
    fails(tls_plain_client(), tls_server_with(&made.example),
          ": TLS handshake: wanted 127.0.0.1, but the certificate has example.com");
    fails(tls_plain_client(), tls_server_with(&made.expired),
          ": TLS handshake: the certificate of example.com expired on 2027-01-15 07:00:00 UTC");
    fails(tls_plain_client(), tls_server_with(&made.self),
          ": TLS handshake: the certificate of example.com is self-signed and not trusted");
    fails(tls_plain_client(), tls_server_with(&made.by_other),
          ": TLS handshake: the certificate of example.com is from an unknown CA: Other CA");
    fails(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .crl_pem = sip_str_of(made.crl)}),
        tls_server_with(&made.second),
        ": TLS handshake: the certificate of second.example was revoked by Test CA");
    fails(tls_of((sip_tls_config){.verify_servers = SIP_OFF}),
          tls_server_that_asks(SIP_TLS_CLIENTS_REQUIRED),
          ": TLS: refused by the peer: alert 'certificate required'");
    fails(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .max_version = SIP_TLS_1_2}),
        tls_of((sip_tls_config){.domains = &domain, .domain_count = 1, .min_version = SIP_TLS_1_3}),
        ": TLS handshake: refused by the peer: alert 'protocol version'");
}

/* Of two listeners each shows a certificate of its own; one without shows the stack's. */
static void listeners_have_certificates_of_their_own(void **state)
{
    sip_tls *of_stack = tls_server_with(&made.literal);
    sip_tls *of_second = tls_server_with(&made.second);
    sip_tls *client_tls = tls_plain_client();
    const sip_listener_config second = {.where = "tls:127.0.0.1:0", .tls = of_second};
    end client, server;

    (void)state;
    open_end(&server, of_stack, "tls:127.0.0.1:0", false);
    assert_int_equal(sip_stack_listen_on(server.stack, &second), 0);
    open_end(&client, client_tls, "tls:127.0.0.1:0", true);
    ask_at(&client, &server, 0);
    until(&client, &server, &client.responses, 1);
    ask_at(&client, &server, 1);
    until(&client, &server, &client.failures, 1);
    assert_non_null(strstr(
        client.text, ": TLS handshake: wanted 127.0.0.1, but the certificate has second.example"));
    sip_stack_destroy(client.stack);
    sip_stack_destroy(server.stack);
    sip_tls_destroy(client_tls);
    sip_tls_destroy(of_stack);
    sip_tls_destroy(of_second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_knows_the_other),
        cmocka_unit_test(listeners_have_certificates_of_their_own),
        cmocka_unit_test(who_cannot_meet_is_told_why),
    };

    return cmocka_run_group_tests(tests, make_all, tls_world_free);
}
