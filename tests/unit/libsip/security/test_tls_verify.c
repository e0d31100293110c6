/* Certificates that are believed and that are not, and in which words. */
#include "security/tls_verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/tls_world.h"

static void expect_refused(const tls_outcome *result, const char *why, const char *alert)
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
        const tls_outcome result =
            tls_try_pair(tls_plain_client(), tls_server_with(cases[i].shown), cases[i].wanted);

        expect_refused(&result, cases[i].why, cases[i].alert);
    }
}

static void chains_are_followed_to_their_depth(void **state)
{
    char *chain = malloc(strlen(made.deep.cert_pem) + strlen(made.between.cert_pem) +
                         strlen(made.ca.cert_pem) + 1);
    sip_tls_domain domain = {.key_pem = cert_key_of(&made.deep)};
    tls_outcome result;

    (void)state;
    strcpy(chain, made.deep.cert_pem);
    strcat(chain, made.between.cert_pem);
    domain.chain_pem = sip_str_of(chain);
    result = tls_try_pair(tls_plain_client(),
                          tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}),
                          "example.com");
    assert_true(result.open);
    result = tls_try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.other_ca)}),
                          tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}),
                          "example.com");
    assert_string_equal(result.client,
                        "TLS handshake: the certificate of Between is from an unknown CA: Test CA");
    strcat(chain, made.ca.cert_pem);
    domain.chain_pem = sip_str_of(chain);
    result = tls_try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.other_ca)}),
                          tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}),
                          "example.com");
    assert_string_equal(
        result.client,
        "TLS handshake: the certificate of example.com is from a CA that is not trusted: Between");
    result = tls_try_pair(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .verify_servers = SIP_OFF}),
        tls_server_with(&made.deep), "example.com");
    assert_true(result.open);
    free(chain);
}

static void a_chain_that_is_too_long_is_refused(void **state)
{
    cert low, leaf;
    char chain[8192];
    sip_tls_domain domain = {0};
    tls_outcome result;

    (void)state;
    cert_make(&low, &(cert_spec){.cn = "Low", .ca = true, .issuer = &made.between});
    cert_make(&leaf, &(cert_spec){.cn = "leaf", .san = "DNS:example.com", .issuer = &low});
    snprintf(chain, sizeof chain, "%s%s%s", leaf.cert_pem, low.cert_pem, made.between.cert_pem);
    domain.chain_pem = sip_str_of(chain);
    domain.key_pem = cert_key_of(&leaf);
    result = tls_try_pair(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .verify_depth = 1}),
        tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}), "example.com");
    assert_false(result.open);
    assert_non_null(strstr(result.client, "has more issuers above it than verify_depth allows"));
    result = tls_try_pair(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .verify_depth = 2}),
        tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}), "example.com");
    assert_true(result.open);
    cert_free(&low);
    cert_free(&leaf);
}

/* A CA between that is for mail makes no servers; one for servers does, and any root. */
static void the_usage_of_a_ca_between_counts(void **state)
{
    const struct {
        const char *root, *between;
        const char *why; /* NULL: believed */
    } cases[] = {
        {NULL, "emailProtection",
         "TLS handshake: the certificate of Mail is not for servers (extendedKeyUsage)"},
        {NULL, "clientAuth",
         "TLS handshake: the certificate of Mail is not for servers (extendedKeyUsage)"},
        {NULL, "serverAuth,clientAuth", NULL},
        {NULL, "anyExtendedKeyUsage", NULL},
        {"emailProtection", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cert root, between, leaf;
        char chain[8192];
        sip_tls_domain domain = {0};
        tls_outcome result;

        cert_make(&root, &(cert_spec){.cn = "Root", .ca = true, .usage = cases[i].root});
        cert_make(
            &between,
            &(cert_spec){.cn = "Mail", .ca = true, .usage = cases[i].between, .issuer = &root});
        cert_make(&leaf, &(cert_spec){.cn = "leaf", .san = "DNS:example.com", .issuer = &between});
        snprintf(chain, sizeof chain, "%s%s", leaf.cert_pem, between.cert_pem);
        domain.chain_pem = sip_str_of(chain);
        domain.key_pem = cert_key_of(&leaf);
        result = tls_try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&root)}),
                              tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}),
                              "example.com");
        assert_int_equal(result.open, cases[i].why == NULL);
        if (cases[i].why) {
            assert_string_equal(result.client, cases[i].why);
        }
        cert_free(&leaf);
        cert_free(&between);
        cert_free(&root);
    }
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
        const tls_outcome result =
            tls_try_pair(tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca),
                                                 .identity = cases[i].identity}),
                         tls_server_with(cases[i].shown), cases[i].wanted);

        assert_int_equal(result.open, cases[i].open);
    }
}

