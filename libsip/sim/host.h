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
    char *name;
    const char **domains;
    sip_addr addr;
    sip__dice dice;
    sip_resolver *resolver; /* the stack's */
    sip_stack *stack;
} sip__host;

struct sip_sim {
    const sip_allocator *allocator;
    uint64_t seed;
    sip_time_ms now_ms;
    sip_clock clock;
    sip__dice dice;
    sip_list hosts;
    sip_list losses;
    sip__zone zone;
    sip__loopback_net net;
    sip__rungs rungs;
};

void sip__dice_init(sip__dice *dice, uint64_t seed, uint64_t stream);

/* @return 0, SIP_EINVAL (name), SIP_ENOMEM or what making the stack gave */
int sip__host_create(sip_sim *sim, const char *name, const sip_stack_config *config,
                     sip__host **ret_host);
/* Give it another address. @return as sip_sim_move_host() */
int sip__host_move(sip__host *host);
/* Ends its stack too. */
void sip__host_destroy(sip__host *host);
/* By name, by address; NULL: none. */
sip__host *sip__host_named(const sip_sim *sim, const char *name);
const sip__host *sip__host_at(const sip_sim *sim, const sip_addr *addr);

#endif
