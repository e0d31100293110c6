/* The INVITE client transaction. */
#ifndef SIP_TRANSACTION_ICT_H
#define SIP_TRANSACTION_ICT_H

#include "transaction/client_tx.h"

typedef enum sip__ict_state {
    SIP__ICT_NONE, /* as a next state: no effect */
    SIP__ICT_FINDING,
    SIP__ICT_CALLING,
    SIP__ICT_PROCEEDING,
    SIP__ICT_COMPLETED,
    SIP__ICT_ACCEPTED,
    SIP__ICT_TERMINATED,
    SIP__ICT_STATES
} sip__ict_state;

typedef enum sip__ict_event {
    SIP__ICT_SEND, /* a target is known */
    SIP__ICT_RX_1XX,
    SIP__ICT_RX_2XX,
    SIP__ICT_RX_FAIL, /* 300-699 */
    SIP__ICT_TIMER_A,
    SIP__ICT_TIMER_B, /* also 64*T1 after a CANCEL */
    SIP__ICT_TIMER_D,
    SIP__ICT_TIMER_M,
    SIP__ICT_TP_ERROR,
    SIP__ICT_EVENTS
} sip__ict_event;

/* Set a new transaction to FINDING. */
void sip__ict_start(sip_client_tx *tx);
/* One step. @return false for an empty cell, which changes nothing */
bool sip__ict_step(sip_client_tx *tx, sip__ict_event event, const sip_msg *response);
/* What a response is to the machine. */
sip__ict_event sip__ict_event_of(int status);
/* The table's next state, for its test. */
sip__ict_state sip__ict_next(sip__ict_state state, sip__ict_event event);

#endif
