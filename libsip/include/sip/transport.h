/* The seam between the stack and what carries its bytes. The built-in UDP and TCP, the simulated
 * network and an application's own transport all stand behind the same vtable. */
#ifndef SIP_TRANSPORT_H
#define SIP_TRANSPORT_H

#include <sip/msg.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_transport sip_transport;
struct sip_msg_block;

/** An error that the network sent back for a datagram of ours (ICMP). Anybody can forge one: what
 * it quotes tells whether it was sent by somebody who has seen the datagram. All borrowed. */
typedef struct sip_network_error {
    sip_addr remote;  /**< where the datagram was to go */
    sip_str quoted;   /**< how it began, as far as the error quotes it; empty: it does not */
    int err;          /**< SIP_EIO: nothing gets through; SIP_ETOOBIG: it was longer than the path's
                         MTU */
    const char *text; /**< a line for a person */
} sip_network_error;

/** What a transport tells its stack. Given by the stack; a transport calls these on its worker,
 * never from inside its own send(). */
typedef struct sip_transport_events {
    /** A datagram, or one message cut out of a stream; bytes borrowed for the call. Keep-alives are
     * the transport's own business. */
    void (*on_bytes)(sip_transport *transport, const sip_path *from, sip_str bytes, void *stack);
    /** A send did not get through: `ref` is the one given to send(), `err` a SIP_E…, `text` a line
     * for a person. */
    void (*on_send_failed)(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *stack);
    /** A datagram did not get to its destination: ends what has sent the one that is quoted, and
     * casts a doubt on the destination otherwise. */
    void (*on_unreachable)(sip_transport *transport, const sip_network_error *error, void *stack);
    /** A connection ended; its sends that had not left have been reported each. */
    void (*on_flow_closed)(sip_transport *transport, sip_flow flow, int err, const char *text,
                           void *stack);
    /** A stream or datagram that is no SIP was dropped or cut; counted by `reason`, a static text.
     */
    void (*on_dropped)(sip_transport *transport, const sip_path *from, const char *reason,
                       void *stack);
    /** The beginning of a datagram that is longer than what is received: answered 513 where that
     * can be done. */
    void (*on_truncated)(sip_transport *transport, const sip_path *from, sip_str bytes,
                         void *stack);
    /** As on_bytes, where `bytes` stand in a block that a message is made of in place; for the
     * library's own transports. NULL: on_bytes is called.
     * @return true: the block belongs to the message now
     * @private */
    bool (*on_block)(sip_transport *transport, const sip_path *from, sip_str bytes,
                     struct sip_msg_block *block, void *stack);
    /** An answer to a keep-alive over datagrams (STUN). NULL: dropped. @private */
    void (*on_keepalive)(sip_transport *transport, const sip_path *from, sip_str bytes,
                         void *stack);
    /** An attempt that connect() began is over: err 0, the connection stands; else it does not, and
     * `text` says why. Never from inside connect(). */
    void (*on_connected)(sip_transport *transport, sip_flow flow, int err, const char *text,
                         void *stack);
} sip_transport_events;

typedef struct sip_transport_vtable {
    const char *name; /**< for errors and logs: "udp" */
    /**
     * Send one message. Never calls back from inside and never fails for the network's sake: that
     * is an on_send_failed in a later turn.
     * @param to     protocol and remote are set; flow if one is wanted (then only that one is used:
     * SIP_EGONE comes as an event); local may name the source address wanted
     * @param bytes  borrowed; written or copied before return
     * @param ref    names the send in on_send_failed; 0: nobody cares
     * @return 0, or SIP_ENOMEM, SIP_ETOOBIG with nothing done
     */
    int (*send)(sip_transport *transport, const sip_path *to, sip_str bytes, uint64_t ref);
    /** Called at the end of each turn, to flush what was batched. NULL: nothing to do. */
    void (*flush)(sip_transport *transport);
    /** Close everything and free `transport`. No events come from here. */
    void (*destroy)(sip_transport *transport);
    /**
     * The connection that a message to `to` (as for send()) would take; begun unless there is one.
     * NULL: a datagram transport, or one that connects by sending only; then several addresses are
     * tried one after the other.
     * @return 0 with *ret_flow: it stands; SIP_EAGAIN with *ret_flow: on_connected comes;
     *   SIP_ENOMEM, SIP_EBUSY (a limit), SIP_EGONE (to->flow has ended, or its name is forgotten)
     */
    int (*connect)(sip_transport *transport, const sip_path *to, sip_flow *ret_flow);
    /** The connection that a message to `to` would take if there is one; *ret_stands: it is open.
     * 0: none. NULL with connect NULL. */
    sip_flow (*flow_to)(sip_transport *transport, const sip_path *to, bool *ret_stands);
    /** The connection `path->flow` from connect() is not wanted (any more) by who asked: closed if
     * nothing was sent along it. NULL with connect NULL. */
    void (*release)(sip_transport *transport, const sip_path *path);
} sip_transport_vtable;

/** The head of every transport; an implementation embeds it as its first member and fills in what
 * is above the line. */
struct sip_transport {
    const sip_transport_vtable *vtable;
    sip_protocol protocol;
    sip_addr local; /**< bound address; any-address if bound to all */
    /* ---- set by the stack when the transport is added */
    const sip_transport_events *events;
    void *stack;
    sip_transport *next;
    /* ---- set where a listener is made; of your own transport by you, before it is added */
    const char *advertised_host; /**< what Via and Contact say instead of local; NULL: local */
    uint16_t advertised_port;    /**< 0: the port of local */
    bool offers_alias;           /**< Via of requests says "alias" (RFC 5923) */
    bool offers_keep;            /**< Via of requests says "keep" (RFC 6223) */
    uint32_t keep_s;             /**< asked for in answers to a Via with "keep"; 0: not willing */
    bool learns;                 /**< Contact follows what answers say of our address (RFC 3581) */
    sip_addr learnt;             /**< what they said last; family none: nothing */
    sip_addr learnt_from;        /**< who says it */
    sip_time_ms learnt_ms;       /**< @private since when its changes are counted */
    unsigned learnt_changes;     /**< @private */
    const char *device;          /**< the interface that it is bound to; NULL: none */
    bool is_lost;                /**< its address is none of this machine's at the time */
    struct sip__listener *listener; /**< @private */
    /* ---- counted by the transport */
    uint64_t lost;          /**< datagrams that it could not receive, for lack of room or memory */
    uint64_t stun_answered; /**< binding requests (RFC 5626 8) */
    uint64_t stun_dropped;  /**< those beyond what is answered in a second */
};

#ifdef __cplusplus
}
#endif

#endif
