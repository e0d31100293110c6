#include "sim/world/globe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/world/asker.h"
#include "sim/world/deeds.h"
#include "sim/world/elder.h"
#include "sim/world/middle.h"
#include "sim/world/tables.h"

#define DEEDS 200
#define HOUR_MS 3600000u
#define MISHAP_PERCENT 12
#define SETTLE_MS 900000
#define TABLES_EVERY 16

/* ---- memory that is counted */

static void *counted_alloc(size_t bytes, void *user_data)
{
    void *block = malloc(bytes);

    ((globe *)user_data)->live_blocks += block != NULL;
    return block;
}

static void *counted_realloc(void *block, size_t bytes, void *user_data)
{
    void *moved = realloc(block, bytes);

    ((globe *)user_data)->live_blocks += block == NULL && moved != NULL;
    return moved;
}

static void counted_free(void *block, void *user_data)
{
    ((globe *)user_data)->live_blocks -= block != NULL;
    free(block);
}

/* ---- chance */

uint32_t globe_roll(globe *it, uint32_t below)
{
    uint64_t z = it->chance += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z >> 32) * below >> 32);
}

actor *globe_agent(globe *it)
{
    return &it->actors[1 + globe_roll(it, it->n_agents)];
}

actor *globe_proxy(globe *it)
{
    return &it->actors[1 + it->n_agents + globe_roll(it, it->n_proxies)];
}

/* ---- hosts */

void globe_begin_host(globe *it, unsigned index)
{
    actor *self = &it->actors[index];
    const sip_stack_config config = {.timers = it->timers,
                                     .max_transactions = it->max_transactions};
    sip_addr addr;

    if (sip_sim_add_host(it->sim, self->name, &config, &self->stack) != 0 ||
        sip_sim_host_addr(it->sim, self->name, &addr) != 0 ||
        sip_tu_create(self->stack, NULL, self->is_proxy ? &middle_handler : &actor_handler, self,
                      &self->tu) != 0) {
        audit_check(it->audit, RULE_TABLES, false, "no host %s", self->name);
        return;
    }
    tables_count_cells(self->stack, &it->tally->cells);
    audit_host_begins(it->audit, index, &addr, &it->timers);
}

static void count_turned_away(globe *it, unsigned index)
{
    sip_stack_stats stats = {0};

    if (it->actors[index].stack != NULL) {
        sip_stack_get_stats(it->actors[index].stack, &stats);
    }
    it->tally->turned_away += stats.rejected_busy;
}

void globe_kill_host(globe *it, unsigned index)
{
    actor *self = &it->actors[index];

    count_turned_away(it, index);
    audit_host_dies(it->audit, index);
    self->stack = NULL;
    (void)sip_sim_remove_host(it->sim, self->name);
}

static void begin_hosts(globe *it)
{
    it->n_agents = 4 + globe_roll(it, 2);
    it->n_proxies = 2;
    for (unsigned i = 1; i <= it->n_agents + it->n_proxies; i++) {
        actor *self = &it->actors[i];

        self->globe = it;
        self->index = i;
        self->is_proxy = i > it->n_agents;
        (void)snprintf(self->name, sizeof self->name, "%s%u", self->is_proxy ? "px" : "u", i);
        globe_begin_host(it, i);
    }
}

/* Three agents serve as one farm, two of them with the same priority. */
static void begin_farm(globe *it)
{
    static const char *const services[] = {"_sip._udp.farm", "_sip._tcp.farm"};

    for (unsigned i = 0; i < 6; i++) {
        sip_dns_record record = {.type = SIP_DNS_SRV,
                                 .ttl_s = 3600,
                                 .priority = i / 2 == 0 ? 1 : 2,
                                 .weight = 1,
                                 .port = 5060,
                                 .target = it->actors[1 + i / 2].name};

        (void)sip_sim_add_record(it->sim, services[i % 2], &record);
    }
}

/* ---- the hour */

