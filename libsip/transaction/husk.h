/* What is left of a client transaction once its final response has come: not the messages that it
 * sent, whose blocks have room for ten times as much, but their bytes, exactly. */
#ifndef SIP_TRANSACTION_HUSK_H
#define SIP_TRANSACTION_HUSK_H

#include "transaction/client_tx.h"

/* Give the messages up for their bytes, if the transaction lives on for repetitions alone. Without
 * memory they stay. */
void sip__husk_make(sip_client_tx *tx);
/* Give up again what sip_client_tx_request() has made of the bytes, and the bytes. */
void sip__husk_drop(sip_client_tx *tx);
/* The bytes of the request and of the ACK as they left last; empty before that. */
sip_str sip__husk_sent(const sip_client_tx *tx);
sip_str sip__husk_ack(const sip_client_tx *tx);

#endif
