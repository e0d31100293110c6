/* What the files of a sip_tls held when they were read: an SSL_CTX for each domain, whom we
 * believe, and the sessions kept. It lives until its last connection has ended, so that a reload
 * changes nothing for those that stand. */
#ifndef SIP_SECURITY_TLS_CONTEXT_H
#define SIP_SECURITY_TLS_CONTEXT_H

#include "security/tls_identity.h"
#include "security/tls_kept.h"
#include "security/tls_pem.h"
#include "security/tls_settings.h"

#include <openssl/ssl.h>
#include <stdatomic.h>

/* A domain of ours; without one there is a site that has no certificate. */
typedef struct sip__tls_site {
    SSL_CTX *ssl;
    sip__tls_names names;
} sip__tls_site;

typedef struct sip__tls_context {
    atomic_uint refs; /* of connections on any worker */
    const sip_allocator *allocator;
    const sip_clock *clock;
    const sip_log *log;
    sip__tls_settings settings;
    X509_STORE *store;
    BIO_METHOD *bio_method; /* of the sessions */
    sip__tls_site *sites;
    size_t site_count; /* one at least */
    sip__tls_kept kept;
} sip__tls_context;

/* What OpenSSL's callbacks find at a connection (SSL_set_app_data). */
typedef struct sip__tls_handshake {
    sip__tls_context *context;
    bool server;
    bool verified;
    sip_str wanted; /* a client's: whom the server must be; empty: no matter */
    sip_str key;    /* a client's: what a session may be resumed for; empty: keep none */
    sip_str alpn;   /* empty: not asked for */
    char text[200]; /* the first check that failed; "" */
} sip__tls_handshake;

/* Read everything. @return as sip_tls_create(), the reason in `say` */
int sip__tls_context_create(const sip_tls_config *config, sip__tls_say_to say,
                            sip__tls_context **ret_context);
sip__tls_context *sip__tls_context_ref(sip__tls_context *context);
/* NULL is fine. */
void sip__tls_context_unref(sip__tls_context *context);
/* The site with this name, or NULL. */
sip__tls_site *sip__tls_context_site(const sip__tls_context *context, sip_str name);
/* True if the domains have certificates. */
bool sip__tls_context_can_serve(const sip__tls_context *context);
/* A reference to what sip_tls holds. Any thread. */
sip__tls_context *sip__tls_current(const sip_tls *tls);

#endif
