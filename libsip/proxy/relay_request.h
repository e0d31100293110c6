/* A request as a proxy passes it on (RFC 3261 16.3 to 16.6): what all its branches share, and the
 * printing of one. */
#ifndef SIP_PROXY_RELAY_REQUEST_H
#define SIP_PROXY_RELAY_REQUEST_H

#include "transaction/own_routes.h"
#include "transaction/proof.h"
#include <sip/build.h>

typedef struct sip__relay_request {
    const sip_stack *stack;
    const sip_msg *msg;   /* as received; the owner's reference */
    sip__own_routes ours; /* topmost Route values that name us and are taken off */
    uint32_t max_forwards;
    bool record_route;
    char proof[SIP__PROOF_BYTES]; /* in Record-Route: that the dialog was made through us */
} sip__relay_request;

/* @return 0, SIP_EHOPS (Max-Forwards is 0), SIP_EUNSUPPORTED (Proxy-Require asks for something) */
int sip__relay_request_init(sip__relay_request *request, const sip_stack *stack, const sip_msg *msg,
                            bool record_route);
/* Print the copy for a branch, without a Via of ours. `uri` (empty: the one received) becomes the
 * Request-URI; `path` (may be NULL) says where it goes when that is fixed. @return 0, SIP_ENOMEM,
 * SIP_ETOOBIG, SIP_EINVAL */
int sip__relay_request_print(const sip__relay_request *request, sip_str uri, const sip_path *path,
                             sip_msg **ret_msg);
/* True if both were received with the same Request-URI and Route: a request that came back so goes
 * in a circle (16.3 step 4). */
bool sip__relay_request_same_way(const sip_msg *a, const sip_msg *b);

#endif
