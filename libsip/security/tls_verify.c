/* RFC 5922 7.1 and 7.3, RFC 5280 6 by OpenSSL. */
#include "security/tls_verify.h"

#include <string.h>
#include <time.h>

#include <openssl/x509v3.h>

#include "security/tls_text.h"

#define SIP_DOMAIN_OID "1.3.6.1.5.5.7.3.20" /* id-kp-sipDomain, RFC 5924 3 */

static void say_dated(sip__tls_handshake *handshake, const X509 *cert, const char *what,
                      const ASN1_TIME *date)
{
    char name[SIP__TLS_NAME_BYTES];
    char text[SIP__TLS_DATE_BYTES];

    sip__tls_say(handshake->text, sizeof handshake->text, "the certificate of %s %s %s",
                 sip__tls_cert_name(cert, name), what, sip__tls_date(date, text));
}

static void say_issued(sip__tls_handshake *handshake, const X509 *cert, const char *what)
{
    char name[SIP__TLS_NAME_BYTES];
    char issuer[SIP__TLS_NAME_BYTES];

    sip__tls_say(handshake->text, sizeof handshake->text, "the certificate of %s %s %s",
                 sip__tls_cert_name(cert, name), what, sip__tls_issuer_name(cert, issuer));
}

static void say_plain(sip__tls_handshake *handshake, const X509 *cert, const char *what)
{
    char name[SIP__TLS_NAME_BYTES];

    sip__tls_say(handshake->text, sizeof handshake->text, "the certificate of %s %s",
                 sip__tls_cert_name(cert, name), what);
}

static void say_otherwise(sip__tls_handshake *handshake, const X509 *cert, int error)
{
    char name[SIP__TLS_NAME_BYTES];

    sip__tls_say(handshake->text, sizeof handshake->text,
                 "the certificate of %s is not believed: %s", sip__tls_cert_name(cert, name),
                 X509_verify_cert_error_string(error));
}

/* `cert` is the one at fault, perhaps an issuer of the leaf. */
static void say_why(sip__tls_handshake *handshake, const X509 *leaf, const X509 *cert, int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        say_dated(handshake, cert, "expired on", X509_get0_notAfter(cert));
        break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        say_dated(handshake, cert, "is not valid before", X509_get0_notBefore(cert));
        break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        say_plain(handshake, cert, "is self-signed and not trusted");
        break;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        say_issued(handshake, leaf, "is from a CA that is not trusted:");
        break;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        say_issued(handshake, cert, "is from an unknown CA:");
        break;
    case X509_V_ERR_CERT_REVOKED:
        say_issued(handshake, cert, "was revoked by");
        break;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
        say_issued(handshake, cert, "cannot be checked: there is no CRL of");
        break;
    case X509_V_ERR_CRL_HAS_EXPIRED:
        say_issued(handshake, cert, "cannot be checked: too old is the CRL of");
        break;
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        say_plain(handshake, cert, "has more issuers above it than verify_depth allows");
        break;
    default: /* OpenSSL's numbers, of which it has words for each */
        say_otherwise(handshake, cert, error);
    }
}

static bool usage_is_one_of(const EXTENDED_KEY_USAGE *usages, int nid)
{
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages); i++) {
        const ASN1_OBJECT *usage = sk_ASN1_OBJECT_value(usages, i);
        char oid[40];

        if (OBJ_obj2nid(usage) == nid || OBJ_obj2nid(usage) == NID_anyExtendedKeyUsage ||
            (OBJ_obj2txt(oid, sizeof oid, usage, 1) > 0 && strcmp(oid, SIP_DOMAIN_OID) == 0)) {
            return true;
        }
    }
    return false;
}

/* RFC 5924 4 would have id-kp-sipDomain, which no public CA gives: the usages of TLS do as well. */
static bool has_usage(sip__tls_handshake *handshake, X509 *cert)
{
    const bool of_server = !handshake->server;
    int found = -1;
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(cert, NID_ext_key_usage, &found, NULL);
    bool good = found == -1;

    if (usages) {
        good = usage_is_one_of(usages, of_server ? NID_server_auth : NID_client_auth);
    }
    EXTENDED_KEY_USAGE_free(usages);
    if (!good) {
        say_plain(handshake, cert,
                  of_server ? "is not for servers (extendedKeyUsage)"
                            : "is not for clients (extendedKeyUsage)");
    }
    return good;
}