static void clients_prove_who_they_are(void **state)
{
    sip_tls *client = tls_client_with(&made.user);
    sip_tls *server = tls_server_that_asks(SIP_TLS_CLIENTS_REQUIRED);
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
    tls_outcome result = tls_try_pair(
        tls_plain_client(), tls_server_that_asks(SIP_TLS_CLIENTS_REQUIRED), "example.com");
    cert only_server;

    (void)state;
    assert_int_equal(result.server_err, SIP_EIO);
    assert_string_equal(result.server,
                        "TLS handshake: the peer sent no certificate, and one is required");
    assert_int_equal(result.client_err, SIP_EIO);
    assert_string_equal(result.client, "TLS: refused by the peer: alert 'certificate required'");

    result = tls_try_pair(tls_plain_client(), tls_server_that_asks(SIP_TLS_CLIENTS_DEFAULT),
                          "example.com");
    assert_true(result.open);
    result = tls_try_pair(tls_client_with(&made.old_user),
                          tls_server_that_asks(SIP_TLS_CLIENTS_NONE), "example.com");
    assert_true(result.open);
    result = tls_try_pair(tls_client_with(&made.old_user),
                          tls_server_that_asks(SIP_TLS_CLIENTS_OPTIONAL), "example.com");
    assert_int_equal(result.server_err, SIP_EIO);
    assert_string_equal(
        result.server,
        "TLS handshake: the certificate of sip:peer.example expired on 2027-01-15 07:59:59 UTC");
    assert_string_equal(result.client, "TLS: refused by the peer: alert 'certificate expired'");

    cert_make(
        &only_server,
        &(cert_spec){.cn = "s", .san = "DNS:s.example", .usage = "serverAuth", .issuer = &made.ca});
    result = tls_try_pair(tls_client_with(&only_server),
                          tls_server_that_asks(SIP_TLS_CLIENTS_OPTIONAL), "example.com");
    assert_string_equal(result.server, "TLS handshake: the certificate of s.example is not for "
                                       "clients (extendedKeyUsage)");
    cert_free(&only_server);
    /* One for SIP alone does for both roles (RFC 5924). */
    cert_make(&only_server, &(cert_spec){.cn = "s",
                                         .san = "DNS:s.example",
                                         .usage = "1.3.6.1.5.5.7.3.20",
                                         .issuer = &made.ca});
    result = tls_try_pair(tls_client_with(&only_server),
                          tls_server_that_asks(SIP_TLS_CLIENTS_REQUIRED), "example.com");
    assert_true(result.open);
    result = tls_try_pair(tls_plain_client(), tls_server_with(&only_server), "s.example");
    assert_true(result.open);
    cert_free(&only_server);
}

static void revoked_certificates_are_refused(void **state)
{
    const sip_tls_config with_crl = {.ca_pem = cert_pem_of(&made.ca),
                                     .crl_pem = sip_str_of(made.crl)};
    const sip_tls_config foreign_crl = {.ca_pem = cert_pem_of(&made.ca),
                                        .crl_pem = sip_str_of(made.empty_crl)};
    tls_outcome result =
        tls_try_pair(tls_of(with_crl), tls_server_with(&made.second), "second.example");

    (void)state;
    expect_refused(&result,
                   "TLS handshake: the certificate of second.example was revoked by Test CA",
                   "TLS handshake: refused by the peer: alert 'certificate revoked'");
    result = tls_try_pair(tls_of(with_crl), tls_server_with(&made.example), "example.com");
    assert_true(result.open);
    result = tls_try_pair(tls_of(foreign_crl), tls_server_with(&made.example), "example.com");
    assert_string_equal(result.client,
                        "TLS handshake: the certificate of sip:example.com cannot be checked: "
                        "there is no CRL of Test CA");
}

