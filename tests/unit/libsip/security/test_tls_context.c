/* What is agreed on, chosen by name, resumed and reloaded. */
#include "security/tls_context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/tls_world.h"

/* One connection with a message each way, so that tickets have come. @return whether the client
 * found itself resumed */
static bool connect_resumed(sip_tls *client, sip_tls *server, const char *wanted, char *why)
{
    bool resumed = false;
    tls_pair pair;

    tls_pair_init(&pair, client, server, wanted);
    tls_pair_run(&pair);
    if (pair.client.err == 0 && pair.server.err == 0) {
        assert_true(tls_pair_is_open(&pair));
        resumed = sip__tls_session_peer(pair.client.session)->resumed;
        assert_true(sip__tls_session_peer(pair.client.session)->verified);
        assert_true(
            sip_tls_peer_is(sip__tls_session_peer(pair.client.session), sip_str_of(wanted)));
    } else {
        strcpy(why, pair.client.text);
    }
    tls_pair_finish(&pair);
    return resumed;
}

static void versions_and_ciphers_must_meet(void **state)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.example),
                                   .key_pem = cert_key_of(&made.example)};
    const sip_tls_config old_server = {.domains = &domain,
                                       .domain_count = 1,
                                       .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256",
                                       .suites = "TLS_AES_128_GCM_SHA256"};
    const sip_tls_config new_client = {.ca_pem = cert_pem_of(&made.ca),
                                       .min_version = SIP_TLS_1_3,
                                       .suites = "TLS_AES_256_GCM_SHA384",
                                       .groups = "X25519"};
    tls_outcome result = tls_try_pair(tls_of(new_client), tls_of(old_server), "example.com");

    (void)state;
    assert_string_equal(result.server,
                        "TLS handshake: no shared cipher, group or signature algorithm");
    assert_string_equal(result.client,
                        "TLS handshake: refused by the peer: alert 'handshake failure'");

    result = tls_try_pair(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .max_version = SIP_TLS_1_2}),
        tls_of((sip_tls_config){.domains = &domain, .domain_count = 1, .min_version = SIP_TLS_1_3}),
        "example.com");
    assert_string_equal(result.server, "TLS handshake: no TLS version in common");
    assert_string_equal(result.client,
                        "TLS handshake: refused by the peer: alert 'protocol version'");
    result = tls_try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca),
                                                  .max_version = SIP_TLS_1_2,
                                                  .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384"}),
                          tls_of(old_server), "example.com");
    assert_string_equal(result.server,
                        "TLS handshake: no shared cipher, group or signature algorithm");
}

static void names_choose_the_certificate(void **state)
{
    static const char *const names[] = {"second.example", "third.example.", NULL};
    const sip_tls_domain domains[] = {
        {.chain_pem = cert_pem_of(&made.example), .key_pem = cert_key_of(&made.example)},
        {.names = names,
         .chain_pem = cert_pem_of(&made.second),
         .key_pem = cert_key_of(&made.second)},
    };
    sip_tls_config config = {.domains = domains, .domain_count = 2};
    sip_tls *server = tls_of(config);
    tls_outcome result;

    (void)state;
    assert_true(sip_tls_has_domain(server, SIP_STR("Second.Example")));
    assert_true(sip_tls_has_domain(server, SIP_STR("third.example")));
    assert_true(sip_tls_has_domain(server, SIP_STR("host.example.com")));
    assert_false(sip_tls_has_domain(server, SIP_STR("fourth.example")));
    assert_true(sip_tls_can_serve(server));
    sip_tls_destroy(server);

    result = tls_try_pair(tls_plain_client(), tls_of(config), "second.example");
    assert_true(result.open);
    result = tls_try_pair(tls_plain_client(), tls_of(config), "example.com");
    assert_true(result.open);
    result = tls_try_pair(tls_plain_client(), tls_of(config), "third.example");
    assert_string_equal(result.client, "TLS handshake: wanted third.example, but the certificate "
                                       "has second.example");
    result = tls_try_pair(tls_plain_client(), tls_of(config), "fourth.example");
    assert_string_equal(result.client, "TLS handshake: wanted fourth.example, but the certificate "
                                       "has example.com");
    config.refuse_unknown_names = SIP_ON;
    result = tls_try_pair(tls_plain_client(), tls_of(config), "fourth.example");
    assert_string_equal(result.server, "TLS handshake: the peer asks for fourth.example, which is "
                                       "no domain of ours");
    assert_string_equal(result.client,
                        "TLS handshake: refused by the peer: alert 'unrecognized name'");
}

