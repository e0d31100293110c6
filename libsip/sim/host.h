/* The inside of a simulation: its hosts, and what they stand on. */
#ifndef SIP_SIM_HOST_H
#define SIP_SIM_HOST_H

#include "dns/scripted_resolver.h"
#include "sim/rungs.h"
#include "transport/loopback.h"
#include <sip/sim.h>

/* A generator for each host, so that what one draws does not change what another gets (splitmix64).
 */
typedef struct sip__dice {
    uint64_t state;
    sip_random random;
} sip__dice;

typedef struct sip__host {
    sip_list link;
    sip_sim *sim;
    unsigned index; /* from 1, in the order they were made */
    unsigned lives; /* it has begun so often */
    char *name;
    const char **domains;
    sip_addr addr;
    sip__dice dice;
    sip_resolver *resolver; /* the stack's */
    sip_stack *stack;       /* NULL in a grave */
} sip__host;

struct sip_sim {
    const sip_allocator *allocator;
    uint64_t seed;
    sip_time_ms now_ms;
    sip_clock clock;
    sip__dice dice, net_dice, dns_dice;
    sip_list hosts;
    sip_list graves; /* hosts that were removed: they keep name and address */
    unsigned last_index;
    sip_list losses;
    sip__zone zone;
    sip__loopback_net net;
    sip__rungs rungs;
    bool no_ladder;
    char *failure; /* what sip_sim_failure() gave out */
    void (*tap)(const sip_sim_event *event, void *user_data);
    void *tap_data;
};

void sip__dice_init(sip__dice *dice, uint64_t seed, uint64_t stream);

/* @return 0, SIP_EINVAL (name), SIP_ENOMEM or what making the stack gave */
int sip__host_create(sip_sim *sim, const char *name, const sip_stack_config *config,
                     sip__host **ret_host);
/* Give it another address. @return as sip_sim_move_host() */
int sip__host_move(sip__host *host);
/* End its stack and keep the rest in a grave, for a host of that name to rise from. @return 0 or
 * SIP_ENOMEM */
int sip__host_bury(sip__host *host);
/* Ends its stack too. */
void sip__host_destroy(sip__host *host);
/* By name, by name also those in graves, by address also those; NULL: none. */
sip__host *sip__host_named(const sip_sim *sim, const char *name);
sip__host *sip__host_known(const sip_sim *sim, const char *name);
const sip__host *sip__host_at(const sip_sim *sim, const sip_addr *addr);

/* What chance may do, from a checked configuration. */
void sip__faults_set(sip_sim *sim, const sip_sim_config *config);
/* True if every share of a hundred is one. */
bool sip__faults_are_sound(const sip_sim_config *config);
/* Is this message to be lost on purpose? */
bool sip__faults_choose(sip_sim *sim, const sip__host *from, const char *summary);
void sip__faults_finish(sip_sim *sim);

#endif
