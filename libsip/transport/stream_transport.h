/* What TCP, TLS, WS and WSS have in common (RFC 3261 18, RFC 7118): a listener, connections to and
 * from it that are used again, and on each a channel between its bytes and its messages. */
#ifndef SIP_TRANSPORT_STREAM_TRANSPORT_H
#define SIP_TRANSPORT_STREAM_TRANSPORT_H

#include "io/interfaces.h"
#include "transport/channel.h"
#include "transport/selector.h"

struct sip__connection;

/* @param protocol  one of the streams
 * @param factory   makes the connections' channels; NULL: there are none. Taken over, also on
 * failure
 * @param bind  address and port (0: a free one)
 * @return 0, SIP_ENOMEM or SIP_EIO with the system's words in config->why */
int sip__stream_transport_create(const sip__listen_config *config, sip_protocol protocol,
                                 sip__channel_factory *factory, const sip_addr *bind,
                                 sip_transport **ret_transport);

/* Take over a connection that another worker has accepted. */
void sip__stream_take_accepted(sip_transport *transport, int fd, const sip_addr *remote);
/* No further connection is accepted. Any transport; those that are no streams go on. */
void sip__stream_stop_accepting(sip_transport *transport);
/* May it be used for another address than its own (sip_listener_config.accept_alias)? */
bool sip__stream_takes_alias(const struct sip__connection *connection);
/* Requests to `addr` may go along `connection` as well (RFC 5923). @return 0 or SIP_ENOMEM */
int sip__stream_alias(struct sip__connection *connection, const sip_addr *addr);
/* Ping it after such a silence from now on (RFC 6223); 0: no more. */
void sip__stream_keep_alive(struct sip__connection *connection, uint32_t interval_ms);
/* Close the connections of a stream transport of ours (of another: nothing is done) whose local
 * address is not among those that are here. */
void sip__stream_close_unplaced(sip_transport *transport, const sip__interface *here, size_t n);

#endif
