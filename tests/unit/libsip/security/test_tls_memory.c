/* OpenSSL has an allocator of its own, one a process: here it fails, once at each of its calls,
 * while a connection is made and used. */
#include <sip/tls.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "support/cert_maker.h"
#include "support/tls_pair.h"

static bool counting, failed;
static size_t calls, fail_at;

static bool this_one_fails(void)
{
    if (!counting || ++calls != fail_at) {
        return false;
    }
    failed = true;
    return true;
}

static void *their_malloc(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return this_one_fails() ? NULL : malloc(bytes);
}

static void *their_realloc(void *block, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    return this_one_fails() ? NULL : realloc(block, bytes);
}

static void their_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

static cert own;

/* @return true if all went well */
static bool connect_once(sip_tls *tls)
{
    tls_pair pair = {0};
    bool good = false;

    counting = true;
    tls_pair_init(&pair, tls, tls, "a.example");
    if (pair.client.session && pair.server.session) {
        tls_pair_run(&pair);
        good = tls_pair_is_open(&pair) &&
               sip__tls_session_send(pair.client.session, SIP_STR("hello")) == 0;
        tls_pair_deliver(&pair);
        good = good && tls_end_got(&pair.server, "hello");
        sip__tls_session_close(pair.client.session);
    }
    tls_pair_finish(&pair);
    counting = false;
    return good;
}

static void connections_survive(void **state)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&own), .key_pem = cert_key_of(&own)};
    const sip_tls_config config = {
        .domains = &domain, .domain_count = 1, .verify_servers = SIP_OFF};
    sip_tls *tls = NULL;
    size_t in_all;

    (void)state;
    assert_int_equal(sip_tls_create(&config, NULL, 0, &tls), 0);
    assert_true(connect_once(tls));
    calls = 0;
    assert_true(connect_once(tls));
    in_all = calls;
    assert_true(in_all > 100);
    /* Every seventh, from another start each time: all would take too long. */
    for (size_t n = 1; n <= in_all; n += 7) {
        failed = false;
        calls = 0;
        fail_at = n;
        connect_once(tls);
    }
    fail_at = 0;
    assert_true(connect_once(tls));
    sip_tls_destroy(tls);
}

static void configurations_survive(void **state)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&own), .key_pem = cert_key_of(&own)};
    const sip_tls_config config = {
        .domains = &domain, .domain_count = 1, .ca_pem = cert_pem_of(&own)};

    (void)state;
    fail_at = 0;
    do {
        char text[SIP_TLS_TEXT_BYTES];
        sip_tls *tls = NULL;
        int err;

        failed = false;
        calls = 0;
        fail_at += 11;
        counting = true;
        err = sip_tls_create(&config, text, sizeof text, &tls);
        counting = false;
        assert_true(failed || err == 0);
        assert_true((err == 0) == (tls != NULL));
        sip_tls_destroy(tls);
    } while (failed);
}

static int make_all(void **state)
{
    (void)state;
    cert_make(&own, &(cert_spec){.cn = "a", .san = "DNS:a.example"});
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    cert_free(&own);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_survive),
        cmocka_unit_test(configurations_survive),
    };

    if (CRYPTO_set_mem_functions(their_malloc, their_realloc, their_free) != 1) {
        return 77; /* something allocated before us: nothing to be tried */
    }
    return cmocka_run_group_tests(tests, make_all, free_all);
}
