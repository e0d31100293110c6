#include <sip/sim.h>

#include <string.h>

#include "base/sized.h"
#include "sim/host.h"

#define FIRST_TIME_MS 1000        /* any but 0, which a timer could mistake for "not set" */
#define FIRST_UNIX_S 1700000000LL /* 2023-11-14 */

/* Messages that are to be lost on purpose. */
typedef struct loss {
    sip_list link;
    const sip__host *from; /* NULL: anyone */
    char *starts;
    unsigned count;
} loss;

static sip_time_ms clock_now_ms(void *user_data)
{
    return ((const sip_sim *)user_data)->now_ms;
}

static int64_t clock_unix_s(void *user_data)
{
    return FIRST_UNIX_S + (int64_t)(((const sip_sim *)user_data)->now_ms / 1000);
}

static bool is_to_be_lost(sip_sim *sim, const sip__host *from, const char *summary)
{
    for (sip_list *link = sim->losses.next; link != &sim->losses; link = link->next) {
        loss *it = SIP_CONTAINER_OF(link, loss, link);

        if (it->count > 0 && (it->from == NULL || it->from == from) &&
            strncmp(summary, it->starts, strlen(it->starts)) == 0) {
            it->count--;
            return true;
        }
    }
    return false;
}

/* The host made first stands left; an address without a host stands right of every host. */
static bool on_send(const sip_path *path, sip_str bytes, void *user_data)
{
    sip_sim *sim = user_data;
    const sip__host *from = sip__host_at(sim, &path->local), *to = sip__host_at(sim, &path->remote);
    char from_text[SIP_ADDR_TEXT_BYTES], to_text[SIP_ADDR_TEXT_BYTES];
    const char *from_name = from != NULL ? from->name : sip_addr_host(&path->local, from_text);
    const char *to_name = to != NULL ? to->name : sip_addr_host(&path->remote, to_text);
    char summary[SIP__SUMMARY_BYTES];

    if (!sip__rungs_summary(sim->allocator, bytes, summary)) {
        return false;
    }
    if (from != NULL && (to == NULL || from->index <= to->index)) {
        sip__rungs_add(&sim->rungs, from_name, "->", to_name, summary, bytes);
    } else {
        sip__rungs_add(&sim->rungs, to_name, "<-", from_name, summary, bytes);
    }
    return is_to_be_lost(sim, from, summary);
}

static sip__loopback_faults faults_of(const sip_sim_config *config)
{
    return (sip__loopback_faults){.delay_ms = config->delay_ms,
                                  .jitter_ms = config->jitter_ms,
                                  .loss_percent = config->loss_percent,
                                  .dup_percent = config->dup_percent};
}

int sip_sim_create_sized(const sip_sim_config *given, size_t config_bytes, sip_sim **ret_sim)
{
    sip_sim_config config;
    sip__loopback_config net;
    sip_sim *sim;
    int err = sip__sized_copy(&config, sizeof config, given, config_bytes);

    if (err != 0 || ret_sim == NULL || config.loss_percent > 100 || config.dup_percent > 100) {
        return SIP_EINVAL;
    }
    if (config.allocator == NULL) {
        config.allocator = sip_allocator_default();
    }
    sim = sip_alloc0(config.allocator, sizeof *sim);
    if (sim == NULL) {
        return SIP_ENOMEM;
    }
    sim->allocator = config.allocator;
    sim->seed = config.seed;
    sim->now_ms = FIRST_TIME_MS;
    sim->clock = (sip_clock){.now_ms = clock_now_ms, .unix_s = clock_unix_s, .user_data = sim};
    sip__dice_init(&sim->dice, config.seed, 0);
    sip_list_init(&sim->hosts);
    sip_list_init(&sim->losses);
    sip__zone_init(&sim->zone, sim->allocator);
    net = (sip__loopback_config){.allocator = sim->allocator,
                                 .clock = &sim->clock,
                                 .random = &sim->dice.random,
                                 .faults = faults_of(&config),
                                 .on_send = on_send,
                                 .user_data = sim};
    sip__loopback_net_init(&sim->net, &net);
    if (sip__rungs_init(&sim->rungs, sim->allocator, &sim->dice.random) != 0) {
        sip_free(config.allocator, sim);
        return SIP_ENOMEM;
    }
    *ret_sim = sim;
    return 0;
}

