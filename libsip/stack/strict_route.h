/* Requests that a strict router (RFC 2543) passed to us. */
#ifndef SIP_STACK_STRICT_ROUTE_H
#define SIP_STACK_STRICT_ROUTE_H

#include <sip/stack.h>

/* A strict router put our Record-Route into the Request-URI and moved the real target to the end of
 * Route. Undo that (RFC 3261 16.4).
 * @return 0, *ret_msg is one reference to what the request was meant to be, and stays untouched for
 * any other message; SIP_ENOMEM */
int sip__strict_route_undo(const sip_stack *stack, const sip_msg *msg, sip_msg **ret_msg);

#endif
