/* The stack: its configuration, its worker, its users, and how it stops. */
#ifndef SIP_STACK_STACK_H
#define SIP_STACK_STACK_H

#include "stack/address_change.h"
#include "stack/keeper.h"
#include "stack/steer.h"
#include "stack/worker.h"

#define SIP__STACK_ERROR_BYTES 320

struct sip_stack {
    sip_stack_config config; /* complete: no zeros where there are defaults */
    sip_worker worker;
    sip__steer steer;
    sip_list tus;       /* sip_tu, in order of making */
    sip_list observers; /* sip_transport_observer */
    sip__keeper keeper;
    sip__address_change address_change;
    uint8_t flow_key[SIP__FLOW_KEY_BYTES];
    int64_t live; /* sip_stack_count_live() */
    atomic_uint stop_requests;
    bool stopping, finished;
    sip_timer stop_timer; /* shutdown_ms */
    char error[SIP__STACK_ERROR_BYTES];
};

/* What the transports of a worker tell go to (stack/intake.c). */
const sip_transport_events *sip__stack_intake(void);
/* Tell the observers (stack/flow.c). */
void sip__stack_tell(sip_stack *stack, const sip_transport_event *event);
/* What the top Via of a message that came says about its flow: "alias" and "keep" of a request, the
 * answer to our "keep" in a response (stack/flow.c). */
void sip__stack_heed_via(sip_stack *stack, const sip_transport *transport, sip_msg *msg);
/* An answer came along a transport that learns: does it say that we are seen elsewhere
 * (stack/local.c)? */
void sip__stack_learn(sip_stack *stack, sip_transport *transport, const sip_msg *response);
/* The same of an answer to a keep-alive along `path`; whoever calls tells of it. */
void sip__stack_learn_mapped(sip_stack *stack, const sip_path *path, const sip_addr *mapped);
/* At the end of a turn: begin to stop, or end stopping (stack/stop.c). */
void sip__stack_stop_step(sip_stack *stack);

#endif
