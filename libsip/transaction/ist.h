/* The INVITE server transaction. */
#ifndef SIP_TRANSACTION_IST_H
#define SIP_TRANSACTION_IST_H

#include "transaction/server_tx.h"

typedef enum sip__ist_state {
    SIP__IST_NONE, /* as a next state: no effect */
    SIP__IST_PROCEEDING,
    SIP__IST_COMPLETED,
    SIP__IST_CONFIRMED,
    SIP__IST_ACCEPTED,
    SIP__IST_TERMINATED,
    SIP__IST_STATES
} sip__ist_state;

typedef enum sip__ist_event {
    SIP__IST_RX_INVITE, /* again */
    SIP__IST_RX_ACK,
    SIP__IST_TX_1XX,
    SIP__IST_TX_2XX,
    SIP__IST_TX_FAIL, /* 300-699 */
    SIP__IST_TIMER_100,
    SIP__IST_TIMER_G,
    SIP__IST_TIMER_H,
    SIP__IST_TIMER_I,
    SIP__IST_TIMER_L,
    SIP__IST_TP_ERROR,
    SIP__IST_EVENTS
} sip__ist_event;

/* Set a new transaction to PROCEEDING. */
void sip__ist_start(sip_server_tx *tx);
/* One step; `msg` is the response or the ACK. @return false for an empty cell, which changes
 * nothing */
bool sip__ist_step(sip_server_tx *tx, sip__ist_event event, const sip_msg *msg);
/* The table's next state, for its test. */
sip__ist_state sip__ist_next(sip__ist_state state, sip__ist_event event);

#endif
