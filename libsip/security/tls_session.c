#include "security/tls_session.h"

#include <sip/net.h>
#include <string.h>

#include <openssl/err.h>

#include "security/tls_bio.h"
#include "security/tls_peer.h"
#include "security/tls_text.h"
#include "security/tls_verify.h"
#include "security/tls_why.h"

#define READ_BYTES 16384 /* a record, RFC 8446 5.1 */
#define NAME_MAX_BYTES 255
#define ALPN_MAX_BYTES 100

typedef enum tls_state {
    TLS_SHAKING,
    TLS_OPEN,
    TLS_OVER
} tls_state;

struct sip__tls_session {
    const sip_allocator *allocator;
    const sip__tls_session_events *events;
    void *arg;
    SSL *ssl;
    sip__tls_wire wire;
    sip__tls_handshake handshake;
    sip__tls_why why;
    sip__tls_peer_info peer;
    tls_state state;
    int64_t kept_until_s;           /* that the session resumed may be kept */
    bool by_address;                /* wanted is a literal: no SNI */
    char names[4 * NAME_MAX_BYTES]; /* wanted, alpn, key */
};

/* ---- Birth */

static const char *refuse_reason(const sip__tls_session_config *config,
                                 const sip__tls_context *context)
{
    const sip_tls_config *settings = &context->settings.config;

    if (config->server) {
        return sip__tls_context_can_serve(context) ? NULL : "a server needs a certificate";
    }
    if (config->server_name.len > NAME_MAX_BYTES || config->local_name.len > NAME_MAX_BYTES) {
        return "a name is longer than 255 bytes";
    }
    if (config->server_name.len == 0 && settings->identity != SIP_TLS_IDENTITY_OFF &&
        sip__tls_settings_verify_servers(settings)) {
        return "there is no name to find in the server's certificate";
    }
    return NULL;
}

static char *put(char *at, sip_str part)
{
    if (part.len > 0) {
        memcpy(at, part.ptr, part.len);
    }
    return at + part.len;
}

static void to_lower(char *from, const char *end)
{
    for (; from < end; from++) {
        if (*from >= 'A' && *from <= 'Z') {
            *from = (char)(*from + ('a' - 'A'));
        }
    }
}

/* In `names`: wanted NUL alpn NUL wanted alpn local. The latter three tell what a session may be
 * resumed for. */
static void copy_names(sip__tls_session *session, const sip__tls_session_config *config)
{
    const sip_str wanted = sip__tls_without_dot(config->server_name);
    const bool with_alpn = config->alpn.len <= ALPN_MAX_BYTES &&
                           session->handshake.context->settings.config.alpn != SIP_OFF;
    const sip_str alpn = with_alpn ? config->alpn : (sip_str){0};
    sip_addr addr;
    char *at = put(session->names, wanted);
    char *key;

    to_lower(session->names, at);
    session->handshake.wanted = (sip_str){session->names, wanted.len};
    session->by_address = sip_addr_parse(wanted, 0, &addr) == 0;
    *at++ = '\0';
    session->handshake.alpn = (sip_str){at, alpn.len};
    at = put(at, alpn);
    *at++ = '\0';
    key = at;
    at = put(at, session->handshake.wanted);
    *at++ = ' ';
    at = put(at, alpn);
    *at++ = ' ';
    at = put(at, config->local_name);
    if (!config->server && wanted.len > 0) {
        session->handshake.key = (sip_str){key, (size_t)(at - key)};
    }
}

static void on_info(const SSL *ssl, int where, int value)
{
    sip__tls_handshake *handshake = SSL_get_app_data(ssl);
    sip__tls_session *session = SIP_CONTAINER_OF(handshake, sip__tls_session, handshake);

    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
        session->why.alert = value & 0xff;
    }
}

