/* What both client machines stand on: target, bytes, timers' memory, the user's callbacks, the end.
 */
#ifndef SIP_TRANSACTION_CLIENT_TX_H
#define SIP_TRANSACTION_CLIENT_TX_H

#include "transaction/next_hop.h"
#include "transaction/relay_hook.h"

struct sip_client_tx {
    sip__tx_kind kind; /* SIP__TX_CLIENT */
    uint8_t state;     /* of the machine */
    bool is_invite;
    bool reliable;     /* the path's protocol: no retransmissions */
    bool cancelled;    /* sip_client_tx_cancel() was called */
    bool abandoned;    /* the user wants to hear no more */
    bool hop_given;    /* its next hop was not read from the request */
    bool path_given;   /* the user chose the path */
    bool answered;     /* the present target has */
    bool final;        /* finally */
    bool switched;     /* from UDP to TCP for its size */
    bool came_back;    /* and back again, as TCP did not work */
    bool too_long;     /* for the path, as a datagram has shown */
    bool stood;        /* the connection that it took stood before */
    bool again;        /* it has been sent along another connection once */
    bool left;         /* a branch given up for another target */
    uint8_t tries;     /* targets */
    bool metered;      /* how long it took has been noted */
    uint32_t began_ms; /* the low bits of when */
    bool dead;         /* waits for the end of the turn */
    int trouble;       /* SIP_E… found inside a call, told at the end of the turn; 0: none */
    uint64_t id;
    sip__layer *layer;
    sip_tu *tu;
    sip_list link;       /* in layer->client_list */
    sip_list await_link; /* in layer->awaiting */
    uint64_t hash;       /* in layer->client_map, once sent */
    bool mapped;
    uint8_t method; /* sip_method */
    sip_turn_work work;
    const sip_client_tx_handler *handler;
    sip__print_fn *print; /* a relay's, instead of sip__next_hop_print(); NULL: none */
    void *user_data;
    sip_msg *request; /* as given; until an answer shows that no further target is needed */
    sip_msg *sent;    /* as it left last; see husk.h */
    sip_msg *ack;     /* of a non-2xx, for its repetitions */
    char *husk;       /* the bytes of both, instead; NULL: none */
    uint32_t husk_sent_bytes, husk_ack_bytes;
    sip_msg *cancel; /* waits for a provisional response */
    sip__finder *finder;
    sip_path path;
    sip_flow flow;        /* the connection that the request took */
    sip_timer retransmit; /* A, E */
    sip_timer timeout;    /* B, D, M; F, K */
    uint32_t interval_ms;
    uint8_t linger;    /* the queue that `timeout` is armed in; 0: the wheel, if at all */
    uint64_t heir;     /* left: the id of the transaction that went on to another target */
    const char *cause; /* for the callback under way */
    sip__hooks *hooks; /* its own; NULL: none */
    char branch[SIP__BRANCH_BYTES];
};

/* A cell of a machine's table. */
typedef struct sip__client_cell {
    uint8_t next; /* a state of the machine; 0: the event has no effect */
    void (*act)(sip_client_tx *tx, const sip_msg *response); /* NULL: nothing but the state */
} sip__client_cell;

/* The transaction that a response belongs to (RFC 3261 17.1.3), or NULL. */
sip_client_tx *sip__client_tx_match(sip__layer *layer, const sip_msg *response);
/* True if it answers a request that went to where it comes from: whoever saw our Via further on may
 * well answer too, but has nothing to tell of the way there. */
bool sip__client_tx_is_from_target(sip__layer *layer, const sip_msg *response);
/* Feed a matched response to the machine. */
void sip__client_tx_receive(sip_client_tx *tx, const sip_msg *response);
/* Sending did not work: on to the next target, or into the machine (target.c). */
void sip__client_tx_fail(sip_client_tx *tx, int err, const char *text);
/* The callbacks of all that is left end with the turn; see sip__layer_close(). */
void sip__client_tx_end(sip_client_tx *tx);

/* Send the request once more if the connection that it took had stood before and proved dead, once.
 * The peer tells a repetition by its branch. @return false: that is not so */
bool sip__client_tx_again(sip_client_tx *tx);

/* Tell the hooks, if there are any; not of a branch given up. `msg` may be NULL. */
void sip__client_tx_tell_all(sip_client_tx *tx, sip_tx_event event, const sip_msg *msg,
                             sip_str bytes);
static inline void sip__client_tx_tell_sent(sip_client_tx *tx, sip_tx_event event,
                                            const sip_msg *msg, sip_str bytes)
{
    if (sip__hooks_want(&tx->layer->hooks, tx->hooks, event)) {
        sip__client_tx_tell_all(tx, event, msg, bytes);
    }
}
static inline void sip__client_tx_tell(sip_client_tx *tx, sip_tx_event event, const sip_msg *msg)
{
    sip__client_tx_tell_sent(tx, event, msg, (sip_str){NULL, 0});
}

/* For target.c and left_branch.c: */
/* A transaction in state FINDING; NULL without memory. */
sip_client_tx *sip__client_tx_make(sip_tu *tu, const sip_msg *request, bool is_invite);
/* Be found by `branch`, or not at all. @return 0 or SIP_ENOMEM, which does not come to who takes
 * the place of another */
int sip__client_tx_map(sip_client_tx *tx, sip_str branch);
void sip__client_tx_unmap(sip_client_tx *tx);
/* Have `err` told at the end of the turn. */
void sip__client_tx_defer(sip_client_tx *tx, int err);

/* For the machines: */
/* Go through a cell: the state, `enter` if it is another one, the action. @return false for an
 * empty cell */
bool sip__client_tx_step(sip_client_tx *tx, const sip__client_cell *cell,
                         void (*enter)(sip_client_tx *tx), const sip_msg *response);
/* If a CANCEL waits, it leaves now. @return whether one left */
bool sip__client_tx_release_cancel(sip_client_tx *tx);
void sip__client_tx_arm(sip_client_tx *tx, sip_timer *timer, uint32_t ms);
void sip__client_tx_disarm(sip_client_tx *tx);
/* Arm `retransmit` for interval_ms and write the request again. */
void sip__client_tx_resend(sip_client_tx *tx);

/* Actions: */
/* Start the timers anew and write the request; a failure is told at the end of the turn. */
void sip__client_tx_send(sip_client_tx *tx, const sip_msg *response);
/* Build (the first time) and write the ACK to a non-2xx. */
void sip__client_tx_send_ack(sip_client_tx *tx, const sip_msg *response);
/* on_response, last thing in a step. */
void sip__client_tx_emit(sip_client_tx *tx, const sip_msg *response);
/* on_failed, last thing in a step: 408 after 64*T1, or 503 with the trouble at hand. */
void sip__client_tx_emit_timeout(sip_client_tx *tx, const sip_msg *response);
void sip__client_tx_emit_trouble(sip_client_tx *tx, const sip_msg *response);

#endif
