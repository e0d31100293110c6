/* The Route values of a request that name us: how many there are, and the flow that they lead to
 * (RFC 5626 5.3). */
#ifndef SIP_TRANSACTION_OWN_ROUTES_H
#define SIP_TRANSACTION_OWN_ROUTES_H

#include <sip/flow.h>

typedef struct sip__own_routes {
    size_t count;  /* the topmost ones, which are to be taken off */
    sip_path path; /* the flow that the last of them names; protocol NONE: none, or the one that the
                      request came by */
    int err; /* why its flow cannot be had: SIP_ESYNTAX (altered, or none of ours), SIP_EGONE */
} sip__own_routes;

/* Read them off a request that was received. */
void sip__own_routes_read(const sip_stack *stack, const sip_msg *request,
                          sip__own_routes *ret_routes);

#endif
