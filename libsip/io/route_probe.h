/* The local address that the routing table chooses for a destination. */
#ifndef SIP_IO_ROUTE_PROBE_H
#define SIP_IO_ROUTE_PROBE_H

#include <sip/net.h>

#define SIP__ROUTE_SLOTS 64

/* What was asked lately, by destination; zero-initialise. */
typedef struct sip__route_cache {
    struct {
        sip_addr to, local;
        const char *device; /* compared as a pointer */
        sip_time_ms until_ms;
    } slots[SIP__ROUTE_SLOTS];
} sip__route_cache;

/* @param cache    may be NULL: ask the system each time
 * @return 0 with the address (port 0), or SIP_EIO: no route */
int sip__route_probe(sip__route_cache *cache, sip_time_ms now_ms, const sip_addr *to,
                     sip_addr *ret_local);
/* The same for a socket that is bound to an interface (NULL: to none), whose name outlives the
 * cache. */
int sip__route_probe_by(sip__route_cache *cache, sip_time_ms now_ms, const sip_addr *to,
                        const char *device, sip_addr *ret_local);

#endif
