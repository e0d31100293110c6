/* What TLS has proved of the peer of a connection, for the workers that do not have it. */
#ifndef SIP_STACK_FAR_PEER_H
#define SIP_STACK_FAR_PEER_H

#include <sip/tls.h>

/* A copy in one block, its texts and names in it: sip_free() it. NULL without memory, or of NULL.
 */
sip_tls_peer *sip__far_peer_copy(const sip_allocator *allocator, const sip_tls_peer *peer);

#endif
