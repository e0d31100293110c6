#include <sip/sim.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sized.h"
#include "sim/host.h"

#define FIRST_TIME_MS 1000        /* any but 0, which a timer could mistake for "not set" */
#define FIRST_UNIX_S 1700000000LL /* 2023-11-14 */
/* Streams of chance beside those of the hosts: what the network does takes nothing from what the
 * name servers do. */
#define NET_STREAM (UINT64_C(1) << 62)
#define DNS_STREAM (UINT64_C(2) << 62)

static sip_time_ms clock_now_ms(void *user_data)
{
    return ((const sip_sim *)user_data)->now_ms;
}

static int64_t clock_unix_s(void *user_data)
{
    return FIRST_UNIX_S + (int64_t)(((const sip_sim *)user_data)->now_ms / 1000);
}

/* The host made first stands left; an address without a host stands right of every host. */
static void draw(sip_sim *sim, const sip_path *path, const char *summary, sip_str bytes)
{
    const sip__host *from = sip__host_at(sim, &path->local), *to = sip__host_at(sim, &path->remote);
    char from_text[SIP_ADDR_TEXT_BYTES], to_text[SIP_ADDR_TEXT_BYTES];
    const char *from_name = from != NULL ? from->name : sip_addr_host(&path->local, from_text);
    const char *to_name = to != NULL ? to->name : sip_addr_host(&path->remote, to_text);

    if (from != NULL && (to == NULL || from->index <= to->index)) {
        sip__rungs_add(&sim->rungs, from_name, "->", to_name, summary, bytes);
    } else {
        sip__rungs_add(&sim->rungs, to_name, "<-", from_name, summary, bytes);
    }
}

static void show(const sip_sim *sim, const sip_sim_event *event)
{
    if (sim->tap != NULL) {
        sim->tap(event, sim->tap_data);
    }
}

static bool on_send(const sip_path *path, sip_str bytes, void *user_data)
{
    sip_sim *sim = user_data;
    char summary[SIP__SUMMARY_BYTES];

    show(sim, &(sip_sim_event){.kind = SIP_SIM_SENT,
                               .at_ms = sim->now_ms,
                               .protocol = path->protocol,
                               .from = path->local,
                               .to = path->remote,
                               .bytes = bytes});
    if ((sim->no_ladder && sip_list_is_empty(&sim->losses)) ||
        !sip__rungs_summary(sim->allocator, bytes, summary)) {
        return false;
    }
    if (!sim->no_ladder) {
        draw(sim, path, summary, bytes);
    }
    return sip__faults_choose(sim, sip__host_at(sim, &path->local), summary);
}

static void on_news(sip__loopback_news news, const sip_path *path, sip_str bytes, void *user_data)
{
    static const sip_sim_event_kind kinds[] = {[SIP__LOOPBACK_ARRIVED] = SIP_SIM_ARRIVED,
                                               [SIP__LOOPBACK_REFUSED] = SIP_SIM_REFUSED,
                                               [SIP__LOOPBACK_BROKEN] = SIP_SIM_BROKEN};
    sip_sim *sim = user_data;

    show(sim, &(sip_sim_event){.kind = kinds[news],
                               .at_ms = sim->now_ms,
                               .protocol = path->protocol,
                               .from = path->remote,
                               .to = path->local,
                               .bytes = bytes});
}

void sip_sim_set_tap(sip_sim *sim, void (*fn)(const sip_sim_event *event, void *user_data),
                     void *user_data)
{
    sim->tap = fn;
    sim->tap_data = user_data;
}

int sip_sim_create_sized(const sip_sim_config *given, size_t config_bytes, sip_sim **ret_sim)
{
    sip_sim_config config;
    sip__loopback_config net;
    sip_sim *sim;
    int err = sip__sized_copy(&config, sizeof config, given, config_bytes);

    if (err != 0 || ret_sim == NULL || !sip__faults_are_sound(&config)) {
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
    sip__dice_init(&sim->net_dice, config.seed, NET_STREAM);
    sip__dice_init(&sim->dns_dice, config.seed, DNS_STREAM);
    sip_list_init(&sim->hosts);
    sip_list_init(&sim->graves);
    sip_list_init(&sim->losses);
    sip__zone_init(&sim->zone, sim->allocator);
    sim->zone.random = &sim->dns_dice.random;
    sim->no_ladder = config.no_ladder;
    net = (sip__loopback_config){.allocator = sim->allocator,
                                 .clock = &sim->clock,
                                 .random = &sim->net_dice.random,
                                 .on_send = on_send,
                                 .on_news = on_news,
                                 .user_data = sim};
    sip__loopback_net_init(&sim->net, &net);
    sip__faults_set(sim, &config);
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
    while (!sip_list_is_empty(&sim->graves)) {
        sip__host_destroy(SIP_CONTAINER_OF(sim->graves.next, sip__host, link));
    }
    sip__faults_finish(sim);
    sip__loopback_net_finish(&sim->net);
    sip__zone_finish(&sim->zone);
    sip__rungs_finish(&sim->rungs);
    sip_free(sim->allocator, sim->failure);
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

int sip_sim_remove_host(sip_sim *sim, const char *name)
{
    sip__host *it = sim != NULL ? sip__host_named(sim, name) : NULL;

    return it == NULL ? SIP_ENOENT : sip__host_bury(it);
}

int sip_sim_add_record(sip_sim *sim, const char *name, const sip_dns_record *record)
{
    if (sim == NULL || name == NULL || record == NULL) {
        return SIP_EINVAL;
    }
    return sip__zone_add_record(&sim->zone, name, record);
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
    sip_worker *worker;

    if (due_ms > end_ms) {
        return false;
    }
    sim->now_ms = due_ms > sim->now_ms ? due_ms : sim->now_ms;
    worker = sip__loopback_deliver(&sim->net, &delivered);
    if (worker != NULL) {
        sip_stack_process(sip_worker_stack(worker));
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

const char *sip_sim_failure(sip_sim *sim, const char *what, const char *replay)
{
    const char *ladder = sim->no_ladder ? "(no ladder was kept)\n" : sip_sim_ladder(sim, 0);
    size_t head = strcspn(replay, "%");
    const char *tail = replay[head] == '%' ? replay + head + 1 : "";
    size_t size = strlen(what) + strlen(replay) + strlen(ladder) + 80;

    sip_free(sim->allocator, sim->failure);
    sim->failure = sip_alloc0(sim->allocator, size);
    if (sim->failure == NULL) {
        return "(out of memory)\n";
    }
    snprintf(sim->failure, size, "%s (seed %" PRIu64 ")\nreplay: %.*s%" PRIu64 "%s\n%s", what,
             sim->seed, (int)head, replay, sim->seed, tail, ladder);
    return sim->failure;
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
