#include "dns/static_hosts.h"

#include "dns/dns_name.h"
#include <string.h>

typedef struct named_host {
    sip_map_node node;
    sip__static_host host;
    size_t name_len;
    char name[SIP__NAME_BYTES];
} named_host;

static const sip__static_host loopback = {
    .addrs = {{.ip = {[15] = 1}, .family = SIP_FAMILY_IP6},
              {.ip = {127, 0, 0, 1}, .family = SIP_FAMILY_IP4}},
    .n_addrs = 2,
};

int sip__static_hosts_init(sip__static_hosts *hosts, const sip_allocator *allocator,
                           const sip_random *random)
{
    hosts->allocator = allocator;
    return sip_map_init(&hosts->map, allocator, random);
}

void sip__static_hosts_finish(sip__static_hosts *hosts)
{
    sip_map_node *node;

    while ((node = sip_map_any(&hosts->map)) != NULL) {
        sip_map_remove(&hosts->map, node);
        sip_free(hosts->allocator, SIP_CONTAINER_OF(node, named_host, node));
    }
    sip_map_finish(&hosts->map);
}

static named_host *find(const sip__static_hosts *hosts, sip_str name)
{
    sip_map_node *node = sip_map_first(&hosts->map, sip_map_hash(&hosts->map, name));

    for (; node != NULL; node = sip_map_next(node)) {
        named_host *it = SIP_CONTAINER_OF(node, named_host, node);

        if (sip_str_same((sip_str){it->name, it->name_len}, name)) {
            return it;
        }
    }
    return NULL;
}

int sip__static_hosts_add(sip__static_hosts *hosts, const char *name, const sip_addr *addr)
{
    char plain[SIP__NAME_BYTES];
    size_t len = sip__dns_name_plain(sip_str_of(name), plain);
    named_host *it;

    if (len == 0 || addr->family == SIP_FAMILY_NONE) {
        return SIP_EINVAL;
    }
    it = find(hosts, (sip_str){plain, len});
    if (it == NULL) {
        it = sip_alloc0(hosts->allocator, sizeof(*it));
        if (it == NULL) {
            return SIP_ENOMEM;
        }
        memcpy(it->name, plain, len);
        it->name_len = len;
        sip_map_insert(&hosts->map, sip_map_hash(&hosts->map, (sip_str){plain, len}), &it->node);
    }
    if (it->host.n_addrs == SIP__STATIC_HOST_ADDRS) {
        return SIP_ETOOBIG;
    }
    it->host.addrs[it->host.n_addrs] = *addr;
    it->host.addrs[it->host.n_addrs++].port = 0;
    return 0;
}

const sip__static_host *sip__static_hosts_find(const sip__static_hosts *hosts, sip_str name)
{
    static const sip_str local = SIP_STR_INIT("localhost");
    char plain[SIP__NAME_BYTES];
    sip_str wanted = {plain, sip__dns_name_plain(name, plain)};
    const named_host *it = wanted.len > 0 ? find(hosts, wanted) : NULL;

    if (it != NULL) {
        return &it->host;
    }
    if (wanted.len >= local.len &&
        memcmp(plain + wanted.len - local.len, local.ptr, local.len) == 0 &&
        (wanted.len == local.len || plain[wanted.len - local.len - 1] == '.')) {
        return &loopback;
    }
    return NULL;
}
