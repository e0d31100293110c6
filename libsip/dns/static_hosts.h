/* Names with the addresses that the configuration gives them: they are not looked up. */
#ifndef SIP_DNS_STATIC_HOSTS_H
#define SIP_DNS_STATIC_HOSTS_H

#include <sip/containers.h>
#include <sip/net.h>

#define SIP__STATIC_HOST_ADDRS 8

typedef struct sip__static_host {
    sip_addr addrs[SIP__STATIC_HOST_ADDRS]; /* ports 0 */
    size_t n_addrs;
} sip__static_host;

typedef struct sip__static_hosts {
    const sip_allocator *allocator;
    sip_map map;
} sip__static_hosts;

/* @return 0 or SIP_ENOMEM */
int sip__static_hosts_init(sip__static_hosts *hosts, const sip_allocator *allocator,
                           const sip_random *random);
/* Takes a zeroed table. */
void sip__static_hosts_finish(sip__static_hosts *hosts);
/* Give `name` one more address. @return 0, SIP_EINVAL (name or address), SIP_ENOMEM, SIP_ETOOBIG */
int sip__static_hosts_add(sip__static_hosts *hosts, const char *name, const sip_addr *addr);
/* NULL: look it up. "localhost", and what ends in it, is always known (RFC 6761 6.3). */
const sip__static_host *sip__static_hosts_find(const sip__static_hosts *hosts, sip_str name);

#endif
