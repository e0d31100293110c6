/* A request as a proxy passes it on (RFC 3261 16.3 to 16.6): what all its branches share, where one
 * goes, and the printing of it. */
#ifndef SIP_PROXY_RELAY_REQUEST_H
#define SIP_PROXY_RELAY_REQUEST_H

#include "transaction/layer.h"
#include "transaction/own_routes.h"
#include "transaction/proof.h"
#include <sip/build.h>
#include <sip/relay.h>

typedef struct sip__relay_request {
    const sip_stack *stack;
    const sip_msg *msg;   /* as received; the owner's reference */
    sip__own_routes ours; /* topmost Route values that name us and are taken off */
    uint32_t max_forwards;
    uint32_t breadth; /* of all branches together (RFC 5393 5) */
    bool record_route, path;
    char proof[SIP__PROOF_BYTES]; /* in Record-Route: that the dialog was made through us */
} sip__relay_request;

/* One copy of it. */
typedef struct sip__relay_to {
    sip_str uri;          /* becomes the Request-URI; empty: the one received */
    sip_str routes;       /* go on top of Route; empty: none */
    const sip_path *path; /* where it goes, when that is fixed; NULL: by Route or Request-URI */
    uint32_t breadth;     /* its part; 0: the request is none that has one */
} sip__relay_to;

/* What 16.3 asks of every request. @return 0, SIP_EHOPS (Max-Forwards is 0), or a status to answer
 * with: 420 (Proxy-Require asks for something), 440 (Max-Breadth is 0) */
int sip__relay_request_init(sip__relay_request *request, const sip_stack *stack, const sip_msg *msg,
                            const sip_relay_config *config);
/* What a target says; NULL: nothing. @return false: it is none */
bool sip__relay_to_read(const sip_target *target, sip__relay_to *ret_to);
/* The first of "<uri>, <uri>"; empty if there is none in angle brackets. */
sip_str sip__relay_first_route(sip_str routes);
/* The URI that the copy is sent to (16.6 steps 6 and 7). `room` holds it if need be. @return 0 or
 * SIP_EINVAL */
int sip__relay_next_hop(const sip__relay_request *request, const sip__relay_to *to, sip_uri *room,
                        const sip_uri **ret_uri);
/* Print the copy as it goes along `path`, whose local address is filled in, with a Via of ours.
 * `msg` is what was received. @return 0, SIP_ENOMEM, SIP_ETOOBIG, SIP_EINVAL, SIP_EUNSUPPORTED (no
 * transport leads there) */
int sip__relay_request_print(const sip__relay_request *request, const sip_msg *msg,
                             const sip__relay_to *to, sip_path *path, sip_str branch,
                             sip_msg **ret_msg);
/* True if both were received with the same Request-URI and Route: a request that came back so goes
 * in a circle (16.3 step 4). */
bool sip__relay_request_same_way(const sip_msg *a, const sip_msg *b);

#endif
