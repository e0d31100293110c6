#include "dns/scripted_resolver.h"

#include <string.h>

#define MAX_RECORDS 16
#define TTL_S 60
#define MAX_NAME_BYTES 256
#define MAX_ALIASES 8

typedef struct zone_name {
    sip_list link;
    char *name;
    sip_dns_record records[MAX_RECORDS]; /* their strings are one block, the target's */
    size_t n_records;
    int err;
    uint32_t delay_ms;
} zone_name;

typedef struct question {
    sip_list link;
    sip_dns_query *query;
    sip_time_ms due_ms;
    bool fails;
    sip_dns_type type;
    char name[MAX_NAME_BYTES];
} question;

typedef struct scripted_resolver {
    sip_resolver base; /* first: its users know this part only */
    sip__zone *zone;
    const sip_clock *clock;
    sip_list questions; /* by (due_ms, order of asking) */
} scripted_resolver;

void sip__zone_init(sip__zone *zone, const sip_allocator *allocator)
{
    memset(zone, 0, sizeof *zone);
    zone->allocator = allocator;
    zone->negative_ttl_s = TTL_S;
    sip_list_init(&zone->names);
}

static void free_records(const sip__zone *zone, zone_name *it)
{
    while (it->n_records > 0) {
        sip_free(zone->allocator, (void *)(uintptr_t)it->records[--it->n_records].target);
    }
}

void sip__zone_finish(sip__zone *zone)
{
    while (!sip_list_is_empty(&zone->names)) {
        zone_name *it = SIP_CONTAINER_OF(zone->names.next, zone_name, link);

        sip_list_remove(&it->link);
        free_records(zone, it);
        sip_free(zone->allocator, it->name);
        sip_free(zone->allocator, it);
    }
}

/* Names are compared without case, and the dot at the end of an absolute one says nothing here. */
static zone_name *find_name(const sip__zone *zone, const char *name)
{
    sip_str wanted = sip_str_of(name);

    if (wanted.len > 1 && wanted.ptr[wanted.len - 1] == '.') {
        wanted.len--;
    }
    for (sip_list *link = zone->names.next; link != &zone->names; link = link->next) {
        zone_name *it = SIP_CONTAINER_OF(link, zone_name, link);

        if (sip_str_equal_nocase(wanted, it->name)) {
            return it;
        }
    }
    return NULL;
}

static zone_name *find_or_add(sip__zone *zone, const char *name)
{
    zone_name *it = find_name(zone, name);

    if (it != NULL) {
        return it;
    }
    it = sip_alloc0(zone->allocator, sizeof *it);
    if (it == NULL) {
        return NULL;
    }
    it->name = sip_strdup(zone->allocator, sip_str_of(name));
    if (it->name == NULL) {
        sip_free(zone->allocator, it);
        return NULL;
    }
    sip_list_init(&it->link);
    sip_list_append(&zone->names, &it->link);
    return it;
}

int sip__zone_add(sip__zone *zone, const char *name, const sip_addr *addr)
{
    sip_dns_record record = {.type = addr->family == SIP_FAMILY_IP6 ? SIP_DNS_AAAA : SIP_DNS_A,
                             .ttl_s = TTL_S,
                             .addr = *addr};
    const zone_name *it = find_name(zone, name);

    if (addr->family == SIP_FAMILY_NONE) {
        return SIP_EINVAL;
    }
    for (size_t i = 0; it != NULL && i < it->n_records; i++) {
        if (sip_addr_same_host(&it->records[i].addr, addr)) {
            return 0;
        }
    }
    record.addr.port = 0;
    return sip__zone_add_record(zone, name, &record);
}

static const char *put(char **at, const char *text)
{
    size_t bytes = (text != NULL ? strlen(text) : 0) + 1;
    char *copy = *at;

    if (bytes > 1) {
        memcpy(copy, text, bytes);
    }
    *at += bytes;
    return copy;
}

static size_t text_bytes(const char *text)
{
    return (text != NULL ? strlen(text) : 0) + 1;
}

int sip__zone_add_record(sip__zone *zone, const char *name, const sip_dns_record *record)
{
    zone_name *it = find_or_add(zone, name);
    sip_dns_record *copy;
    char *at;

    if (it == NULL) {
        return SIP_ENOMEM;
    }
    if (it->n_records == MAX_RECORDS) {
        return SIP_ETOOBIG;
    }
    at = sip_alloc0(zone->allocator, text_bytes(record->target) + text_bytes(record->flags) +
                                         text_bytes(record->service) + text_bytes(record->regexp));
    if (at == NULL) {
        return SIP_ENOMEM;
    }
    copy = &it->records[it->n_records++];
    *copy = *record;
    copy->target = put(&at, record->target);
    copy->flags = put(&at, record->flags);
    copy->service = put(&at, record->service);
    copy->regexp = put(&at, record->regexp);
    return 0;
}

void sip__zone_clear(sip__zone *zone, const char *name)
{
    zone_name *it = find_name(zone, name);

    if (it != NULL) {
        free_records(zone, it);
    }
}

int sip__zone_fail(sip__zone *zone, const char *name, int err, uint32_t delay_ms)
{
    zone_name *it = find_or_add(zone, name);

    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->err = err;
    it->delay_ms = delay_ms;
    return 0;
}

static uint32_t draw_late_ms(sip__zone *zone)
{
    uint32_t late_ms =
        zone->jitter_ms == 0
            ? 0
            : (uint32_t)(sip_random_u64(zone->random) % ((uint64_t)zone->jitter_ms + 1));

    zone->slow += late_ms > 0;
    return late_ms;
}

