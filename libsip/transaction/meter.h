/* How long things take on one worker: written by it, read by any thread. */
#ifndef SIP_TRANSACTION_METER_H
#define SIP_TRANSACTION_METER_H

#include "base/histogram.h"
#include <sip/msg.h>

/* A transaction's end: the class of its final response, or that there was none. */
#define SIP__METER_CLASSES 6u /* 0: none; 1: 2xx … 5: 6xx */

typedef enum sip__meter_side {
    SIP__METER_CLIENT, /* from made to the final answer */
    SIP__METER_SERVER, /* from received to answered */
    SIP__METER_SIDES
} sip__meter_side;

typedef struct sip__meter_method {
    sip__histogram ends[SIP__METER_CLASSES];
} sip__meter_method;

typedef struct sip__meter {
    const sip_allocator *allocator;
    sip__histogram waited;  /* messages, for this worker */
    sip__histogram turns;   /* its turns */
    sip__histogram lookups; /* of names, that were not known already */
    /* Made when the first of its kind ends, and then left in place for readers. */
    _Atomic(sip__meter_method *) transactions[SIP__METER_SIDES][SIP_METHOD_COUNT];
} sip__meter;

void sip__meter_init(sip__meter *meter, const sip_allocator *allocator);
/* Takes a zeroed one. */
void sip__meter_finish(sip__meter *meter);
/* A transaction has ended with this status; 0: without one. Not counted without memory. */
void sip__meter_end(sip__meter *meter, sip__meter_side side, sip_method method, int status,
                    uint64_t ms);
/* The same for the transaction of this request; NULL: not counted. */
void sip__meter_request(sip__meter *meter, sip__meter_side side, const sip_msg *request, int status,
                        uint32_t ms);
/* What was measured of such ends; NULL: nothing. Any thread. */
const sip__histogram *sip__meter_of(const sip__meter *meter, sip__meter_side side,
                                    sip_method method, unsigned class_index);

#endif
