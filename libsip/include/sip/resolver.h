/* The seam for names: c-ares in the real stack, a script in the simulated one, or an application's
 * own. */
#ifndef SIP_RESOLVER_H
#define SIP_RESOLVER_H

#include <sip/net.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_dns_type {
    SIP_DNS_A = 1,
    SIP_DNS_CNAME = 5, /**< never asked for: resolvers follow it, the least TTL on the way counts */
    SIP_DNS_AAAA = 28,
    SIP_DNS_SRV = 33,
    SIP_DNS_NAPTR = 35
} sip_dns_type;

/** One record of an answer; borrowed for the callback. */
typedef struct sip_dns_record {
    sip_dns_type type;
    uint32_t ttl_s;
    sip_addr addr;                   /**< A, AAAA (port 0) */
    uint16_t priority, weight, port; /**< SRV; NAPTR: order in priority, preference in weight */
    const char
        *target; /**< SRV target, NAPTR replacement; without a dot at its end, the root is "." */
    const char *flags, *service, *regexp; /**< NAPTR */
} sip_dns_record;

/** What came back. `err`: 0 with records; SIP_ENOENT (no such name, or no record of that type);
 * SIP_EIO (servers failed or timed out); SIP_EBUSY, SIP_ENOMEM (it is ours, so nothing is kept of
 * it). */
typedef struct sip_dns_answer {
    int err;
    const char *text; /**< for a person */
    const sip_dns_record *records;
    size_t n_records;
    uint32_t negative_ttl_s; /**< for SIP_ENOENT */
} sip_dns_answer;

/** One question under way; lives in its asker, who fills in fn and arg. */
typedef struct sip_dns_query {
    void (*fn)(struct sip_dns_query *query, const sip_dns_answer *answer);
    void *arg;
    void *impl; /**< the resolver's own */
} sip_dns_query;

typedef struct sip_resolver sip_resolver;

typedef struct sip_resolver_vtable {
    /** Ask; the answer comes exactly once, in a later turn, never from inside. @return 0 or
     * SIP_ENOMEM, SIP_EIO (no answer comes) */
    int (*ask)(sip_resolver *resolver, const char *name, sip_dns_type type, sip_dns_query *query);
    /** Forget a question: no answer comes any more. */
    void (*cancel)(sip_resolver *resolver, sip_dns_query *query);
    void (*destroy)(sip_resolver *resolver);
} sip_resolver_vtable;

struct sip_resolver {
    const sip_resolver_vtable *vtable;
};

#ifdef __cplusplus
}
#endif

#endif
