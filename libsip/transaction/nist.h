/* The non-INVITE server transaction. */
#ifndef SIP_TRANSACTION_NIST_H
#define SIP_TRANSACTION_NIST_H

#include "transaction/server_tx.h"

typedef enum sip__nist_state {
    SIP__NIST_NONE, /* as a next state: no effect */
    SIP__NIST_TRYING,
    SIP__NIST_PROCEEDING,
    SIP__NIST_COMPLETED,
    SIP__NIST_TERMINATED,
    SIP__NIST_STATES
} sip__nist_state;

typedef enum sip__nist_event {
    SIP__NIST_RX_REQUEST, /* again */
    SIP__NIST_TX_1XX,     /* 100 alone (RFC 4320) */
    SIP__NIST_TX_FINAL,
    SIP__NIST_TIMER_100,
    SIP__NIST_TIMER_J,
    SIP__NIST_TP_ERROR,
    SIP__NIST_GIVE_UP, /* a 408 is not sent, the transaction ends (RFC 4320 4.2) */
    SIP__NIST_EVENTS
} sip__nist_event;

/* Set a new transaction to TRYING. */
void sip__nist_start(sip_server_tx *tx);
/* One step; `msg` is the response. @return false for an empty cell, which changes nothing */
bool sip__nist_step(sip_server_tx *tx, sip__nist_event event, const sip_msg *msg);
/* The table's next state, for its test. */
sip__nist_state sip__nist_next(sip__nist_state state, sip__nist_event event);

#endif
