/* Two sessions in memory: what connects, what is refused, and in which words. */
#include "security/tls_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/cert_maker.h"
#include "support/tls_pair.h"

static int64_t now_s = CERT_NOW_S;

static sip_time_ms fixed_ms(void *user_data)
{
    (void)user_data;
    return 0;
}

static int64_t fixed_s(void *user_data)
{
    (void)user_data;
    return now_s;
}

static const sip_clock fixed_clock = {fixed_ms, fixed_s, NULL};

static struct {
    cert ca, other_ca, between, example, second, expired, future, self, by_other, deep, user;
    cert only_client, old_user, common, wild, literal;
    char *crl, *empty_crl;
} made;

static void make_peers(void)
{
    cert_make(&made.example, &(cert_spec){.cn = "example.com",
                                          .san = "URI:sip:example.com,DNS:host.example.com",
                                          .issuer = &made.ca});
    cert_make(&made.second,
              &(cert_spec){.cn = "second", .san = "DNS:second.example", .issuer = &made.ca});
    cert_make(&made.expired, &(cert_spec){.cn = "x",
                                          .san = "DNS:example.com",
                                          .until_s = CERT_NOW_S - 3600,
                                          .issuer = &made.ca});
    cert_make(&made.future, &(cert_spec){.cn = "x",
                                         .san = "DNS:example.com",
                                         .from_s = CERT_NOW_S + 3600,
                                         .issuer = &made.ca});
    cert_make(&made.self, &(cert_spec){.cn = "example.com", .san = "DNS:example.com"});
    cert_make(
        &made.by_other,
        &(cert_spec){.cn = "example.com", .san = "DNS:example.com", .issuer = &made.other_ca});
    cert_make(&made.deep,
              &(cert_spec){.cn = "example.com", .san = "DNS:example.com", .issuer = &made.between});
    cert_make(&made.common, &(cert_spec){.cn = "example.com", .issuer = &made.ca});
    cert_make(&made.wild, &(cert_spec){.cn = "w", .san = "DNS:*.example.com", .issuer = &made.ca});
    cert_make(
        &made.literal,
        &(cert_spec){.cn = "l", .san = "IP:127.0.0.1,IP:::1,DNS:l.example", .issuer = &made.ca});
}

static int make_all(void **state)
{
    (void)state;
    cert_make(&made.ca, &(cert_spec){.cn = "Test CA", .ca = true});
    cert_make(&made.other_ca, &(cert_spec){.cn = "Other CA", .ca = true});
    cert_make(&made.between, &(cert_spec){.cn = "Between", .ca = true, .issuer = &made.ca});
    make_peers();
    cert_make(&made.user, &(cert_spec){.cn = "peer",
                                       .san = "URI:sip:peer.example,URI:sip:bob@peer.example",
                                       .usage = "clientAuth",
                                       .issuer = &made.ca});
    cert_make(&made.old_user, &(cert_spec){.cn = "peer",
                                           .san = "URI:sip:peer.example",
                                           .until_s = CERT_NOW_S - 1,
                                           .issuer = &made.ca});
    cert_make(&made.only_client, &(cert_spec){.cn = "example.com",
                                              .san = "DNS:example.com",
                                              .usage = "clientAuth",
                                              .issuer = &made.ca});
    made.crl = cert_crl(&made.ca, &made.second);
    made.empty_crl = cert_crl(&made.other_ca, NULL);
    return 0;
}

static int free_all(void **state)
{
    cert *all[] = {&made.ca,          &made.other_ca, &made.between, &made.example,
                   &made.second,      &made.expired,  &made.future,  &made.self,
                   &made.by_other,    &made.deep,     &made.user,    &made.old_user,
                   &made.only_client, &made.common,   &made.wild,    &made.literal};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cert_free(all[i]);
    }
    free(made.crl);
    free(made.empty_crl);
    return 0;
}

static sip_tls *tls_of(sip_tls_config config)
{
    char text[SIP_TLS_TEXT_BYTES] = "";
    sip_tls *tls = NULL;

    config.clock = &fixed_clock;
    if (sip_tls_create(&config, text, sizeof text, &tls) != 0) {
        fail_msg("%s", text);
    }
    return tls;
}

/* A server that shows `own` and asks nobody for anything. */
static sip_tls *server_with(const cert *own)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(own), .key_pem = cert_key_of(own)};

    return tls_of((sip_tls_config){.domains = &domain, .domain_count = 1});
}

