/* From a telephone number to URIs by the DNS (RFC 6116). */
#ifndef SIP_DNS_ENUM_H
#define SIP_DNS_ENUM_H

#include "dns/dns_name.h"
#include "dns/record_cache.h"

#define SIP__ENUM_MAX 8
#define SIP__ENUM_URI_BYTES 256
#define SIP__ENUM_NUMBER_BYTES 17 /* "+", fifteen digits, zero */

typedef struct sip__enum {
    /* Called once after SIP_EAGAIN, never from inside sip__enum_start(). err 0 with URIs, else
     * SIP_ENOENT, SIP_EIO, SIP_ENOMEM and `text`. May free the look-up. */
    void (*fn)(struct sip__enum *lookup, int err, const char *text);
    void *arg;
    char uris[SIP__ENUM_MAX][SIP__ENUM_URI_BYTES]; /* sip and sips, in the order to try */
    size_t n_uris;
    uint32_t ttl_s;
    /* private */
    sip__record_cache *cache;
    const char *const *suffixes; /* those not asked yet */
    sip_dns_query query;
    unsigned delegations;
    bool starting, is_done;
    int err;
    const char *text;
    char number[SIP__ENUM_NUMBER_BYTES];
} sip__enum;

/* "+44-20 7946" as "+44207946": a global number, perhaps as a tel URI, without what only helps the
 * eye (RFC 3966 5.1.1). @return 0 or SIP_EINVAL */
int sip__enum_number(sip_str text, char out[SIP__ENUM_NUMBER_BYTES]);
/* "4.3.2.1.e164.arpa" of "+1234". @return 0 or SIP_ETOOBIG (the suffix) */
int sip__enum_domain(const char *number, const char *suffix, char out[SIP__NAME_BYTES]);
/* What the regexp field of a NAPTR record makes of `text` (RFC 3402 3.2). @return the length, the
 * result is zero-terminated; SIP_ENOENT (it does not match), SIP_ESYNTAX, SIP_ETOOBIG, SIP_ENOMEM
 */
int sip__enum_substitute(const sip_allocator *allocator, const char *regexp, sip_str text,
                         char *out, size_t size);

/* Begin; fn and arg are set by the caller. `suffixes` (NULL-terminated, borrowed until the end;
 * NULL: "e164.arpa") are asked one after the other until one knows a SIP URI.
 * @return 0 (known: fn is not called), SIP_EAGAIN, SIP_EINVAL (the number), SIP_ENOENT, SIP_EIO,
 * SIP_ENOMEM */
int sip__enum_start(sip__enum *lookup, sip__record_cache *cache, sip_str number,
                    const char *const *suffixes);
/* Forget it; harmless when none is under way (zeroed). */
void sip__enum_cancel(sip__enum *lookup);

#endif
