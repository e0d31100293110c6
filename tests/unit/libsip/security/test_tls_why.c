/* Each way to fail has words of its own. */
#include "security/tls_why.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/err.h>

typedef struct failing {
    const char *check; /* that of ours which failed, or "" */
    sip_str first;     /* that the peer sent */
    int alert, reason; /* 0: none */
    bool shaking;
    int err;
    const char *text;
} failing;

static void expect(const failing *it)
{
    sip__tls_handshake handshake = {0};
    sip__tls_why why = {.alert = it->alert};

    ERR_clear_error();
    if (it->reason != 0) {
        ERR_raise(ERR_LIB_SSL, it->reason);
    }
    snprintf(handshake.text, sizeof handshake.text, "%s", it->check);
    sip__tls_why_note(&why, it->first);
    assert_int_equal(sip__tls_why_failed(&why, &handshake, it->shaking,
                                         it->reason != 0 ? SSL_ERROR_SSL : SSL_ERROR_SYSCALL),
                     it->err);
    assert_string_equal(why.text, it->text);
    assert_int_equal(ERR_peek_error(), 0);
}

#define RECORD SIP_STR_INIT("\x16\x03\x01\x00\x05")

static void each_way_has_its_words(void **state)
{
    static const failing cases[] = {
        {"wanted a, but the certificate has b", RECORD, 42, SSL_R_CERTIFICATE_VERIFY_FAILED, true,
         SIP_EIO, "TLS handshake: wanted a, but the certificate has b"},
        {"", RECORD, 0, SSL_R_NO_SHARED_CIPHER, true, SIP_EIO,
         "TLS handshake: no shared cipher, group or signature algorithm"},
        {"", RECORD, 0, SSL_R_UNSUPPORTED_PROTOCOL, true, SIP_EIO,
         "TLS handshake: no TLS version in common"},
        {"", RECORD, 0, SSL_R_WRONG_SSL_VERSION, true, SIP_EIO,
         "TLS handshake: no TLS version in common"},
        {"", RECORD, 0, SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, true, SIP_EIO,
         "TLS handshake: the peer sent no certificate, and one is required"},
        {"", RECORD, 0, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, false, SIP_EIO,
         "TLS: a record is damaged or forged"},
        {"", RECORD, 0, SSL_R_UNEXPECTED_MESSAGE, true, SIP_EIO,
         "TLS handshake: unexpected message"},
        {"", RECORD, 44, SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, true, SIP_EIO,
         "TLS handshake: refused by the peer: alert 'certificate revoked'"},
        {"", RECORD, 116, SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, false, SIP_EIO,
         "TLS: refused by the peer: alert 'certificate required'"},
        {"", SIP_STR_INIT("SIP/2.0 400 Bad"), 0, SSL_R_WRONG_VERSION_NUMBER, true, SIP_EIO,
         "TLS handshake: the peer speaks no TLS, it begins with 'SIP/2.0 '"},
        {"", SIP_STR_INIT(""), 0, 0, true, SIP_EIO, "TLS handshake: the connection broke off"},
        {"", RECORD, 0, 0, false, SIP_EIO, "TLS: the connection broke off"},
        {"", RECORD, 0, ERR_R_MALLOC_FAILURE, true, SIP_ENOMEM,
         "TLS handshake: out of memory or over the arena limit"},
        {"an old check", RECORD, 0, 0, false, SIP_EIO, "TLS: the connection broke off"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect(&cases[i]);
    }
}

static void only_the_first_bytes_are_noted(void **state)
{
    sip__tls_why why = {0};

    (void)state;
    sip__tls_why_note(&why, (sip_str){0});
    sip__tls_why_note(&why, SIP_STR("abc"));
    sip__tls_why_note(&why, SIP_STR("defghijk"));
    sip__tls_why_note(&why, SIP_STR("l"));
    assert_int_equal(why.first_len, 8);
    assert_memory_equal(why.first, "abcdefgh", 8);
}

/* OpenSSL's words are there only then. */
static int load_words(void **state)
{
    (void)state;
    return OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL) == 1 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_has_its_words),
        cmocka_unit_test(only_the_first_bytes_are_noted),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
