#include "security/tls_why.h"

#include <string.h>

#include <openssl/err.h>

#include "security/tls_text.h"

void sip__tls_why_note(sip__tls_why *why, sip_str bytes)
{
    size_t len = sizeof why->first - why->first_len;

    if (len > bytes.len) {
        len = bytes.len;
    }
    if (len > 0) {
        memcpy(why->first + why->first_len, bytes.ptr, len);
        why->first_len += len;
    }
}

static bool is_plain_text(const sip__tls_why *why)
{
    size_t i = 0;

    while (i < why->first_len && ((why->first[i] >= ' ' && why->first[i] < 0x7f) ||
                                  why->first[i] == '\r' || why->first[i] == '\n')) {
        i++;
    }
    return i > 0 && i == why->first_len;
}

/* Better words than OpenSSL's for what a person may have to mend. */
static const char *words_for(int reason)
{
    switch (reason) {
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_CIPHERS_AVAILABLE:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_GROUPS:
        return "no shared cipher, group or signature algorithm";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
        return "no TLS version in common";
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return "the peer sent no certificate, and one is required";
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        return "a record is damaged or forged";
    default: /* OpenSSL's own words */
        return NULL;
    }
}

int sip__tls_why_failed(sip__tls_why *why, const sip__tls_handshake *handshake, bool shaking,
                        int ssl_error)
{
    const int reason_code = ERR_GET_REASON(ERR_peek_error());
    const char *lead = shaking ? "TLS handshake" : "TLS";
    const char *words = words_for(reason_code);
    const char *reason = NULL;
    const int err = sip__tls_take_error(SIP_EIO, &reason);

    if (err == SIP_ENOMEM) {
        sip__tls_say(why->text, sizeof why->text, "%s: %s", lead, sip_error_text(err));
    } else if (shaking && handshake->text[0] != '\0') {
        sip__tls_say(why->text, sizeof why->text, "%s: %s", lead, handshake->text);
    } else if (shaking && is_plain_text(why)) {
        sip__tls_say(why->text, sizeof why->text,
                     "%s: the peer speaks no TLS, it begins with '%.*s'", lead, (int)why->first_len,
                     (const char *)why->first);
    } else if (why->alert > SSL_AD_CLOSE_NOTIFY) {
        sip__tls_say(why->text, sizeof why->text, "%s: refused by the peer: alert '%s'", lead,
                     sip__tls_alert_text(why->alert));
    } else {
        sip__tls_say(why->text, sizeof why->text, "%s: %s", lead,
                     words                        ? words
                     : ssl_error == SSL_ERROR_SSL ? reason
                                                  : "the connection broke off");
    }
    return err;
}
