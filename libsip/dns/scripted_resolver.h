/* A resolver that answers from a list of names, in virtual time: the simulator's. Several resolvers
 * share one zone. */
#ifndef SIP_DNS_SCRIPTED_RESOLVER_H
#define SIP_DNS_SCRIPTED_RESOLVER_H

#include <sip/containers.h>
#include <sip/resolver.h>

typedef struct sip__zone {
    const sip_allocator *allocator;
    sip_list names;    /* struct zone_name */
    uint32_t delay_ms; /* of every answer */
} sip__zone;

void sip__zone_init(sip__zone *zone, const sip_allocator *allocator);
void sip__zone_finish(sip__zone *zone);
/* Give `name` one more address, unless it has it. @return 0, SIP_EINVAL (no address), SIP_ENOMEM,
 * SIP_ETOOBIG (four a name) */
int sip__zone_add(sip__zone *zone, const char *name, const sip_addr *addr);
/* Have every question about `name` fail with `err` (SIP_EIO, SIP_ENOENT); 0 ends that. @return 0 or
 * SIP_ENOMEM */
int sip__zone_fail(sip__zone *zone, const char *name, int err);

/* A resolver over `zone`, which must outlive it. @return 0 or SIP_ENOMEM */
int sip__scripted_resolver_create(const sip__zone *zone, const sip_clock *clock,
                                  sip_resolver **ret_resolver);
/* When its next answer is due; UINT64_MAX: none is asked for. */
sip_time_ms sip__scripted_resolver_next_due_ms(const sip_resolver *resolver);
/* Give the answers that are due. @return true if there were any */
bool sip__scripted_resolver_advance(sip_resolver *resolver);

#endif