static void a_client_shows_the_certificate_of_its_domain(void **state)
{
    const sip_tls_domain domains[] = {
        {.chain_pem = cert_pem_of(&made.example), .key_pem = cert_key_of(&made.example)},
        {.chain_pem = cert_pem_of(&made.user), .key_pem = cert_key_of(&made.user)},
    };
    sip_tls *client = tls_of(
        (sip_tls_config){.domains = domains, .domain_count = 2, .ca_pem = cert_pem_of(&made.ca)});
    sip_tls *server = tls_server_that_asks(SIP_TLS_CLIENTS_REQUIRED);
    tls_pair pair;

    (void)state;
    tls_pair_init(&pair, NULL, server, "");
    tls_end_make(&pair.client, &(sip__tls_session_config){.tls = client,
                                                          .server_name = SIP_STR("example.com"),
                                                          .local_name = SIP_STR("peer.example")});
    tls_pair_run(&pair);
    assert_true(tls_pair_is_open(&pair));
    assert_true(
        sip_tls_peer_is(sip__tls_session_peer(pair.server.session), SIP_STR("peer.example")));
    assert_int_equal(sip__tls_session_peer(pair.server.session)->alpn.len, 0);
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

static void sessions_are_resumed(void **state)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.example),
                                   .key_pem = cert_key_of(&made.example)};
    sip_tls *client = tls_plain_client();
    sip_tls *server = tls_server_with(&made.example);
    sip_tls *never =
        tls_of((sip_tls_config){.domains = &domain, .domain_count = 1, .resumption = SIP_OFF});
    char why[SIP_TLS_TEXT_BYTES] = "";

    (void)state;
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_true(connect_resumed(client, server, "example.com", why));
    assert_true(connect_resumed(client, server, "example.com", why));
    tls_now_s += 3601;
    assert_false(connect_resumed(client, server, "example.com", why));
    tls_now_s = CERT_NOW_S;
    assert_int_equal(sip_tls_reload(server, NULL, 0), 0);
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_true(connect_resumed(client, server, "example.com", why));
    assert_int_equal(sip_tls_reload(client, NULL, 0), 0);
    assert_false(connect_resumed(client, server, "example.com", why));
    sip_tls_destroy(client);

    client = tls_plain_client();
    assert_false(connect_resumed(client, never, "example.com", why));
    assert_false(connect_resumed(client, never, "example.com", why));
    sip_tls_destroy(client);
    client = tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .resumption = SIP_OFF});
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_false(connect_resumed(client, server, "example.com", why));
    sip_tls_destroy(client);
    sip_tls_destroy(server);
    sip_tls_destroy(never);
}

static void sessions_of_tls_1_2_are_resumed_again_and_again(void **state)
{
    sip_tls *client = tls_of((sip_tls_config){
        .ca_pem = cert_pem_of(&made.ca), .max_version = SIP_TLS_1_2, .max_sessions = 1});
    sip_tls *server = tls_server_with(&made.example);
    char why[SIP_TLS_TEXT_BYTES] = "";

    (void)state;
    assert_false(connect_resumed(client, server, "example.com", why));
    for (int i = 0; i < 3; i++) {
        tls_now_s += 1000;
        assert_true(connect_resumed(client, server, "example.com", why));
    }
    tls_now_s += 1000;
    assert_false(connect_resumed(client, server, "example.com", why));
    tls_now_s = CERT_NOW_S;
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

/* A client that keeps tickets for a week: it is the server's clock that ends what the server gave,
 * whatever the system's shows; and it may be set back. */
static void tickets_end_by_the_servers_clock(void **state)
{
    const sip_tls_version versions[] = {SIP_TLS_1_2, SIP_TLS_1_3};
    char why[SIP_TLS_TEXT_BYTES] = "";

    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.example),
                                       .key_pem = cert_key_of(&made.example)};
        sip_tls *client = tls_of((sip_tls_config){
            .ca_pem = cert_pem_of(&made.ca), .session_s = 604800, .max_version = versions[i]});
        sip_tls *server =
            tls_of((sip_tls_config){.domains = &domain, .domain_count = 1, .session_s = 600});
        sip_tls *patient = tls_of((sip_tls_config){
            .ca_pem = cert_pem_of(&made.ca), .session_s = 604800, .max_version = versions[i]});
        tls_pair pair;

        assert_false(connect_resumed(client, server, "example.com", why));
        tls_now_s += 599;
        assert_true(connect_resumed(client, server, "example.com", why));
        tls_now_s = CERT_NOW_S;
        assert_false(connect_resumed(patient, server, "example.com", why));
        tls_pair_init(&pair, patient, server, "example.com"); /* with the ticket, not yet sent */
        tls_now_s += 600;
        tls_pair_run(&pair);
        assert_true(tls_pair_is_open(&pair));
        assert_false(sip__tls_session_peer(pair.client.session)->resumed);
        tls_pair_finish(&pair);
        tls_now_s = CERT_NOW_S;
        tls_pair_init(&pair, patient, server, "example.com");
        tls_now_s -= 1;
        tls_pair_run(&pair);
        assert_true(tls_pair_is_open(&pair));
        assert_false(sip__tls_session_peer(pair.client.session)->resumed);
        tls_pair_finish(&pair);
        tls_now_s = CERT_NOW_S;
        sip_tls_destroy(client);
        sip_tls_destroy(server);
        sip_tls_destroy(patient);
    }
}

