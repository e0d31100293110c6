#include "dns/locate.h"

#include "dns/race.h"
#include "dns/walk.h"
#include <stdio.h>
#include <string.h>

void sip__locator_init(sip__locator *locator, sip__record_cache *cache, sip__wheel *wheel,
                       const sip_random *random)
{
    locator->cache = cache;
    locator->wheel = wheel;
    locator->random = random;
    sip__pool_init(&locator->walks, cache->config.allocator, sizeof(sip__walk), 0);
}

void sip__locator_finish(sip__locator *locator)
{
    sip__pool_finish(&locator->walks);
}

static void add_target(sip__locate *locate, const sip__walk_host *it, const sip_addr *addr,
                       size_t group)
{
    sip_hop hop = {
        .protocol = it->protocol, .addr = *addr, .ttl_s = it->ttl_s, .group = (uint32_t)group};

    for (size_t i = 0; i < locate->n_targets; i++) {
        if (locate->targets[i].protocol == hop.protocol &&
            sip_addr_equal(&locate->targets[i].addr, addr)) {
            return;
        }
    }
    if (locate->n_targets < SIP__LOCATE_MAX) {
        locate->targets[locate->n_targets++] = hop;
    }
}

static void add_targets(sip__locate *locate, const sip__walk_host *it, size_t group)
{
    sip_addr order[2 * SIP__WALK_ADDRS];
    size_t n =
        sip__race_interleave(it->addrs[0], it->n_addrs[0], it->addrs[1], it->n_addrs[1], order);

    for (size_t i = 0; i < n; i++) {
        add_target(locate, it, &order[i], group);
    }
}

/* A URI says "ws" for WebSocket over TLS too (RFC 7118 5). Where it gives a port, either may listen
 * there: nothing is said in clear that TLS would have carried. */
static void add_secure_twins(const sip__walk *walk, sip__walk_host *it, size_t group)
{
    if (walk->rule.either && walk->rule.port != 0) {
        it->protocol = SIP_PROTOCOL_WSS;
        add_targets(walk->locate, it, group);
        it->protocol = SIP_PROTOCOL_WS;
    }
}

static void complete(sip__walk *walk)
{
    sip__locate *locate = walk->locate;
    int err;

    for (size_t i = 0; i < walk->n_hosts; i++) {
        add_secure_twins(walk, &walk->hosts[i], i);
    }
    for (size_t i = 0; i < walk->n_hosts; i++) {
        add_targets(locate, &walk->hosts[i], walk->n_hosts + i);
    }
    err = walk->err != 0 ? walk->err : SIP_ENOENT;
    if (locate->n_targets > 0) {
        locate->text[0] = '\0';
        err = 0;
    }
    walk->is_done = true;
    if (walk->starting) {
        walk->err = err;
        return;
    }
    locate->walk = NULL;
    sip__pool_give(&walk->locator->walks, walk);
    locate->fn(locate, err, locate->text);
}

static int start_walk(sip__locate *locate, sip__locator *locator, const sip__locate_rule *rule,
                      const sip__locate_can *can)
{
    sip__walk *walk;
    int err;

    locate->n_targets = 0;
    locate->walk = NULL;
    if (sip__dns_name_plain(rule->host, locate->name) == 0) {
        return SIP_EINVAL;
    }
    (void)snprintf(locate->text, sizeof(locate->text), "no address for %.100s", locate->name);
    walk = sip__pool_take(&locator->walks);
    if (walk == NULL) {
        return SIP_ENOMEM;
    }
    walk->locate = locate;
    walk->locator = locator;
    walk->can = *can;
    walk->rule = *rule;
    walk->rule.host = (sip_str){NULL, 0}; /* the caller's text may go */
    walk->starting = true;
    walk->done = complete;
    locate->walk = walk;
    sip__walk_begin(walk);
    walk->starting = false;
    if (!walk->is_done) {
        return SIP_EAGAIN;
    }
    err = walk->err;
    locate->walk = NULL;
    sip__pool_give(&locator->walks, walk);
    return err;
}

static int numeric(const sip__locate_rule *rule, const sip__locate_can *can, sip_hop *ret_hop)
{
    sip_addr addr;

    if (sip_addr_parse(rule->host, sip__locate_rule_port(rule, rule->standard), &addr) != 0) {
        return SIP_EAGAIN;
    }
    if (rule->standard == SIP_PROTOCOL_NONE || (can->families & (1u << addr.family)) == 0) {
        return SIP_EUNSUPPORTED;
    }
    *ret_hop = (sip_hop){.protocol = rule->standard, .addr = addr, .ttl_s = SIP__WALK_FOR_GOOD};
    return 0;
}

int sip__locate_numeric(const sip_uri *uri, const sip__locate_can *can, sip_hop *ret_hop)
{
    sip__locate_rule rule;
    int err = sip__locate_rule_read(uri, can, &rule);

    if (err == 0 && rule.either) {
        return SIP_EAGAIN; /* there are two */
    }
    return err != 0 ? err : numeric(&rule, can, ret_hop);
}

static int start(sip__locate *locate, sip__locator *locator, const sip__locate_rule *rule,
                 const sip__locate_can *can)
{
    int err = numeric(rule, can, &locate->targets[0]);

    if (err == SIP_EAGAIN) {
        return start_walk(locate, locator, rule, can);
    }
    locate->n_targets = err == 0;
    if (err == 0 && rule->either) {
        sip__locate_rule secure = *rule;

        secure.standard = SIP_PROTOCOL_WSS;
        locate->targets[1] = locate->targets[0];
        err = numeric(&secure, can, &locate->targets[0]);
        locate->n_targets = 2;
    }
    locate->walk = NULL;
    locate->text[0] = '\0';
    (void)sip__dns_name_plain(rule->host, locate->name);
    return err;
}

static void forget_result(sip__locate *locate)
{
    locate->n_targets = 0;
    locate->walk = NULL;
    locate->text[0] = '\0';
}

int sip__locate_start(sip__locate *locate, sip__locator *locator, const sip_uri *uri,
                      const sip__locate_can *can)
{
    sip__locate_rule rule;
    int err = sip__locate_rule_read(uri, can, &rule);

    if (err != 0) {
        forget_result(locate);
        return err;
    }
    return start(locate, locator, &rule, can);
}

int sip__locate_start_via(sip__locate *locate, sip__locator *locator, sip_protocol protocol,
                          sip_str sent_by, uint16_t port, const sip__locate_can *can)
{
    sip__locate_rule rule = {
        .host = sent_by, .port = port, .protocol = protocol, .standard = protocol};

    if (protocol == SIP_PROTOCOL_NONE || (can->protocols & (1u << protocol)) == 0) {
        forget_result(locate);
        return SIP_EUNSUPPORTED;
    }
    return start(locate, locator, &rule, can);
}

void sip__locate_cancel(sip__locate *locate)
{
    sip__walk *walk = locate->walk;

    if (walk != NULL) {
        locate->walk = NULL;
        sip__walk_cancel(walk);
        sip__pool_give(&walk->locator->walks, walk);
    }
}
