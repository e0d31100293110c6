/* Which address of ours a peer sees: what Via, Contact and the descriptions of media for it say. */
#ifndef SIP_LOCAL_H
#define SIP_LOCAL_H

#include <sip/stack.h>
#include <sip/uri.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIP_LOCAL_HOST_BYTES 256

/** Our end of the way to a peer. */
typedef struct sip_local {
    sip_protocol protocol;
    sip_addr addr; /**< what messages to it leave from, by the routing table, with the port that we
                      listen on: sockets for media are bound to this address */
    char host[SIP_LOCAL_HOST_BYTES]; /**< what it is told in Contact, as in a URI (IPv6 in
                                        brackets): addr, what the listener advertises, or what was
                                        learnt of a NAT */
    uint16_t port;
    sip_addr seen; /**< the same as an address, for c= of a description; family none: host is a
                      name */
} sip_local;

/** Our end of the way along `path`: its protocol and remote (port aside) are read, and its flow and
 * local if there are any.
 * @return 0; SIP_EINVAL; SIP_EUNSUPPORTED (no listener of that protocol and family); SIP_EIO (no
 * route)
 * @thread The worker's. */
SIP_API int sip_stack_local_for(const sip_stack *stack, const sip_path *path, sip_local *ret_local);
/** The same before a request is sent to `uri` (NULL: to anywhere). No name is looked up: if the
 * host is one, the answer is by the route to the world outside, which is right but on hosts with
 * several ways out; there sip_locate() tells the address first. @return as sip_stack_local_for() */
SIP_API int sip_stack_local_for_uri(const sip_stack *stack, const sip_uri *uri,
                                    sip_local *ret_local);

#ifdef __cplusplus
}
#endif

#endif
