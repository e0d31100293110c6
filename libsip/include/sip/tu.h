/* Transaction users: what a program on libsip, or libdum, is to the transaction layer. Everything
 * on the TU's worker. */
#ifndef SIP_TU_H
#define SIP_TU_H

#include <sip/build.h>
#include <sip/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_tu sip_tu;
typedef struct sip_server_tx sip_server_tx;
typedef struct sip_client_tx sip_client_tx;

/** Which requests a TU takes; the first TU made whose selector fits gets the request. NULL members
 * fit everything. */
typedef struct sip_tu_config {
    /** It lives there and gets what belongs to that worker alone: with several, every one needs a
     * TU for what it is to take; where there is none, requests get 501. */
    unsigned worker;
    const char *const *domains; /**< hosts of the Request-URI, up to NULL */
    const char *const *methods; /**< up to NULL */
    const char *const *schemes; /**< of the Request-URI: "sip", "tel" …, up to NULL */
    const char *const *events;  /**< of the Event header, without its parameters, up to NULL;
                                   requests without one do not fit */
    bool (*takes)(const sip_msg *request, void *takes_data); /**< asked last, on `worker` */
    void *takes_data;                                        /**< borrowed */
    /** The TU is a UAS, not a proxy: a request without To tag whose From tag, Call-ID and CSeq are
     * those of another to this TU that is under way, but not its branch, was forked on its way and
     * is answered with 482 without asking the TU (RFC 3261 8.2.2.2). */
    bool refuses_merged;
} sip_tu_config;

/** What a TU is told. No member is required. The struct is borrowed and must outlive the TU. */
typedef struct sip_tu_handler {
    /** A new request; `tx` lives until on_server_tx_ended. NULL: 501. Never an ACK; a CANCEL goes
     * to on_cancel. */
    void (*on_request)(sip_tu *tu, sip_server_tx *tx, void *user_data);
    /** An ACK that belongs to no transaction: to a 2xx. NULL: dropped. */
    void (*on_ack)(sip_tu *tu, const sip_msg *ack, void *user_data);
    /** The INVITE of `tx` is cancelled; the CANCEL itself has been answered (200). NULL: 487, or
     * the relay's cancelling. */
    void (*on_cancel)(sip_tu *tu, sip_server_tx *tx, void *user_data);
    /** A response that matches no client transaction. NULL: dropped. */
    void (*on_stray_response)(sip_tu *tu, const sip_msg *response, void *user_data);
    /** `tx` is dead when this returns. Comes once for each on_request, also when the stack is
     * destroyed. */
    void (*on_server_tx_ended)(sip_tu *tu, sip_server_tx *tx, void *user_data);
    /** sip_stack_stop() was called: wind down, then say sip_tu_stopped(). NULL: nothing to wind
     * down. */
    void (*on_stop)(sip_tu *tu, void *user_data);
    /** The stack is being destroyed, all its transactions have ended: free what is yours. */
    void (*on_destroy)(sip_tu *tu, void *user_data);
    /** A response got through on none of the ways that there are (RFC 3261 17.2.4). `tx` stays as
     * it is (RFC 6026 8.8): the next one may do better, and its timers end it. May come several
     * times. NULL: nobody minds. */
    void (*on_undelivered)(sip_tu *tu, sip_server_tx *tx, void *user_data);
    /** Each request, also ACK, CANCEL and what is repeated: for who keeps no state (RFC
     * 3261 16.11), instead of on_request, on_ack and on_cancel. No transaction is made. Answer it
     * with sip_tu_respond(), pass it on with sip_relay_forward(), or let it be. NULL: transactions
     * are made. */
    void (*on_stateless_request)(sip_tu *tu, const sip_msg *request, void *user_data);
} sip_tu_handler;

/** @private */
SIP_API int sip_tu_create_sized(sip_stack *stack, const sip_tu_config *config, size_t config_bytes,
                                const sip_tu_handler *handler, size_t handler_bytes,
                                void *user_data, sip_tu **ret_tu);
/** Add a TU. `config` NULL: takes everything; its lists are borrowed. Owned by the stack. @return
 * 0, SIP_EINVAL, SIP_ENOMEM */
static inline int sip_tu_create(sip_stack *stack, const sip_tu_config *config,
                                const sip_tu_handler *handler, void *user_data, sip_tu **ret_tu)
{
    return sip_tu_create_sized(stack, config, sizeof *config, handler, sizeof *handler, user_data,
                               ret_tu);
}
/** Say that winding down is over (after on_stop). */
SIP_API void sip_tu_stopped(sip_tu *tu);
/** The stack of a TU. */
SIP_API sip_stack *sip_tu_stack(const sip_tu *tu);
/** The worker that a TU lives on. */
SIP_API sip_worker *sip_tu_worker(const sip_tu *tu);

/* ---- server transactions (RFC 3261 17.2, RFC 6026) */

/** The request; NULL once the final response has been sent (the transaction drops it then).
 * sip_msg_ref() to keep it. */
SIP_API const sip_msg *sip_server_tx_request(const sip_server_tx *tx);
/** The TU that was given this transaction. */
SIP_API sip_tu *sip_server_tx_tu(const sip_server_tx *tx);
/** A pointer of the TU's own; NULL at first. */
SIP_API void sip_server_tx_set_data(sip_server_tx *tx, void *data);
/** The pointer set last, or NULL. */
SIP_API void *sip_server_tx_data(const sip_server_tx *tx);
/** Build and send a response with a To tag of the transaction's own (one, however many are sent).
 * @return as sip_server_tx_send() */
