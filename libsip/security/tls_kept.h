/* Sessions that a client keeps to resume them: by what they were made for, bounded, for a time.
 * Workers share them. */
#ifndef SIP_SECURITY_TLS_KEPT_H
#define SIP_SECURITY_TLS_KEPT_H

#include <sip/containers.h>

#include <openssl/ssl.h>

typedef struct sip__tls_kept {
    const sip_allocator *allocator;
    CRYPTO_RWLOCK *lock; /* of what follows */
    sip_map by_key;
    sip_list order; /* oldest first */
    size_t count, limit;
    uint64_t serial; /* of the newest */
} sip__tls_kept;

/* @return 0 or SIP_ENOMEM */
int sip__tls_kept_init(sip__tls_kept *kept, const sip_allocator *allocator, size_t limit);
/* Drop all. Takes a zeroed object. */
void sip__tls_kept_finish(sip__tls_kept *kept);
/* Keep `session` (taken over only if true is returned) until `until_s`. The oldest goes at the
 * limit. @return false without memory */
bool sip__tls_kept_put(sip__tls_kept *kept, sip_str key, SSL_SESSION *session, int64_t until_s);
/* Take the newest out, for the caller to free: a ticket is used once, so that nobody can tell that
 * two connections are of one client (RFC 8446 C.4). NULL if there is none that is not too old.
 * *ret_until_s: until when it was to be kept. */
SSL_SESSION *sip__tls_kept_take(sip__tls_kept *kept, sip_str key, int64_t now_s,
                                int64_t *ret_until_s);

#endif
