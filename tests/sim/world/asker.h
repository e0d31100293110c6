/* What an agent of a simulated world asks for. */
#ifndef ASKER_H
#define ASKER_H

#include "sim/world/actor.h"

#define ORDER_NEVER UINT32_MAX

/* A request to be sent. */
typedef struct errand {
    const char *method, *uri;
    const char *next_hop;                       /* NULL: none */
    uint32_t cancel_after_ms, abandon_after_ms; /* ORDER_NEVER; 0: in the same turn */
    bool is_long;                               /* too long for a datagram */
    bool has_no_hops;                           /* Max-Forwards: 0 */
    bool stays;                                 /* does not hang up */
} errand;

/* Send it; nothing happens where the agent is dead. */
void actor_send(actor *self, const errand *what);
/* Give back what orders keep; after the sim is gone. */
void actor_forget_orders(globe *it);

#endif
