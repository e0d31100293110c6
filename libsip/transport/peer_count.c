#include "transport/peer_count.h"
#include <string.h>

#define IP6_NETWORK_BYTES 8

typedef struct peer_host {
    sip_map_node node;
    uint32_t count;
    char key[17]; /* family, then the address or its network */
} peer_host;

int sip__peer_count_init(sip__peer_count *peers, const sip_allocator *allocator,
                         const sip_random *random)
{
    peers->allocator = allocator;
    return sip_map_init(&peers->hosts, allocator, random);
}

void sip__peer_count_finish(sip__peer_count *peers)
{
    sip_map_node *node;

    while ((node = sip_map_any(&peers->hosts)) != NULL) {
        sip_map_remove(&peers->hosts, node);
        sip_free(peers->allocator, SIP_CONTAINER_OF(node, peer_host, node));
    }
    sip_map_finish(&peers->hosts);
}

static sip_str key_of(const sip_addr *addr, char out[17])
{
    memset(out, 0, 17);
    out[0] = (char)addr->family;
    memcpy(out + 1, addr->ip,
           addr->family == SIP_FAMILY_IP6 ? IP6_NETWORK_BYTES : sizeof(addr->ip));
    return (sip_str){out, 17};
}

static peer_host *find(const sip__peer_count *peers, sip_str key, uint64_t hash)
{
    sip_map_node *node = sip_map_first(&peers->hosts, hash);

    for (; node != NULL; node = sip_map_next(node)) {
        peer_host *host = SIP_CONTAINER_OF(node, peer_host, node);

        if (memcmp(host->key, key.ptr, key.len) == 0) {
            return host;
        }
    }
    return NULL;
}

int sip__peer_count_add(sip__peer_count *peers, const sip_addr *addr, uint32_t limit)
{
    char room[17];
    sip_str key = key_of(addr, room);
    uint64_t hash = sip_map_hash(&peers->hosts, key);
    peer_host *host = find(peers, key, hash);

    if (host != NULL && limit != 0 && host->count >= limit) {
        return SIP_EBUSY;
    }
    if (host == NULL) {
        host = sip_alloc0(peers->allocator, sizeof(*host));
        if (host == NULL) {
            return SIP_ENOMEM;
        }
        memcpy(host->key, key.ptr, key.len);
        sip_map_insert(&peers->hosts, hash, &host->node);
    }
    host->count++;
    return 0;
}

void sip__peer_count_remove(sip__peer_count *peers, const sip_addr *addr)
{
    char room[17];
    sip_str key = key_of(addr, room);
    peer_host *host = find(peers, key, sip_map_hash(&peers->hosts, key));

    if (host != NULL && --host->count == 0) {
        sip_map_remove(&peers->hosts, &host->node);
        sip_free(peers->allocator, host);
    }
}

uint32_t sip__peer_count_of(const sip__peer_count *peers, const sip_addr *addr)
{
    char room[17];
    sip_str key = key_of(addr, room);
    const peer_host *host = find(peers, key, sip_map_hash(&peers->hosts, key));

    return host == NULL ? 0 : host->count;
}
