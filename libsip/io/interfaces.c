#define _GNU_SOURCE
#include "io/interfaces.h"
#include "io/route_probe.h"
#include "io/socket_address.h"
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#define KEEP_MS 5000 /* where nobody watches for changes */

static bool is_wanted(const struct ifaddrs *each)
{
    return each->ifa_addr != NULL && (each->ifa_flags & IFF_UP) != 0 &&
           (each->ifa_addr->sa_family == AF_INET || each->ifa_addr->sa_family == AF_INET6);
}

static void read_one(const struct ifaddrs *each, sip__interface *ret)
{
    struct sockaddr_storage name;

    memset(ret, 0, sizeof(*ret));
    memset(&name, 0, sizeof(name));
    memcpy(&name, each->ifa_addr,
           each->ifa_addr->sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                                : sizeof(struct sockaddr_in6));
    sip__sockaddr_read(&name, &ret->addr);
    ret->addr.port = 0;
    ret->loopback = (each->ifa_flags & IFF_LOOPBACK) != 0;
    memcpy(ret->name, each->ifa_name, strnlen(each->ifa_name, sizeof(ret->name) - 1));
}

int sip__interfaces_list(const sip_allocator *allocator, sip__interface **ret_list, size_t *ret_n)
{
    struct ifaddrs *all;
    struct ifaddrs *each;
    sip__interface *list;
    size_t n = 0;

    if (getifaddrs(&all) != 0) {
        return SIP_EIO;
    }
    for (each = all; each != NULL; each = each->ifa_next) {
        n += is_wanted(each);
    }
    list = sip_alloc(allocator, (n + 1) * sizeof(*list)); /* a block even for none */
    if (list != NULL) {
        n = 0;
        for (each = all; each != NULL; each = each->ifa_next) {
            if (is_wanted(each)) {
                read_one(each, &list[n++]);
            }
        }
        *ret_list = list;
        *ret_n = n;
    }
    freeifaddrs(all);
    return list != NULL ? 0 : SIP_ENOMEM;
}

int sip__interface_cache_list(sip__interface_cache *cache, const sip_allocator *allocator,
                              sip_time_ms now_ms, const sip__interface **ret_list, size_t *ret_n)
{
    int err;

    if (cache->list == NULL || now_ms >= cache->until_ms) {
        sip__interface_cache_drop(cache, allocator);
        err = sip__interfaces_list(allocator, &cache->list, &cache->n);
        if (err != 0) {
            return err;
        }
        cache->until_ms = now_ms + KEEP_MS;
    }
    *ret_list = cache->list;
    *ret_n = cache->n;
    return 0;
}

void sip__interface_cache_drop(sip__interface_cache *cache, const sip_allocator *allocator)
{
    sip_free(allocator, cache->list);
    cache->list = NULL;
    cache->n = 0;
}

bool sip__interfaces_have(const sip__interface *list, size_t n, const sip_addr *addr)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (sip_addr_same_host(&list[i].addr, addr)) {
            return true;
        }
    }
    return addr->family == SIP_FAMILY_IP4 && addr->ip[0] == 127;
}

static uint64_t mix(uint64_t sum, const void *bytes, size_t len)
{
    const uint8_t *each = bytes;
    size_t i;

    for (i = 0; i < len; i++) {
        sum = (sum ^ each[i]) * 0x100000001b3; /* FNV-1a */
    }
    return sum;
}

static uint64_t mark_of(const char *name, const sip_addr *addr)
{
    uint64_t sum = mix(0xcbf29ce484222325, name, strlen(name));

    sum = mix(sum, &addr->family, sizeof(addr->family));
    sum = mix(sum, &addr->scope, sizeof(addr->scope));
    return mix(sum, addr->ip, sizeof(addr->ip));
}

/* The source for an address that stands for all the world: RFC 5737's and RFC 3849's examples. */
static uint64_t mark_of_route(const char *world)
{
    sip_addr to, local;

    if (sip_addr_parse(sip_str_of(world), 0, &to) != 0 ||
        sip__route_probe(NULL, 0, &to, &local) != 0) {
        return 0;
    }
    return mark_of(world, &local);
}

int sip__interfaces_mark(const sip_allocator *allocator, uint64_t *ret_mark)
{
    sip__interface *list;
    uint64_t mark;
    size_t n, i;
    int err = sip__interfaces_list(allocator, &list, &n);

    if (err != 0) {
        return err;
    }
    mark = mark_of_route("192.0.2.1") + mark_of_route("2001:db8::1");
    for (i = 0; i < n; i++) {
        mark += mark_of(list[i].name, &list[i].addr);
    }
    sip_free(allocator, list);
    *ret_mark = mark;
    return 0;
}
