/* URIs of ours for Record-Route and Path: as each side sees us, by which requests come back through
 * us (RFC 3261 16.6 step 4, RFC 5658, RFC 3327, RFC 5626). */
#ifndef SIP_PROXY_RECORD_ROUTE_H
#define SIP_PROXY_RECORD_ROUTE_H

#include "stack/stack.h"

#define SIP__ROUTE_BYTES (SIP_FLOW_TOKEN_BYTES + 340) /* an advertised name fits */

typedef struct sip__route_side {
    const sip_stack *stack;
    const sip_path *towards; /* from there we are seen: protocol, local, and remote if known */
    const sip_path *flow;    /* requests with it in Route must take that; NULL: they need not */
    const char *params;      /* behind ";lr": "" or ";ob" */
    sip_str proof;           /* of the dialog; empty: none */
    bool secure;             /* sips */
} sip__route_side;

/* "<sip:token@host:port;transport=tcp;lr;dlg=proof>"; empty if we cannot be reached from there. */
sip_str sip__route_print(const sip__route_side *side, char out[SIP__ROUTE_BYTES]);
/* The flow back to whom `request` comes from, if it takes that to reach him: nobody is between, who
 * would have named himself, and he is one who cannot be connected to, or whose connection proves
 * who he is; over UDP only if he said that he hears where he speaks (RFC 3581). NULL: none */
const sip_path *sip__flow_of_caller(const sip_msg *request);
/* The same of a target, whose way is `path` (may be NULL). */
const sip_path *sip__flow_of_callee(sip_str uri, const sip_path *path);

#endif
