/* The simulated network: UDP-like and TCP-like transports whose bytes wait in one queue, ordered by
 * virtual time, until the simulator delivers them. Faults come from the given randomness alone, so
 * a seed gives the same run again. */
#ifndef SIP_TRANSPORT_LOOPBACK_H
#define SIP_TRANSPORT_LOOPBACK_H

#include "transport/barriers.h"
#include "transport/fate.h"
#include <sip/transport.h>

/* After that an attempt to connect to a host that is cut off fails. */
#define SIP__LOOPBACK_CONNECT_MS 10000

/* What the sender's (of the message) and the receiver's address is; ARRIVED comes just before the
 * receiver gets it. REFUSED and BROKEN: `to` hears that nobody is at `from`, or that their
 * connection broke; there are no bytes. */
typedef enum sip__loopback_news {
    SIP__LOOPBACK_ARRIVED,
    SIP__LOOPBACK_REFUSED,
    SIP__LOOPBACK_BROKEN
} sip__loopback_news;

typedef struct sip__loopback_config {
    const sip_allocator *allocator;
    const sip_clock *clock;
    const sip_random *random;
    sip__fate_odds faults;
    /* Told of every send, before chance decides on it; returns true to lose this one on purpose.
     * May be NULL. */
    bool (*on_send)(const sip_path *path, sip_str bytes, void *user_data);
    /* Told of what else happens; `path` from the receiver's side. May be NULL. */
    void (*on_news)(sip__loopback_news news, const sip_path *path, sip_str bytes, void *user_data);
    void *user_data;
} sip__loopback_config;

typedef struct sip__loopback_net {
    sip__loopback_config config;
    sip_list transports;  /* struct loopback */
    sip_list packets;     /* struct packet, by (due_ms, order of sending) */
    sip_list connections; /* struct connection */
    sip__barriers barriers;
    sip__fate_counts counts;
    uint64_t last_number; /* of the datagrams sent */
    sip_flow last_flow;
} sip__loopback_net;

void sip__loopback_net_init(sip__loopback_net *net, const sip__loopback_config *config);
/* Drops what is in flight. All transports must have been destroyed before. */
void sip__loopback_net_finish(sip__loopback_net *net);
/* A transport at `local` (address and port), UDP or TCP. The stack that it is added to destroys it.
 * @return 0 or SIP_ENOMEM */
int sip__loopback_create(sip__loopback_net *net, sip_protocol protocol, const sip_addr *local,
                         sip_transport **ret_transport);
/* Put a datagram on the wire as if `from` had sent it; the faults apply. @return 0 or SIP_ENOMEM */
int sip__loopback_inject(sip__loopback_net *net, const sip_addr *from, const sip_addr *to,
                         sip_str bytes);
/* When the next packet arrives; UINT64_MAX: none is in flight. */
sip_time_ms sip__loopback_next_due_ms(const sip__loopback_net *net);
/* Deliver the first packet if its time has come. @return the stack that got it (its turn is to be
 * ended), NULL if nothing was due; *ret_delivered says whether a packet left the queue, since one
 * for nobody reaches no stack. */
void *sip__loopback_deliver(sip__loopback_net *net, bool *ret_delivered);
/* Put a barrier up or take it away (barriers.h): connections that it bars break, and new ones fail.
 * Nothing of a dead host is taken down here. @return 0 or SIP_ENOMEM */
int sip__loopback_set_barrier(sip__loopback_net *net, sip__barrier_kind kind, const sip_addr *a,
                              const sip_addr *b, bool is_up);

#endif