SIP_API int sip_server_tx_respond(sip_server_tx *tx, int status, const sip_extras *extras);
/**
 * Send a response made with sip_build_response(). Provisional ones while no final one has been
 * sent; a 2xx to INVITE again while in Accepted (its retransmissions are the TU's, RFC 6026 7.1,
 * RFC 3261 13.3.1.4).
 * @return 0; SIP_ESTATE (a final one went before); SIP_EINVAL; SIP_ENOMEM. Failure of the network
 * is on_undelivered, later.
 */
SIP_API int sip_server_tx_send(sip_server_tx *tx, const sip_msg *response);
/** Give up the transaction without an answer, for want of memory: the request's repetition begins a
 * new one. on_server_tx_ended comes at the end of the turn. NULL is fine. */
SIP_API void sip_server_tx_abandon(sip_server_tx *tx);
/** The To tag that respond() uses, zero-terminated. */
SIP_API sip_str sip_server_tx_tag(sip_server_tx *tx);

/* ---- client transactions (RFC 3261 17.1, RFC 6026) */

/** Why no final response came. */
typedef struct sip_failure {
    int status; /**< 408 (no answer) or 503 (transport, names), RFC 3261 8.1.3.1 */
    int err;    /**< SIP_E… */
    const char
        *text; /**< layer, cause and peer for a person: "udp 192.0.2.1:5060: connection refused" */
} sip_failure;

typedef struct sip_client_tx_handler {
    /** Each response: provisionals, the final one; for INVITE also each further 2xx (retransmitted
     * or forked) until Timer M. */
    void (*on_response)(sip_client_tx *tx, const sip_msg *response, void *user_data);
    /** No final response will come; instead of it. */
    void (*on_failed)(sip_client_tx *tx, const sip_failure *failure, void *user_data);
    /** `tx` is dead when this returns; exactly once, also when the stack is destroyed. */
    void (*on_ended)(sip_client_tx *tx, void *user_data);
} sip_client_tx_handler;

typedef struct sip_send_options {
    const char *next_hop; /**< a URI to send to instead of the topmost Route or the Request-URI (an
                             outbound proxy); NULL: none */
    const sip_path *path; /**< protocol, remote and perhaps flow to use without looking anything up;
                             NULL: none */
    const sip_path *prefer; /**< without `path`: of the targets that are found try the one with
                               this protocol and remote first, unless it has failed of late: a
                               dialog stays with whom it began. NULL: none */
} sip_send_options;

/**
 * Send a request in a client transaction. Finds the targets (RFC 3263: topmost Route, else
 * Request-URI) and goes on to the next when one cannot be reached, is silent or says 503, adds Via
 * and what sip_build_contact() asked for, retransmits, and for a non-2xx final answer to INVITE
 * sends the ACK.
 * @param request  from sip_build_request(), without a Via (or with the Vias of others below: a
 * proxy's); referenced
 * @param options  may be NULL
 * @return 0, then on_response… or on_failed, then on_ended, all in later turns; SIP_EINVAL;
 * SIP_ENOMEM; SIP_EBUSY
 */
SIP_API int sip_client_tx_create(sip_tu *tu, const sip_msg *request,
                                 const sip_send_options *options,
                                 const sip_client_tx_handler *handler, void *user_data,
                                 sip_client_tx **ret_tx);
/** The request as it was sent, with Via and Contact; before it has left, the one given. Valid until
 * the present callback ends, or else until the next one of this transaction; sip_msg_ref() to keep
 * it. NULL also without memory: what has its final response keeps its bytes alone. */
SIP_API const sip_msg *sip_client_tx_request(const sip_client_tx *tx);
/** Where it went; protocol NONE before that is known. */
SIP_API const sip_path *sip_client_tx_path(const sip_client_tx *tx);
/** Cancel an INVITE (RFC 3261 9.1): the CANCEL leaves when a provisional response has come; if none
 * ever comes Timer B ends it. A 2xx may still arrive.
 * @return 0; SIP_ESTATE (a final response came, not an INVITE, or cancelled before) ; SIP_ENOMEM */
SIP_API int sip_client_tx_cancel(sip_client_tx *tx, const sip_extras *extras);
/** Give up the transaction without a word: no callback comes any more but on_ended (in a later
 * turn). */
SIP_API void sip_client_tx_abandon(sip_client_tx *tx);

/* ---- outside transactions */

/** Send a request without a transaction: the ACK to a 2xx. A message that has our Via already (from
 * ret_sent) goes out as it is, so that a retransmitted 2xx gets the same ACK. @param ret_sent  (may
 * be NULL) gets a reference to the message as sent, or NULL if it leaves only after a look-up.
 * @return 0, SIP_EINVAL, SIP_ENOMEM */
SIP_API int sip_tu_send(sip_tu *tu, const sip_msg *request, const sip_send_options *options,
                        sip_msg **ret_sent);
/** Answer a request without a transaction (RFC 3261 8.2.7): its repetitions get the same To tag,
 * and the ACK to a failed INVITE is absorbed. @return 0, SIP_EINVAL (an ACK, a provisional status),
 * SIP_ENOMEM (or it could not be sent) */
SIP_API int sip_tu_respond(sip_tu *tu, const sip_msg *request, int status,
                           const sip_extras *extras);
/** Forward a message as a proxy does without a transaction (an ACK to 2xx, a stray response): Route
 * to us taken off, Max-Forwards counted down, Via added or taken off. @return 0, SIP_EHOPS,
 * SIP_ENOMEM, SIP_EINVAL */
SIP_API int sip_tu_forward(sip_tu *tu, const sip_msg *msg);

#ifdef __cplusplus
}
#endif

#endif
