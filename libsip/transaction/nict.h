/* The non-INVITE client transaction. */
#ifndef SIP_TRANSACTION_NICT_H
#define SIP_TRANSACTION_NICT_H

#include "transaction/client_tx.h"

typedef enum sip__nict_state {
    SIP__NICT_NONE, /* as a next state: no effect */
    SIP__NICT_FINDING,
    SIP__NICT_TRYING,
    SIP__NICT_PROCEEDING,
    SIP__NICT_COMPLETED,
    SIP__NICT_TERMINATED,
    SIP__NICT_STATES
} sip__nict_state;

typedef enum sip__nict_event {
    SIP__NICT_SEND, /* a target is known */
    SIP__NICT_RX_1XX,
    SIP__NICT_RX_FINAL,
    SIP__NICT_TIMER_E,
    SIP__NICT_TIMER_F,
    SIP__NICT_TIMER_K,
    SIP__NICT_TP_ERROR,
    SIP__NICT_EVENTS
} sip__nict_event;

/* Set a new transaction to FINDING. */
void sip__nict_start(sip_client_tx *tx);
/* One step. @return false for an empty cell, which changes nothing */
bool sip__nict_step(sip_client_tx *tx, sip__nict_event event, const sip_msg *response);
/* The table's next state, for its test. */
sip__nict_state sip__nict_next(sip__nict_state state, sip__nict_event event);

#endif