/* A client whose certificate has expired since shows it again, and is refused by it. */
static void tickets_of_clients_are_judged_again(void **state)
{
    cert brief;
    sip_tls *client, *server = tls_server_that_asks(SIP_TLS_CLIENTS_REQUIRED);
    char why[SIP_TLS_TEXT_BYTES] = "";
    tls_pair pair;

    (void)state;
    cert_make(&brief, &(cert_spec){.cn = "b",
                                   .san = "DNS:b.example",
                                   .until_s = CERT_NOW_S + 60,
                                   .issuer = &made.ca});
    client = tls_client_with(&brief);
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_true(connect_resumed(client, server, "example.com", why));
    tls_now_s += 61;
    tls_pair_init(&pair, client, server, "example.com");
    tls_pair_run(&pair);
    tls_now_s = CERT_NOW_S;
    assert_int_equal(pair.server.opens, 0);
    assert_string_equal(
        pair.server.text,
        "TLS handshake: the certificate of b.example expired on 2027-01-15 08:01:00 UTC");
    tls_pair_finish(&pair);
    cert_free(&brief);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

/* A week long session outlives the certificate that it began with. */
static void a_resumed_session_is_judged_again(void **state)
{
    char why[SIP_TLS_TEXT_BYTES] = "";
    sip_tls *client =
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .session_s = 604800});
    sip_tls *server;
    tls_pair pair;
    cert brief;
    sip_tls_domain domain;

    (void)state;
    cert_make(&brief, &(cert_spec){.cn = "b",
                                   .san = "DNS:example.com",
                                   .until_s = CERT_NOW_S + 60,
                                   .issuer = &made.ca});
    domain = (sip_tls_domain){.chain_pem = cert_pem_of(&brief), .key_pem = cert_key_of(&brief)};
    server = tls_of((sip_tls_config){.domains = &domain, .domain_count = 1, .session_s = 604800});
    assert_false(connect_resumed(client, server, "example.com", why));
    tls_now_s += 30;
    assert_true(connect_resumed(client, server, "example.com", why));
    tls_now_s += 31;
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_string_equal(why, "TLS handshake: the certificate of example.com expired on "
                             "2027-01-15 08:01:00 UTC");
    tls_now_s = CERT_NOW_S;
    tls_pair_init(&pair, client, server, "example.com");
    tls_now_s += 61;
    tls_pair_run(&pair);
    tls_now_s = CERT_NOW_S;
    assert_string_equal(pair.client.text,
                        "TLS session resumed, but the certificate of example.com expired on "
                        "2027-01-15 08:01:00 UTC");
    assert_int_equal(pair.server.err, SIP_EGONE);
    tls_pair_finish(&pair);
    cert_free(&brief);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

static void connections_outlive_a_reload(void **state)
{
    sip_tls *client = tls_plain_client();
    sip_tls *server = tls_server_with(&made.example);
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.second),
                                   .key_pem = cert_key_of(&made.second)};
    tls_pair standing, shaking;

    (void)state;
    tls_pair_init(&standing, client, server, "example.com");
    tls_pair_run(&standing);
    tls_pair_init(&shaking, client, server, "example.com");
    assert_int_equal(sip_tls_reconfigure(
                         server, &(sip_tls_config){.domains = &domain, .domain_count = 1}, NULL, 0),
                     0);
    assert_int_equal(sip_tls_reload(client, NULL, 0), 0);
    tls_pair_run(&shaking);
    assert_true(tls_pair_is_open(&shaking));
    assert_int_equal(sip__tls_session_send(standing.client.session, SIP_STR("still here")), 0);
    tls_pair_deliver(&standing);
    assert_true(tls_end_got(&standing.server, "still here"));
    tls_pair_finish(&shaking);
    tls_pair_init(&shaking, client, server, "second.example");
    tls_pair_run(&shaking);
    assert_true(tls_pair_is_open(&shaking));
    tls_pair_finish(&shaking);
    tls_pair_finish(&standing);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_and_ciphers_must_meet),
        cmocka_unit_test(names_choose_the_certificate),
        cmocka_unit_test(a_client_shows_the_certificate_of_its_domain),
        cmocka_unit_test(sessions_are_resumed),
        cmocka_unit_test(sessions_of_tls_1_2_are_resumed_again_and_again),
        cmocka_unit_test(tickets_end_by_the_servers_clock),
        cmocka_unit_test(tickets_of_clients_are_judged_again),
        cmocka_unit_test(a_resumed_session_is_judged_again),
        cmocka_unit_test(connections_outlive_a_reload),
    };

    return cmocka_run_group_tests(tests, tls_world_make, tls_world_free);
}
