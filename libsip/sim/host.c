#include "sim/host.h"

#include <string.h>

#include "stack/stack.h"

#define SIP_PORT 5060
#define MAX_HOSTS 65000

static uint64_t dice_next(sip__dice *it)
{
    uint64_t z = it->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void dice_fill(void *bytes, size_t len, void *user_data)
{
    unsigned char *out = bytes;

    while (len > 0) {
        uint64_t value = dice_next(user_data);
        size_t n = len < sizeof value ? len : sizeof value;

        memcpy(out, &value, n);
        out += n;
        len -= n;
    }
}

void sip__dice_init(sip__dice *it, uint64_t seed, uint64_t stream)
{
    it->state = seed;
    it->state = dice_next(it) ^ (stream * UINT64_C(0xd1342543de82ef95));
    it->random = (sip_random){.fill = dice_fill, .user_data = it};
}

sip__host *sip__host_named(const sip_sim *sim, const char *name)
{
    for (sip_list *link = sim->hosts.next; name != NULL && link != &sim->hosts; link = link->next) {
        sip__host *it = SIP_CONTAINER_OF(link, sip__host, link);

        if (strcmp(it->name, name) == 0) {
            return it;
        }
    }
    return NULL;
}

static const sip__host *at_in(const sip_list *list, const sip_addr *addr)
{
    for (const sip_list *link = list->next; link != list; link = link->next) {
        const sip__host *it = SIP_CONTAINER_OF(link, const sip__host, link);

        if (sip_addr_same_host(&it->addr, addr)) {
            return it;
        }
    }
    return NULL;
}

const sip__host *sip__host_at(const sip_sim *sim, const sip_addr *addr)
{
    const sip__host *it = at_in(&sim->hosts, addr);

    return it != NULL ? it : at_in(&sim->graves, addr);
}

static sip__host *in_grave(const sip_sim *sim, const char *name)
{
    for (sip_list *link = sim->graves.next; link != &sim->graves; link = link->next) {
        sip__host *it = SIP_CONTAINER_OF(link, sip__host, link);

        if (strcmp(it->name, name) == 0) {
            return it;
        }
    }
    return NULL;
}

sip__host *sip__host_known(const sip_sim *sim, const char *name)
{
    sip__host *it = sip__host_named(sim, name);

    return it != NULL || name == NULL ? it : in_grave(sim, name);
}

static void host_die(sip__host *it)
{
    sip_stack_destroy(it->stack);
    it->stack = NULL;
    sip_list_remove(&it->link);
    sip_free(it->sim->allocator, it->domains);
    it->domains = NULL;
}

int sip__host_bury(sip__host *it)
{
    int err = sip__loopback_set_barrier(&it->sim->net, SIP__BARRIER_DEAD, &it->addr, NULL, true);

    if (err == 0) {
        host_die(it);
        sip_list_append(&it->sim->graves, &it->link);
    }
    return err;
}

void sip__host_destroy(sip__host *it)
{
    const sip_allocator *allocator = it->sim->allocator;

    host_die(it);
    sip_free(allocator, it->name);
    sip_free(allocator, it);
}

/* The host's own name is one of its domains, so sip:bob@bob is at home there. */
static int host_set_domains(sip__host *it, const char *const *domains)
{
    size_t n = 0;

    while (domains != NULL && domains[n] != NULL) {
        n++;
    }
    it->domains = sip_alloc0(it->sim->allocator, (n + 2) * sizeof *it->domains);
    if (it->domains == NULL) {
        return SIP_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        it->domains[i] = domains[i];
    }
    it->domains[n] = it->name;
    return 0;
}

static sip__host *host_create(sip_sim *sim, const char *name)
{
    sip__host *it = sip_alloc0(sim->allocator, sizeof *it);

    if (it == NULL) {
        return NULL;
    }
    it->sim = sim;
    sip_list_init(&it->link);
    it->index = ++sim->last_index;
    it->addr = (sip_addr){.family = SIP_FAMILY_IP4, .port = SIP_PORT};
    it->addr.ip[0] = 10;
    it->addr.ip[2] = (uint8_t)(it->index >> 8);
    it->addr.ip[3] = (uint8_t)it->index;
    it->name = sip_strdup(sim->allocator, sip_str_of(name));
    if (it->name == NULL) {
        sip__host_destroy(it);
        return NULL;
    }
    return it;
}

static int host_add_transport(sip__host *it, sip_protocol protocol)
{
    sip_transport *transport;
    int err = sip__loopback_create(&it->sim->net, protocol, &it->addr, &transport);

    return err != 0 ? err : sip_stack_add_transport(it->stack, transport);
}

static int host_add_transports(sip__host *it)
{
    int err = host_add_transport(it, SIP_PROTOCOL_UDP);

    return err != 0 ? err : host_add_transport(it, SIP_PROTOCOL_TCP);
}

/* What begins anew with each life: a host that comes back has no memory of identifiers given out.
 */
static int host_begin(sip__host *it, const sip_stack_config *given)
{
    sip_sim *sim = it->sim;
    sip_stack_config config = *given;
    int err = host_set_domains(it, config.domains);

    if (err != 0) {
        return err;
    }
    sip__dice_init(&it->dice, sim->seed, it->index | (uint64_t)it->lives++ << 32);
    config.domains = (const char *const *)it->domains;
    config.clock = &sim->clock;
    config.random = &it->dice.random;
    config.allocator = config.allocator != NULL ? config.allocator : sim->allocator;
    err = sip__scripted_resolver_create(&sim->zone, &sim->clock, &config.resolver);
    if (err == 0) {
        it->resolver = config.resolver;
        err = sip_stack_create(&config, &it->stack);
    }
    return err != 0 ? err : host_add_transports(it);
}

static void remove_at(sip__transports *transports, const sip_addr *addr)
{
    sip_transport *at = transports->first;

    while (at != NULL) {
        sip_transport *next = at->next;

        if (sip_addr_equal(&at->local, addr)) {
            sip__transports_remove(transports, at);
        }
        at = next;
    }
}

/* Of every worker, the first last: the others send by its. */
static void host_remove_transports(const sip__host *it, const sip_addr *addr)
{
    for (unsigned i = sip_stack_workers(it->stack); i-- > 0;) {
        remove_at(&it->stack->workers[i].transports, addr);
    }
}

int sip__host_move(sip__host *it)
{
    sip_addr old = it->addr;
    int err;

    if (it->addr.ip[1] == UINT8_MAX) {
        return SIP_ETOOBIG;
    }
    it->addr.ip[1]++;
    err = host_add_transports(it);
    if (err == 0) {
        sip__zone_clear(&it->sim->zone, it->name);
        err = sip__zone_add(&it->sim->zone, it->name, &it->addr);
    }
    if (err != 0) {
        host_remove_transports(it, &it->addr);
        it->addr = old;
        return err;
    }
    host_remove_transports(it, &old);
    for (unsigned i = 0; i < sip_stack_workers(it->stack); i++) {
        sip__address_change_happened(&it->stack->workers[i]);
    }
    sip_stack_process(it->stack);
    return 0;
}

int sip__host_create(sip_sim *sim, const char *name, const sip_stack_config *config,
                     sip__host **ret_host)
{
    sip__host *it;
    bool is_new;
    int err;

    if (name[0] == '\0' || sip__host_named(sim, name) != NULL || sim->last_index == MAX_HOSTS) {
        return SIP_EINVAL;
    }
    it = in_grave(sim, name);
    is_new = it == NULL;
    if (is_new) {
        it = host_create(sim, name);
    }
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    err = is_new ? sip__zone_add(&sim->zone, name, &it->addr) : 0;
    if (err == 0) {
        err = host_begin(it, config);
    }
    if (err != 0) {
        is_new ? sip__host_destroy(it) : (void)sip__host_bury(it);
        return err;
    }
    (void)sip__loopback_set_barrier(&sim->net, SIP__BARRIER_DEAD, &it->addr, NULL, false);
    sip_list_remove(&it->link);
    sip_list_append(&sim->hosts, &it->link);
    *ret_host = it;
    return 0;
}
