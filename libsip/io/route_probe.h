/* The local address that the routing table chooses for a destination, and how long a packet may be
 * on the way there. */
#ifndef SIP_IO_ROUTE_PROBE_H
#define SIP_IO_ROUTE_PROBE_H

#include <sip/net.h>

#define SIP__ROUTE_SLOTS 64

typedef struct sip__route {
    sip_addr local;     /* port 0 */
    uint32_t mtu_bytes; /* as far as this machine knows; 0: it does not say */
} sip__route;

/* What was asked lately, by destination; zero-initialise. */
typedef struct sip__route_cache {
    struct {
        sip_addr to;
        sip__route route;
        const char *device; /* compared as a pointer */
        sip_time_ms until_ms;
    } slots[SIP__ROUTE_SLOTS];
} sip__route_cache;

/* @param cache    may be NULL: ask the system each time
 * @return 0 with the address (port 0), or SIP_EIO: no route */
int sip__route_probe(sip__route_cache *cache, sip_time_ms now_ms, const sip_addr *to,
                     sip_addr *ret_local);
/* All that is known, for a socket that is bound to an interface (NULL: to none), whose name
 * outlives the cache. */
int sip__route_find(sip__route_cache *cache, sip_time_ms now_ms, const sip_addr *to,
                    const char *device, sip__route *ret_route);
/* Ask the system anew for `to`: it has learnt something. */
void sip__route_forget(sip__route_cache *cache, const sip_addr *to);

#endif