static void set_verify_mode(const sip__tls_session *session, const sip_tls_config *settings)
{
    int mode = SSL_VERIFY_PEER;

    if (!session->handshake.server) {
        mode = sip__tls_settings_verify_servers(settings) ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    } else if (sip__tls_settings_clients(settings) == SIP_TLS_CLIENTS_NONE) {
        mode = SSL_VERIFY_NONE;
    } else if (sip__tls_settings_clients(settings) == SIP_TLS_CLIENTS_REQUIRED) {
        mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    SSL_set_verify(session->ssl, mode, NULL);
}

static bool offer_alpn(const sip__tls_session *session)
{
    const sip_str alpn = session->handshake.alpn;
    unsigned char wire[1 + ALPN_MAX_BYTES];

    if (alpn.len == 0) {
        return true;
    }
    wire[0] = (unsigned char)alpn.len;
    memcpy(wire + 1, alpn.ptr, alpn.len);
    return SSL_set_alpn_protos(session->ssl, wire, (unsigned)alpn.len + 1) == 0;
}

/* One that is not may be dropped: the server shows a new certificate then, perhaps a better one. */
static bool is_good(sip__tls_session *session, SSL_SESSION *kept)
{
    const bool good = sip__tls_verify_again(&session->handshake, kept);

    session->handshake.verified = false; /* the server may not agree to resume */
    session->handshake.text[0] = '\0';
    return good;
}

static bool resume(sip__tls_session *session)
{
    sip__tls_context *context = session->handshake.context;
    SSL_SESSION *kept;
    bool good;

    if (session->handshake.key.len == 0 || !sip__tls_settings_resume(&context->settings.config)) {
        return true;
    }
    kept = sip__tls_kept_take(&context->kept, session->handshake.key,
                              sip_clock_unix_s(context->clock), &session->kept_until_s);
    if (!kept) {
        return true;
    }
    good = !is_good(session, kept) || SSL_set_session(session->ssl, kept) == 1;
    SSL_SESSION_free(kept);
    return good;
}

static bool set_client(sip__tls_session *session)
{
    const sip_str wanted = session->handshake.wanted;

    SSL_set_connect_state(session->ssl);
    if (wanted.len > 0 && !session->by_address &&
        SSL_set_tlsext_host_name(session->ssl, wanted.ptr) != 1) {
        return false;
    }
    return offer_alpn(session) && resume(session);
}

static bool make_ssl(sip__tls_session *session, sip_str local_name)
{
    sip__tls_context *context = session->handshake.context;
    const sip__tls_site *site =
        local_name.len > 0 ? sip__tls_context_site(context, local_name) : NULL;
    BIO *bio;

    session->ssl = SSL_new((site ? site : &context->sites[0])->ssl);
    if (!session->ssl || SSL_set_app_data(session->ssl, &session->handshake) != 1) {
        return false;
    }
    bio = sip__tls_bio_new(context->bio_method, &session->wire);
    if (!bio) {
        return false;
    }
    SSL_set_bio(session->ssl, bio, bio);
    SSL_set_info_callback(session->ssl, on_info);
    set_verify_mode(session, &context->settings.config);
    if (session->handshake.server) {
        SSL_set_accept_state(session->ssl);
        return true;
    }
    return set_client(session);
}

static int write_out(sip_str bytes, void *arg)
{
    const sip__tls_session *session = arg;

    return session->events->write(bytes, session->arg);
}

int sip__tls_session_create(const sip__tls_session_config *config,
                            const sip__tls_session_events *events, void *arg, char *text,
                            size_t size, sip__tls_session **ret_session)
{
    sip__tls_context *context = sip__tls_current(config->tls);
    const char *refused = refuse_reason(config, context);
    sip__tls_session *session;

    if (refused) {
        sip__tls_say(text, size, "TLS: %s", refused);
        sip__tls_context_unref(context);
        return SIP_EINVAL;
    }
    session = sip_alloc0(config->allocator, sizeof *session);
    if (!session) {
        sip__tls_context_unref(context);
        sip__tls_say(text, size, "TLS: %s", sip_error_text(SIP_ENOMEM));
        return SIP_ENOMEM;
    }
    session->allocator = config->allocator;
    session->events = events;
    session->arg = arg;
    session->wire = (sip__tls_wire){.write = write_out, .arg = session};
    session->handshake.context = context;
    session->handshake.server = config->server;
    copy_names(session, config);
    ERR_clear_error();
    if (!make_ssl(session, config->local_name)) {
        const char *reason;
        const int err = sip__tls_take_error(SIP_ENOMEM, &reason);

        sip__tls_say(text, size, "TLS: %s", reason);
        sip__tls_session_destroy(session);
        return err;
    }
    *ret_session = session;
    return 0;
}

void sip__tls_session_destroy(sip__tls_session *session)
{
    if (!session) {
        return;
    }
    if (session->ssl && session->state == TLS_OPEN) {
        /* Or OpenSSL would not resume what ended without a goodbye. */
        SSL_set_shutdown(session->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }
    SSL_free(session->ssl);
    sip__tls_peer_info_finish(&session->peer);
    sip__tls_context_unref(session->handshake.context);
    sip_free(session->allocator, session);
}

/* ---- Work */

/* What OpenSSL will not go on after. */
static int fail(sip__tls_session *session, int ssl_error)
{
    const bool shaking = session->state == TLS_SHAKING;

    session->state = TLS_OVER;
    if (session->wire.write_err != 0) {
        ERR_clear_error();
        sip__tls_say(session->why.text, sizeof session->why.text, "TLS: cannot write: %s",
                     sip_error_text(session->wire.write_err));
        return session->wire.write_err;
    }
    return sip__tls_why_failed(&session->why, &session->handshake, shaking, ssl_error);
}

static int refuse_resumed(sip__tls_session *session)
{
    SSL_shutdown(session->ssl);
    ERR_clear_error();
    session->state = TLS_OVER;
    sip__tls_say(session->why.text, sizeof session->why.text, "TLS session resumed, but %s",
                 session->handshake.text);
    return SIP_EIO;
}

/* A session of TLS 1.2 may be resumed again; the server need not give it a new ticket. */
static void keep_again(const sip__tls_session *session)
{
    sip__tls_context *context = session->handshake.context;
    SSL_SESSION *kept;

    if (session->handshake.key.len == 0 || SSL_version(session->ssl) != TLS1_2_VERSION) {
        return;
    }
    kept = SSL_get1_session(session->ssl);
    if (kept &&
        !sip__tls_kept_put(&context->kept, session->handshake.key, kept, session->kept_until_s)) {
        SSL_SESSION_free(kept);
    }
}

static int opened(sip__tls_session *session)
{
    int err;

    if (SSL_session_reused(session->ssl) == 1) {
        if (!sip__tls_verify_again(&session->handshake, SSL_get_session(session->ssl))) {
            return refuse_resumed(session);
        }
        keep_again(session);
    }
    err = sip__tls_peer_info_read(&session->peer, &session->handshake, session->ssl,
                                  session->allocator);
    if (err != 0) {
        session->state = TLS_OVER;
        sip__tls_say(session->why.text, sizeof session->why.text, "TLS: %s", sip_error_text(err));
        return err;
    }
    session->state = TLS_OPEN;
    session->events->on_open(session->arg);
    return 0;
}

static int shake(sip__tls_session *session)
{
    int done;
    int error;

    ERR_clear_error();
    done = SSL_do_handshake(session->ssl);
    if (done == 1) {
        return opened(session);
    }
    error = SSL_get_error(session->ssl, done);
    return error == SSL_ERROR_WANT_READ ? 0 : fail(session, error);
}

static int read_all(sip__tls_session *session)
{
    char bytes[READ_BYTES];
    int error;
    int len;

    while (session->state == TLS_OPEN) {
        ERR_clear_error();
        len = SSL_read(session->ssl, bytes, sizeof bytes);
        if (len <= 0) {
            error = SSL_get_error(session->ssl, len);
            if (error == SSL_ERROR_WANT_READ) {
                return 0;
            }
            if (error != SSL_ERROR_ZERO_RETURN) {
                return fail(session, error);
            }
            session->state = TLS_OVER;
            sip__tls_say(session->why.text, sizeof session->why.text, "the peer said goodbye");
            return SIP_EGONE;
        }
        session->events->on_bytes((sip_str){bytes, (size_t)len}, session->arg);
    }
    return session->wire.write_err != 0 ? session->wire.write_err : SIP_EIO;
}

int sip__tls_session_start(sip__tls_session *session)
{
    if (session->handshake.server || session->state != TLS_SHAKING) {
        return 0;
    }
    return shake(session);
}

int sip__tls_session_receive(sip__tls_session *session, sip_str bytes)
{
    int err = 0;

    if (session->state == TLS_OVER) {
        return SIP_EIO;
    }
    sip__tls_why_note(&session->why, bytes);
    session->wire.in = bytes;
    if (session->state == TLS_SHAKING) {
        err = shake(session);
    }
    if (err == 0 && session->state != TLS_SHAKING) {
        err = read_all(session);
    }
    session->wire.in = (sip_str){0};
    return err;
}

int sip__tls_session_send(sip__tls_session *session, sip_str bytes)
{
    size_t sent = 0;
    int done;

    if (session->state != TLS_OPEN) {
        return SIP_ESTATE;
    }
    if (bytes.len == 0) {
        return 0;
    }
    ERR_clear_error();
    done = SSL_write_ex(session->ssl, bytes.ptr, bytes.len, &sent);
    return done == 1 ? 0 : fail(session, SSL_get_error(session->ssl, done));
}

void sip__tls_session_close(sip__tls_session *session)
{
    if (SSL_is_init_finished(session->ssl) == 1 && session->wire.write_err == 0 &&
        (session->state == TLS_OPEN || SSL_get_shutdown(session->ssl) == SSL_RECEIVED_SHUTDOWN)) {
        SSL_shutdown(session->ssl);
        ERR_clear_error();
    }
    session->state = TLS_OVER;
}

bool sip__tls_session_is_partial(const sip__tls_session *session)
{
    return SSL_has_pending(session->ssl) == 1;
}

const char *sip__tls_session_text(const sip__tls_session *session)
{
    return session->why.text;
}

const sip_tls_peer *sip__tls_session_peer(const sip__tls_session *session)
{
    return session->peer.known ? &session->peer.peer : NULL;
}

sip_str sip__tls_session_wanted(const sip__tls_session *session)
{
    return session->handshake.wanted;
}

bool sip__tls_session_believes_all(const sip__tls_session *session)
{
    const sip_tls_config *settings = &session->handshake.context->settings.config;

    return !session->handshake.server && (settings->identity == SIP_TLS_IDENTITY_OFF ||
                                          !sip__tls_settings_verify_servers(settings));
}
