#include "dns/walk.h"

#include "dns/srv_order.h"
#include <stdio.h>
#include <string.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- asking */

/* Something was asked, or is no longer. */
static void settle(sip__walk *walk)
{
    walk->pending--;
    if (walk->pending == 0) {
        walk->next(walk);
    }
}

/* A failure of the servers says more than "no such name", and our own more than theirs. */
static void note(sip__walk *walk, int err, const char *text)
{
    sip__locate *locate = walk->locate;

    if (err == 0 || walk->err == SIP_ENOMEM || (walk->err == SIP_EIO && err != SIP_ENOMEM)) {
        return;
    }
    walk->err = err == SIP_ENOMEM || err == SIP_ENOENT || err == SIP_EUNSUPPORTED ? err : SIP_EIO;
    (void)snprintf(locate->text, sizeof(locate->text), "no address for %.80s: %.60s", locate->name,
                   text != NULL ? text : sip_error_text(err));
}

/* Without NAPTR and SRV records the walk goes on, and so it does when they could not be had. */
static void note_failure(sip__walk *walk, const sip_dns_answer *answer)
{
    if (answer->err != SIP_ENOENT && answer->err != SIP_EUNSUPPORTED) {
        note(walk, answer->err, answer->text);
    }
}

static void ask(sip__walk *walk, const char *name, sip_dns_type type, sip_dns_query *query,
                void (*fn)(sip_dns_query *query, const sip_dns_answer *answer))
{
    const sip_dns_answer *known;
    sip_dns_answer failed = {0};
    int err;

    *query = (sip_dns_query){.fn = fn, .arg = walk};
    walk->pending++;
    err = sip__record_cache_ask(walk->locator->cache, name, type, query, &known);
    if (err == SIP_EAGAIN) {
        return;
    }
    if (err != 0) {
        failed.err = err;
        failed.text = sip_error_text(err);
        known = &failed;
    }
    fn(query, known);
}

/* Nothing can be sent to the unspecified address, and none is written as an IPv6 address that maps
 * an IPv4 one. */
static bool is_usable(const sip_addr *addr)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    return !sip_addr_is_any(addr) &&
           (addr->family != SIP_FAMILY_IP6 || memcmp(addr->ip, mapped, sizeof(mapped)) != 0);
}

/* ---- a family that is late */

/* Whom is known by an IPv4 address need not wait for name servers that do not tell of IPv6 (RFC
 * 8305 3): their answer is kept for the next look-up when it comes. */
static void on_late(void *arg)
{
    sip__walk *walk = arg;
    size_t n = 0;

    for (size_t i = 0; i < walk->n_hosts; i++) {
        sip__walk_host *it = &walk->hosts[i];

        if (it->n_addrs[1] > 0 && it->aaaa.fn != NULL) {
            sip__record_cache_cancel(walk->locator->cache, &it->aaaa);
            it->aaaa.fn = NULL;
            n++;
        }
    }
    if (n > 0) {
        walk->pending -= n - 1;
        settle(walk);
    }
}

static void expect_late(sip__walk *walk, const sip__walk_host *it)
{
    sip_time_ms now_ms = sip_clock_now_ms(walk->locator->cache->config.clock);

    if (it->n_addrs[1] > 0 && it->aaaa.fn != NULL && !sip_timer_is_armed(&walk->late)) {
        sip_timer_init(&walk->late, on_late, walk);
        sip__wheel_arm(walk->locator->wheel, &walk->late, now_ms + SIP__WALK_LATE_MS);
    }
}

static void forget_late(sip__walk *walk)
{
    sip__wheel_cancel(walk->locator->wheel, &walk->late);
}

static void end(sip__walk *walk)
{
    forget_late(walk);
    walk->done(walk);
}

/* ---- addresses */

static void on_address(sip_dns_query *query, const sip_dns_answer *answer, sip__walk_host *it)
{
    sip__walk *walk = query->arg;

    query->fn = NULL;
    note(walk, answer->err, answer->text);
    for (size_t i = 0; answer->err == 0 && i < answer->n_records; i++) {
        const sip_dns_record *record = &answer->records[i];
        size_t family = record->addr.family == SIP_FAMILY_IP6 ? 0 : 1;

        if ((record->type == SIP_DNS_A || record->type == SIP_DNS_AAAA) &&
            it->n_addrs[family] < SIP__WALK_ADDRS && is_usable(&record->addr)) {
            it->addrs[family][it->n_addrs[family]] = record->addr;
            it->addrs[family][it->n_addrs[family]++].port = it->port;
            it->ttl_s = least(it->ttl_s, record->ttl_s);
        }
    }
    expect_late(walk, it);
    settle(walk);
}

static void on_a(sip_dns_query *query, const sip_dns_answer *answer)
{
    on_address(query, answer, SIP_CONTAINER_OF(query, sip__walk_host, a));
}

