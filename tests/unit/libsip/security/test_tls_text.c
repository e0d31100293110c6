/* Words about certificates of strangers: short, in one line, and hiding nothing. */
#include "security/tls_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "support/cert_maker.h"

static void names_of_certificates(void **state)
{
    char name[SIP__TLS_NAME_BYTES];
    char wide[SIP__TLS_NAME_BYTES + 9];
    cert made;

    (void)state;
    cert_make(&made, &(cert_spec){.cn = "common", .san = "IP:192.0.2.1,URI:sip:a,DNS:b"});
    assert_string_equal(sip__tls_cert_name(made.x509, name), "sip:a");
    assert_string_equal(sip__tls_issuer_name(made.x509, name), "common");
    cert_free(&made);
    cert_make(&made, &(cert_spec){.cn = "M\xc3\xbcller"});
    assert_string_equal(sip__tls_cert_name(made.x509, name), "M??ller");
    cert_free(&made);
    cert_make(&made, &(cert_spec){0});
    assert_string_equal(sip__tls_cert_name(made.x509, name), "?");
    assert_string_equal(sip__tls_issuer_name(made.x509, name), "?");
    cert_free(&made);
    assert_string_equal(sip__tls_cert_name(NULL, name), "?");
    assert_string_equal(sip__tls_issuer_name(NULL, name), "?");
    memcpy(wide, "DNS:", 4);
    memset(wide + 4, 'a', sizeof wide - 5);
    wide[sizeof wide - 1] = '\0';
    cert_make(&made, &(cert_spec){.san = wide});
    assert_int_equal(strlen(sip__tls_cert_name(made.x509, name)), SIP__TLS_NAME_BYTES - 1);
    cert_free(&made);
}

/* "a.example" would be believed to be who it is not. */
static void a_zero_hides_nothing(void **state)
{
    static const unsigned char with_zero[] = {0x30, 0x0f, 0x82, 0x0d, 'a', '.', 'e',  'x', 0,
                                              '\n', 0x1b, 0xff, 'b',  'a', 'd', 0x7f, '!'};
    X509 *x509 = cert_with_raw_san(with_zero, sizeof with_zero);
    char name[SIP__TLS_NAME_BYTES];

    (void)state;
    assert_string_equal(sip__tls_cert_name(x509, name), "a.ex...?bad?!");
    X509_free(x509);
}

static void lines(void **state)
{
    char text[12];

    (void)state;
    sip__tls_say(NULL, 0, "nowhere");
    sip__tls_say(text, 0, "nowhere");
    sip__tls_say(text, sizeof text, "%s", "a\r\nb\x7f and more");
    assert_string_equal(text, "a..b. and m");
}

static void errors_are_taken(void **state)
{
    const char *reason = NULL;

    (void)state;
    ERR_clear_error();
    assert_int_equal(sip__tls_take_error(SIP_EIO, &reason), SIP_EIO);
    assert_string_equal(reason, "OpenSSL does not say why");
    ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
    ERR_raise(ERR_LIB_SSL, ERR_R_MALLOC_FAILURE);
    assert_int_equal(sip__tls_take_error(SIP_EIO, &reason), SIP_ENOMEM);
    assert_string_equal(reason, "no shared cipher");
    assert_int_equal(ERR_peek_error(), 0);
    assert_int_equal(sip__tls_take_error(SIP_ESYNTAX, NULL), SIP_ESYNTAX);
}

static void dates_and_alerts(void **state)
{
    ASN1_TIME *time = ASN1_TIME_set(NULL, CERT_NOW_S);
    char date[SIP__TLS_DATE_BYTES];

    (void)state;
    assert_non_null(time);
    assert_string_equal(sip__tls_date(time, date), "2027-01-15 08:00:00 UTC");
    assert_string_equal(sip__tls_date(NULL, date), "an unreadable date");
    ASN1_TIME_free(time);
    assert_string_equal(sip__tls_alert_text(109), "missing extension");
    assert_string_equal(sip__tls_alert_text(116), "certificate required");
    assert_string_equal(sip__tls_alert_text(48), "unknown CA");
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
        cmocka_unit_test(names_of_certificates),
        cmocka_unit_test(a_zero_hides_nothing),
        cmocka_unit_test(lines),
        cmocka_unit_test(errors_are_taken),
        cmocka_unit_test(dates_and_alerts),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