static sip_tls *plain_client(void)
{
    return tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca)});
}

static sip_tls *client_with(const cert *own)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(own), .key_pem = cert_key_of(own)};

    return tls_of(
        (sip_tls_config){.domains = &domain, .domain_count = 1, .ca_pem = cert_pem_of(&made.ca)});
}

typedef struct outcome {
    bool open;
    int client_err, server_err;
    char client[SIP_TLS_TEXT_BYTES], server[SIP_TLS_TEXT_BYTES];
} outcome;

/* Takes both. */
static outcome try_pair(sip_tls *client, sip_tls *server, const char *wanted)
{
    outcome result = {0};
    tls_pair pair;

    tls_pair_init(&pair, client, server, wanted);
    assert_int_equal(pair.client.create_err, 0);
    assert_int_equal(pair.server.create_err, 0);
    tls_pair_run(&pair);
    result.open = tls_pair_is_open(&pair);
    result.client_err = pair.client.err;
    result.server_err = pair.server.err;
    memcpy(result.client, pair.client.text, sizeof result.client);
    memcpy(result.server, pair.server.text, sizeof result.server);
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
    return result;
}

static void a_session_carries_both_ways(void **state)
{
    sip_tls *client = plain_client();
    sip_tls *server = server_with(&made.example);
    const sip_tls_peer *peer;
    tls_pair pair;

    (void)state;
    tls_pair_init(&pair, client, server, "Example.COM.");
    assert_null(sip__tls_session_peer(pair.client.session));
    assert_int_equal(sip__tls_session_send(pair.client.session, SIP_STR("early")), SIP_ESTATE);
    tls_pair_run(&pair);
    assert_true(tls_pair_is_open(&pair));

    assert_int_equal(sip__tls_session_send(pair.client.session, SIP_STR("to the server")), 0);
    assert_int_equal(sip__tls_session_send(pair.client.session, SIP_STR("")), 0);
    assert_int_equal(sip__tls_session_send(pair.server.session, SIP_STR("to the client")), 0);
    tls_pair_deliver(&pair);
    assert_true(tls_end_got(&pair.server, "to the server"));
    assert_true(tls_end_got(&pair.client, "to the client"));
    assert_string_equal(sip__tls_session_text(pair.client.session), "");

    peer = sip__tls_session_peer(pair.client.session);
    assert_true(peer->verified && peer->has_certificate && !peer->resumed);
    assert_int_equal(peer->name_count, 1);
    assert_true(sip_str_equal(peer->names[0], "example.com"));
    assert_true(sip_tls_peer_is(peer, SIP_STR("EXAMPLE.com")));
    assert_false(sip_tls_peer_is(peer, SIP_STR("host.example.com")));
    assert_true(sip_str_equal(peer->subject, "CN=example.com"));
    assert_true(sip_str_equal(peer->server_name, "example.com"));
    assert_true(sip_str_equal(peer->alpn, "sip/2"));
    assert_string_equal(peer->version, "TLSv1.3");
    assert_true(peer->expires_unix_s == CERT_NOW_S + CERT_YEAR_S);

    peer = sip__tls_session_peer(pair.server.session);
    assert_false(peer->verified || peer->has_certificate);
    assert_true(sip_str_equal(peer->server_name, "example.com"));
    assert_int_equal(peer->name_count, 0);
    assert_false(sip_tls_peer_is(peer, SIP_STR("")));
    assert_false(sip_tls_peer_is(NULL, SIP_STR("example.com")));
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

static void every_split_of_the_bytes_will_do(void **state)
{
    static const size_t pieces[] = {1, 2, 3, 5, 7, 16, 64, 100, 255, 256, 1000, 1460};
    sip_tls *client = client_with(&made.user);
    sip_tls *server;
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.example),
                                   .key_pem = cert_key_of(&made.example)};
    char *big = malloc(100001);

    (void)state;
    server = tls_of((sip_tls_config){.domains = &domain,
                                     .domain_count = 1,
                                     .ca_pem = cert_pem_of(&made.ca),
                                     .clients = SIP_TLS_CLIENTS_REQUIRED});
    memset(big, 'm', 100000);
    big[100000] = '\0';
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        tls_pair pair;

        tls_pair_init(&pair, client, server, "example.com");
        pair.piece = pieces[i];
        pair.server.on_open = "first";
        tls_pair_run(&pair);
        assert_true(tls_pair_is_open(&pair));
        assert_true(tls_end_got(&pair.client, "first"));
        assert_int_equal(sip__tls_session_send(pair.client.session, (sip_str){big, 100000}), 0);
        tls_pair_deliver(&pair);
        assert_true(tls_end_got(&pair.server, big));
        assert_false(sip__tls_session_is_partial(pair.server.session));
        tls_pair_finish(&pair);
    }
    free(big);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