void sip_sim_destroy(sip_sim *sim)
{
    if (sim == NULL) {
        return;
    }
    while (!sip_list_is_empty(&sim->hosts)) {
        sip__host_destroy(SIP_CONTAINER_OF(sim->hosts.next, sip__host, link));
    }
    while (!sip_list_is_empty(&sim->losses)) {
        loss *it = SIP_CONTAINER_OF(sim->losses.next, loss, link);

        sip_list_remove(&it->link);
        sip_free(sim->allocator, it->starts);
        sip_free(sim->allocator, it);
    }
    sip__loopback_net_finish(&sim->net);
    sip__zone_finish(&sim->zone);
    sip__rungs_finish(&sim->rungs);
    sip_free(sim->allocator, sim);
}

int sip_sim_add_host_sized(sip_sim *sim, const char *name, const sip_stack_config *given,
                           size_t config_bytes, sip_stack **ret_stack)
{
    sip_stack_config config;
    sip__host *it;
    int err = sip__sized_copy(&config, sizeof config, given, config_bytes);

    if (err != 0 || sim == NULL || name == NULL) {
        return SIP_EINVAL;
    }
    err = sip__host_create(sim, name, &config, &it);
    if (err == 0 && ret_stack != NULL) {
        *ret_stack = it->stack;
    }
    return err;
}

int sip_sim_host_addr(const sip_sim *sim, const char *name, sip_addr *ret_addr)
{
    const sip__host *it = sim != NULL ? sip__host_named(sim, name) : NULL;

    if (it == NULL) {
        return SIP_ENOENT;
    }
    *ret_addr = it->addr;
    return 0;
}

int sip_sim_move_host(sip_sim *sim, const char *name)
{
    sip__host *it = sim != NULL ? sip__host_named(sim, name) : NULL;

    return it == NULL ? SIP_ENOENT : sip__host_move(it);
}

int sip_sim_add_record(sip_sim *sim, const char *name, const sip_dns_record *record)
{
    if (sim == NULL || name == NULL || record == NULL) {
        return SIP_EINVAL;
    }
    return sip__zone_add_record(&sim->zone, name, record);
}

int sip_sim_fail_name(sip_sim *sim, const char *name, int err, uint32_t delay_ms)
{
    if (sim == NULL || name == NULL) {
        return SIP_EINVAL;
    }
    return sip__zone_fail(&sim->zone, name, err, delay_ms);
}

static sip_time_ms earlier(sip_time_ms a, sip_time_ms b)
{
    return a < b ? a : b;
}

static sip_time_ms next_due_ms(const sip_sim *sim)
{
    sip_time_ms due_ms = sip__loopback_next_due_ms(&sim->net);

    for (const sip_list *link = sim->hosts.next; link != &sim->hosts; link = link->next) {
        const sip__host *it = SIP_CONTAINER_OF(link, const sip__host, link);

        due_ms = earlier(due_ms, sip__scripted_resolver_next_due_ms(it->resolver));
        due_ms = earlier(due_ms, sip_stack_next_due_ms(it->stack));
    }
    return due_ms;
}

/* Do the next thing that is due until `end_ms`: a packet first, then answers about names, then
 * timers. @return false: there is nothing */
static bool advance(sip_sim *sim, sip_time_ms end_ms)
{
    sip_time_ms due_ms = next_due_ms(sim);
    bool delivered;
    sip_stack *stack;

    if (due_ms > end_ms) {
        return false;
    }
    sim->now_ms = due_ms > sim->now_ms ? due_ms : sim->now_ms;
    stack = sip__loopback_deliver(&sim->net, &delivered);
    if (stack != NULL) {
        sip_stack_process(stack);
    }
    if (delivered) {
        return true;
    }
    for (const sip_list *link = sim->hosts.next; link != &sim->hosts; link = link->next) {
        const sip__host *it = SIP_CONTAINER_OF(link, const sip__host, link);

        if (sip__scripted_resolver_advance(it->resolver) ||
            sip_stack_next_due_ms(it->stack) <= sim->now_ms) {
            sip_stack_process(it->stack);
        }
    }
    return true;
}

