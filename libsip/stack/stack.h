/* The stack: its configuration, its workers, and how they stop. */
#ifndef SIP_STACK_STACK_H
#define SIP_STACK_STACK_H

#include "stack/steer.h"
#include "stack/worker.h"
#include "transport/flow_token.h"

struct sip_stack {
    sip_stack_config config; /* complete: no zeros where there are defaults */
    sip__steer steer;
    uint8_t flow_key[SIP__FLOW_KEY_BYTES];
    sip__proof_keys proof_keys;
    sip_worker *workers; /* as many as steer.workers says */
    sip_worker *turn_of; /* without loops: whose turn is under way; NULL: nobody's */
    bool running;        /* there are threads */
    atomic_uint stop_requests;
    atomic_uint wound_down; /* so many workers have */
    atomic_bool finished;   /* all have, or it had to be at once */
};

/* The same for several: the worker whose thread this is. */
sip_worker *sip__stack_find_here(const sip_stack *stack);
/* The worker that a call is made on; the first where that is none. */
static inline sip_worker *sip__stack_here(const sip_stack *stack)
{
    return stack->steer.workers == 1 ? stack->workers : sip__stack_find_here(stack);
}

/* What the transports of a worker tell goes to (stack/intake.c); their `stack` is the worker. */
const sip_transport_events *sip__stack_intake(void);
/* Handle a message that is this worker's; taken over. `hops`: how many have passed it on since its
 * owner was asked (stack/intake.c). */
void sip__stack_take(sip_worker *worker, sip_transport *transport, sip_msg *msg, unsigned hops);
/* The network sent an error back (stack/intake.c). */
void sip__stack_heed_unreachable(sip_worker *worker, const sip_network_error *error);
/* Tell the observers of a worker (stack/flow.c). */
void sip__stack_tell(sip_worker *worker, const sip_transport_event *event);
/* What the top Via of a message that came says about its flow: "alias" and "keep" of a request, the
 * answer to our "keep" in a response (stack/flow.c). */
void sip__stack_heed_via(sip_worker *worker, const sip_transport *transport, sip_msg *msg);
/* An answer came along a transport that learns: does it say that we are seen elsewhere
 * (stack/local.c)? */
void sip__stack_learn(sip_worker *worker, sip_transport *transport, const sip_msg *response);
/* The same of an answer to a keep-alive along `path`; whoever calls tells of it. */
void sip__stack_learn_mapped(sip_worker *worker, const sip_path *path, const sip_addr *mapped);
/* sip_stack_keep_alive() of a flow on this worker. */
int sip__stack_keep_alive(sip_worker *worker, const sip_path *path, uint32_t interval_s);
/* Requests to `addr` may go along the flow, if its transport wants that (RFC 5923 5). */
void sip__stack_take_alias(sip_worker *worker, sip_flow flow, const sip_addr *addr);
/* At the end of a worker's turn: begin to stop, or end stopping (stack/stop.c). */
void sip__stack_stop_step(sip_worker *worker);
/* Every worker ends as soon as it can (stack/stop.c). Any thread. */
void sip__stack_finish_now(sip_stack *stack);
/* Wait for the threads (stack/run.c). */
void sip__stack_join(sip_stack *stack);
/* Write down what a worker has counted, for other threads (stack/stats.c). */
void sip__stats_publish(sip_worker *worker);
/* What a worker has counted; threads as for sip_stack_get_stats() (stack/stats.c). */
void sip__stats_of(const sip_worker *worker, sip_stack_stats *ret_stats);

#endif
