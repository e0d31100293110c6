/* Which requests may begin something: none while the stack stops, not more of one source than its
 * share, not more of all than the worker can do. */
#ifndef SIP_STACK_ADMISSION_H
#define SIP_STACK_ADMISSION_H

#include "stack/overload.h"
#include "stack/source_limit.h"
#include "transaction/oc_params.h"

typedef struct sip__admission {
    sip__overload overload;
    sip__source_limit sources;
    int64_t began_unix_s; /* with began_ms, for the sequence numbers of what is announced */
    sip_time_ms began_ms;
    uint32_t last_turn_ms; /* how long the last turn took */
    /* Of the present second and the one before, for who wants a rate. */
    sip_time_ms second_ms;
    uint32_t taken, taken_before;
} sip__admission;

/* The worker's configuration and clock are set. @return 0 or SIP_ENOMEM */
int sip__admission_init(sip_worker *worker);
/* Takes a zeroed one. */
void sip__admission_finish(sip__admission *admission);
/* A message has come; from->received_ms 0: along a connection. */
void sip__admission_note(sip_worker *worker, const sip_path *from);
/* sip__layer_hooks.admit and .announce. */
bool sip__admission_admit(sip_worker *worker, const sip_msg *request);
bool sip__admission_announce(sip_worker *worker, const sip__oc *offer, sip__oc *ret_oc);

#endif
