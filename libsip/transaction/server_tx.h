/* What both server machines stand on: the key, the response kept for repetitions, the user's
 * callbacks, the end. */
#ifndef SIP_TRANSACTION_SERVER_TX_H
#define SIP_TRANSACTION_SERVER_TX_H

#include "transaction/layer.h"
#include "transaction/match.h"
#include "transaction/relay_hook.h"
#include "transaction/response_path.h"
#include "transaction/sent_by.h"

typedef enum sip__search {
    SIP__SEARCH_NONE,
    SIP__SEARCH_WANTED, /* once there is a response to read it from */
    SIP__SEARCH_DONE
} sip__search;

struct sip_server_tx {
    sip__tx_kind kind; /* SIP__TX_SERVER */
    uint8_t state;     /* of the machine */
    bool is_invite;
    bool reliable;   /* the request's protocol: no retransmissions */
    bool quiet;      /* no user: a CANCEL, or a request that nobody takes */
    bool dead;       /* waits for the end of the turn */
    uint8_t search;  /* sip__search: for what sent-by leads to */
    bool trouble;    /* the last response could not be sent; told at the end of the turn */
    bool oc_offered; /* its client wants to be told of our load */
    uint64_t id;
    sip__layer *layer;
    sip_tu *tu;
    sip_list link; /* in layer->server_list */
    bool mapped;
    sip__match_key key;
    sip_turn_work work;
    sip_msg *request; /* until the final response */
    char *last;       /* the response to repeat as it was printed; NULL in ACCEPTED */
    size_t last_bytes;
    sip__response_path to;
    sip__finder *finder;  /* of what sent-by leads to, once the rest has failed */
    sip_timer retransmit; /* automatic 100, G */
    sip_timer timeout;    /* H, I, L; J */
    uint32_t interval_ms; /* of `retransmit` */
    uint8_t linger;       /* the queue that `timeout` is armed in; 0: the wheel, if at all */
    uint32_t began_ms;    /* the low bits of when the request came */
    const sip__relay_hooks *relay_hooks;
    void *relay;
    void *data;
    sip__hooks *hooks;      /* its own; NULL: none */
    sip__merged_note *note; /* in layer->merged; NULL: none */
    char tag[SIP_TAG_BYTES];
};

/* A cell of a machine's table; `msg` is the response or the ACK. */
typedef struct sip__server_cell {
    uint8_t next; /* a state of the machine; 0: the event has no effect */
    void (*act)(sip_server_tx *tx, const sip_msg *msg); /* NULL: nothing but the state */
} sip__server_cell;

/* A request that begins a server transaction (not an ACK): makes it and tells its TU. */
void sip__server_tx_begin(sip__layer *layer, const sip_msg *request, const sip__match_key *key);
/* One in its first state under `key`, which no other has; tu NULL: nobody's. NULL without memory.
 */
sip_server_tx *sip__server_tx_make(sip__layer *layer, sip_tu *tu, const sip_msg *request,
                                   const sip__match_key *key);
/* The transaction under `key`, or NULL. */
sip_server_tx *sip__server_tx_find(sip__layer *layer, const sip__match_key *key);
/* The request of `tx` has come again. */
void sip__server_tx_repeat(sip_server_tx *tx, const sip_msg *request);
/* An ACK under the key of `tx`, an INVITE's. False if it is not this one's after all. */
bool sip__server_tx_ack(sip_server_tx *tx, const sip_msg *ack);
/* A new CANCEL: answers it, and tells the INVITE's user (RFC 3261 9.2). `invite` NULL: 481. */
void sip__server_tx_cancel(sip__layer *layer, const sip_msg *cancel, const sip__match_key *key,
                           sip_server_tx *invite);
/* A response that was sent under this transaction's id did not get through. */
void sip__server_tx_fail(sip_server_tx *tx);
/* A datagram did not: if its response is quoted, that goes to what sent-by leads to, or goes on as
 * if nothing had happened where that is nowhere else. @return false: another's is quoted, or
 * nothing */
bool sip__server_tx_unreachable(sip_server_tx *tx, const sip_network_error *error);
/* The callbacks of all that is left end with the turn; see sip__layer_close(). */
void sip__server_tx_end(sip_server_tx *tx);

/* For the machines: */
/* Go through a cell: the state, `enter` if it is another one, the action. @return false for an
 * empty cell */
bool sip__server_tx_step(sip_server_tx *tx, const sip__server_cell *cell,
                         void (*enter)(sip_server_tx *tx), const sip_msg *msg);
void sip__server_tx_arm(sip_server_tx *tx, sip_timer *timer, uint32_t ms);
void sip__server_tx_disarm(sip_server_tx *tx);

/* Actions: */
/* Keep the bytes of a response as those to repeat and write it; failures are told at the end of the
 * turn. Without memory to keep them it is written once and never repeated. */
void sip__server_tx_write(sip_server_tx *tx, const sip_msg *response);
/* Write the response that is kept once more. */
void sip__server_tx_rewrite(sip_server_tx *tx, const sip_msg *msg);
/* Write the automatic 100 if nothing was written yet. */
void sip__server_tx_write_100(sip_server_tx *tx, const sip_msg *msg);
/* on_ack, last thing in a step. */
void sip__server_tx_emit_ack(sip_server_tx *tx, const sip_msg *ack);
/* The ACK to a failure is nobody's but the hooks'. */
void sip__server_tx_note_ack(sip_server_tx *tx, const sip_msg *ack);
void sip__server_tx_note_timeout(sip_server_tx *tx, const sip_msg *msg);
/* on_undelivered, last thing in a step. */
void sip__server_tx_emit_trouble(sip_server_tx *tx, const sip_msg *msg);

/* Tell the hooks, if there are any. `msg` may be NULL, `bytes` empty. */
void sip__server_tx_tell_all(sip_server_tx *tx, sip_tx_event event, const sip_msg *msg,
                             sip_str bytes);
static inline void sip__server_tx_tell(sip_server_tx *tx, sip_tx_event event, const sip_msg *msg,
                                       sip_str bytes)
{
    if (sip__hooks_want(&tx->layer->hooks, tx->hooks, event)) {
        sip__server_tx_tell_all(tx, event, msg, bytes);
    }
}

#endif
