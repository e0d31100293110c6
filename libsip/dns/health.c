#include "dns/health.h"

#include <string.h>

#define MOST 1024
#define FIRST_MS 30000u
#define LONGEST_MS 600000u
#define LONGEST_ASKED_S 3600u

typedef struct entry {
    sip_map_node node;
    sip_list link;
    sip_hop hop;
    sip__health_state state; /* until */
    sip_time_ms until_ms;
    uint32_t span_ms; /* of the last time that it was bad; 0: it never was */
} entry;

int sip__health_init(sip__health *health, const sip_allocator *allocator, const sip_random *random,
                     const sip_clock *clock, size_t most)
{
    memset(health, 0, sizeof(*health));
    health->allocator = allocator;
    health->clock = clock;
    health->most = most != 0 ? most : MOST;
    sip_list_init(&health->entries);
    return sip_map_init(&health->map, allocator, random);
}

static void forget(sip__health *health, entry *it)
{
    sip_map_remove(&health->map, &it->node);
    sip_list_remove(&it->link);
    health->count--;
    sip_free(health->allocator, it);
}

void sip__health_finish(sip__health *health)
{
    sip_map_node *node;

    while ((node = sip_map_any(&health->map)) != NULL) {
        forget(health, SIP_CONTAINER_OF(node, entry, node));
    }
    sip_map_finish(&health->map);
}

static uint64_t hash_of(const sip__health *health, const sip_hop *hop)
{
    char key[sizeof(hop->addr.ip) + 4];

    memcpy(key, hop->addr.ip, sizeof(hop->addr.ip));
    key[16] = (char)hop->protocol;
    key[17] = (char)hop->addr.family;
    key[18] = (char)(hop->addr.port >> 8);
    key[19] = (char)(hop->addr.port & 0xff);
    return sip_map_hash(&health->map, (sip_str){key, sizeof(key)});
}

static entry *find(const sip__health *health, const sip_hop *hop)
{
    sip_map_node *node = sip_map_first(&health->map, hash_of(health, hop));

    for (; node != NULL; node = sip_map_next(node)) {
        entry *it = SIP_CONTAINER_OF(node, entry, node);

        if (it->hop.protocol == hop->protocol && sip_addr_equal(&it->hop.addr, &hop->addr)) {
            return it;
        }
    }
    return NULL;
}

static entry *find_or_add(sip__health *health, const sip_hop *hop)
{
    entry *it = find(health, hop);

    if (it != NULL) {
        sip_list_remove(&it->link);
        sip_list_append(&health->entries, &it->link);
        return it;
    }
    if (health->count >= health->most) {
        forget(health, SIP_CONTAINER_OF(health->entries.next, entry, link));
    }
    it = sip_alloc0(health->allocator, sizeof(*it));
    if (it == NULL) {
        return NULL;
    }
    it->hop = *hop;
    sip_list_init(&it->link);
    sip_list_append(&health->entries, &it->link);
    sip_map_insert(&health->map, hash_of(health, hop), &it->node);
    health->count++;
    return it;
}

/* What an entry says now; its past is remembered for as long again as it was bad. */
static sip__health_state state_of(const entry *it, sip_time_ms now_ms)
{
    return now_ms < it->until_ms ? it->state : SIP__HEALTH_GOOD;
}

void sip__health_mark_failed(sip__health *health, const sip_hop *hop, sip__health_reason reason,
                             uint32_t retry_after_s)
{
    sip_time_ms now_ms = sip_clock_now_ms(health->clock);
    entry *it = find_or_add(health, hop);
    bool is_first;

    if (it == NULL) {
        return;
    }
    is_first = it->until_ms + it->span_ms <= now_ms;
    if (is_first) {
        it->span_ms = 0;
    }
    if (reason == SIP__HEALTH_REFUSED && retry_after_s > 0) {
        uint32_t asked_s = retry_after_s < LONGEST_ASKED_S ? retry_after_s : LONGEST_ASKED_S;

        it->state = SIP__HEALTH_BAD;
        it->until_ms = now_ms + (sip_time_ms)asked_s * 1000;
        return;
    }
    if (reason == SIP__HEALTH_REFUSED || (reason == SIP__HEALTH_TIMEOUT && is_first)) {
        if (state_of(it, now_ms) != SIP__HEALTH_BAD) {
            it->state = SIP__HEALTH_SUSPECT;
            it->until_ms = now_ms + FIRST_MS;
        }
        return;
    }
    it->span_ms = it->span_ms == 0 ? FIRST_MS : it->span_ms * 2;
    it->span_ms = it->span_ms < LONGEST_MS ? it->span_ms : LONGEST_MS;
    it->state = SIP__HEALTH_BAD;
    it->until_ms = now_ms + it->span_ms;
}

void sip__health_mark_good(sip__health *health, const sip_hop *hop)
{
    entry *it = find(health, hop);

    if (it != NULL) {
        forget(health, it);
    }
}

sip__health_state sip__health_of(const sip__health *health, const sip_hop *hop)
{
    const entry *it = find(health, hop);

    return it != NULL ? state_of(it, sip_clock_now_ms(health->clock)) : SIP__HEALTH_GOOD;
}

/* Where a target belongs: 0 for good ones, 1 for suspect ones, else when it is to be tried. */
static sip_time_ms rank_of(const sip__health *health, const sip_hop *hop)
{
    sip__health_state state = sip__health_of(health, hop);

    return state == SIP__HEALTH_BAD ? find(health, hop)->until_ms + 2 : (sip_time_ms)state;
}

void sip__health_order(const sip__health *health, sip_hop *hops, size_t n)
{
    if (health->count == 0) {
        return;
    }
    for (size_t i = 1; i < n; i++) {
        sip_hop hop = hops[i];
        sip_time_ms rank = rank_of(health, &hop);
        size_t at = i;

        while (at > 0 && rank_of(health, &hops[at - 1]) > rank) {
            hops[at] = hops[at - 1];
            at--;
        }
        hops[at] = hop;
    }
}
