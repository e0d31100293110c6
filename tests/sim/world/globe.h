/* A generated world: agents, proxies and an elder peer over a bad network, and everything that
 * happens to them within an hour, all from one seed. */
#ifndef GLOBE_H
#define GLOBE_H

#include "sim/world/audit.h"
#include "sim/world/tally.h"
#include <sip/relay.h>

#define GLOBE_PLANS 256
#define GLOBE_TARGETS 4
#define GLOBE_URI_BYTES 96
#define GLOBE_HEALINGS 16

struct globe;

/* A host: an agent that calls and answers, or a proxy. */
typedef struct actor {
    struct globe *globe;
    unsigned index; /* as in its address, from 1 */
    char name[8];
    bool is_proxy;
    sip_stack *stack; /* NULL: its process is dead */
    sip_tu *tu;
    struct serving *servings; /* under way */
} actor;

/* What a proxy does with sip:planN@proxy. */
typedef struct plan {
    unsigned n_targets;
    char uris[GLOBE_TARGETS][GLOBE_URI_BYTES];
    uint16_t q_permille[GLOBE_TARGETS];
    sip_relay_config config;
    int own_status; /* it answers that itself after a while; 0: it does not */
    uint32_t own_after_ms;
} plan;

/* What undoes a mishap, at its time. */
typedef struct healing {
    sip_time_ms at_ms;
    void (*heal)(struct globe *it, unsigned a, unsigned b);
    unsigned a, b;
} healing;

typedef struct globe {
    uint64_t seed, chance;
    audit *audit;
    tally *tally;
    sip_sim *sim;
    sip_sim_config weather;
    sip_allocator allocator;
    size_t live_blocks;
    sip_timers timers;
    uint32_t max_transactions; /* of each host; 0: no bound that matters */
    actor actors[AUDIT_HOSTS]; /* by index */
    unsigned n_agents, n_proxies;
    plan plans[GLOBE_PLANS];
    unsigned n_plans;
    unsigned relays_begun, relays_ended;
    struct order *orders; /* all that were ever given */
    healing healings[GLOBE_HEALINGS];
    unsigned n_healings;
    unsigned elder_calls;
    unsigned watched; /* a host that is to refuse a call with 486; 0 once it has, or none */
    bool traces;      /* prints what happens on the wire; stays from run to run */
} globe;

/* Run one seed from its beginning to its end. `with_ladder` keeps the ladder, and prints it with
 * the failure. @return false: an invariant is broken, see audit->failure */
bool globe_run(globe *it, uint64_t seed, bool with_ladder);

/* A number below `below`, from the world's own chance. */
uint32_t globe_roll(globe *it, uint32_t below);
/* An agent or a proxy by chance, alive or not. */
actor *globe_agent(globe *it);
actor *globe_proxy(globe *it);
/* Bring a host up (again), or have its process die. */
void globe_begin_host(globe *it, unsigned index);
void globe_kill_host(globe *it, unsigned index);

#endif
