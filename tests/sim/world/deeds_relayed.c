#include "sim/world/deeds_relayed.h"

#include <stdio.h>
#include <string.h>

static plan *new_plan(globe *it)
{
    plan *made = &it->plans[it->n_plans < GLOBE_PLANS ? it->n_plans++ : GLOBE_PLANS - 1];

    memset(made, 0, sizeof *made);
    made->config.record_route = globe_roll(it, 2) == 0 ? SIP_ON : SIP_OFF;
    return made;
}

static void add_target(globe *it, plan *to, const char *user, uint16_t q_permille)
{
    char *uri = to->uris[to->n_targets];
    const actor *agent = globe_agent(it);

    (void)snprintf(uri, GLOBE_URI_BYTES, "sip:%s@%s%s", user, agent->name,
                   globe_roll(it, 4) == 0 ? ";transport=tcp" : "");
    to->q_permille[to->n_targets++] = q_permille;
}

static unsigned number_of(const globe *it, const plan *of)
{
    return (unsigned)(of - it->plans);
}

static void ask_by_plan(globe *it, const plan *by, const char *method, errand how)
{
    char uri[GLOBE_URI_BYTES];

    (void)snprintf(uri, sizeof uri, "sip:plan%u@%s%s", number_of(it, by), globe_proxy(it)->name,
                   globe_roll(it, 4) == 0 ? ";transport=tcp" : "");
    how.method = method;
    how.uri = uri;
    actor_send(globe_agent(it), &how);
}

static void ask_through(globe *it, const char *method, const char *user, errand how)
{
    char hop[GLOBE_URI_BYTES], uri[GLOBE_URI_BYTES];
    actor *from = globe_agent(it);

    (void)snprintf(hop, sizeof hop, "sip:%s%s", globe_proxy(it)->name,
                   globe_roll(it, 3) == 0 ? ";transport=tcp" : "");
    how.next_hop = hop;
    how.method = method;
    how.uri = deed_uri_to(it, from, user, uri);
    actor_send(from, &how);
}

void deed_relayed(globe *it)
{
    static const char *const users[] = {"a0-200-0",    "a0-200-0", "a0-404-0",
                                        "a0-200-6000", "a0-0-0",   "a0-503-0"};

    ask_through(it, "OPTIONS", users[globe_roll(it, 6)], deed_plainly());
}

void deed_relayed_call(globe *it)
{
    static const char *const users[] = {"a180-200-1500", "a180-200-3000", "a0-200-0",
                                        "a180-486-900",  "a0-503-0",      "a0-200-300"};

    ask_through(it, "INVITE", users[globe_roll(it, 6)], deed_plainly());
}

void deed_relayed_cancelled(globe *it)
{
    errand how = deed_plainly();

    how.cancel_after_ms = 1 + globe_roll(it, 4000);
    ask_through(it, "INVITE", "a180-200-3000", how);
}

void deed_relayed_without_hops(globe *it)
{
    errand how = deed_plainly();

    how.has_no_hops = true;
    ask_through(it, "OPTIONS", "a0-200-0", how);
}

/* Through a proxy to another one, which has a plan for it. */
void deed_relayed_twice(globe *it)
{
    plan *by = new_plan(it);
    plan *first = new_plan(it);

    add_target(it, by, "a180-200-900", 1000);
    add_target(it, by, "a180-486-900", 1000);
    first->n_targets = 1;
    first->q_permille[0] = 1000;
    (void)snprintf(first->uris[0], GLOBE_URI_BYTES, "sip:plan%u@px%u", number_of(it, by),
                   globe_proxy(it)->index);
    ask_by_plan(it, first, "INVITE", deed_plainly());
}

void deed_circle(globe *it)
{
    plan *one = new_plan(it);
    plan *other = new_plan(it);
    unsigned first = it->n_agents + 1;

    one->n_targets = other->n_targets = 1;
    (void)snprintf(one->uris[0], GLOBE_URI_BYTES, "sip:plan%u@px%u", number_of(it, other), first);
    (void)snprintf(other->uris[0], GLOBE_URI_BYTES, "sip:plan%u@px%u", number_of(it, one),
                   first + 1);
    ask_by_plan(it, one, globe_roll(it, 2) == 0 ? "OPTIONS" : "INVITE", deed_plainly());
}

