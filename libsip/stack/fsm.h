/* The event-driven machines: a worker of their own, whose clock is the caller's and whose layer
 * hands its bytes over instead of sending them. */
#ifndef SIP_STACK_FSM_H
#define SIP_STACK_FSM_H

#include "stack/worker.h"
#include <sip/fsm.h>

struct sip_fsm {
    const sip_allocator *allocator;
    sip_clock clock;
    sip_time_ms now_ms;
    sip_stack *stack;
    sip__layer *layer;
    sip_tu *tu;
    sip_fsm_handler handler;
    void *user_data;
    sip_tx_hook hook; /* makes announcements of what it is told */
    unsigned depth;   /* calls from outside under way, callbacks' among them */
};

/* Before and after what may change a transaction: with the outermost its turn ends. */
void sip__fsm_enter(sip_fsm *fsm);
void sip__fsm_leave(sip_fsm *fsm);

/* NULL if it is the other kind. */
sip_client_tx *sip__fsm_client(const sip_fsm_tx *tx);
sip_server_tx *sip__fsm_server(const sip_fsm_tx *tx);

#endif
