/* Two sessions in memory: what they carry, and what ends them. */
#include "security/tls_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/tls_world.h"

static void a_session_carries_both_ways(void **state)
{
    sip_tls *client = tls_plain_client();
    sip_tls *server = tls_server_with(&made.example);
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
    sip_tls *client = tls_client_with(&made.user);
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
    sip_tls *server = tls_server_with(&made.example);

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
    sip_tls *client = tls_plain_client();
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
    sip_tls *client = tls_plain_client();
    sip_tls *server = tls_server_with(&made.example);
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
    sip_tls *client = tls_plain_client();
    sip_tls *server = tls_server_with(&made.example);
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
    sip_tls *client = tls_plain_client();
    sip_tls *server = tls_server_with(&made.example);
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

static void alpn_is_agreed_on_or_refused(void **state)
{
    sip_tls *client = tls_plain_client();
    sip_tls *server = tls_server_with(&made.example);
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
    sip_tls *client = tls_plain_client();
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_carries_both_ways),
        cmocka_unit_test(every_split_of_the_bytes_will_do),
        cmocka_unit_test(strangers_are_named),
        cmocka_unit_test(plain_answers_are_named_to_the_client),
        cmocka_unit_test(goodbye_is_told_after_what_came_before),
        cmocka_unit_test(what_is_cut_off_or_changed_is_never_given_on),
        cmocka_unit_test(a_queue_that_is_full_ends_it),
        cmocka_unit_test(alpn_is_agreed_on_or_refused),
        cmocka_unit_test(sessions_need_names_and_servers_certificates),
    };

    return cmocka_run_group_tests(tests, tls_world_make, tls_world_free);
}
