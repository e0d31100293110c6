/* A resolver that answers from a list of records, in virtual time: the simulator's. Several
 * resolvers share one zone. */
#ifndef SIP_DNS_SCRIPTED_RESOLVER_H
#define SIP_DNS_SCRIPTED_RESOLVER_H

#include <sip/containers.h>
#include <sip/resolver.h>

typedef struct sip__zone {
    const sip_allocator *allocator;
    sip_list names;           /* struct zone_name */
    uint32_t delay_ms;        /* of every answer … */
    uint32_t jitter_ms;       /* … and up to so much more */
    unsigned fail_percent;    /* of questions that the name servers do not answer */
    const sip_random *random; /* for these two; NULL where both are 0 */
    uint64_t slow, failed;    /* how often they struck */
    uint32_t negative_ttl_s;  /* of every "no such name"; 60 unless changed */
    /* NULL, or called for each question as it is asked. */
    void (*on_ask)(const char *name, sip_dns_type type, void *user_data);
    void *user_data;
} sip__zone;

void sip__zone_init(sip__zone *zone, const sip_allocator *allocator);
void sip__zone_finish(sip__zone *zone);
/* Give `name` one more address with a TTL of 60 s, unless it has it. @return 0, SIP_EINVAL (no
 * address), SIP_ENOMEM, SIP_ETOOBIG (sixteen records a name) */
int sip__zone_add(sip__zone *zone, const char *name, const sip_addr *addr);
/* Give `name` one more record, copied; of a CNAME the target is followed. @return as
 * sip__zone_add() */
int sip__zone_add_record(sip__zone *zone, const char *name, const sip_dns_record *record);
/* Take all records of a name away; what its questions came to stays. */
void sip__zone_clear(sip__zone *zone, const char *name);
/* Have every question about `name` fail with `err` (SIP_EIO, SIP_ENOENT) after `delay_ms` more than
 * others; 0 and 0 end that. @return 0 or SIP_ENOMEM */
int sip__zone_fail(sip__zone *zone, const char *name, int err, uint32_t delay_ms);

/* A resolver over `zone`, which must outlive it. @return 0 or SIP_ENOMEM */
int sip__scripted_resolver_create(sip__zone *zone, const sip_clock *clock,
                                  sip_resolver **ret_resolver);
/* When its next answer is due; UINT64_MAX: none is asked for. */
sip_time_ms sip__scripted_resolver_next_due_ms(const sip_resolver *resolver);
/* Give the answers that are due. @return true if there were any */
bool sip__scripted_resolver_advance(sip_resolver *resolver);

#endif