static bool draw_failure(sip__zone *zone)
{
    bool fails = zone->fail_percent > 0 && sip_random_below(zone->random, 100) < zone->fail_percent;

    zone->failed += fails;
    return fails;
}

static int scripted_ask(sip_resolver *resolver, const char *name, sip_dns_type type,
                        sip_dns_query *query)
{
    scripted_resolver *self = (scripted_resolver *)resolver;
    const zone_name *known = find_name(self->zone, name);
    sip_list *after = self->questions.prev;
    size_t len = strlen(name);
    question *it = sip_alloc0(self->zone->allocator, sizeof *it);

    if (it == NULL) {
        return SIP_ENOMEM;
    }
    if (self->zone->on_ask != NULL) {
        self->zone->on_ask(name, type, self->zone->user_data);
    }
    if (len >= sizeof it->name) {
        len = 0; /* no such name can be in the zone */
    }
    memcpy(it->name, name, len);
    it->type = type;
    it->query = query;
    it->due_ms = sip_clock_now_ms(self->clock) + self->zone->delay_ms + draw_late_ms(self->zone) +
                 (known != NULL ? known->delay_ms : 0);
    it->fails = draw_failure(self->zone);
    query->impl = it;
    sip_list_init(&it->link);
    while (after != &self->questions &&
           SIP_CONTAINER_OF(after, question, link)->due_ms > it->due_ms) {
        after = after->prev;
    }
    sip_list_append(after->next, &it->link);
    return 0;
}

static void scripted_cancel(sip_resolver *resolver, sip_dns_query *query)
{
    scripted_resolver *self = (scripted_resolver *)resolver;
    question *it = query->impl;

    query->impl = NULL;
    if (it != NULL) {
        sip_list_remove(&it->link);
        sip_free(self->zone->allocator, it);
    }
}

static void scripted_destroy(sip_resolver *resolver)
{
    scripted_resolver *self = (scripted_resolver *)resolver;

    while (!sip_list_is_empty(&self->questions)) {
        scripted_cancel(resolver, SIP_CONTAINER_OF(self->questions.next, question, link)->query);
    }
    sip_free(self->zone->allocator, self);
}

static const sip_resolver_vtable scripted_vtable = {
    .ask = scripted_ask, .cancel = scripted_cancel, .destroy = scripted_destroy};

int sip__scripted_resolver_create(sip__zone *zone, const sip_clock *clock,
                                  sip_resolver **ret_resolver)
{
    scripted_resolver *self = sip_alloc0(zone->allocator, sizeof *self);

    if (self == NULL) {
        return SIP_ENOMEM;
    }
    self->base.vtable = &scripted_vtable;
    self->zone = zone;
    self->clock = clock;
    sip_list_init(&self->questions);
    *ret_resolver = &self->base;
    return 0;
}

sip_time_ms sip__scripted_resolver_next_due_ms(const sip_resolver *resolver)
{
    const scripted_resolver *self = (const scripted_resolver *)resolver;

    return sip_list_is_empty(&self->questions)
               ? UINT64_MAX
               : SIP_CONTAINER_OF(self->questions.next, question, link)->due_ms;
}

static const sip_dns_record *record_of(const zone_name *it, sip_dns_type type)
{
    for (size_t i = 0; i < it->n_records; i++) {
        if (it->records[i].type == type) {
            return &it->records[i];
        }
    }
    return NULL;
}

/* The name that the aliases of another lead to; *ttl_s is lowered to that of the least of them. */
static const zone_name *follow(const sip__zone *zone, const char *name, uint32_t *ttl_s)
{
    const zone_name *it = find_name(zone, name);

    for (size_t i = 0; it != NULL && it->err == 0 && i < MAX_ALIASES; i++) {
        const sip_dns_record *alias = record_of(it, SIP_DNS_CNAME);

        if (alias == NULL) {
            break;
        }
        *ttl_s = alias->ttl_s < *ttl_s ? alias->ttl_s : *ttl_s;
        it = find_name(zone, alias->target);
    }
    return it;
}

/* The records of that type; without one of them the name counts as unknown. */
static void answer(const sip__zone *zone, const question *it, sip_dns_query *query)
{
    uint32_t ttl_s = UINT32_MAX;
    const zone_name *found = follow(zone, it->name, &ttl_s);
    sip_dns_record records[MAX_RECORDS];
    sip_dns_answer news = {
        .text = "no such name", .records = records, .negative_ttl_s = zone->negative_ttl_s};

    for (size_t i = 0; found != NULL && found->err == 0 && i < found->n_records; i++) {
        if (found->records[i].type == it->type) {
            sip_dns_record *record = &records[news.n_records++];

            *record = found->records[i];
            record->ttl_s = record->ttl_s < ttl_s ? record->ttl_s : ttl_s;
        }
    }
    if (it->fails) {
        news.err = SIP_EIO;
        news.text = "the name server failed";
        news.n_records = 0;
    } else if (found != NULL && found->err != 0) {
        news.err = found->err;
        news.text = found->err == SIP_ENOENT ? news.text : "the name server failed";
    } else if (news.n_records == 0) {
        news.err = SIP_ENOENT;
    } else {
        news.text = "answered";
    }
    query->fn(query, &news);
}

bool sip__scripted_resolver_advance(sip_resolver *resolver)
{
    scripted_resolver *self = (scripted_resolver *)resolver;
    sip_time_ms now_ms = sip_clock_now_ms(self->clock);
    bool any = false;

    while (sip__scripted_resolver_next_due_ms(resolver) <= now_ms) {
        question it = *SIP_CONTAINER_OF(self->questions.next, question, link);

        scripted_cancel(resolver, it.query); /* first: the answer may ask again or free the query */
        answer(self->zone, &it, it.query);
        any = true;
    }
    return any;
}
