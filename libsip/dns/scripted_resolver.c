#include "dns/scripted_resolver.h"

#include <string.h>

#define MAX_ADDRS 4
#define TTL_S 60
#define MAX_NAME_BYTES 256

typedef struct zone_name {
    sip_list link;
    char *name;
    sip_addr addrs[MAX_ADDRS];
    size_t n_addrs;
    int err;
} zone_name;

typedef struct question {
    sip_list link;
    sip_dns_query *query;
    sip_time_ms due_ms;
    sip_dns_type type;
    char name[MAX_NAME_BYTES];
} question;

typedef struct scripted_resolver {
    sip_resolver base; /* first: its users know this part only */
    const sip__zone *zone;
    const sip_clock *clock;
    sip_list questions; /* by (due_ms, order of asking) */
} scripted_resolver;

void sip__zone_init(sip__zone *zone, const sip_allocator *allocator)
{
    zone->allocator = allocator;
    zone->delay_ms = 0;
    sip_list_init(&zone->names);
}

void sip__zone_finish(sip__zone *zone)
{
    while (!sip_list_is_empty(&zone->names)) {
        zone_name *it = SIP_CONTAINER_OF(zone->names.next, zone_name, link);

        sip_list_remove(&it->link);
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
    zone_name *it;

    if (addr->family == SIP_FAMILY_NONE) {
        return SIP_EINVAL;
    }
    it = find_or_add(zone, name);
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    for (size_t i = 0; i < it->n_addrs; i++) {
        if (sip_addr_same_host(&it->addrs[i], addr)) {
            return 0;
        }
    }
    if (it->n_addrs == MAX_ADDRS) {
        return SIP_ETOOBIG;
    }
    it->addrs[it->n_addrs] = *addr;
    it->addrs[it->n_addrs++].port = 0;
    return 0;
}

int sip__zone_fail(sip__zone *zone, const char *name, int err)
{
    zone_name *it = find_or_add(zone, name);

    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->err = err;
    return 0;
}

static int scripted_ask(sip_resolver *resolver, const char *name, sip_dns_type type,
                        sip_dns_query *query)
{
    scripted_resolver *self = (scripted_resolver *)resolver;
    sip_list *after = self->questions.prev;
    size_t len = strlen(name);
    question *it = sip_alloc0(self->zone->allocator, sizeof *it);

    if (it == NULL) {
        return SIP_ENOMEM;
    }
    if (len >= sizeof it->name) {
        len = 0; /* no such name can be in the zone */
    }
    memcpy(it->name, name, len);
    it->type = type;
    it->query = query;
    it->due_ms = sip_clock_now_ms(self->clock) + self->zone->delay_ms;
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

int sip__scripted_resolver_create(const sip__zone *zone, const sip_clock *clock,
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

/* The records of that type; without one of them the name counts as unknown. */
static void answer(const sip__zone *zone, const question *it, sip_dns_query *query)
{
    const zone_name *found = find_name(zone, it->name);
    uint8_t family = it->type == SIP_DNS_A      ? (uint8_t)SIP_FAMILY_IP4
                     : it->type == SIP_DNS_AAAA ? (uint8_t)SIP_FAMILY_IP6
                                                : (uint8_t)SIP_FAMILY_NONE;
    sip_dns_record records[MAX_ADDRS];
    sip_dns_answer news = {.text = "no such name", .records = records, .negative_ttl_s = TTL_S};

    for (size_t i = 0; found != NULL && found->err == 0 && i < found->n_addrs; i++) {
        if (found->addrs[i].family == family) {
            records[news.n_records++] =
                (sip_dns_record){.type = it->type, .ttl_s = TTL_S, .addr = found->addrs[i]};
        }
    }
    if (found != NULL && found->err != 0) {
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
