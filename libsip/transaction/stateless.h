/* Messages that belong to no transaction of ours: answers to what cannot have one, and the errands
 * of TUs. */
#ifndef SIP_TRANSACTION_STATELESS_H
#define SIP_TRANSACTION_STATELESS_H

#include "transaction/next_hop.h"

/* How a request is printed for the way it takes, where sip__next_hop_print() will not do. */
typedef struct sip__pass {
    /* Print `msg` with a Via of ours; fills in the path's local address. */
    int (*print)(const sip_msg *msg, sip_path *path, sip_str branch, const void *data,
                 sip_msg **ret_sent);
    /* A copy of `data` from `allocator` for a look-up to wait with; NULL without memory. */
    void *(*keep)(const sip_allocator *allocator, const void *data);
    const void *data;
} sip__pass;

/* A message that waits for a look-up before it leaves. */
typedef struct sip__errand {
    sip_list link; /* in layer->errand_list */
    sip__layer *layer;
    sip_msg *msg;
    sip__finder *finder;
    sip__pass pass;
    void *kept; /* pass.data, when it is the errand's own */
} sip__errand;

/* Send a request along `path`, or (NULL) to where `uri` leads, now or after a look-up. @return 0
 * also for what is the network's fault, SIP_ENOMEM, SIP_EINVAL */
int sip__stateless_pass(sip__layer *layer, const sip_msg *request, const sip_uri *uri,
                        const sip_path *path, const sip__pass *pass);

/* Answer a request without a transaction; does nothing if it has no readable Via. @return true if
 * an answer left */
bool sip__stateless_answer(sip__layer *layer, const sip_msg *request, int status,
                           const sip_extras *extras);
/* 503 with Retry-After. */
void sip__stateless_answer_busy(sip__layer *layer, const sip_msg *request);
/* True if a response answers what we passed on, and goes where that came from: a client transaction
 * has its branch, or it was made for a request without one (RFC 3261 18.1.2, RFC 6026 7.2). */
bool sip__stateless_may_pass(sip__layer *layer, const sip_msg *response);
/* Forget an errand; its message does not leave. */
void sip__stateless_drop(sip__errand *errand);

#endif