static void expect_refused(const outcome *result, const char *why, const char *alert)
{
    assert_false(result->open);
    assert_int_equal(result->client_err, SIP_EIO);
    assert_string_equal(result->client, why);
    assert_int_equal(result->server_err, SIP_EIO);
    assert_string_equal(result->server, alert);
}

static void bad_certificates_are_refused_each_with_its_reason(void **state)
{
    const struct {
        const cert *shown;
        const char *wanted, *why, *alert;
    } cases[] = {
        {&made.example, "other.example",
         "TLS handshake: wanted other.example, but the certificate has example.com",
         "TLS handshake: refused by the peer: alert 'bad certificate'"},
        {&made.example, "host.example.com",
         "TLS handshake: wanted host.example.com, but the certificate has example.com",
         "TLS handshake: refused by the peer: alert 'bad certificate'"},
        {&made.expired, "example.com",
         "TLS handshake: the certificate of example.com expired on 2027-01-15 07:00:00 UTC",
         "TLS handshake: refused by the peer: alert 'certificate expired'"},
        {&made.future, "example.com",
         "TLS handshake: the certificate of example.com is not valid before 2027-01-15 09:00:00 "
         "UTC",
         "TLS handshake: refused by the peer: alert 'bad certificate'"},
        {&made.self, "example.com",
         "TLS handshake: the certificate of example.com is self-signed and not trusted",
         "TLS handshake: refused by the peer: alert 'unknown CA'"},
        {&made.by_other, "example.com",
         "TLS handshake: the certificate of example.com is from an unknown CA: Other CA",
         "TLS handshake: refused by the peer: alert 'unknown CA'"},
        {&made.deep, "example.com",
         "TLS handshake: the certificate of example.com is from an unknown CA: Between",
         "TLS handshake: refused by the peer: alert 'unknown CA'"},
        {&made.only_client, "example.com",
         "TLS handshake: the certificate of example.com is not for servers (extendedKeyUsage)",
         "TLS handshake: refused by the peer: alert 'unsupported certificate'"},
        {&made.common, "example.com",
         "TLS handshake: wanted example.com, but the certificate has no SIP identity",
         "TLS handshake: refused by the peer: alert 'bad certificate'"},
        {&made.wild, "a.example.com",
         "TLS handshake: wanted a.example.com, but the certificate has *.example.com",
         "TLS handshake: refused by the peer: alert 'bad certificate'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const outcome result =
            try_pair(plain_client(), server_with(cases[i].shown), cases[i].wanted);

        expect_refused(&result, cases[i].why, cases[i].alert);
    }
}

static void chains_are_followed_to_their_depth(void **state)
{
    char *chain = malloc(strlen(made.deep.cert_pem) + strlen(made.between.cert_pem) +
                         strlen(made.ca.cert_pem) + 1);
    sip_tls_domain domain = {.key_pem = cert_key_of(&made.deep)};
    outcome result;

    (void)state;
    strcpy(chain, made.deep.cert_pem);
    strcat(chain, made.between.cert_pem);
    domain.chain_pem = sip_str_of(chain);
    result =
        try_pair(plain_client(), tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}),
                 "example.com");
    assert_true(result.open);
    result =
        try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.other_ca)}),
                 tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}), "example.com");
    assert_string_equal(result.client,
                        "TLS handshake: the certificate of Between is from an unknown CA: Test CA");
    strcat(chain, made.ca.cert_pem);
    domain.chain_pem = sip_str_of(chain);
    result =
        try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.other_ca)}),
                 tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}), "example.com");
    assert_string_equal(
        result.client,
        "TLS handshake: the certificate of example.com is from a CA that is not trusted: Between");
    result = try_pair(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .verify_servers = SIP_OFF}),
        server_with(&made.deep), "example.com");
    assert_true(result.open);
    free(chain);
}