void deed_fork_all(globe *it)
{
    static const char *const users[] = {"a180-200-1000", "a180-486-700",  "a183-404-2000",
                                        "a0-503-0",      "a180-200-1010", "a0-0-0"};
    plan *by = new_plan(it);
    unsigned n = 2 + globe_roll(it, 3);

    while (by->n_targets < n) {
        add_target(it, by, users[globe_roll(it, 6)], 1000);
    }
    ask_by_plan(it, by, globe_roll(it, 4) == 0 ? "MESSAGE" : "INVITE", deed_plainly());
}

void deed_fork_in_turn(globe *it)
{
    plan *by = new_plan(it);

    add_target(it, by, "a180-486-900", 1000);
    add_target(it, by, "a0-404-0", 700);
    add_target(it, by, globe_roll(it, 2) == 0 ? "a180-200-900" : "a180-480-100", 300);
    ask_by_plan(it, by, "INVITE", deed_plainly());
}

void deed_fork_refused_everywhere(globe *it)
{
    plan *by = new_plan(it);

    add_target(it, by, "a180-603-900", 1000);
    add_target(it, by, "a180-0-0", 1000);
    add_target(it, by, "a180-200-5000", 1000);
    ask_by_plan(it, by, "INVITE", deed_plainly());
}

void deed_fork_cancelled(globe *it)
{
    plan *by = new_plan(it);
    errand how = deed_plainly();

    add_target(it, by, "a180-200-4000", 1000);
    add_target(it, by, "a0-200-4000", 1000);
    add_target(it, by, "a180-486-500", 1000);
    how.cancel_after_ms = 1 + globe_roll(it, 4500);
    ask_by_plan(it, by, "INVITE", how);
}

void deed_fork_with_time(globe *it)
{
    plan *by = new_plan(it);

    by->config.branch_timeout_s = 3;
    add_target(it, by, "a180-0-0", 1000);
    add_target(it, by, "a0-0-0", 900);
    add_target(it, by, "a180-200-1000", 500);
    ask_by_plan(it, by, globe_roll(it, 3) == 0 ? "MESSAGE" : "INVITE", deed_plainly());
}

void deed_timer_c(globe *it)
{
    plan *by = new_plan(it);

    by->config.timer_c_s = globe_roll(it, 4) == 0 ? 0 : 5;
    add_target(it, by, "a180-0-0", 1000);
    ask_by_plan(it, by, "INVITE", deed_plainly());
}

void deed_redirected(globe *it)
{
    plan *by = new_plan(it);
    char user[32];

    by->config.recurse = globe_roll(it, 3) == 0 ? SIP_OFF : SIP_ON;
    (void)snprintf(user, sizeof user, "a180-302-300-u%u", 1 + globe_roll(it, it->n_agents));
    add_target(it, by, user, 1000);
    ask_by_plan(it, by, "INVITE", deed_plainly());
}

void deed_proxy_answers(globe *it)
{
    plan *by = new_plan(it);

    by->own_status = globe_roll(it, 2) == 0 ? 403 : 480;
    by->own_after_ms = 1 + globe_roll(it, 3000);
    add_target(it, by, "a180-200-1500", 1000);
    add_target(it, by, "a180-0-0", 1000);
    ask_by_plan(it, by, "INVITE", deed_plainly());
}

void deed_fork_to_farm(globe *it)
{
    plan *by = new_plan(it);

    by->n_targets = 1;
    by->q_permille[0] = 1000;
    (void)snprintf(by->uris[0], GLOBE_URI_BYTES, "sip:%s@farm%s",
                   globe_roll(it, 3) == 0 ? "a0-503-0" : "a0-200-700",
                   globe_roll(it, 4) == 0 ? ";transport=tcp" : "");
    add_target(it, by, "a180-486-500", 1000);
    ask_by_plan(it, by, "INVITE", deed_plainly());
}
