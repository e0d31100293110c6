/* All transports of a worker, and the choice among them. */
#ifndef SIP_TRANSPORT_SELECTOR_H
#define SIP_TRANSPORT_SELECTOR_H

#include "dns/locate.h"
#include "io/port_share.h"
#include "transport/seen_as.h"
#include "transport/server_names.h"
#include <sip/containers.h>
#include <sip/loop.h>
#include <sip/stack.h>

/* What other workers have (stack/far.c); `arg` is the worker that asks. */
typedef struct sip__far_hooks {
    /* Complete a path to a flow of another worker, or, without a flow in it, give it one that leads
     * to path->remote. @return false: there is none that is known here */
    bool (*find)(void *arg, sip_path *path);
    /* Have `worker` send, as a transport's send() does. */
    int (*send)(void *arg, unsigned worker, const sip_path *to, sip_str bytes, uint64_t ref);
} sip__far_hooks;

typedef struct sip__transports {
    const sip_allocator *allocator;
    const sip_transport_events *events;
    void *user_data;
    sip_transport *first;
    const char *const *local_networks; /* that see us without the NAT; NULL: none */
    sip_protocol preferred;            /* where nothing else says; NONE: UDP */
    const sip__far_hooks *far;         /* NULL: there are no other workers */
    void *far_arg;
    /* private */
    const sip_clock *clock;
    sip_id_table flows;              /* of all stream transports here */
    struct sip__known_here *here;    /* of routes and interfaces; NULL until something listens */
    sip__server_names names;         /* that sip_path.server stands for */
    struct sip__listener *listeners; /* what those of sip__transports_listen() were given */
    sip_connection_stats stats;
} sip__transports;

#define SIP__WHY_BYTES 128

typedef struct sip__listen_config {
    const sip_allocator *allocator;
    sip_loop *loop;
    const sip_clock *clock;
    const sip_log *log;
    size_t max_message_bytes;
    uint32_t max_connections, idle_connection_s;
    uint8_t worker;
    sip__port_use use;
    const sip_allocator *blocks;  /* of datagrams, which other workers may free; NULL: allocator */
    const sip__transports *first; /* PORT_NEXT: those of the worker that has made the same */
    /* Of an accepted connection: hand it to another worker, then true. NULL: this one keeps all. */
    bool (*deal)(void *arg, sip_transport *transport, int fd, const sip_addr *remote);
    void *deal_arg;
    uint32_t keepalive_s; /* ping streams that are silent for so long; 0: never */
    sip_socket_options sockets;
    sip_connection_limits limits;
    const sip_random *random;
    sip_tls *tls;                        /* where the listener has none of its own; NULL: none */
    const sip_listener_config *listener; /* what else it is; NULL: nothing */
    bool client_only;                    /* nothing listens: connections of our own alone */
    bool accept_alias;                   /* RFC 5923 */
    /* ---- set by sip__transports_listen() */
    sip_id_table *flows;
    sip__server_names *names;
    sip_connection_stats *stats;
    char *why; /* SIP__WHY_BYTES: the system's words for a failure */
} sip__listen_config;

void sip__transports_init(sip__transports *transports, const sip_allocator *allocator,
                          const sip_transport_events *events, void *user_data);
/* Destroys every transport. */
void sip__transports_finish(sip__transports *transports);
/* Takes `transport` over and wires its events. */
void sip__transports_add(sip__transports *transports, sip_transport *transport);
/* Make the transports of "udp:HOST:PORT": one, or one for each address of an interface; all or none
 * (listener.c). @return 0, SIP_EINVAL, SIP_EUNSUPPORTED, SIP_EIO, SIP_ENOMEM; `text` (size bytes)
 * says why in words. */
int sip__transports_listen(sip__transports *transports, const sip__listen_config *config,
                           const char *where, char *text, size_t size);
/* Take back what the last sip__transports_listen() made. */
void sip__transports_unlisten(sip__transports *transports);
/* The one of this protocol that is bound to `local`, or NULL. */
sip_transport *sip__transports_at(const sip__transports *transports, sip_protocol protocol,
                                  const sip_addr *local);