static void a_chain_that_is_too_long_is_refused(void **state)
{
    cert low, leaf;
    char chain[8192];
    sip_tls_domain domain = {0};
    outcome result;

    (void)state;
    cert_make(&low, &(cert_spec){.cn = "Low", .ca = true, .issuer = &made.between});
    cert_make(&leaf, &(cert_spec){.cn = "leaf", .san = "DNS:example.com", .issuer = &low});
    snprintf(chain, sizeof chain, "%s%s%s", leaf.cert_pem, low.cert_pem, made.between.cert_pem);
    domain.chain_pem = sip_str_of(chain);
    domain.key_pem = cert_key_of(&leaf);
    result =
        try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .verify_depth = 1}),
                 tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}), "example.com");
    assert_false(result.open);
    assert_non_null(strstr(result.client, "has more issuers above it than verify_depth allows"));
    result =
        try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .verify_depth = 2}),
                 tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}), "example.com");
    assert_true(result.open);
    cert_free(&low);
    cert_free(&leaf);
}

static void lenient_and_off_and_literals(void **state)
{
    const struct {
        const cert *shown;
        const char *wanted;
        sip_tls_identity identity;
        bool open;
    } cases[] = {
        {&made.common, "example.com", SIP_TLS_IDENTITY_LENIENT, true},
        {&made.common, "b.example.com", SIP_TLS_IDENTITY_LENIENT, false},
        {&made.wild, "a.example.com", SIP_TLS_IDENTITY_LENIENT, true},
        {&made.wild, "a.b.example.com", SIP_TLS_IDENTITY_LENIENT, false},
        {&made.example, "host.example.com", SIP_TLS_IDENTITY_LENIENT, true},
        {&made.example, "any.example", SIP_TLS_IDENTITY_OFF, true},
        {&made.self, "any.example", SIP_TLS_IDENTITY_OFF, false},
        {&made.literal, "127.0.0.1", SIP_TLS_IDENTITY_STRICT, true},
        {&made.literal, "[::1]", SIP_TLS_IDENTITY_STRICT, true},
        {&made.literal, "127.0.0.2", SIP_TLS_IDENTITY_STRICT, false},
        {&made.literal, "l.example", SIP_TLS_IDENTITY_STRICT, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const outcome result = try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca),
                                                                .identity = cases[i].identity}),
                                        server_with(cases[i].shown), cases[i].wanted);

        assert_int_equal(result.open, cases[i].open);
    }
}

static sip_tls *server_that_asks(sip_tls_clients clients)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.example),
                                   .key_pem = cert_key_of(&made.example)};

    return tls_of((sip_tls_config){.domains = &domain,
                                   .domain_count = 1,
                                   .ca_pem = cert_pem_of(&made.ca),
                                   .clients = clients});
}

