/* The transaction machines by themselves, event driven: the ones that the stack runs, without its
 * sockets, look-ups and clock. Whoever uses them reads and writes the messages and says what time
 * it is: transactions are made, are fed events, and announce what happens through a callback a kind
 * of event. RFC 3261 17, RFC 6026, RFC 4320. docs/examples/event_driven.c shows it all.
 *
 * Everything here is called on one thread at a time. */
#ifndef SIP_FSM_H
#define SIP_FSM_H

#include <sip/build.h>
#include <sip/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Machines with what they have in common: timers, memory, the present time. */
typedef struct sip_fsm sip_fsm;
/** One transaction. Valid from when it is made until its on_destroyed returns. */
typedef struct sip_fsm_tx sip_fsm_tx;

/** Which machine a transaction is. */
typedef enum sip_fsm_kind {
    SIP_FSM_ICT,  /**< INVITE client, RFC 3261 17.1.1 */
    SIP_FSM_NICT, /**< non-INVITE client, 17.1.2 */
    SIP_FSM_IST,  /**< INVITE server, 17.2.1 */
    SIP_FSM_NIST  /**< non-INVITE server, 17.2.2 */
} sip_fsm_kind;

typedef enum sip_fsm_state {
    SIP_FSM_READY, /**< ICT, NICT: made, nothing has left */
    SIP_FSM_CALLING,
    SIP_FSM_TRYING,
    SIP_FSM_PROCEEDING,
    SIP_FSM_COMPLETED,
    SIP_FSM_CONFIRMED,
    SIP_FSM_ACCEPTED, /**< RFC 6026 */
    SIP_FSM_TERMINATED
} sip_fsm_state;

/** What can be fed. The timers fire by themselves as time passes in sip_fsm_advance(); feeding one
 * has it fire early. */
typedef enum sip_fsm_event {
    SIP_FSM_MESSAGE_IN,  /**< msg came: a response; the request again; an ACK to a failure */
    SIP_FSM_MESSAGE_OUT, /**< client: the request leaves, msg is NULL; server: msg is the response
                          */
    SIP_FSM_TRANSPORT_ERROR, /**< what was sent last did not get through */
    SIP_FSM_TIMER_100,       /**< IST: 200 ms (17.2.1); NIST: RFC 4320 4.1 */
    SIP_FSM_TIMER_A,
    SIP_FSM_TIMER_B,
    SIP_FSM_TIMER_D,
    SIP_FSM_TIMER_E,
    SIP_FSM_TIMER_F,
    SIP_FSM_TIMER_G,
    SIP_FSM_TIMER_H,
    SIP_FSM_TIMER_I,
    SIP_FSM_TIMER_J,
    SIP_FSM_TIMER_K,
    SIP_FSM_TIMER_L,
    SIP_FSM_TIMER_M,
    SIP_FSM_EVENTS
} sip_fsm_event;

/** What is announced, each kind of event by a callback of its own; `user_data` is that of the
 * machines. Only on_send is required. All may feed events and make transactions, but on_send and
 * on_created. The struct is borrowed and must outlive the machines. */
typedef struct sip_fsm_handler {
    /** These bytes are to leave now, for `to`: protocol, remote, and the flow if it is known. They
     * are borrowed. @return 0, or SIP_E… if they cannot: a transport error follows */
    int (*on_send)(sip_fsm_tx *tx, const sip_path *to, sip_str bytes, void *user_data);
    /** It was made, also a CANCEL by sip_fsm_cancel(). */
    void (*on_created)(sip_fsm_tx *tx, const sip_msg *request, void *user_data);
    /** Client: the request has been sent for the first time. */
    void (*on_sent)(sip_fsm_tx *tx, const sip_msg *request, void *user_data);
    /** The request, response or ACK has been sent again. */
    void (*on_sent_again)(sip_fsm_tx *tx, void *user_data);
    /** Something came again and was absorbed. */
    void (*on_repeated)(sip_fsm_tx *tx, const sip_msg *msg, void *user_data);
    /** A provisional response. Client: came; server: has been sent. */
    void (*on_provisional)(sip_fsm_tx *tx, const sip_msg *response, void *user_data);
    /** A final one, the same. ICT: each 2xx, whose ACK is yours (RFC 3261 13.2.2.4). */
    void (*on_final)(sip_fsm_tx *tx, const sip_msg *response, void *user_data);
    /** ICT: the ACK to a failure has been sent; IST: one came. */
    void (*on_ack)(sip_fsm_tx *tx, const sip_msg *ack, void *user_data);
    /** Client: Timer B or F; IST: Timer H. It ends. */
    void (*on_timeout)(sip_fsm_tx *tx, void *user_data);
    /** Client: it ends for it; server: it stays as it is (RFC 6026 8.8). */
    void (*on_transport_error)(sip_fsm_tx *tx, void *user_data);
    /** `tx` is dead when this returns; the last of each. */
    void (*on_destroyed)(sip_fsm_tx *tx, void *user_data);
} sip_fsm_handler;

/** All borrowed; zeros are the defaults of sip_stack_config. */
typedef struct sip_fsm_config {
    const sip_allocator *allocator;
    const sip_random *random;
    sip_timers timers;
    uint32_t max_transactions;
    sip_time_ms now_ms; /**< what time it is, by the clock of sip_fsm_advance() */
} sip_fsm_config;

