#include "sim/world/deeds.h"

#include <stdio.h>

#include "sim/world/asker.h"

#define LONGEST_MS 60000
#define WATCH_MS 1500

/* Undone after a while, unless too much is amiss already. */
static void heal_later(globe *it, void (*heal)(globe *, unsigned, unsigned), unsigned a, unsigned b)
{
    healing *later = &it->healings[it->n_healings++];

    later->at_ms = sip_sim_now_ms(it->sim) + 100 + globe_roll(it, LONGEST_MS);
    later->heal = heal;
    later->a = a;
    later->b = b;
}

static bool is_full(const globe *it)
{
    return it->n_healings == GLOBE_HEALINGS;
}

static unsigned any_host(globe *it)
{
    return 1 + globe_roll(it, it->n_agents + it->n_proxies);
}

static void mend(globe *it, unsigned a, unsigned b)
{
    (void)b;
    (void)sip_sim_set_cut(it->sim, it->actors[a].name, false);
}

static void cut(globe *it)
{
    unsigned a = any_host(it);

    if (!is_full(it) && it->actors[a].stack != NULL) {
        (void)sip_sim_set_cut(it->sim, it->actors[a].name, true);
        heal_later(it, mend, a, 0);
    }
}

/* A host cut off and mended in the same moment has lost its connections. */
static void break_connections(globe *it)
{
    unsigned a = any_host(it);

    (void)sip_sim_set_cut(it->sim, it->actors[a].name, true);
    (void)sip_sim_set_cut(it->sim, it->actors[a].name, false);
}

static void bring_together(globe *it, unsigned a, unsigned b)
{
    (void)sip_sim_set_apart(it->sim, it->actors[a].name, it->actors[b].name, false);
}

static void part(globe *it)
{
    unsigned a = any_host(it), b = any_host(it);

    if (!is_full(it) && a != b && it->actors[a].stack != NULL && it->actors[b].stack != NULL) {
        (void)sip_sim_set_apart(it->sim, it->actors[a].name, it->actors[b].name, true);
        heal_later(it, bring_together, a, b);
    }
}

static void rise(globe *it, unsigned a, unsigned b)
{
    (void)b;
    globe_begin_host(it, a);
}

static void die(globe *it)
{
    unsigned a = any_host(it);

    if (!is_full(it) && it->actors[a].stack != NULL) {
        globe_kill_host(it, a);
        heal_later(it, rise, a, 0);
    }
}

static void die_now(globe *it, unsigned a, unsigned b)
{
    (void)b;
    if (it->actors[a].stack != NULL && !is_full(it)) {
        globe_kill_host(it, a);
        heal_later(it, rise, a, 0);
    }
}

/* Its client then hears that nobody is there any more, also for what is over. */
static void die_while_answering(globe *it)
{
    actor *from = globe_agent(it), *to = globe_agent(it);
    errand what = {.cancel_after_ms = ORDER_NEVER, .abandon_after_ms = ORDER_NEVER};
    char uri[GLOBE_URI_BYTES];

    if (from == to || is_full(it)) {
        return;
    }
    what.uri = uri;
    what.method = "INVITE";
    (void)snprintf(uri, sizeof uri, "sip:a0-486-0@%s", to->name);
    actor_send(from, &what);
    what.method = "MESSAGE";
    (void)snprintf(uri, sizeof uri, "sip:a0-200-60000@%s", to->name);
    actor_send(from, &what);
    heal_later(it, die_now, to->index, 0);
    it->healings[it->n_healings - 1].at_ms = sip_sim_now_ms(it->sim) + 4500 + globe_roll(it, 3000);
}

/* It refuses a call, and the ACK finds nobody. */
static void die_before_ack(globe *it)
{
    actor *from = globe_agent(it), *to = globe_agent(it);
    errand what = {.cancel_after_ms = ORDER_NEVER, .abandon_after_ms = ORDER_NEVER};
    char uri[GLOBE_URI_BYTES];

    if (from == to || from->stack == NULL || to->stack == NULL || is_full(it)) {
        return;
    }
    what.uri = uri;
    what.method = "INVITE";
    (void)snprintf(uri, sizeof uri, "sip:a0-486-0@%s", to->name);
    it->watched = to->index;
    actor_send(from, &what);
    for (unsigned i = 0; i < WATCH_MS && it->watched != 0; i++) {
        sip_sim_run(it->sim, 1);
    }
    if (it->watched == 0) {
        die_now(it, to->index, 0);
    }
    it->watched = 0;
}

static void calm_down(globe *it, unsigned a, unsigned b)
{
    (void)a, (void)b;
    sip_sim_set_network(it->sim, &it->weather);
}

static void storm(globe *it)
{
    sip_sim_config worse = it->weather;

    if (!is_full(it)) {
        worse.loss_percent = 20 + globe_roll(it, 30);
        worse.dup_percent = globe_roll(it, 30);
        worse.jitter_ms = globe_roll(it, 1000);
        worse.reorder_percent = globe_roll(it, 20);
        worse.reorder_ms = globe_roll(it, 6000);
        sip_sim_set_network(it->sim, &worse);
        heal_later(it, calm_down, 0, 0);
    }
}

static void slow_names(globe *it)
{
    sip_sim_config worse = it->weather;

    if (!is_full(it)) {
        worse.dns_ms = 100;
        worse.dns_jitter_ms = globe_roll(it, 4000);
        worse.dns_fail_percent = globe_roll(it, 40);
        sip_sim_set_network(it->sim, &worse);
        heal_later(it, calm_down, 0, 0);
    }
}

static void lose_the_next(globe *it)
{
    static const char *const starts[] = {"ACK", "CANCEL", "200", "4", "18", "INVITE", "BYE", "100"};
    const actor *from = &it->actors[any_host(it)];

    if (from->stack != NULL) {
        (void)sip_sim_lose(it->sim, from->name, starts[globe_roll(it, 8)], 1 + globe_roll(it, 3));
    }
}

const deed mishaps[] = {
    {"a host is cut off", 4, cut},
    {"connections break", 4, break_connections},
    {"two hosts are parted", 4, part},
    {"a process dies", 3, die},
    {"a process dies while it answers", 2, die_while_answering},
    {"a process dies before an ACK comes", 1, die_before_ack},
    {"a storm on the network", 3, storm},
    {"slow and failing names", 3, slow_names},
    {"the next of a kind are lost", 3, lose_the_next},
};
const size_t n_mishaps = sizeof mishaps / sizeof *mishaps;
