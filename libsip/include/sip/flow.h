/* Flows (RFC 5626): their ends and the changes of this machine's addresses told to whoever cares,
 * keep-alives, and tokens that name a flow in a Path or Record-Route. */
#ifndef SIP_FLOW_H
#define SIP_FLOW_H

#include <sip/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_transport_event_kind {
    /** A connection ended, or a UDP flow that is kept alive answers no more. */
    SIP_TRANSPORT_FLOW_ENDED,
    /** A NAT gives a UDP flow that is kept alive another address than before: `mapped` (RFC 5626
     * 4.4.2: what was registered along it has to be registered again). */
    SIP_TRANSPORT_FLOW_MOVED,
    /** Addresses or routes of this machine have changed: whoever stated one states it anew, see
     * sip_stack_local_for(). After the events of listeners. */
    SIP_TRANSPORT_ADDRESSES_CHANGED,
    /** The address that a listener is bound to is none of this machine's any more: path.local. One
     * that was made by the name of an interface is closed. */
    SIP_TRANSPORT_LISTENER_LOST,
    /** That address is there again, or the interface has another one, on which we listen now. */
    SIP_TRANSPORT_LISTENER_BACK
} sip_transport_event_kind;

/** What happened below the transactions. Everything is borrowed for the call. */
typedef struct sip_transport_event {
    sip_transport_event_kind kind;
    /** Which flow: `flow` and protocol of a connection, remote and local of a UDP flow; of a
     * listener protocol and local. */
    sip_path path;
    sip_addr mapped;  /**< FLOW_MOVED: the address now */
    int err;          /**< FLOW_ENDED: 0 at the peer's orderly end, else a SIP_E… */
    const char *text; /**< a line for a person */
} sip_transport_event;

/** Someone who is told; lives in its owner. Set fn and user_data. */
typedef struct sip_transport_observer {
    void (*fn)(const sip_transport_event *event, void *user_data);
    void *user_data;
    sip_list link; /**< private */
} sip_transport_observer;

/** Have `observer` told of every event of the stack, after what concerns transactions, in order of
 * adding. It may do anything but destroy the stack, also end its own observing. @thread The
 * worker's */
SIP_API void sip_stack_observe(sip_stack *stack, sip_transport_observer *observer);
/** The same on a worker of several: each is told of its own flows, and of the ends of all. */
SIP_API void sip_worker_observe(sip_worker *worker, sip_transport_observer *observer);
/** Tell it no more; before its memory goes. Harmless when it is told nothing. */
SIP_API void sip_transport_observer_end(sip_transport_observer *observer);

/**
 * Keep a flow alive. A connection is pinged by a double line break, or as its WebSocket does,
 * whenever nothing has come along it for 80 to 100 percent of `interval_s` (RFC 5626 4.4.1); over
 * UDP a STUN binding request leaves every 80 to 100 percent of it (4.4.2). A flow that does not
 * answer is told as SIP_TRANSPORT_FLOW_ENDED, and a connection closed.
 *
 * @param path  as of a message that came along it: flow, or for UDP remote and local
 * @param interval_s  a Flow-Timer, or the value of a "keep" in Via (RFC 6223); 0: no more
 * @return 0, or SIP_EGONE (such a connection there is not), SIP_EUNSUPPORTED (neither a connection
 * nor UDP), SIP_ENOMEM
 * @thread The worker's
 */
SIP_API int sip_stack_keep_alive(sip_stack *stack, const sip_path *path, uint32_t interval_s);

#define SIP_FLOW_TOKEN_BYTES 96 /**< room for any token with its zero */

/** Write a token that names the flow of `path` and that nobody else can make or read (RFC
 * 5626 5.2), for the user part of a URI of ours in Path or Record-Route: a request that comes with
 * it in Route goes along that flow. Good until the stack ends. @return `out` as a slice; empty: it
 * could not be made
 */
SIP_API sip_str sip_stack_flow_token(const sip_stack *stack, const sip_path *path,
                                     char out[SIP_FLOW_TOKEN_BYTES]);
/** The flow that a token names. @return 0 with *ret_path for sip_send_options; SIP_ESYNTAX (none of
 * ours, or altered: RFC 5626 5.3.1 wants 403); SIP_EGONE (the connection has ended: 430) */
SIP_API int sip_stack_flow_of_token(const sip_stack *stack, sip_str token, sip_path *ret_path);

/** What TLS has proved of the peer of a connection, for TLS and WSS: whether it may speak for a
 * domain is then sip_tls_peer_is(). NULL: no such connection, no TLS, or its handshake goes on.
 * Lives as long as the connection. A worker knows it of its own and of those whose messages it got.
 * @thread The worker's */
SIP_API const sip_tls_peer *sip_stack_flow_peer(const sip_stack *stack, sip_flow flow);
/** True while the connection path->flow stands, or if its transport (one of your own) does not
 * tell.
 */
SIP_API bool sip_stack_flow_lives(const sip_stack *stack, const sip_path *path);
/** True if a request to `contact` cannot find its owner, whose message came by `came`: the host is
 * a name in ".invalid" or the transport WebSocket, whose clients nobody can connect to (RFC 7118
 * 5), or it is an address, but another than the sender's (a NAT between). Then the way to its owner
 * is `came`. With protocol NONE in `came` only the URI itself is looked at. */
SIP_API bool sip_contact_is_hidden(const sip_uri *contact, const sip_path *came);

#ifdef __cplusplus
}
#endif

#endif
