/* What name servers have answered, kept for as long as they allow (RFC 2308 for "no such name"), so
 * that a question is asked once however many want to know. Static hosts come first. */
#ifndef SIP_DNS_RECORD_CACHE_H
#define SIP_DNS_RECORD_CACHE_H

#include "base/pool.h"
#include "dns/static_hosts.h"
#include <sip/resolver.h>

typedef struct sip__record_cache_config {
    const sip_allocator *allocator;
    const sip_random *random;
    const sip_clock *clock;
    const sip__static_hosts *hosts; /* NULL: none */
    sip_resolver *resolver;         /* borrowed; NULL: only static hosts are known */
    const sip_log *log;             /* perhaps NULL */
    size_t most;                    /* answers kept and questions under way; 0: 4,096 */
} sip__record_cache_config;

typedef struct sip__record_cache {
    sip__record_cache_config config;
    sip_map map;
    sip_list kept;  /* answered, the least recently used first */
    sip_list asked; /* under way */
    size_t count;   /* of both */
    sip__pool waiters;
    sip_dns_answer host_answer; /* about a static host, with the records below */
    sip_dns_record host_records[SIP__STATIC_HOST_ADDRS];
    uint64_t hits, questions;
} sip__record_cache;

/* @return 0 or SIP_ENOMEM */
int sip__record_cache_init(sip__record_cache *cache, const sip__record_cache_config *config);
/* Takes a zeroed cache. Questions under way are given up and their askers not called. */
void sip__record_cache_finish(sip__record_cache *cache);

/* What are the records of `name`? query->fn and arg are set by the caller.
 * @return 0: *ret_answer is what was known (negative answers too), borrowed until the next call on
 *   this cache; query is not used
 *   SIP_EAGAIN: query->fn is called once, later, unless cancelled
 *   SIP_ENOENT (no name, or no resolver), SIP_EBUSY (too many under way), SIP_ENOMEM, or what the
 *   resolver refused with */
int sip__record_cache_ask(sip__record_cache *cache, const char *name, sip_dns_type type,
                          sip_dns_query *query, const sip_dns_answer **ret_answer);
/* Forget a query that SIP_EAGAIN was said to; the answer is kept when it comes. Harmless for one
 * that is not under way and zeroed. */
void sip__record_cache_cancel(sip__record_cache *cache, sip_dns_query *query);
/* True for a static host: it has addresses and no other records. */
bool sip__record_cache_is_static(const sip__record_cache *cache, const char *name);

#endif