static void draw_weather(globe *it)
{
    /* In some worlds hosts are full now and then. */
    static const uint32_t most[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 6, 3};
    sip_sim_config *net = &it->weather;

    memset(net, 0, sizeof *net);
    net->seed = it->seed;
    net->allocator = &it->allocator;
    net->delay_ms = 1 + globe_roll(it, 60);
    if (globe_roll(it, 4) != 0) {
        net->jitter_ms = globe_roll(it, 200);
        net->loss_percent = globe_roll(it, 15);
        net->dup_percent = globe_roll(it, 8);
        net->reorder_percent = globe_roll(it, 5);
        net->reorder_ms = globe_roll(it, 3000);
        net->dns_ms = globe_roll(it, 50);
    }
    it->max_transactions = most[globe_roll(it, sizeof most / sizeof *most)];
    it->timers = (sip_timers){.t1_ms = 500, .t2_ms = 4000, .t4_ms = 5000, .d_ms = 32000};
    if (globe_roll(it, 3) == 0) {
        it->timers.t1_ms = 100 + globe_roll(it, 400);
        it->timers.t2_ms = 2000 + globe_roll(it, 3000);
        it->timers.t4_ms = 1000 + globe_roll(it, 5000);
    }
}

static void heal(globe *it, unsigned i)
{
    healing now = it->healings[i];

    it->healings[i] = it->healings[--it->n_healings];
    now.heal(it, now.a, now.b);
}

/* The next that is due until then; n_healings: none. */
static unsigned next_healing(const globe *it, sip_time_ms end_ms)
{
    unsigned next = it->n_healings;

    for (unsigned i = 0; i < it->n_healings; i++) {
        if (it->healings[i].at_ms <= end_ms &&
            (next == it->n_healings || it->healings[i].at_ms < it->healings[next].at_ms)) {
            next = i;
        }
    }
    return next;
}

static void pass_time(globe *it, uint32_t ms)
{
    sip_time_ms end_ms = sip_sim_now_ms(it->sim) + ms, now_ms;
    unsigned next;

    while ((next = next_healing(it, end_ms)) < it->n_healings) {
        now_ms = sip_sim_now_ms(it->sim);
        sip_sim_run(
            it->sim,
            (uint32_t)(it->healings[next].at_ms > now_ms ? it->healings[next].at_ms - now_ms : 0));
        heal(it, next);
    }
    sip_sim_run(it->sim, (uint32_t)(end_ms - sip_sim_now_ms(it->sim)));
}

static void check_tables(globe *it, bool is_end)
{
    for (unsigned i = 1; i <= it->n_agents + it->n_proxies; i++) {
        const char *wrong =
            it->actors[i].stack == NULL ? NULL : tables_find_fault(it->actors[i].stack, is_end);

        audit_check(it->audit, is_end ? RULE_NOTHING_LEFT : RULE_TABLES, wrong == NULL,
                    "host %u: %s", i, wrong != NULL ? wrong : "");
    }
}

static void check_left(globe *it)
{
    char what[120] = "";

    for (unsigned i = 1; i <= it->n_agents + it->n_proxies; i++) {
        bool is_left = it->actors[i].stack != NULL &&
                       tables_first_left(it->actors[i].stack, what, sizeof what);

        audit_check(it->audit, RULE_NOTHING_LEFT, !is_left, "host %u has %s left", i, what);
    }
}

static void do_something(globe *it)
{
    size_t which;

    while (globe_roll(it, 100) < MISHAP_PERCENT) {
        which = deed_choose(it, mishaps, n_mishaps);
        it->tally->mishaps[which]++;
        mishaps[which].fn(it);
    }
    which = deed_choose(it, deeds, n_deeds);
    it->tally->deeds[which]++;
    deeds[which].fn(it);
}

static void live_an_hour(globe *it)
{
    for (unsigned n = 0; n < DEEDS && it->audit->failure[0] == '\0'; n++) {
        /* Often close together, and an hour in all. */
        uint32_t mean_ms = HOUR_MS / DEEDS;
        uint32_t gap_ms = n % 2 == 0 ? globe_roll(it, 800) : 2 * mean_ms - globe_roll(it, 800);

        pass_time(it, gap_ms);
        if (n % TABLES_EVERY == 0) {
            check_tables(it, false);
        }
        do_something(it);
    }
}

static void end_quietly(globe *it)
{
    if (it->audit->failure[0] != '\0') {
        return;
    }
    while (it->n_healings > 0) {
        heal(it, 0);
    }
    sip_sim_set_network(it->sim, &it->weather);
    audit_check(it->audit, RULE_NOTHING_LEFT, sip_sim_settle(it->sim, SETTLE_MS) == 0,
                "it does not come to rest");
    check_left(it);
    audit_check(it->audit, RULE_NOTHING_LEFT, sip_sim_live_objects(it->sim) == 0,
                "%zu objects are left", sip_sim_live_objects(it->sim));
    check_tables(it, true);
    audit_check(it->audit, RULE_RELAY_ENDS_ONCE, it->relays_begun == it->relays_ended,
                "%u relays began, %u ended", it->relays_begun, it->relays_ended);
    audit_close(it->audit);
}

