#include "dns/record_cache.h"

#include "dns/dns_name.h"
#include <string.h>

#define MOST 4096
#define MOST_TTL_S 86400          /* longer ones are a slip of somebody's (RFC 2181 8) */
#define MOST_NEGATIVE_TTL_S 10800 /* RFC 2308 5 */
#define FAILURE_TTL_S 5           /* RFC 2308 7.1: up to five minutes; RFC 9520 3.2: five seconds */

typedef struct entry {
    sip_map_node node;
    sip_list link; /* in kept or asked */
    sip__record_cache *cache;
    sip_dns_type type;
    bool asked;
    sip_dns_query query; /* to the resolver */
    sip_list waiters;
    sip_time_ms expires_ms;
    sip_dns_record *records; /* one block with all their text */
    sip_dns_answer answer;
    size_t name_len;
    char name[SIP__NAME_BYTES];
} entry;

typedef struct waiter {
    sip_list link;
    sip_dns_query *query;
} waiter;

int sip__record_cache_init(sip__record_cache *cache, const sip__record_cache_config *config)
{
    memset(cache, 0, sizeof(*cache));
    cache->config = *config;
    if (cache->config.most == 0) {
        cache->config.most = MOST;
    }
    sip_list_init(&cache->kept);
    sip_list_init(&cache->asked);
    sip__pool_init(&cache->waiters, config->allocator, sizeof(waiter), 0);
    return sip_map_init(&cache->map, config->allocator, config->random);
}

static void forget(entry *it)
{
    sip__record_cache *cache = it->cache;

    sip_map_remove(&cache->map, &it->node);
    sip_list_remove(&it->link);
    cache->count--;
    sip_free(cache->config.allocator, it->records);
    sip_free(cache->config.allocator, it);
}

void sip__record_cache_finish(sip__record_cache *cache)
{
    sip_map_node *node;

    while ((node = sip_map_any(&cache->map)) != NULL) {
        entry *it = SIP_CONTAINER_OF(node, entry, node);

        if (it->asked) {
            cache->config.resolver->vtable->cancel(cache->config.resolver, &it->query);
        }
        while (!sip_list_is_empty(&it->waiters)) {
            waiter *waiting = SIP_CONTAINER_OF(it->waiters.next, waiter, link);

            sip_list_remove(&waiting->link);
            waiting->query->impl = NULL;
            sip__pool_give(&cache->waiters, waiting);
        }
        forget(it);
    }
    sip_map_finish(&cache->map);
    sip__pool_finish(&cache->waiters);
}

/* ---- keeping */

static size_t text_bytes(const char *text)
{
    return text != NULL ? strlen(text) + 1 : 0;
}

static const char *put(char **at, const char *text)
{
    size_t bytes = text_bytes(text);
    char *copy = *at;

    if (bytes == 0) {
        return NULL;
    }
    memcpy(copy, text, bytes);
    *at += bytes;
    return copy;
}

static bool keep_records(entry *it, const sip_dns_answer *answer)
{
    size_t bytes = answer->n_records * sizeof(sip_dns_record) + text_bytes(answer->text);
    size_t i;
    char *at;

    for (i = 0; i < answer->n_records; i++) {
        const sip_dns_record *record = &answer->records[i];

        bytes += text_bytes(record->target) + text_bytes(record->flags) +
                 text_bytes(record->service) + text_bytes(record->regexp);
    }
    it->records = sip_alloc(it->cache->config.allocator, bytes + 1);
    if (it->records == NULL) {
        return false;
    }
    at = (char *)(it->records + answer->n_records);
    for (i = 0; i < answer->n_records; i++) {
        it->records[i] = answer->records[i];
        it->records[i].target = put(&at, answer->records[i].target);
        it->records[i].flags = put(&at, answer->records[i].flags);
        it->records[i].service = put(&at, answer->records[i].service);
        it->records[i].regexp = put(&at, answer->records[i].regexp);
    }
    it->answer = *answer;
    it->answer.records = it->records;
    it->answer.text = put(&at, answer->text);
    return true;
}

