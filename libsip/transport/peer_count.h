/* How many connections each host has to us. An IPv6 network of 64 bits counts as one host: whoever
 * has one address of it has them all. */
#ifndef SIP_TRANSPORT_PEER_COUNT_H
#define SIP_TRANSPORT_PEER_COUNT_H

#include <sip/containers.h>
#include <sip/net.h>

typedef struct sip__peer_count {
    const sip_allocator *allocator;
    sip_map hosts;
} sip__peer_count;

/* @return 0 or SIP_ENOMEM */
int sip__peer_count_init(sip__peer_count *peers, const sip_allocator *allocator,
                         const sip_random *random);
/* Takes a zeroed object. */
void sip__peer_count_finish(sip__peer_count *peers);
/* One more from this host. @return 0, SIP_EBUSY: it has `limit` already (0: no limit), SIP_ENOMEM
 */
int sip__peer_count_add(sip__peer_count *peers, const sip_addr *addr, uint32_t limit);
/* One less; it was added. */
void sip__peer_count_remove(sip__peer_count *peers, const sip_addr *addr);
uint32_t sip__peer_count_of(const sip__peer_count *peers, const sip_addr *addr);

#endif