static void clients_prove_who_they_are(void **state)
{
    sip_tls *client = client_with(&made.user);
    sip_tls *server = server_that_asks(SIP_TLS_CLIENTS_REQUIRED);
    const sip_tls_peer *peer;
    tls_pair pair;

    (void)state;
    tls_pair_init(&pair, client, server, "example.com");
    tls_pair_run(&pair);
    assert_true(tls_pair_is_open(&pair));
    peer = sip__tls_session_peer(pair.server.session);
    assert_true(peer->verified);
    assert_true(sip_tls_peer_is(peer, SIP_STR("peer.example")));
    assert_int_equal(peer->name_count, 1);
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

static void clients_that_do_not_are_refused(void **state)
{
    outcome result =
        try_pair(plain_client(), server_that_asks(SIP_TLS_CLIENTS_REQUIRED), "example.com");
    cert only_server;

    (void)state;
    assert_int_equal(result.server_err, SIP_EIO);
    assert_string_equal(result.server,
                        "TLS handshake: the peer sent no certificate, and one is required");
    assert_int_equal(result.client_err, SIP_EIO);
    assert_string_equal(result.client, "TLS: refused by the peer: alert 'certificate required'");

    result = try_pair(plain_client(), server_that_asks(SIP_TLS_CLIENTS_DEFAULT), "example.com");
    assert_true(result.open);
    result = try_pair(client_with(&made.old_user), server_that_asks(SIP_TLS_CLIENTS_NONE),
                      "example.com");
    assert_true(result.open);
    result = try_pair(client_with(&made.old_user), server_that_asks(SIP_TLS_CLIENTS_OPTIONAL),
                      "example.com");
    assert_int_equal(result.server_err, SIP_EIO);
    assert_string_equal(
        result.server,
        "TLS handshake: the certificate of sip:peer.example expired on 2027-01-15 07:59:59 UTC");
    assert_string_equal(result.client, "TLS: refused by the peer: alert 'certificate expired'");

    cert_make(
        &only_server,
        &(cert_spec){.cn = "s", .san = "DNS:s.example", .usage = "serverAuth", .issuer = &made.ca});
    result = try_pair(client_with(&only_server), server_that_asks(SIP_TLS_CLIENTS_OPTIONAL),
                      "example.com");
    assert_string_equal(result.server, "TLS handshake: the certificate of s.example is not for "
                                       "clients (extendedKeyUsage)");
    cert_free(&only_server);
    /* One for SIP alone does for both roles (RFC 5924). */
    cert_make(&only_server, &(cert_spec){.cn = "s",
                                         .san = "DNS:s.example",
                                         .usage = "1.3.6.1.5.5.7.3.20",
                                         .issuer = &made.ca});
    result = try_pair(client_with(&only_server), server_that_asks(SIP_TLS_CLIENTS_REQUIRED),
                      "example.com");
    assert_true(result.open);
    result = try_pair(plain_client(), server_with(&only_server), "s.example");
    assert_true(result.open);
    cert_free(&only_server);
}

static void revoked_certificates_are_refused(void **state)
{
    const sip_tls_config with_crl = {.ca_pem = cert_pem_of(&made.ca),
                                     .crl_pem = sip_str_of(made.crl)};
    const sip_tls_config foreign_crl = {.ca_pem = cert_pem_of(&made.ca),
                                        .crl_pem = sip_str_of(made.empty_crl)};
    outcome result = try_pair(tls_of(with_crl), server_with(&made.second), "second.example");

    (void)state;
    expect_refused(&result,
                   "TLS handshake: the certificate of second.example was revoked by Test CA",
                   "TLS handshake: refused by the peer: alert 'certificate revoked'");
    result = try_pair(tls_of(with_crl), server_with(&made.example), "example.com");
    assert_true(result.open);
    result = try_pair(tls_of(foreign_crl), server_with(&made.example), "example.com");
    assert_string_equal(result.client,
                        "TLS handshake: the certificate of sip:example.com cannot be checked: "
                        "there is no CRL of Test CA");
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
    outcome result = try_pair(tls_of(new_client), tls_of(old_server), "example.com");

    (void)state;
    assert_string_equal(result.server,
                        "TLS handshake: no shared cipher, group or signature algorithm");
    assert_string_equal(result.client,
                        "TLS handshake: refused by the peer: alert 'handshake failure'");

    result = try_pair(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .max_version = SIP_TLS_1_2}),
        tls_of((sip_tls_config){.domains = &domain, .domain_count = 1, .min_version = SIP_TLS_1_3}),
        "example.com");
    assert_string_equal(result.server, "TLS handshake: no TLS version in common");
    assert_string_equal(result.client,
                        "TLS handshake: refused by the peer: alert 'protocol version'");
    result = try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca),
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
    outcome result;

    (void)state;
    assert_true(sip_tls_has_domain(server, SIP_STR("Second.Example")));
    assert_true(sip_tls_has_domain(server, SIP_STR("third.example")));
    assert_true(sip_tls_has_domain(server, SIP_STR("host.example.com")));
    assert_false(sip_tls_has_domain(server, SIP_STR("fourth.example")));
    assert_true(sip_tls_can_serve(server));
    sip_tls_destroy(server);

    result = try_pair(plain_client(), tls_of(config), "second.example");
    assert_true(result.open);
    result = try_pair(plain_client(), tls_of(config), "example.com");
    assert_true(result.open);
    result = try_pair(plain_client(), tls_of(config), "third.example");
    assert_string_equal(result.client, "TLS handshake: wanted third.example, but the certificate "
                                       "has second.example");
    result = try_pair(plain_client(), tls_of(config), "fourth.example");
    assert_string_equal(result.client, "TLS handshake: wanted fourth.example, but the certificate "
                                       "has example.com");
    config.refuse_unknown_names = SIP_ON;
    result = try_pair(plain_client(), tls_of(config), "fourth.example");
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
    sip_tls *server = server_that_asks(SIP_TLS_CLIENTS_REQUIRED);
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

