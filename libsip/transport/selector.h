/* All transports of a worker, and the choice among them. */
#ifndef SIP_TRANSPORT_SELECTOR_H
#define SIP_TRANSPORT_SELECTOR_H

#include "dns/locate.h"
#include <sip/loop.h>
#include <sip/transport.h>

typedef struct sip__transports {
    const sip_allocator *allocator;
    const sip_transport_events *events;
    void *user_data;
    sip_transport *first;
} sip__transports;

typedef struct sip__listen_config {
    const sip_allocator *allocator;
    sip_loop *loop;
    const sip_clock *clock;
    const sip_log *log;
    size_t max_message_bytes;
    uint32_t max_connections, idle_connection_s;
    uint8_t worker;
} sip__listen_config;

void sip__transports_init(sip__transports *transports, const sip_allocator *allocator,
                          const sip_transport_events *events, void *user_data);
/* Destroys every transport. */
void sip__transports_finish(sip__transports *transports);
/* Takes `transport` over and wires its events. */
void sip__transports_add(sip__transports *transports, sip_transport *transport);
/* Parse "udp:HOST:PORT" and make that transport. @return 0, SIP_EINVAL, SIP_EUNSUPPORTED, SIP_EIO,
 * SIP_ENOMEM; `text` (size bytes) says why in words. */
int sip__transports_listen(sip__transports *transports, const sip__listen_config *config,
                           const char *where, char *text, size_t size);
/* What we can send with. */
sip__locate_can sip__transports_can(const sip__transports *transports);
/* Choose the transport for `path` (protocol, family, local if set) and find the local address that
 * a message to path->remote leaves from (asking the routing table where the transport is bound to
 * the any-address): fills path->local with address and the listening port.
 * @return 0 or SIP_EUNSUPPORTED */
int sip__transports_choose(const sip__transports *transports, sip_path *path,
                           sip_transport **ret_transport);
/* Choose and send. @return as the vtable's send(), or SIP_EUNSUPPORTED */
int sip__transports_send(sip__transports *transports, const sip_path *to, sip_str bytes,
                         uint64_t ref);
/* Flush all, at the end of a turn. */
void sip__transports_flush(sip__transports *transports);

#endif