/* Ends the turn of whatever was called from outside since the last run. */
static void process_all(sip_sim *sim)
{
    for (const sip_list *link = sim->hosts.next; link != &sim->hosts; link = link->next) {
        sip_stack_process(SIP_CONTAINER_OF(link, const sip__host, link)->stack);
    }
}

static bool has_live_transactions(const sip_sim *sim)
{
    for (const sip_list *link = sim->hosts.next; link != &sim->hosts; link = link->next) {
        sip_stack_stats stats;

        sip_stack_get_stats(SIP_CONTAINER_OF(link, const sip__host, link)->stack, &stats);
        if (stats.live_transactions > 0) {
            return true;
        }
    }
    return false;
}

/* What waits beyond the end is a far refresh, unless it is a packet, or a transaction that would go
 * on within another limit. */
static bool is_quiet(const sip_sim *sim, uint32_t limit_ms)
{
    sip_time_ms due_ms = next_due_ms(sim);

    return sip__loopback_next_due_ms(&sim->net) == UINT64_MAX &&
           (due_ms == UINT64_MAX || due_ms - sim->now_ms > limit_ms || !has_live_transactions(sim));
}

int sip_sim_settle(sip_sim *sim, uint32_t limit_ms)
{
    sip_time_ms end_ms;

    if (sim == NULL) {
        return SIP_EINVAL;
    }
    end_ms = sim->now_ms + limit_ms;
    process_all(sim);
    while (advance(sim, end_ms)) {
    }
    if (is_quiet(sim, limit_ms)) {
        return 0;
    }
    sim->now_ms = end_ms;
    return SIP_EAGAIN;
}

void sip_sim_run(sip_sim *sim, uint32_t ms)
{
    sip_time_ms end_ms = sim->now_ms + ms;

    process_all(sim);
    while (advance(sim, end_ms)) {
    }
    sim->now_ms = end_ms;
    process_all(sim);
}

sip_time_ms sip_sim_now_ms(const sip_sim *sim)
{
    return sim->now_ms;
}

void sip_sim_set_network(sip_sim *sim, const sip_sim_config *config)
{
    sim->net.config.faults = faults_of(config);
}

int sip_sim_set_cut(sip_sim *sim, const char *name, bool cut)
{
    const sip__host *it = sip__host_named(sim, name);

    return it == NULL ? SIP_ENOENT : sip__loopback_set_cut(&sim->net, &it->addr, cut);
}

int sip_sim_lose(sip_sim *sim, const char *from, const char *starts, unsigned count)
{
    const sip__host *sender = sip__host_named(sim, from);
    loss *it;

    if (from != NULL && sender == NULL) {
        return SIP_ENOENT;
    }
    it = sip_alloc0(sim->allocator, sizeof *it);
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->starts = sip_strdup(sim->allocator, sip_str_of(starts));
    if (it->starts == NULL) {
        sip_free(sim->allocator, it);
        return SIP_ENOMEM;
    }
    it->from = sender;
    it->count = count;
    sip_list_init(&it->link);
    sip_list_append(&sim->losses, &it->link);
    return 0;
}

int sip_sim_inject(sip_sim *sim, const sip_addr *from, const char *to, sip_str bytes)
{
    const sip__host *receiver = sip__host_named(sim, to);

    return receiver == NULL ? SIP_ENOENT
                            : sip__loopback_inject(&sim->net, from, &receiver->addr, bytes);
}

const char *sip_sim_ladder(sip_sim *sim, unsigned flags)
{
    return sip__rungs_text(&sim->rungs, (flags & SIP_LADDER_NO_REPEATS) != 0);
}

const char *sip_sim_ladder_diff(sip_sim *sim, unsigned flags, const char *expected)
{
    return sip__rungs_diff(&sim->rungs, (flags & SIP_LADDER_NO_REPEATS) != 0, expected, sim->seed);
}

size_t sip_sim_live_objects(const sip_sim *sim)
{
    size_t live = 0;

    for (const sip_list *link = sim->hosts.next; link != &sim->hosts; link = link->next) {
        live +=
            (size_t)sip_stack_live_objects(SIP_CONTAINER_OF(link, const sip__host, link)->stack);
    }
    return live;
}