/* Is the flow another worker's? */
static inline bool sip__transports_is_far(const sip__transports *transports, sip_flow flow)
{
    return transports->far != NULL && flow != 0 && flow >> 56 != transports->flows.worker;
}
/* Destroys it and takes it out of the list. */
void sip__transports_remove(sip__transports *transports, sip_transport *transport);
/* Get ready to listen. @return 0 or SIP_ENOMEM */
int sip__transports_prepare(sip__transports *transports, const sip__listen_config *config);
/* Free what listeners were given; their transports are gone. */
void sip__listeners_finish(sip__transports *transports);
/* The number for sip_path.server of a name that was asked for. @return 0, SIP_EINVAL: it is none,
 * SIP_ENOMEM */
int sip__transports_server_id(sip__transports *transports, sip_str name, uint32_t *ret_id);
/* The name back in lower case; NULL for 0 or one that has been forgotten. Valid until the next new
 * name. */
const char *sip__transports_server_name(sip__transports *transports, uint32_t id);
/* What we can send with. */
sip__locate_can sip__transports_can(const sip__transports *transports);
/* Choose the transport for `path` (protocol, family, local if set) and find the local address that
 * a message to path->remote leaves from (asking the routing table where the transport is bound to
 * the any-address): fills path->local with address and the listening port.
 * @return 0, SIP_EUNSUPPORTED (no transport of that protocol and family) or SIP_EIO (no route) */
int sip__transports_choose(const sip__transports *transports, sip_path *path,
                           sip_transport **ret_transport);
/* Choose and send. @return as the vtable's send(), or as above */
int sip__transports_send(sip__transports *transports, const sip_path *to, sip_str bytes,
                         uint64_t ref);
/* Can connections to `path` be begun without sending? */
bool sip__transports_can_connect(const sip__transports *transports, const sip_path *path);
/* As in the vtable, for the transport that a message along `path` takes; SIP_EUNSUPPORTED and
 * SIP_EIO as above. Each connect() that gave a flow is followed by a release(). */
int sip__transports_connect(sip__transports *transports, const sip_path *path, sip_flow *ret_flow);
void sip__transports_release(sip__transports *transports, const sip_path *path);
/* path->flow of a transport that does not know. */
sip_flow sip__transports_flow_to(sip__transports *transports, const sip_path *path,
                                 bool *ret_stands);
/* "no udp transport for IPv4": why sip__transports_choose() said SIP_EUNSUPPORTED, or SIP_EIO;
 * returns `out`. */
const char *sip__transports_why_not(const sip_path *path, int err, char *out, size_t size);
/* The most bytes of a request that goes along `path` as a datagram (RFC 3261 18.1.1): 200 less than
 * the path's MTU where that is known to be the smaller limit, else 1,300. */
uint32_t sip__transports_datagram_bytes(const sip__transports *transports, const sip_path *path);
/* The network has told of an MTU on the way to `remote`. */
void sip__transports_mtu_changed(sip__transports *transports, const sip_addr *remote);
/* Addresses or routes of this machine have changed: what was found out about them is not true any
 * more. */
void sip__transports_forget_routes(sip__transports *transports);

typedef enum sip__listener_news {
    SIP__LISTENER_LOST, /* its address is gone */
    SIP__LISTENER_BACK  /* its address is there again, or a new one of its interface is */
} sip__listener_news;

/* Bring listeners in line with the addresses that this machine has now (listener.c): connections
 * from others close, an interface's new addresses are listened on, transports whose address is gone
 * are marked. `tell` hears of each change. @return 0, or SIP_ENOMEM, SIP_EIO with what could be
 * done */
int sip__listeners_refresh(sip__transports *transports,
                           void (*tell)(sip__listener_news news, const sip_transport *transport,
                                        void *arg),
                           void *arg);
/* Close those of interfaces that were marked. */
void sip__listeners_sweep(sip__transports *transports);
/* Flush all, at the end of a turn. */
void sip__transports_flush(sip__transports *transports);

#endif
