/* Requests whose Request-URI says how they got here, and not what is wanted (RFC 3261 16.4). */
#ifndef SIP_STACK_STRICT_ROUTE_H
#define SIP_STACK_STRICT_ROUTE_H

#include <sip/stack.h>

/* A strict router (RFC 2543) put our Record-Route into the Request-URI and moved the real target to
 * the end of Route: undo that, with our URI on top of Route then. A maddr that is ours, with the
 * port and transport that the request came by, is taken off with those.
 * @return 0, *ret_msg is one reference to what the request was meant to be, and stays untouched for
 * any other message; SIP_ENOMEM */
int sip__strict_route_undo(const sip_stack *stack, const sip_msg *msg, sip_msg **ret_msg);

#endif