/** @private */
SIP_API int sip_fsm_create_sized(const sip_fsm_config *config, size_t config_bytes,
                                 const sip_fsm_handler *handler, size_t handler_bytes,
                                 void *user_data, sip_fsm **ret_fsm);
/** Make the machines. `config` may be NULL. @return 0, SIP_EINVAL (no on_send, timers), SIP_ENOMEM
 */
static inline int sip_fsm_create(const sip_fsm_config *config, const sip_fsm_handler *handler,
                                 void *user_data, sip_fsm **ret_fsm)
{
    return sip_fsm_create_sized(config, sizeof *config, handler, sizeof *handler, user_data,
                                ret_fsm);
}
/** End all transactions (on_destroyed of each comes from here) and free. NULL is fine. Not from
 * inside a callback. */
SIP_API void sip_fsm_destroy(sip_fsm *fsm);

/** It is `now_ms` by now, on a clock that never goes back: what is due fires, in order and each at
 * its own time. An earlier time is as the last one. */
SIP_API void sip_fsm_advance(sip_fsm *fsm, sip_time_ms now_ms);
/** When the next timer is due; UINT64_MAX: none is armed. */
SIP_API sip_time_ms sip_fsm_next_due_ms(const sip_fsm *fsm);
/** How many transactions there are. */
SIP_API size_t sip_fsm_count(const sip_fsm *fsm);

/**
 * Make a client transaction: ICT for INVITE, else NICT. Nothing leaves before SIP_FSM_MESSAGE_OUT.
 * @param request  as it is to be sent, its topmost Via with a branch of at most 39 characters that
 * has the cookie of RFC 3261 8.1.1.7; referenced
 * @param to  protocol and remote; copied
 * @return 0; SIP_EINVAL (no request, an ACK, its Via); SIP_EBUSY (max_transactions); SIP_ENOMEM
 */
SIP_API int sip_fsm_create_client(sip_fsm *fsm, const sip_msg *request, const sip_path *to,
                                  void *data, sip_fsm_tx **ret_tx);
/**
 * Make a server transaction for a request that sip_fsm_find() knows nothing of: IST for INVITE,
 * else NIST, also for a CANCEL.
 * @param request  parsed with where it came from, which with its Via says where responses go (RFC
 * 3261 18.2.2, RFC 3581); referenced until the final response
 * @return 0; SIP_EINVAL (no request, an ACK, no Via, or RFC 2543's without From and CSeq);
 *   SIP_ESTATE (there is one); SIP_EBUSY; SIP_ENOMEM
 */
SIP_API int sip_fsm_create_server(sip_fsm *fsm, const sip_msg *request, void *data,
                                  sip_fsm_tx **ret_tx);

/** The transaction that a message which came belongs to: a response to its client (RFC
 * 3261 17.1.3), a request or an ACK to its server (17.2.3, also as of RFC 2543). NULL: none, it is
 * a new request, the ACK to a 2xx, or stray. */
SIP_API sip_fsm_tx *sip_fsm_find(sip_fsm *fsm, const sip_msg *msg);
/** The INVITE that a CANCEL is about (RFC 3261 9.2); NULL: none, 481. */
SIP_API sip_fsm_tx *sip_fsm_find_cancelled(sip_fsm *fsm, const sip_msg *cancel);

/**
 * Feed an event: the machine goes through the cell of its table, then what happened is announced.
 * @return 0; SIP_ESTATE: the cell is empty, nothing has changed; SIP_EINVAL: no event of this
 * machine, or not with this message
 */
SIP_API int sip_fsm_feed(sip_fsm_tx *tx, sip_fsm_event event, const sip_msg *msg);
/** sip_fsm_find() and SIP_FSM_MESSAGE_IN in one. @return as sip_fsm_feed(), or SIP_EGONE: it
 * belongs to none */
SIP_API int sip_fsm_receive(sip_fsm *fsm, const sip_msg *msg);
/** Cancel an ICT: the CANCEL, a NICT of its own, leaves when a provisional response has come (RFC
 * 3261 9.1); Timer B then ends a call that no final one comes for. @return as
 * sip_client_tx_cancel(), SIP_EINVAL for another machine */
SIP_API int sip_fsm_cancel(sip_fsm_tx *tx, const sip_extras *extras);
/** End one without a word; on_destroyed is all that follows. */
SIP_API void sip_fsm_end(sip_fsm_tx *tx);

/** The machines that it is one of. */
SIP_API sip_fsm *sip_fsm_of(const sip_fsm_tx *tx);
/** Which machine it is. */
SIP_API sip_fsm_kind sip_fsm_tx_kind(const sip_fsm_tx *tx);
/** Where it stands; SIP_FSM_TERMINATED of NULL. */
SIP_API sip_fsm_state sip_fsm_tx_state(const sip_fsm_tx *tx);
/** What was given when it was made; NULL of a CANCEL by sip_fsm_cancel(). */
SIP_API void *sip_fsm_tx_data(const sip_fsm_tx *tx);
/** Client: the request as sent. Server: it, until the final response; then NULL. */
SIP_API const sip_msg *sip_fsm_tx_request(const sip_fsm_tx *tx);

#ifdef __cplusplus
}
#endif

#endif
