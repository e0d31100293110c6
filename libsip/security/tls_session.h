/* One TLS connection without its socket: bytes in, bytes out. */
#ifndef SIP_SECURITY_TLS_SESSION_H
#define SIP_SECURITY_TLS_SESSION_H

#include <sip/tls.h>

typedef struct sip__tls_session sip__tls_session;

/* From inside start(), receive(), send() and close(). The session is not destroyed from here, but
 * may be sent on from on_open and on_bytes. */
typedef struct sip__tls_session_events {
    /* Records for the peer, copied before return. @return 0, or a SIP_E… after which the session is
     * of no use any more: OpenSSL's count of records has gone on */
    int (*write)(sip_str bytes, void *arg);
    void (*on_open)(void *arg);
    /* Clear text, borrowed. */
    void (*on_bytes)(sip_str bytes, void *arg);
} sip__tls_session_events;

typedef struct sip__tls_session_config {
    const sip_allocator *allocator;
    sip_tls *tls;
    bool server;
    sip_str server_name; /* a client's: whom it wants; see sip__tls_channel_config */
    sip_str local_name;  /* a client's: whose certificate it shows; empty: the first */
    sip_str alpn;        /* empty: none */
} sip__tls_session_config;

/* Strings are copied. @return 0, SIP_EINVAL (a client that is to compare names has none; a server
 * without a certificate; a name of over 255 bytes), SIP_ENOMEM; the reason in `text` (may be NULL)
 */
int sip__tls_session_create(const sip__tls_session_config *config,
                            const sip__tls_session_events *events, void *arg, char *text,
                            size_t size, sip__tls_session **ret_session);
/* NULL is fine. Says nothing to the peer. */
void sip__tls_session_destroy(sip__tls_session *session);

/* A client's hello goes out. @return 0, or as receive() */
int sip__tls_session_start(sip__tls_session *session);
/* @return 0; SIP_EGONE the peer said goodbye (close_notify), what came before has been given to
 *   on_bytes; SIP_EIO: it failed, as sip__tls_session_text() says, and the alert is written;
 *   SIP_ENOMEM; or what write() returned. All but 0 are the end. */
int sip__tls_session_receive(sip__tls_session *session, sip_str bytes);
/* @return 0; SIP_ESTATE before on_open and after the end; SIP_ENOMEM, SIP_EIO or what write()
 *   returned: the session has ended */
int sip__tls_session_send(sip__tls_session *session, sip_str bytes);
/* Write close_notify, if there is somebody who would understand it. */
void sip__tls_session_close(sip__tls_session *session);

/* True while a part of a record has come and the rest has not. */
bool sip__tls_session_is_partial(const sip__tls_session *session);
/* Why it ended: "" if it did not. */
const char *sip__tls_session_text(const sip__tls_session *session);
/* NULL before on_open. Lives as long as the session. */
const sip_tls_peer *sip__tls_session_peer(const sip__tls_session *session);
/* The name that it was made for; empty for a server. */
sip_str sip__tls_session_wanted(const sip__tls_session *session);
/* True if names are not compared at all, so that one connection is as good as another. */
bool sip__tls_session_believes_all(const sip__tls_session *session);

#endif
