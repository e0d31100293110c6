#include "stack/source_limit.h"

#include "base/siphash.h"
#include <string.h>

#define STANDARD_MOST 65536u
#define LARGEST_MOST (1u << 24)
#define WAYS 4u
#define PART 1000 /* of a token: what a millisecond brings at one a second */

typedef struct sip__source {
    uint8_t network[8]; /* IPv6: the first 64 bits; IPv4: the address and zeros */
    uint8_t family;     /* 0: nobody's */
    int64_t parts;      /* of what is taken */
    int64_t answers;    /* of what is refused, so that no flood makes us send one */
    sip_time_ms last_ms;
} source;

int sip__source_limit_init(sip__source_limit *limit, const sip_allocator *allocator,
                           const sip_random *random, uint32_t rate_per_s, uint32_t burst,
                           uint32_t most)
{
    uint32_t sets = 1;

    *limit = (sip__source_limit){.allocator = allocator, .rate_per_s = rate_per_s};
    if (rate_per_s == 0) {
        return 0;
    }
    limit->burst = burst != 0 ? burst : rate_per_s;
    most = most != 0 ? most : STANDARD_MOST;
    most = most < LARGEST_MOST ? most : LARGEST_MOST;
    while (sets * WAYS < most) {
        sets *= 2;
    }
    limit->sources = sip_alloc0(allocator, (size_t)sets * WAYS * sizeof(source));
    if (limit->sources == NULL) {
        return SIP_ENOMEM;
    }
    limit->sets = sets;
    sip_random_fill(random, limit->key, sizeof(limit->key));
    return 0;
}

void sip__source_limit_finish(sip__source_limit *limit)
{
    if (limit->sources != NULL) {
        sip_free(limit->allocator, limit->sources);
        limit->sources = NULL;
    }
}

static source key_of(const sip_addr *from)
{
    source key = {.family = (uint8_t)from->family};

    memcpy(key.network, from->ip, from->family == SIP_FAMILY_IP6 ? 8 : 4);
    return key;
}

/* That of the address; else the place of who was silent longest, emptied. */
static source *find(sip__source_limit *limit, const source *key, sip_time_ms now_ms)
{
    uint64_t hash =
        sip__siphash(limit->key, (sip_str){(const char *)key->network, sizeof(key->network)});
    source *set = &limit->sources[(hash & (limit->sets - 1)) * WAYS];
    source *oldest = set;

    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].family == key->family &&
            memcmp(set[i].network, key->network, sizeof(key->network)) == 0) {
            return &set[i];
        }
        if (set[i].family == 0 || (oldest->family != 0 && set[i].last_ms < oldest->last_ms)) {
            oldest = &set[i];
        }
    }
    *oldest = *key;
    oldest->parts = oldest->answers = (int64_t)limit->burst * PART;
    oldest->last_ms = now_ms;
    return oldest;
}

static int64_t filled(int64_t parts, uint64_t more, int64_t most)
{
    return more >= (uint64_t)(most - parts) ? most : parts + (int64_t)more;
}

static bool take(int64_t *parts)
{
    if (*parts < PART) {
        return false;
    }
    *parts -= PART;
    return true;
}

sip__source_verdict sip__source_limit_take(sip__source_limit *limit, const sip_addr *from,
                                           sip_time_ms now_ms)
{
    const int64_t most = (int64_t)limit->burst * PART;
    source key, *its;
    uint64_t passed_ms, more;

    if (limit->sources == NULL || from->family == SIP_FAMILY_NONE) {
        return SIP__SOURCE_FINE;
    }
    key = key_of(from);
    its = find(limit, &key, now_ms);
    passed_ms = now_ms > its->last_ms ? now_ms - its->last_ms : 0;
    more = passed_ms > (uint64_t)most ? (uint64_t)most : passed_ms * limit->rate_per_s;
    its->parts = filled(its->parts, more, most);
    its->answers = filled(its->answers, more, most);
    its->last_ms = now_ms;
    if (take(&its->parts)) {
        return SIP__SOURCE_FINE;
    }
    return take(&its->answers) ? SIP__SOURCE_REFUSE : SIP__SOURCE_DROP;
}
