#define _GNU_SOURCE
#include "io/route_probe.h"
#include "io/socket_address.h"
#include <netinet/in.h>
#include <unistd.h>

#define KEEP_MS 5000 /* interfaces come and go */

/* Of the path, where ICMP has told of it, else of the first link. */
static uint32_t mtu_of(int fd, sip_family family)
{
#if defined(IP_MTU) && defined(IPV6_MTU) && !defined(SIP_PORTABLE)
    int mtu = 0;
    socklen_t len = sizeof(mtu);
    int err = family == SIP_FAMILY_IP6 ? getsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, &len)
                                       : getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &len);

    return err == 0 && mtu > 0 ? (uint32_t)mtu : 0;
#else
    (void)fd, (void)family;
    return 0;
#endif
}

static int ask_system(const sip_addr *to, const char *device, sip__route *ret_route)
{
    struct sockaddr_storage name;
    socklen_t len;
    sip_addr probe = *to, local = {0};
    uint32_t mtu_bytes = 0;
    int fd = sip__socket_open(to, SOCK_DGRAM);
    int err;

    if (fd < 0) {
        return SIP_EIO;
    }
    if (probe.port == 0) {
        probe.port = 5060; /* connecting to port 0 is an error on some systems */
    }
    sip__sockaddr_of(&probe, &name, &len);
    /* Connecting a UDP socket sends nothing; it only asks the routing table. */
    err = sip__socket_bind_device(fd, device);
    if (err == 0) {
        err = connect(fd, (struct sockaddr *)&name, len);
    }
    if (err == 0) {
        sip__socket_local(fd, &local);
        mtu_bytes = mtu_of(fd, (sip_family)to->family);
    }
    close(fd);
    if (err != 0 || local.family == SIP_FAMILY_NONE) {
        return SIP_EIO;
    }
    local.port = 0;
    *ret_route = (sip__route){local, mtu_bytes};
    return 0;
}

static size_t slot_of(const sip_addr *to)
{
    size_t sum = to->family;
    size_t i;

    for (i = 0; i < sizeof(to->ip); i++) {
        sum = sum * 31 + to->ip[i];
    }
    return sum % SIP__ROUTE_SLOTS;
}

int sip__route_probe(sip__route_cache *cache, sip_time_ms now_ms, const sip_addr *to,
                     sip_addr *ret_local)
{
    sip__route route;
    int err = sip__route_find(cache, now_ms, to, NULL, &route);

    if (err == 0) {
        *ret_local = route.local;
    }
    return err;
}

int sip__route_find(sip__route_cache *cache, sip_time_ms now_ms, const sip_addr *to,
                    const char *device, sip__route *ret_route)
{
    size_t i = slot_of(to);
    int err;

    if (cache != NULL && now_ms < cache->slots[i].until_ms && cache->slots[i].device == device &&
        sip_addr_same_host(&cache->slots[i].to, to) && cache->slots[i].to.scope == to->scope) {
        *ret_route = cache->slots[i].route;
        return 0;
    }
    err = ask_system(to, device, ret_route);
    if (err == 0 && cache != NULL) {
        cache->slots[i].to = *to;
        cache->slots[i].device = device;
        cache->slots[i].route = *ret_route;
        cache->slots[i].until_ms = now_ms + KEEP_MS;
    }
    return err;
}

void sip__route_forget(sip__route_cache *cache, const sip_addr *to)
{
    size_t i = slot_of(to);

    if (sip_addr_same_host(&cache->slots[i].to, to)) {
        cache->slots[i].until_ms = 0;
    }
}
