#include <sip/containers.h>

#include "base/siphash.h"

#define FIRST_BUCKETS 16

int sip_map_init(sip_map *map, const sip_allocator *allocator, const sip_random *random)
{
    sip_map_node **buckets = sip_alloc0(allocator, FIRST_BUCKETS * sizeof(*buckets));

    if (!buckets) {
        return SIP_ENOMEM;
    }
    *map = (sip_map){
        .allocator = allocator,
        .buckets = buckets,
        .bucket_count = FIRST_BUCKETS,
        .lowest = FIRST_BUCKETS,
    };
    sip_random_fill(random, map->key, sizeof(map->key));
    return 0;
}

void sip_map_finish(sip_map *map)
{
    sip_free(map->allocator, map->buckets);
    *map = (sip_map){0};
}

uint64_t sip_map_hash(const sip_map *map, sip_str key)
{
    return sip__siphash(map->key, key);
}

static void link_node(sip_map *map, sip_map_node *node)
{
    size_t at = (size_t)node->hash & (map->bucket_count - 1);

    node->next = map->buckets[at];
    map->buckets[at] = node;
    if (at < map->lowest) {
        map->lowest = at;
    }
}

static void grow(sip_map *map)
{
    size_t old_count = map->bucket_count;
    sip_map_node **old = map->buckets;
    sip_map_node **buckets = NULL;

    if (old_count <= SIZE_MAX / 2 / sizeof(*buckets)) {
        buckets = sip_alloc0(map->allocator, 2 * old_count * sizeof(*buckets));
    }
    if (!buckets) {
        return;
    }
    map->buckets = buckets;
    map->bucket_count = 2 * old_count;
    map->lowest = map->bucket_count;
    for (size_t i = 0; i < old_count; i++) {
        while (old[i]) {
            sip_map_node *node = old[i];

            old[i] = node->next;
            link_node(map, node);
        }
    }
    sip_free(map->allocator, old);
}

void sip_map_insert(sip_map *map, uint64_t hash, sip_map_node *node)
{
    if (map->count >= map->bucket_count) {
        grow(map);
    }
    node->hash = hash;
    link_node(map, node);
    map->count++;
}

void sip_map_remove(sip_map *map, sip_map_node *node)
{
    sip_map_node **link = &map->buckets[(size_t)node->hash & (map->bucket_count - 1)];

    while (*link != node) {
        link = &(*link)->next;
    }
    *link = node->next;
    node->next = NULL;
    map->count--;
}

static sip_map_node *first_from(sip_map_node *node, uint64_t hash)
{
    while (node && node->hash != hash) {
        node = node->next;
    }
    return node;
}

sip_map_node *sip_map_first(const sip_map *map, uint64_t hash)
{
    return first_from(map->buckets[(size_t)hash & (map->bucket_count - 1)], hash);
}

sip_map_node *sip_map_next(const sip_map_node *node)
{
    return first_from(node->next, node->hash);
}

sip_map_node *sip_map_any(sip_map *map)
{
    while (map->lowest < map->bucket_count && !map->buckets[map->lowest]) {
        map->lowest++;
    }
    return map->lowest < map->bucket_count ? map->buckets[map->lowest] : NULL;
}
