/* What is still to be finished when a stack stops. */
#ifndef SIP_STACK_DRAIN_H
#define SIP_STACK_DRAIN_H

#include <sip/stack.h>

typedef struct sip__drain {
    bool begun;
    sip_time_ms began_ms, ended_ms;
    uint64_t under_way; /* when it began */
} sip__drain;

/* No connection is accepted any more; what is under way is counted. */
void sip__drain_begin(sip_worker *worker);
/* Have all transactions their final answer? */
bool sip__drain_is_over(const sip_worker *worker);
/* The worker goes no further: what that means is logged. */
void sip__drain_end(sip_worker *worker);

#endif