static void on_aaaa(sip_dns_query *query, const sip_dns_answer *answer)
{
    on_address(query, answer, SIP_CONTAINER_OF(query, sip__walk_host, aaaa));
}

static void ask_addresses(sip__walk *walk)
{
    bool six = (walk->can.families & (1u << SIP_FAMILY_IP6)) != 0;
    bool four = (walk->can.families & (1u << SIP_FAMILY_IP4)) != 0;

    walk->next = end;
    walk->pending = 1;
    for (size_t i = 0; i < walk->n_hosts; i++) {
        sip__walk_host *it = &walk->hosts[i];

        if (six) {
            ask(walk, it->name, SIP_DNS_AAAA, &it->aaaa, on_aaaa);
        }
        if (four) {
            ask(walk, it->name, SIP_DNS_A, &it->a, on_a);
        }
    }
    settle(walk);
}

/* Hosts stand by the rank of what led to them; the last ones go when there are too many. */
static sip__walk_host *add_host(sip__walk *walk, size_t rank, sip_protocol protocol,
                                const char *name)
{
    size_t at = walk->n_hosts;
    sip__walk_host *it;

    while (at > 0 && walk->hosts[at - 1].rank > rank) {
        at--;
    }
    if (at == SIP__WALK_HOSTS || strlen(name) >= sizeof(it->name)) {
        return NULL;
    }
    if (walk->n_hosts < SIP__WALK_HOSTS) {
        walk->n_hosts++;
    }
    it = &walk->hosts[at];
    memmove(it + 1, it, (walk->n_hosts - at - 1) * sizeof(*it));
    memset(it, 0, sizeof(*it));
    it->rank = rank;
    it->protocol = protocol;
    it->port = sip__locate_rule_port(&walk->rule, protocol);
    it->ttl_s = SIP__WALK_FOR_GOOD;
    memcpy(it->name, name, strlen(name) + 1);
    return it;
}

/* ---- SRV */

/* RFC 3263 4.2: without SRV records the name itself has addresses. */
static void go_to_name(sip__walk *walk)
{
    if (walk->n_hosts == 0 && walk->refused == NULL) {
        if (walk->rule.standard == SIP_PROTOCOL_NONE) {
            note(walk, SIP_EUNSUPPORTED, "it names no transport that we have");
        } else {
            (void)add_host(walk, 0, walk->rule.standard, walk->locate->name);
        }
    }
    if (walk->refused != NULL && walk->n_hosts == 0) {
        note(walk, SIP_ENOENT, walk->refused);
    }
    ask_addresses(walk);
}

/* The name itself is asked for only "if no SRV records were found" (RFC 3263 4.2). Those with port
 * 0 are found, though nothing can be sent there: a slip of somebody's, or another way to say no. */
static void note_refusal(sip__walk *walk, const sip_dns_answer *answer,
                         const sip_dns_record *const *records, size_t n)
{
    bool has_port = false;

    for (size_t i = 0; i < n; i++) {
        has_port = has_port || records[i]->port != 0;
    }
    if (sip__srv_is_refusal(answer)) {
        walk->refused = "the domain says that it has no such service";
    } else if (n > 0 && !has_port && walk->refused == NULL) {
        walk->refused = "its SRV records have port 0";
    }
}

static void on_srv(sip_dns_query *query, const sip_dns_answer *answer)
{
    sip__walk_service *from = SIP_CONTAINER_OF(query, sip__walk_service, query);
    sip__walk *walk = query->arg;
    const sip_dns_record *records[SIP__SRV_MAX];
    size_t n = 0;

    query->fn = NULL;
    if (answer->err == 0) {
        n = sip__srv_order(answer, walk->locator->random, records);
    }
    note_failure(walk, answer);
    note_refusal(walk, answer, records, n);
    for (size_t i = 0; i < n; i++) {
        sip__walk_host *it = records[i]->port != 0
                                 ? add_host(walk, from->rank, from->protocol, records[i]->target)
                                 : NULL;

        if (it != NULL) {
            it->port = records[i]->port;
            it->ttl_s = least(from->ttl_s, records[i]->ttl_s);
        }
    }
    settle(walk);
}

static void add_service(sip__walk *walk, size_t rank, sip_protocol protocol, const char *prefix,
                        const char *name, uint32_t ttl_s)
{
    sip__walk_service *it = &walk->services[walk->n_services];

    if (walk->n_services < SIP__WALK_SERVICES && strlen(prefix) + strlen(name) < sizeof(it->name)) {
        it->rank = rank;
        it->protocol = protocol;
        it->ttl_s = ttl_s;
        (void)snprintf(it->name, sizeof(it->name), "%s%s", prefix, name);
        walk->n_services++;
    }
}

