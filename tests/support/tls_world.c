#include "support/tls_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int64_t tls_now_s = CERT_NOW_S;
tls_certs made;

static sip_time_ms fixed_ms(void *user_data)
{
    (void)user_data;
    return 0;
}

static int64_t fixed_s(void *user_data)
{
    (void)user_data;
    return tls_now_s;
}

static const sip_clock fixed_clock = {fixed_ms, fixed_s, NULL};

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

int tls_world_make(void **state)
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

int tls_world_free(void **state)
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

sip_tls *tls_of(sip_tls_config config)
{
    char text[SIP_TLS_TEXT_BYTES] = "";
    sip_tls *tls = NULL;

    config.clock = &fixed_clock;
    if (sip_tls_create(&config, text, sizeof text, &tls) != 0) {
        fail_msg("%s", text);
    }
    return tls;
}

sip_tls *tls_server_with(const cert *own)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(own), .key_pem = cert_key_of(own)};

    return tls_of((sip_tls_config){.domains = &domain, .domain_count = 1});
}

sip_tls *tls_plain_client(void)
{
    return tls_of((sip_tls_config){.ca_pem = cert_pem_of(&made.ca)});
}

sip_tls *tls_client_with(const cert *own)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(own), .key_pem = cert_key_of(own)};

    return tls_of(
        (sip_tls_config){.domains = &domain, .domain_count = 1, .ca_pem = cert_pem_of(&made.ca)});
}

sip_tls *tls_server_that_asks(sip_tls_clients clients)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&made.example),
                                   .key_pem = cert_key_of(&made.example)};

    return tls_of((sip_tls_config){.domains = &domain,
                                   .domain_count = 1,
                                   .ca_pem = cert_pem_of(&made.ca),
                                   .clients = clients});
}

tls_outcome tls_try_pair(sip_tls *client, sip_tls *server, const char *wanted)
{
    tls_outcome result = {0};
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
