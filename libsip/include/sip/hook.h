/* Watching transactions from beside: what happens to each, told to any number of observers. */
#ifndef SIP_HOOK_H
#define SIP_HOOK_H

#include <sip/tu.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What happened to a transaction; beside it what `msg` and `bytes` of the news are. */
typedef enum sip_tx_event {
    SIP_TX_CREATED, /**< first of all; msg: the request */
    SIP_TX_SENT,    /**< client: the request left, for each target anew; msg, bytes: as sent */
    SIP_TX_RETRANSMITTED, /**< sent again: request, response or ACK; bytes: as sent */
    SIP_TX_REPEATED,      /**< came again and was absorbed; msg: that. An answer to a cancelled or
                             completed request counts */
    SIP_TX_PROVISIONAL,   /**< client: came, server: left; msg: the response */
    SIP_TX_FINAL,         /**< the same. To an INVITE there may be several 2xx */
    SIP_TX_ACKED,         /**< INVITE. Client: the ACK to a failure left; server: one came; msg:
                             the ACK */
    SIP_TX_CANCELLED,     /**< INVITE. Client: is being cancelled; server: a CANCEL came, which is
                             msg */
    SIP_TX_TIMED_OUT,     /**< client: Timer B or F, or no final response to what was cancelled;
                             server: Timer H, no ACK */
    SIP_TX_FAILED,        /**< the transport: client: it ends for it; server: a response did not get
                             through */
    SIP_TX_DESTROYED,     /**< last of all, after on_ended; dead after this */
    SIP_TX_EVENTS
} sip_tx_event;

/** One piece of news; all of it is borrowed for the call. */
typedef struct sip_tx_news {
    sip_tx_event event;
    sip_client_tx *client; /**< NULL of a server transaction */
    sip_server_tx *server; /**< NULL of a client transaction */
    const sip_msg *msg;    /**< as said beside the event; else NULL */
    sip_str bytes;         /**< the same */
} sip_tx_news;

/**
 * An observer. It is borrowed and has to live until it is taken off, or its transaction or stack is
 * destroyed. It only looks: it may add and remove hooks, and read the transaction, but not change
 * it. It is told before the transaction's user.
 */
typedef struct sip_tx_hook {
    uint32_t events; /**< bits, SIP_TX_BIT() of each that it wants; 0: all */
    void (*fn)(const sip_tx_news *news, void *user_data); /**< required */
    void *user_data;
} sip_tx_hook;

/** The bit of an event in sip_tx_hook.events. */
#define SIP_TX_BIT(event) (UINT32_C(1) << (event))

/**
 * Watch all transactions of a stack, of each worker on its own thread. In order of adding.
 * @return 0; SIP_EINVAL; SIP_ESTATE (added before); SIP_ENOMEM: it watches nothing
 * @thread Before the stack runs, or its only worker's.
 */
SIP_API int sip_stack_add_tx_hook(sip_stack *stack, const sip_tx_hook *hook);
/** Take it off; harmless when it is not on. @thread As above. */
SIP_API void sip_stack_remove_tx_hook(sip_stack *stack, const sip_tx_hook *hook);
/** Watch one transaction, from now on. Told after those of the stack. @return as for a stack.
 * @thread The worker's */
SIP_API int sip_client_tx_add_hook(sip_client_tx *tx, const sip_tx_hook *hook);
/** Take it off; harmless when it is not on. */
SIP_API void sip_client_tx_remove_hook(sip_client_tx *tx, const sip_tx_hook *hook);
/** As sip_client_tx_add_hook(). */
SIP_API int sip_server_tx_add_hook(sip_server_tx *tx, const sip_tx_hook *hook);
/** As sip_client_tx_remove_hook(). */
SIP_API void sip_server_tx_remove_hook(sip_server_tx *tx, const sip_tx_hook *hook);

#ifdef __cplusplus
}
#endif

#endif