static uint32_t at_most(uint32_t value, uint32_t most)
{
    return value < most ? value : most;
}

/* For how long an answer may be kept; 0: not at all, as where it is us who failed. */
static uint32_t ttl_of(const sip_dns_answer *answer)
{
    uint32_t ttl_s = MOST_TTL_S;

    if (answer->err == SIP_EIO) {
        return FAILURE_TTL_S;
    }
    if (answer->err == SIP_ENOENT || (answer->err == 0 && answer->n_records == 0)) {
        return at_most(answer->negative_ttl_s, MOST_NEGATIVE_TTL_S);
    }
    for (size_t i = 0; i < answer->n_records; i++) {
        ttl_s = at_most(answer->records[i].ttl_s, ttl_s);
    }
    return answer->err == 0 ? ttl_s : 0;
}

static void on_answer(sip_dns_query *query, const sip_dns_answer *answer)
{
    entry *it = query->arg;
    sip__record_cache *cache = it->cache;
    uint32_t ttl_s = ttl_of(answer);
    sip_list waiting;

    sip_log_debug(cache->config.log, SIP_LOG_DNS, "%s type %d: %s, %u records, kept %u s", it->name,
                  (int)it->type, answer->text != NULL ? answer->text : "",
                  (unsigned)answer->n_records, (unsigned)ttl_s);

    /* The entry may go while its askers are told: they may ask for more. */
    sip_list_init(&waiting);
    while (!sip_list_is_empty(&it->waiters)) {
        sip_list *link = it->waiters.next;

        sip_list_remove(link);
        sip_list_append(&waiting, link);
    }
    it->asked = false;
    sip_list_remove(&it->link);
    sip_list_append(&cache->kept, &it->link);
    if (ttl_s == 0 || !keep_records(it, answer)) {
        forget(it);
    } else {
        it->expires_ms = sip_clock_now_ms(cache->config.clock) + (sip_time_ms)ttl_s * 1000;
    }
    while (!sip_list_is_empty(&waiting)) {
        waiter *first = SIP_CONTAINER_OF(waiting.next, waiter, link);
        sip_dns_query *asked = first->query;

        sip_list_remove(&first->link);
        sip__pool_give(&cache->waiters, first);
        asked->impl = NULL;
        asked->fn(asked, answer);
    }
}

/* ---- asking */

static entry *find(sip__record_cache *cache, sip_str name, sip_dns_type type)
{
    sip_map_node *node = sip_map_first(&cache->map, sip_map_hash(&cache->map, name));

    for (; node != NULL; node = sip_map_next(node)) {
        entry *it = SIP_CONTAINER_OF(node, entry, node);

        if (it->type == type && sip_str_same((sip_str){it->name, it->name_len}, name)) {
            return it;
        }
    }
    return NULL;
}

/* What a kept entry says now, with the time that its records have left; false: it is too old. */
static bool read_kept(entry *it)
{
    sip_time_ms now_ms = sip_clock_now_ms(it->cache->config.clock);
    uint32_t left_s;

    if (now_ms >= it->expires_ms) {
        return false;
    }
    left_s = (uint32_t)((it->expires_ms - now_ms + 999) / 1000);
    for (size_t i = 0; i < it->answer.n_records; i++) {
        it->records[i].ttl_s = left_s;
    }
    it->answer.negative_ttl_s = left_s;
    sip_list_remove(&it->link);
    sip_list_append(&it->cache->kept, &it->link);
    it->cache->hits++;
    return true;
}