/* Who is no CA vouches for nobody, however good the own certificate is. */
static void a_leaf_issues_nothing(void **state)
{
    cert leaf;
    char chain[4096];
    sip_tls_domain domain = {0};
    tls_outcome result;

    (void)state;
    cert_make(&leaf,
              &(cert_spec){.cn = "bank", .san = "DNS:bank.example", .issuer = &made.example});
    snprintf(chain, sizeof chain, "%s%s", leaf.cert_pem, made.example.cert_pem);
    domain.chain_pem = sip_str_of(chain);
    domain.key_pem = cert_key_of(&leaf);
    result = tls_try_pair(tls_plain_client(),
                          tls_of((sip_tls_config){.domains = &domain, .domain_count = 1}),
                          "bank.example");
    assert_false(result.open);
    assert_string_equal(result.client,
                        "TLS handshake: the certificate of sip:example.com is not believed: "
                        "invalid CA certificate");
    cert_free(&leaf);
}

/* The leaf below a CA between, to a client that has these CRLs. */
static tls_outcome try_with_crls(const char *one, const char *two)
{
    char chain[4096], crls[4096];
    sip_tls_domain own = {.key_pem = cert_key_of(&made.deep)};

    snprintf(chain, sizeof chain, "%s%s", made.deep.cert_pem, made.between.cert_pem);
    snprintf(crls, sizeof crls, "%s%s", one, two);
    own.chain_pem = sip_str_of(chain);
    return tls_try_pair(
        tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca), .crl_pem = sip_str_of(crls)}),
        tls_of((sip_tls_config){.domains = &own, .domain_count = 1}), "example.com");
}

/* The CRLs that are given count all the way up; one of a CA between that is not given is not
 * missed, that of the leaf is. */
static void revocation_goes_up_the_chain(void **state)
{
    char *leaf_good = cert_crl(&made.between, NULL);
    char *leaf_revoked = cert_crl(&made.between, &made.deep);
    char *between_good = cert_crl(&made.ca, NULL);
    char *between_revoked = cert_crl(&made.ca, &made.between);
    char *between_old = cert_crl_until(&made.ca, NULL, CERT_NOW_S - 1);
    const struct {
        const char *one, *two, *why; /* NULL: believed */
    } cases[] = {
        {leaf_good, between_good, NULL},
        {leaf_good, "", NULL},
        {leaf_good, between_revoked,
         "TLS handshake: the certificate of Between was revoked by Test CA"},
        {leaf_revoked, between_good,
         "TLS handshake: the certificate of example.com was revoked by Between"},
        {between_good, "",
         "TLS handshake: the certificate of example.com cannot be checked: there is no CRL of "
         "Between"},
        {leaf_good, between_old,
         "TLS handshake: the certificate of Between cannot be checked: too old is the CRL of Test "
         "CA"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const tls_outcome result = try_with_crls(cases[i].one, cases[i].two);

        assert_int_equal(result.open, cases[i].why == NULL);
        assert_string_equal(result.client, cases[i].why ? cases[i].why : "");
    }
    free(leaf_good);
    free(leaf_revoked);
    free(between_good);
    free(between_revoked);
    free(between_old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_certificates_are_refused_each_with_its_reason),
        cmocka_unit_test(chains_are_followed_to_their_depth),
        cmocka_unit_test(a_chain_that_is_too_long_is_refused),
        cmocka_unit_test(the_usage_of_a_ca_between_counts),
        cmocka_unit_test(lenient_and_off_and_literals),
        cmocka_unit_test(clients_prove_who_they_are),
        cmocka_unit_test(clients_that_do_not_are_refused),
        cmocka_unit_test(revoked_certificates_are_refused),
        cmocka_unit_test(revocation_goes_up_the_chain),
        cmocka_unit_test(a_leaf_issues_nothing),
    };

    return cmocka_run_group_tests(tests, tls_world_make, tls_world_free);
}
