/* The stack: its configuration, its worker, its users, and how it stops. */
#ifndef SIP_STACK_STACK_H
#define SIP_STACK_STACK_H

#include "stack/steer.h"
#include "stack/worker.h"

#define SIP__STACK_ERROR_BYTES 320

struct sip_stack {
    sip_stack_config config; /* complete: no zeros where there are defaults */
    sip_worker worker;
    sip__steer steer;
    sip_list tus; /* sip_tu, in order of making */
    int64_t live; /* sip_stack_count_live() */
    atomic_uint stop_requests;
    bool stopping, finished;
    sip_timer stop_timer; /* shutdown_ms */
    char error[SIP__STACK_ERROR_BYTES];
};

/* What the transports of a worker tell go to (stack/intake.c). */
const sip_transport_events *sip__stack_intake(void);
/* At the end of a turn: begin to stop, or end stopping (stack/stop.c). */
void sip__stack_stop_step(sip_stack *stack);

#endif
