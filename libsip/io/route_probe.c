#include "io/route_probe.h"
#include "io/socket_address.h"
#include <unistd.h>

#define KEEP_MS 5000 /* interfaces come and go */

static int ask_system(const sip_addr *to, const char *device, sip_addr *ret_local)
{
    struct sockaddr_storage name;
    socklen_t len;
    sip_addr probe = *to, local;
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
    }
    close(fd);
    if (err != 0 || local.family == SIP_FAMILY_NONE) {
        return SIP_EIO;
    }
    local.port = 0;
    *ret_local = local;
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
    return sip__route_probe_by(cache, now_ms, to, NULL, ret_local);
}

int sip__route_probe_by(sip__route_cache *cache, sip_time_ms now_ms, const sip_addr *to,
                        const char *device, sip_addr *ret_local)
{
    size_t i = slot_of(to);
    int err;

    if (cache != NULL && now_ms < cache->slots[i].until_ms && cache->slots[i].device == device &&
        sip_addr_same_host(&cache->slots[i].to, to) && cache->slots[i].to.scope == to->scope) {
        *ret_local = cache->slots[i].local;
        return 0;
    }
    err = ask_system(to, device, ret_local);
    if (err == 0 && cache != NULL) {
        cache->slots[i].to = *to;
        cache->slots[i].device = device;
        cache->slots[i].local = *ret_local;
        cache->slots[i].until_ms = now_ms + KEEP_MS;
    }
    return err;
}