static void strangers_are_named(void **state)
{
    static const struct {
        sip_str said;
        const char *why;
    } cases[] = {
        {SIP_STR_INIT("OPTIONS sip:a SIP/2.0\r\n\r\n"),
         "TLS handshake: the peer speaks no TLS, it begins with 'OPTIONS '"},
        {SIP_STR_INIT("\r\n\r\n\r\n"),
         "TLS handshake: the peer speaks no TLS, it begins with '......'"},
        {SIP_STR_INIT("GET / HTTP/1.1\r\n\r\n"),
         "TLS handshake: the peer speaks no TLS, it begins with 'GET / HT'"},
        {SIP_STR_INIT("\x16\x03\x01\x00\x05\x01\x00\x00\x01\xff"), NULL},
        {SIP_STR_INIT("\x17\x03\x03\xff\xff\x00"), NULL},
    };
    sip_tls *server = server_with(&made.example);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t piece = 1; piece < 30; piece += 28) {
            sip_str said = cases[i].said;
            tls_pair pair;

            tls_pair_init(&pair, NULL, server, "");
            while (said.len > 0 && pair.server.err == 0) {
                const size_t now = piece < said.len ? piece : said.len;

                tls_end_receive(&pair.server, (sip_str){said.ptr, now});
                said = (sip_str){said.ptr + now, said.len - now};
            }
            assert_int_equal(pair.server.err, SIP_EIO);
            if (cases[i].why && piece > 1) {
                assert_string_equal(pair.server.text, cases[i].why);
            }
            assert_int_equal(pair.server.opens, 0);
            assert_int_equal(sip__tls_session_receive(pair.server.session, SIP_STR("more")),
                             SIP_EIO);
            tls_pair_finish(&pair);
        }
    }
    sip_tls_destroy(server);
}

static void plain_answers_are_named_to_the_client(void **state)
{
    sip_tls *client = plain_client();
    tls_pair pair;

    (void)state;
    tls_pair_init(&pair, client, NULL, "example.com");
    assert_int_equal(sip__tls_session_start(pair.client.session), 0);
    assert_int_equal(sip__tls_session_start(pair.client.session), 0);
    tls_end_receive(&pair.client, SIP_STR("SIP/2.0 400 Bad Request\r\n\r\n"));
    assert_int_equal(pair.client.err, SIP_EIO);
    assert_string_equal(pair.client.text,
                        "TLS handshake: the peer speaks no TLS, it begins with 'SIP/2.0 '");
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
}

