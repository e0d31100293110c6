/* The second of the proxy's two transaction users: a record-routing forwarder (RFC 3261 16). */
#ifndef PROXY_FORWARDER_H
#define PROXY_FORWARDER_H

#include "proxy/proxy_options.h"
#include <dum/registrar.h>
#include <sip/routing.h>

struct forwarder {
    sip_stack *stack;
    const dum_registrar *registrar;
    const proxy_options *options;
};

/* @return 0 or a SIP_E…; `forwarder` and `options` must outlive the stack. */
int forwarder_create(struct forwarder *forwarder, sip_stack *stack, const dum_registrar *registrar,
                     const proxy_options *options);

#endif