static int begin(sip__record_cache *cache, sip_str name, sip_dns_type type, entry **ret_entry)
{
    sip_resolver *resolver = cache->config.resolver;
    entry *it;
    int err;

    if (resolver == NULL) {
        return SIP_ENOENT;
    }
    if (cache->count >= cache->config.most) {
        if (sip_list_is_empty(&cache->kept)) {
            return SIP_EBUSY;
        }
        forget(SIP_CONTAINER_OF(cache->kept.next, entry, link));
    }
    it = sip_alloc0(cache->config.allocator, sizeof(*it));
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->cache = cache;
    it->type = type;
    it->asked = true;
    it->query = (sip_dns_query){.fn = on_answer, .arg = it};
    memcpy(it->name, name.ptr, name.len);
    it->name_len = name.len;
    sip_list_init(&it->link);
    sip_list_init(&it->waiters);
    err = resolver->vtable->ask(resolver, it->name, type, &it->query);
    if (err != 0) {
        sip_free(cache->config.allocator, it);
        return err;
    }
    sip_map_insert(&cache->map, sip_map_hash(&cache->map, name), &it->node);
    sip_list_append(&cache->asked, &it->link);
    cache->count++;
    cache->questions++;
    *ret_entry = it;
    return 0;
}

static const sip_dns_answer *answer_static(sip__record_cache *cache, const sip__static_host *host,
                                           sip_dns_type type)
{
    static const sip_dns_answer nothing = {.err = SIP_ENOENT,
                                           .text = "a static host has no such record",
                                           .negative_ttl_s = UINT32_MAX};
    static const struct sip_dns_record empty = {.type = SIP_DNS_A};
    sip_dns_answer *answer = &cache->host_answer;
    uint8_t family = type == SIP_DNS_A ? SIP_FAMILY_IP4 : SIP_FAMILY_IP6;

    *answer = (sip_dns_answer){.text = "a static host", .records = cache->host_records};
    for (size_t i = 0; i < host->n_addrs; i++) {
        if ((type == SIP_DNS_A || type == SIP_DNS_AAAA) && host->addrs[i].family == family) {
            sip_dns_record *record = &cache->host_records[answer->n_records++];

            *record = empty;
            record->type = type;
            record->ttl_s = UINT32_MAX;
            record->addr = host->addrs[i];
        }
    }
    return answer->n_records > 0 ? answer : &nothing;
}

static const sip__static_host *find_static(const sip__record_cache *cache, sip_str name)
{
    return cache->config.hosts != NULL ? sip__static_hosts_find(cache->config.hosts, name) : NULL;
}

int sip__record_cache_ask(sip__record_cache *cache, const char *name, sip_dns_type type,
                          sip_dns_query *query, const sip_dns_answer **ret_answer)
{
    char plain[SIP__NAME_BYTES];
    sip_str wanted = {plain, sip__dns_name_plain(sip_str_of(name), plain)};
    const sip__static_host *host = find_static(cache, wanted);
    waiter *waiting;
    entry *it;
    int err;

    if (host != NULL) {
        *ret_answer = answer_static(cache, host, type);
        return 0;
    }
    if (wanted.len == 0) {
        return SIP_ENOENT;
    }
    it = find(cache, wanted, type);
    if (it != NULL && !it->asked) {
        if (read_kept(it)) {
            *ret_answer = &it->answer;
            return 0;
        }
        forget(it);
        it = NULL;
    }
    waiting = sip__pool_take(&cache->waiters);
    if (waiting == NULL) {
        return SIP_ENOMEM;
    }
    err = it != NULL ? 0 : begin(cache, wanted, type, &it);
    if (err != 0) {
        sip__pool_give(&cache->waiters, waiting);
        return err;
    }
    waiting->query = query;
    query->impl = waiting;
    sip_list_init(&waiting->link);
    sip_list_append(&it->waiters, &waiting->link);
    return SIP_EAGAIN;
}

void sip__record_cache_cancel(sip__record_cache *cache, sip_dns_query *query)
{
    waiter *waiting = query->impl;

    query->impl = NULL;
    if (waiting != NULL) {
        sip_list_remove(&waiting->link);
        sip__pool_give(&cache->waiters, waiting);
    }
}

bool sip__record_cache_is_static(const sip__record_cache *cache, const char *name)
{
    return find_static(cache, sip_str_of(name)) != NULL;
}