static sip_str line_with(sip_str bytes, const char *start)
{
    size_t len = strlen(start);

    for (size_t i = 0; i + len < bytes.len; i++) {
        if (memcmp(bytes.ptr + i, start, len) == 0) {
            sip_str line = {bytes.ptr + i, 0};

            while (i + line.len < bytes.len && line.ptr[line.len] != '\r') {
                line.len++;
            }
            return line;
        }
    }
    return (sip_str){NULL, 0};
}

/* A line for the wire's every event, for whoever looks into a failure. */
static void trace(const sip_sim_event *event)
{
    static const char *const kinds[] = {[SIP_SIM_SENT] = "sent",
                                        [SIP_SIM_ARRIVED] = "arrived",
                                        [SIP_SIM_REFUSED] = "refused",
                                        [SIP_SIM_BROKEN] = "broken"};
    sip_str start = line_with(
        event->bytes,
        event->bytes.len > 0 && memcmp(event->bytes.ptr, "SIP/2.0", 7) == 0 ? "SIP/2.0" : "");
    sip_str branch = line_with(event->bytes, "branch=");
    sip_str cseq = line_with(event->bytes, "CSeq: ");
    size_t past = branch.ptr != NULL ? (size_t)(branch.ptr - event->bytes.ptr) + 1 : 0;
    sip_str next =
        line_with((sip_str){event->bytes.ptr + past, event->bytes.len - past}, "branch=");

    printf("%9llu %-8s %s %3u -> %-3u " SIP_FMT "  " SIP_FMT "  " SIP_FMT "  " SIP_FMT "\n",
           (unsigned long long)event->at_ms, kinds[event->kind],
           event->protocol == SIP_PROTOCOL_UDP ? "udp" : "tcp", event->from.ip[3], event->to.ip[3],
           SIP_ARG(start), SIP_ARG(cseq), SIP_ARG(branch), SIP_ARG(next));
}

static void on_wire(const sip_sim_event *event, void *user_data)
{
    globe *it = user_data;

    if (it->traces) {
        trace(event);
    }
    audit_on_wire(event, it->audit);
    if (it->watched != 0 && event->kind == SIP_SIM_SENT && event->from.ip[3] == it->watched &&
        event->bytes.len > 12 && memcmp(event->bytes.ptr, "SIP/2.0 486 ", 12) == 0) {
        it->watched = 0;
    }
    elder_on_wire(user_data, event);
}

static void report(globe *it)
{
    if (it->audit->failure[0] != '\0') {
        fputs(sip_sim_failure(it->sim, it->audit->failure, "./dev test sim --seed %"), stdout);
    }
}

static void finish(globe *it)
{
    sip_sim_faults faults;

    sip_sim_get_faults(it->sim, &faults);
    tally_add_faults(it->tally, &faults);
    it->tally->seeds++;
    it->tally->messages += it->audit->messages;
    for (unsigned i = 1; i <= it->n_agents + it->n_proxies; i++) {
        count_turned_away(it, i);
        audit_host_dies(it->audit, i);
    }
    sip_sim_destroy(it->sim);
}

bool globe_run(globe *it, uint64_t seed, bool with_ladder)
{
    audit *witness = it->audit;
    tally *counts = it->tally;
    bool traces = it->traces;

    memset(it, 0, sizeof *it);
    it->traces = traces;
    it->seed = seed;
    it->chance = seed * UINT64_C(0xd1342543de82ef95) + 1;
    it->audit = witness;
    it->tally = counts;
    it->allocator = (sip_allocator){counted_alloc, counted_realloc, counted_free, it};
    draw_weather(it);
    it->weather.no_ladder = !with_ladder;
    if (sip_sim_create(&it->weather, &it->sim) != 0) {
        return false;
    }
    audit_begin(witness, it->sim);
    sip_sim_set_tap(it->sim, on_wire, it);
    begin_hosts(it);
    begin_farm(it);
    live_an_hour(it);
    end_quietly(it);
    if (with_ladder) {
        report(it);
    }
    finish(it);
    if (witness->failure[0] == '\0') {
        actor_forget_orders(it);
        audit_check(witness, RULE_NOTHING_LEFT, it->live_blocks == 0, "%zu blocks of memory",
                    it->live_blocks);
    }
    return witness->failure[0] == '\0';
}
