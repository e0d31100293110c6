/* The second of the proxy's two transaction users: a record-routing forwarder (RFC 3261 16). */
#ifndef PROXY_FORWARDER_H
#define PROXY_FORWARDER_H

#include <dum/registrar.h>
#include <sip/relay.h>

struct forwarder {
    sip_stack *stack;
    const dum_registrar *registrar;
};

/* @return 0 or a SIP_E…; `forwarder` must outlive the stack. */
int forwarder_create(struct forwarder *forwarder, sip_stack *stack, const dum_registrar *registrar);

#endif