/* A CA between that is for mail or code alone vouches for no TLS peer (RFC 5280 4.2.1.12 says it of
 * the leaf, everybody does it above); of the root it does not matter, since it was chosen. */
static bool chain_has_usage(sip__tls_handshake *handshake, const X509_STORE_CTX *chain)
{
    const STACK_OF(X509) *certs = X509_STORE_CTX_get0_chain(chain);
    const int count = sk_X509_num(certs);

    for (int i = 0; i == 0 || i < count - 1; i++) {
        if (!has_usage(handshake, sk_X509_value(certs, i))) {
            return false;
        }
    }
    return true;
}

static bool is_wanted(sip__tls_handshake *handshake, X509 *cert)
{
    const sip_tls_identity policy = handshake->context->settings.config.identity;
    sip__tls_names names;
    char list[120];
    bool good;

    if (handshake->wanted.len == 0 || policy == SIP_TLS_IDENTITY_OFF) {
        return true;
    }
    if (sip__tls_names_read(handshake->context->allocator, cert, policy, &names) != 0) {
        sip__tls_say(handshake->text, sizeof handshake->text, "%s", sip_error_text(SIP_ENOMEM));
        return false;
    }
    good = sip__tls_names_have(names.list, names.count, handshake->wanted, policy);
    if (!good) {
        sip__tls_say(handshake->text, sizeof handshake->text,
                     "wanted " SIP_FMT ", but the certificate has %s", SIP_ARG(handshake->wanted),
                     sip__tls_names_text(&names, list, sizeof list));
    }
    sip__tls_names_finish(&names);
    return good;
}

/* The peer's own certificate needs a CRL; of the CAs above it those that we were given are heeded,
 * and one that we were not given is no reason to refuse. */
static int on_fault(int good, X509_STORE_CTX *chain)
{
    return good == 1 || (X509_STORE_CTX_get_error(chain) == X509_V_ERR_UNABLE_TO_GET_CRL &&
                         X509_STORE_CTX_get_error_depth(chain) > 0);
}

static void set_rules(const sip__tls_context *context, X509_STORE_CTX *chain)
{
    const sip_tls_config *config = &context->settings.config;
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(chain);

    X509_VERIFY_PARAM_set_time(rules, (time_t)sip_clock_unix_s(context->clock));
    X509_VERIFY_PARAM_set_depth(rules, (int)config->verify_depth);
    X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_ANY);
    if (config->crl_file || config->crl_pem.len > 0) {
        X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
        X509_STORE_CTX_set_verify_cb(chain, on_fault);
    }
}

static bool is_judged(const sip__tls_handshake *handshake)
{
    return handshake->server ||
           sip__tls_settings_verify_servers(&handshake->context->settings.config);
}

int sip__tls_verify(X509_STORE_CTX *chain, void *arg)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    sip__tls_handshake *handshake = SSL_get_app_data(ssl);
    X509 *leaf = X509_STORE_CTX_get0_cert(chain);

    (void)arg;
    if (!is_judged(handshake)) {
        return 1;
    }
    set_rules(handshake->context, chain);
    if (X509_verify_cert(chain) != 1) {
        const X509 *at = X509_STORE_CTX_get_current_cert(chain);

        say_why(handshake, leaf, at ? at : leaf, X509_STORE_CTX_get_error(chain));
        return 0;
    }
    if (!chain_has_usage(handshake, chain)) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_INVALID_PURPOSE);
        return 0;
    }
    if (!is_wanted(handshake, leaf)) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_HOSTNAME_MISMATCH);
        return 0;
    }
    X509_STORE_CTX_set_error(chain, X509_V_OK); /* whatever on_fault() passed over */
    handshake->verified = true;
    return 1;
}

static bool has_expired(const sip__tls_handshake *handshake, const X509 *cert)
{
    time_t now = (time_t)sip_clock_unix_s(handshake->context->clock);

    return X509_cmp_time(X509_get0_notAfter(cert), &now) <= 0;
}

bool sip__tls_verify_again(sip__tls_handshake *handshake, SSL_SESSION *session)
{
    X509 *leaf = SSL_SESSION_get0_peer(session);

    if (!leaf || !is_judged(handshake)) {
        return true;
    }
    if (has_expired(handshake, leaf)) {
        say_why(handshake, leaf, leaf, X509_V_ERR_CERT_HAS_EXPIRED);
        return false;
    }
    if (!is_wanted(handshake, leaf)) {
        return false;
    }
    handshake->verified = true;
    return true;
}
