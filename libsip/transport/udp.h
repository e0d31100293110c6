/* UDP (RFC 3261 18). */
#ifndef SIP_TRANSPORT_UDP_H
#define SIP_TRANSPORT_UDP_H

#include "transport/selector.h"

/* @param bind  address and port (0: a free one)
 * @return 0, SIP_ENOMEM or SIP_EIO with the system's words in `text` (size bytes) */
int sip__udp_transport_create(const sip__listen_config *config, const sip_addr *bind,
                              sip_transport **ret_transport, char *text, size_t size);

#endif
