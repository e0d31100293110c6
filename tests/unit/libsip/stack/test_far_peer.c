#include "stack/far_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>

#include <sip/sip.h>

#include "support/fail_alloc.h"
#include "support/stack_turn.h"
#include "support/tls_world.h"

#define WORKERS 4
#define REQUESTS 100   /* by chance none misses a worker */
#define PATIENCE 20000 /* turns of a millisecond at the most */

static void a_copy_stands_by_itself(void **state)
{
    char name[] = "peer.example";
    const sip_str names[] = {{name, sizeof name - 1}, SIP_STR_INIT("192.0.2.1")};
    const sip_tls_peer peer = {.verified = true,
                               .has_certificate = true,
                               .names = names,
                               .name_count = 2,
                               .subject = SIP_STR_INIT("CN=peer"),
                               .alpn = SIP_STR_INIT("sip/2"),
                               .expires_unix_s = 77,
                               .version = "TLSv1.3"};
    sip_tls_peer *own;
    fail_alloc memory;

    (void)state;
    fail_alloc_init(&memory, 0);
    own = sip__far_peer_copy(&memory.allocator, &peer);
    assert_non_null(own);
    memset(name, 'x', sizeof name - 1);
    assert_true(own->verified && own->has_certificate);
    assert_true(sip_tls_peer_is(own, SIP_STR("peer.example")));
    assert_true(sip_tls_peer_is(own, SIP_STR("192.0.2.1")));
    assert_false(sip_tls_peer_is(own, SIP_STR("x.example")));
    assert_true(sip_str_equal(own->subject, "CN=peer"));
    assert_true(sip_str_equal(own->alpn, "sip/2"));
    assert_int_equal(own->server_name.len, 0);
    assert_string_equal(own->version, "TLSv1.3");
    assert_null(own->cipher);
    assert_int_equal(own->expires_unix_s, 77);
    sip_free(&memory.allocator, own);
    assert_int_equal(memory.live, 0);

    assert_null(sip__far_peer_copy(&memory.allocator, NULL));
    fail_alloc_init(&memory, 1);
    assert_null(sip__far_peer_copy(&memory.allocator, &peer));
}

/* ---- over a connection that one worker has, to all of them */

typedef struct side {
    sip_stack *stack;
    sip_tu *tu;
    atomic_uint proved[WORKERS], unproved;
    unsigned answered, failed;
} side;

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    side *self = user_data;
    sip_flow flow = sip_msg_source(sip_server_tx_request(tx))->flow;
    const sip_tls_peer *peer = sip_stack_flow_peer(self->stack, flow);

    if (peer != NULL && sip_tls_peer_is(peer, SIP_STR("peer.example"))) {
        atomic_fetch_add(&self->proved[sip_worker_index(sip_tu_worker(tu))], 1);
    } else {
        atomic_fetch_add(&self->unproved, 1);
    }
    (void)sip_server_tx_respond(tx, 200, NULL);
}

static const sip_tu_handler handler = {.on_request = on_request};

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    (void)tx;
    ((side *)user_data)->answered += sip_msg_status(response) == 200;
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    (void)tx;
    print_message("%s\n", failure->text);
    ((side *)user_data)->failed++;
}

static const sip_client_tx_handler client_handler = {.on_response = on_response,
                                                     .on_failed = on_failed};

static void open_side(side *self, sip_tls *tls, unsigned workers)
{
    const sip_stack_config config = {
        .workers = workers, .embedded = workers == 1, .tls = tls, .watch_addresses = SIP_OFF};
    const sip_listener_config listener = {.where = "tls:127.0.0.1:0", .client_only = workers == 1};

    memset(self, 0, sizeof *self);
    assert_int_equal(sip_stack_create(&config, &self->stack), 0);
    assert_int_equal(sip_stack_listen_on(self->stack, &listener), 0);
    for (unsigned i = 0; i < workers; i++) {
        const sip_tu_config one = {.worker = i};

        assert_int_equal(sip_tu_create(self->stack, &one, &handler, self, &self->tu), 0);
    }
}

static void ask(side *from, uint16_t port, unsigned number)
{
    sip_build *build;
    sip_msg *request;
    char uri[80];

    (void)snprintf(uri, sizeof uri, "sip:x@127.0.0.1:%u;transport=tls", port);
    build = sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(uri));
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@h>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@h>"));
    sip_build_headerf(build, SIP_HEADER_CALL_ID, "call-%u", number);
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 OPTIONS"));
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(sip_client_tx_create(from->tu, request, NULL, &client_handler, from, NULL), 0);
    (void)sip_msg_unref(request);
}

static void all_workers_know_what_was_proved_to_one(void **state)
{
    sip_tls *client_tls = tls_client_with(&made.user);
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.literal),
                                   .key_pem = cert_key_of(&made.literal)};
    sip_tls *server_tls = tls_of((sip_tls_config){.domains = &domain,
                                                  .domain_count = 1,
                                                  .ca_pem = cert_pem_of(&made.ca),
                                                  .clients = SIP_TLS_CLIENTS_REQUIRED});
    unsigned workers = 0;
    side server, client;
    sip_addr addr;

    (void)state;
    open_side(&server, server_tls, WORKERS);
    open_side(&client, client_tls, 1);
    assert_true(sip_stack_listener(server.stack, 0, NULL, &addr));
    assert_int_equal(sip_stack_start(server.stack), 0);
    for (unsigned i = 0; i < REQUESTS; i++) {
        ask(&client, addr.port, i);
    }
    for (unsigned i = 0; i < PATIENCE && client.answered + client.failed < REQUESTS; i++) {
        stack_turn(client.stack, NULL, -1);
        if (i % 4 == 0) { /* whoever reloads does not disturb handshakes on any thread */
            assert_int_equal(sip_tls_reload(server_tls, NULL, 0), 0);
        }
    }
    assert_int_equal(client.answered, REQUESTS);
    sip_stack_destroy(client.stack);
    sip_stack_destroy(server.stack);
    sip_tls_destroy(client_tls);
    sip_tls_destroy(server_tls);
    assert_int_equal(atomic_load(&server.unproved), 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        workers += atomic_load(&server.proved[i]) > 0;
    }
    assert_int_equal(workers, WORKERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_stands_by_itself),
        cmocka_unit_test(all_workers_know_what_was_proved_to_one),
    };

    return cmocka_run_group_tests_name("far_peer", tests, tls_world_make, tls_world_free);
}