static void goodbye_is_told_after_what_came_before(void **state)
{
    sip_tls *client = plain_client();
    sip_tls *server = server_with(&made.example);
    tls_pair pair;

    (void)state;
    tls_pair_init(&pair, client, server, "example.com");
    sip__tls_session_close(pair.server.session);
    tls_pair_finish(&pair);
    tls_pair_init(&pair, client, server, "example.com");
    tls_pair_run(&pair);
    assert_int_equal(sip__tls_session_send(pair.client.session, SIP_STR("last words")), 0);
    sip__tls_session_close(pair.client.session);
    assert_int_equal(sip__tls_session_send(pair.client.session, SIP_STR("x")), SIP_ESTATE);
    tls_pair_deliver(&pair);
    assert_true(tls_end_got(&pair.server, "last words"));
    assert_int_equal(pair.server.err, SIP_EGONE);
    assert_string_equal(pair.server.text, "the peer said goodbye");
    sip__tls_session_close(pair.server.session);
    assert_true(pair.server.out_len > 0);
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

static void what_is_cut_off_or_changed_is_never_given_on(void **state)
{
    sip_tls *client = plain_client();
    sip_tls *server = server_with(&made.example);
    tls_pair pair;

    (void)state;
    tls_pair_init(&pair, client, server, "example.com");
    tls_pair_run(&pair);
    assert_int_equal(sip__tls_session_send(pair.client.session, SIP_STR("a message")), 0);
    tls_end_receive(&pair.server, (sip_str){pair.client.out, pair.client.out_len - 1});
    assert_true(sip__tls_session_is_partial(pair.server.session));
    assert_true(tls_end_got(&pair.server, ""));
    pair.client.out[pair.client.out_len - 1] ^= 1;
    tls_end_receive(&pair.server, (sip_str){pair.client.out + pair.client.out_len - 1, 1});
    assert_true(tls_end_got(&pair.server, ""));
    assert_int_equal(pair.server.err, SIP_EIO);
    assert_string_equal(pair.server.text, "TLS: a record is damaged or forged");
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

static void a_queue_that_is_full_ends_it(void **state)
{
    sip_tls *client = plain_client();
    sip_tls *server = server_with(&made.example);
    tls_pair pair;

    (void)state;
    tls_pair_init(&pair, client, server, "example.com");
    tls_pair_run(&pair);
    pair.client.fail_writes = true;
    assert_int_equal(sip__tls_session_send(pair.client.session, SIP_STR("a")), SIP_ETOOBIG);
    assert_string_equal(sip__tls_session_text(pair.client.session),
                        "TLS: cannot write: over a configured limit");
    pair.client.fail_writes = false;
    assert_int_equal(sip__tls_session_send(pair.client.session, SIP_STR("a")), SIP_ESTATE);
    sip__tls_session_close(pair.client.session);
    assert_int_equal(pair.client.out_len, 0);
    tls_pair_finish(&pair);

    tls_pair_init(&pair, client, server, "example.com");
    pair.client.fail_writes = true;
    tls_pair_run(&pair);
    assert_int_equal(pair.client.err, SIP_ETOOBIG);
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

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

static void sessions_are_resumed(void **state)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.example),
                                   .key_pem = cert_key_of(&made.example)};
    sip_tls *client = plain_client();
    sip_tls *server = server_with(&made.example);
    sip_tls *never =
        tls_of((sip_tls_config){.domains = &domain, .domain_count = 1, .resumption = SIP_OFF});
    char why[SIP_TLS_TEXT_BYTES] = "";

    (void)state;
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_true(connect_resumed(client, server, "example.com", why));
    assert_true(connect_resumed(client, server, "example.com", why));
    now_s += 3601;
    assert_false(connect_resumed(client, server, "example.com", why));
    now_s = CERT_NOW_S;
    assert_int_equal(sip_tls_reload(server, NULL, 0), 0);
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_true(connect_resumed(client, server, "example.com", why));
    assert_int_equal(sip_tls_reload(client, NULL, 0), 0);
    assert_false(connect_resumed(client, server, "example.com", why));
    sip_tls_destroy(client);

    client = plain_client();
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
    sip_tls *server = server_with(&made.example);
    char why[SIP_TLS_TEXT_BYTES] = "";

    (void)state;
    assert_false(connect_resumed(client, server, "example.com", why));
    for (int i = 0; i < 3; i++) {
        now_s += 1000;
        assert_true(connect_resumed(client, server, "example.com", why));
    }
    now_s += 1000;
    assert_false(connect_resumed(client, server, "example.com", why));
    now_s = CERT_NOW_S;
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

/* A client whose certificate has expired since shows it again, and is refused by it. */
static void tickets_of_clients_are_judged_again(void **state)
{
    cert brief;
    sip_tls *client, *server = server_that_asks(SIP_TLS_CLIENTS_REQUIRED);
    char why[SIP_TLS_TEXT_BYTES] = "";
    tls_pair pair;

    (void)state;
    cert_make(&brief, &(cert_spec){.cn = "b",
                                   .san = "DNS:b.example",
                                   .until_s = CERT_NOW_S + 60,
                                   .issuer = &made.ca});
    client = client_with(&brief);
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_true(connect_resumed(client, server, "example.com", why));
    now_s += 61;
    tls_pair_init(&pair, client, server, "example.com");
    tls_pair_run(&pair);
    now_s = CERT_NOW_S;
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
    now_s += 30;
    assert_true(connect_resumed(client, server, "example.com", why));
    now_s += 31;
    assert_false(connect_resumed(client, server, "example.com", why));
    assert_string_equal(why, "TLS handshake: the certificate of example.com expired on "
                             "2027-01-15 08:01:00 UTC");
    now_s = CERT_NOW_S;
    tls_pair_init(&pair, client, server, "example.com");
    now_s += 61;
    tls_pair_run(&pair);
    now_s = CERT_NOW_S;
    assert_string_equal(pair.client.text,
                        "TLS session resumed, but the certificate of example.com expired on "
                        "2027-01-15 08:01:00 UTC");
    assert_int_equal(pair.server.err, SIP_EGONE);
    tls_pair_finish(&pair);
    cert_free(&brief);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
}

static void alpn_is_agreed_on_or_refused(void **state)
{
    sip_tls *client = plain_client();
    sip_tls *server = server_with(&made.example);
    sip_tls *quiet = tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .alpn = SIP_OFF});
    tls_pair pair;

    (void)state;
    tls_pair_init(&pair, NULL, server, "");
    tls_end_make(&pair.client, &(sip__tls_session_config){.tls = client,
                                                          .server_name = SIP_STR("example.com"),
                                                          .alpn = SIP_STR("http/1.1")});
    tls_pair_run(&pair);
    assert_string_equal(pair.server.text,
                        "TLS handshake: the peer offers protocols (ALPN), but not sip/2");
    assert_string_equal(pair.client.text,
                        "TLS handshake: refused by the peer: alert 'no application protocol'");
    tls_pair_finish(&pair);
    tls_pair_init(&pair, quiet, server, "example.com");
    tls_pair_run(&pair);
    assert_true(tls_pair_is_open(&pair));
    assert_int_equal(sip__tls_session_peer(pair.client.session)->alpn.len, 0);
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(server);
    sip_tls_destroy(quiet);
}

