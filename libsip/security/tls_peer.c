#include "security/tls_peer.h"

#include <time.h>

#include <openssl/err.h>

#include "security/tls_text.h"

static int copy(const sip_allocator *allocator, sip_str from, char **ret_copy, sip_str *ret_str)
{
    *ret_copy = sip_strdup(allocator, from);
    if (!*ret_copy) {
        return SIP_ENOMEM;
    }
    *ret_str = (sip_str){*ret_copy, from.len};
    return 0;
}

/* One line in ASCII, RFC 2253's escapes for the rest. */
static int read_subject(sip__tls_peer_info *info, const X509 *cert, const sip_allocator *allocator)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    long len;
    int err = SIP_ENOMEM;

    if (bio && X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0, XN_FLAG_RFC2253) >= 0) {
        len = BIO_get_mem_data(bio, &text);
        err = copy(allocator, (sip_str){text, len > 0 ? (size_t)len : 0}, &info->subject,
                   &info->peer.subject);
    }
    BIO_free(bio);
    ERR_clear_error();
    return err;
}

static int64_t expiry_of(const X509 *cert)
{
    const ASN1_TIME *end = X509_get0_notAfter(cert);
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0;
    int seconds = 0;
    int64_t at = 0;

    if (epoch && ASN1_TIME_diff(&days, &seconds, epoch, end) == 1) {
        at = (int64_t)days * 86400 + seconds;
    }
    ASN1_TIME_free(epoch);
    return at;
}

static int read_certificate(sip__tls_peer_info *info, const sip__tls_handshake *handshake,
                            const X509 *cert, const sip_allocator *allocator)
{
    sip_tls_identity policy = handshake->context->settings.config.identity;
    int err = read_subject(info, cert, allocator);

    info->peer.has_certificate = true;
    info->peer.verified = handshake->verified;
    info->peer.expires_unix_s = expiry_of(cert);
    if (err == 0 && handshake->verified) {
        if (policy == SIP_TLS_IDENTITY_OFF) {
            policy = SIP_TLS_IDENTITY_STRICT;
        }
        err = sip__tls_names_read(allocator, cert, policy, &info->names);
        info->peer.names = info->names.list;
        info->peer.name_count = info->names.count;
    }
    return err;
}

static int read_strings(sip__tls_peer_info *info, const SSL *ssl, const sip_allocator *allocator)
{
    const unsigned char *alpn = NULL;
    unsigned alpn_len = 0;
    sip_str name = sip_str_of(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
    int err;

    SSL_get0_alpn_selected(ssl, &alpn, &alpn_len);
    if (!sip__tls_is_host_name(name)) {
        name = (sip_str){0};
    }
    err = copy(allocator, name, &info->server_name, &info->peer.server_name);
    if (err == 0) {
        err =
            copy(allocator, (sip_str){(const char *)alpn, alpn_len}, &info->alpn, &info->peer.alpn);
    }
    return err;
}

int sip__tls_peer_info_read(sip__tls_peer_info *info, const sip__tls_handshake *handshake,
                            const SSL *ssl, const sip_allocator *allocator)
{
    const X509 *cert = SSL_get0_peer_certificate(ssl);
    int err = read_strings(info, ssl, allocator);

    info->names.allocator = allocator;
    info->peer.resumed = SSL_session_reused(ssl) == 1;
    info->peer.version = SSL_get_version(ssl);
    info->peer.cipher = SSL_get_cipher_name(ssl);
    if (err == 0 && cert) {
        err = read_certificate(info, handshake, cert, allocator);
    }
    info->known = err == 0;
    return err;
}

void sip__tls_peer_info_finish(sip__tls_peer_info *info)
{
    const sip_allocator *allocator = info->names.allocator;

    sip_free(allocator, info->subject);
    sip_free(allocator, info->server_name);
    sip_free(allocator, info->alpn);
    sip__tls_names_finish(&info->names);
    *info = (sip__tls_peer_info){0};
}
