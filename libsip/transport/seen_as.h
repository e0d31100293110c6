/* What peers are told our address is: the bound one, the outside of a static NAT, or what a peer
 * has told us. */
#ifndef SIP_TRANSPORT_SEEN_AS_H
#define SIP_TRANSPORT_SEEN_AS_H

#include <sip/transport.h>

typedef struct sip__seen_as {
    sip_str host; /* as in a URI; stands in `room`, or belongs to the transport */
    uint16_t port;
    char room[SIP_ADDR_TEXT_BYTES];
} sip__seen_as;

/* "192.168.0.0/16", "fd00::/8", or one address. @return 0 or SIP_ESYNTAX */
int sip__network_check(const char *text);
/* True if one of the networks (up to NULL; NULL: none) holds `addr`; those that cannot be read hold
 * nothing. */
bool sip__networks_hold(const char *const *networks, const sip_addr *addr);

/* True if a peer may see another address than path->local. */
static inline bool sip__seen_as_may_differ(const sip_transport *transport)
{
    return transport->advertised_host != NULL || transport->advertised_port != 0 ||
           transport->learnt.family != SIP_FAMILY_NONE;
}
/* What the peer at path->remote is told, where path->local is what messages to it leave from with
 * the port that we listen on. Peers in `local_networks` see that; also one whose address is not
 * known (family none) is taken to be outside. */
void sip__seen_as_via(const sip_transport *transport, const sip_path *path,
                      const char *const *local_networks, sip__seen_as *ret_seen);
/* What was learnt of our address and goes for path->remote; family none: nothing. */
sip_addr sip__seen_as_learnt(const sip_transport *transport, const sip_path *path,
                             const char *const *local_networks);
/* As sip__seen_as_via() for Contact, which follows what was learnt. */
void sip__seen_as_contact(const sip_transport *transport, const sip_path *path,
                          const char *const *local_networks, sip__seen_as *ret_seen);

#endif