static void sessions_need_names_and_servers_certificates(void **state)
{
    sip_tls *client = plain_client();
    sip_tls *trusting = tls_of((sip_tls_config){.verify_servers = SIP_OFF});
    char longest[300];
    tls_pair pair;

    (void)state;
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    tls_pair_init(&pair, client, client, "");
    assert_int_equal(pair.client.create_err, SIP_EINVAL);
    assert_string_equal(pair.client.text,
                        "TLS: there is no name to find in the server's certificate");
    assert_int_equal(pair.server.create_err, SIP_EINVAL);
    assert_string_equal(pair.server.text, "TLS: a server needs a certificate");
    tls_pair_finish(&pair);
    tls_pair_init(&pair, client, NULL, longest);
    assert_int_equal(pair.client.create_err, SIP_EINVAL);
    tls_pair_finish(&pair);
    tls_pair_init(&pair, trusting, NULL, "");
    assert_int_equal(pair.client.create_err, 0);
    assert_true(sip__tls_session_believes_all(pair.client.session));
    assert_int_equal(sip__tls_session_wanted(pair.client.session).len, 0);
    tls_pair_finish(&pair);
    sip_tls_destroy(client);
    sip_tls_destroy(trusting);
    sip__tls_session_destroy(NULL);
}

static void connections_outlive_a_reload(void **state)
{
    sip_tls *client = plain_client();
    sip_tls *server = server_with(&made.example);
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
        cmocka_unit_test(a_session_carries_both_ways),
        cmocka_unit_test(every_split_of_the_bytes_will_do),
        cmocka_unit_test(bad_certificates_are_refused_each_with_its_reason),
        cmocka_unit_test(chains_are_followed_to_their_depth),
        cmocka_unit_test(a_chain_that_is_too_long_is_refused),
        cmocka_unit_test(lenient_and_off_and_literals),
        cmocka_unit_test(clients_prove_who_they_are),
        cmocka_unit_test(clients_that_do_not_are_refused),
        cmocka_unit_test(revoked_certificates_are_refused),
        cmocka_unit_test(versions_and_ciphers_must_meet),
        cmocka_unit_test(names_choose_the_certificate),
        cmocka_unit_test(a_client_shows_the_certificate_of_its_domain),
        cmocka_unit_test(strangers_are_named),
        cmocka_unit_test(plain_answers_are_named_to_the_client),
        cmocka_unit_test(goodbye_is_told_after_what_came_before),
        cmocka_unit_test(what_is_cut_off_or_changed_is_never_given_on),
        cmocka_unit_test(a_queue_that_is_full_ends_it),
        cmocka_unit_test(sessions_are_resumed),
        cmocka_unit_test(sessions_of_tls_1_2_are_resumed_again_and_again),
        cmocka_unit_test(tickets_of_clients_are_judged_again),
        cmocka_unit_test(a_resumed_session_is_judged_again),
        cmocka_unit_test(alpn_is_agreed_on_or_refused),
        cmocka_unit_test(sessions_need_names_and_servers_certificates),
        cmocka_unit_test(connections_outlive_a_reload),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