static void on_early(sip_dns_query *query, const sip_dns_answer *answer)
{
    (void)answer; /* the cache has it */
    query->fn = NULL;
    settle(query->arg);
}

/* Servers that did not answer about NAPTR records will hardly answer more: addresses are asked for
 * beside SRV records, so that a look-up waits for them twice and not three times. */
static void ask_early(sip__walk *walk)
{
    if ((walk->can.families & (1u << SIP_FAMILY_IP6)) != 0) {
        ask(walk, walk->locate->name, SIP_DNS_AAAA, &walk->early_aaaa, on_early);
    }
    if ((walk->can.families & (1u << SIP_FAMILY_IP4)) != 0) {
        ask(walk, walk->locate->name, SIP_DNS_A, &walk->early_a, on_early);
    }
}

static void ask_services(sip__walk *walk)
{
    walk->next = go_to_name;
    walk->pending = 1;
    if (walk->err == SIP_EIO) {
        ask_early(walk);
    }
    for (size_t i = 0; i < walk->n_services; i++) {
        ask(walk, walk->services[i].name, SIP_DNS_SRV, &walk->services[i].query, on_srv);
    }
    settle(walk);
}

/* ---- NAPTR */

/* RFC 3263 4.1: without NAPTR records, SRV records of each transport that we have; which of those
 * that are there comes first is ours to say. */
static void add_services(sip__walk *walk)
{
    static const sip_protocol plain[] = {SIP_PROTOCOL_UDP, SIP_PROTOCOL_TCP};
    static const sip_protocol secure[] = {SIP_PROTOCOL_TLS, SIP_PROTOCOL_WSS};
    const sip_protocol *protocols = walk->rule.secure ? secure : plain;
    const sip_protocol first = sip__locate_rule_prefers(&walk->can, walk->rule.secure)
                                   ? walk->can.preferred
                                   : SIP_PROTOCOL_NONE;

    if (first != SIP_PROTOCOL_NONE) {
        add_service(walk, 0, first, sip__locate_rule_prefix(first), walk->locate->name,
                    SIP__WALK_FOR_GOOD);
    }
    for (size_t i = 0; i < 2; i++) {
        if (protocols[i] != first && (walk->can.protocols & (1u << protocols[i])) != 0) {
            add_service(walk, i + 1, protocols[i], sip__locate_rule_prefix(protocols[i]),
                        walk->locate->name, SIP__WALK_FOR_GOOD);
        }
    }
}

static void on_naptr(sip_dns_query *query, const sip_dns_answer *answer)
{
    sip__walk *walk = query->arg;
    sip__naptr ways[SIP__NAPTR_MAX];
    size_t n = 0;

    query->fn = NULL;
    if (answer->err == 0) {
        n = sip__naptr_choose(answer, walk->can.protocols, walk->rule.secure, ways);
    }
    note_failure(walk, answer);
    for (size_t i = 0; i < n; i++) {
        if (ways[i].is_host) {
            sip__walk_host *it = add_host(walk, i, ways[i].protocol, ways[i].replacement);

            if (it != NULL) {
                it->ttl_s = ways[i].ttl_s;
            }
        } else {
            add_service(walk, i, ways[i].protocol, "", ways[i].replacement, ways[i].ttl_s);
        }
    }
    if (n == 0) {
        add_services(walk);
    }
    settle(walk);
}

/* ---- the first one */

void sip__walk_begin(sip__walk *walk)
{
    const sip__locate_rule *rule = &walk->rule;
    const char *name = walk->locate->name;
    bool is_static = sip__record_cache_is_static(walk->locator->cache, name);

    if (rule->port != 0 || is_static) {
        go_to_name(walk);
    } else if (rule->protocol != SIP_PROTOCOL_NONE) {
        add_service(walk, 0, rule->protocol, sip__locate_rule_prefix(rule->protocol), name,
                    SIP__WALK_FOR_GOOD);
        ask_services(walk);
    } else {
        walk->next = ask_services;
        ask(walk, name, SIP_DNS_NAPTR, &walk->naptr, on_naptr);
    }
}

static void cancel(sip__walk *walk, sip_dns_query *query)
{
    if (query->fn != NULL) {
        sip__record_cache_cancel(walk->locator->cache, query);
    }
}

void sip__walk_cancel(sip__walk *walk)
{
    forget_late(walk);
    cancel(walk, &walk->naptr);
    cancel(walk, &walk->early_a);
    cancel(walk, &walk->early_aaaa);
    for (size_t i = 0; i < walk->n_services; i++) {
        cancel(walk, &walk->services[i].query);
    }
    for (size_t i = 0; i < walk->n_hosts; i++) {
        cancel(walk, &walk->hosts[i].a);
        cancel(walk, &walk->hosts[i].aaaa);
    }
}
