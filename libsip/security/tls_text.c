#include "security/tls_text.h"

#include <stdio.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static void without_controls(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            *text = '.';
        }
    }
}

void sip__tls_say(char *text, size_t size, const char *format, ...)
{
    va_list args;

    if (!text || size == 0) {
        return;
    }
    va_start(args, format);
    if (vsnprintf(text, size, format, args) < 0) {
        text[0] = '\0';
    }
    va_end(args);
    without_controls(text);
}

int sip__tls_take_error(int otherwise, const char **ret_reason)
{
    const char *reason = NULL;
    unsigned long error;

    while ((error = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE) {
            otherwise = SIP_ENOMEM;
        }
        if (!reason) {
            reason = ERR_reason_error_string(error);
        }
    }
    if (ret_reason) {
        *ret_reason = reason ? reason : "OpenSSL does not say why";
    }
    return otherwise;
}

const char *sip__tls_date(const ASN1_TIME *time, char out[SIP__TLS_DATE_BYTES])
{
    struct tm parts;

    if (!time || ASN1_TIME_to_tm(time, &parts) != 1 ||
        strftime(out, SIP__TLS_DATE_BYTES, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) {
        snprintf(out, SIP__TLS_DATE_BYTES, "an unreadable date");
    }
    return out;
}

/* Byte by byte, so that a zero in a name does not hide what comes behind it. */
static bool copy_string(const ASN1_STRING *from, char out[SIP__TLS_NAME_BYTES])
{
    const unsigned char *bytes = ASN1_STRING_get0_data(from);
    const int len = ASN1_STRING_length(from);
    int n;

    for (n = 0; n < len && n < SIP__TLS_NAME_BYTES - 1; n++) {
        out[n] = bytes[n] < ' ' ? '.' : bytes[n] < 0x7f ? (char)bytes[n] : '?';
    }
    out[n] = '\0';
    return n > 0;
}

static bool first_alt_name(const X509 *cert, char out[SIP__TLS_NAME_BYTES])
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    bool found = false;

    for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
        int kind;
        const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &kind);

        found = (kind == GEN_URI || kind == GEN_DNS) && copy_string(value, out);
    }
    GENERAL_NAMES_free(names);
    return found;
}

static bool common_name(const X509_NAME *name, char out[SIP__TLS_NAME_BYTES])
{
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

    return at >= 0 && copy_string(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)), out);
}

const char *sip__tls_cert_name(const X509 *cert, char out[SIP__TLS_NAME_BYTES])
{
    if (!cert || (!first_alt_name(cert, out) && !common_name(X509_get_subject_name(cert), out))) {
        snprintf(out, SIP__TLS_NAME_BYTES, "?");
    }
    return out;
}

const char *sip__tls_issuer_name(const X509 *cert, char out[SIP__TLS_NAME_BYTES])
{
    if (!cert || !common_name(X509_get_issuer_name(cert), out)) {
        snprintf(out, SIP__TLS_NAME_BYTES, "?");
    }
    return out;
}

const char *sip__tls_alert_text(int alert)
{
    switch (alert) { /* RFC 8446 6; OpenSSL 3.0 has no words for these */
    case 109:
        return "missing extension";
    case 116:
        return "certificate required";
    default:
        return SSL_alert_desc_string_long(alert);
    }
}
