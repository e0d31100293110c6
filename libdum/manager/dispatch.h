/* Who gets what comes: the transaction user's callbacks. */
#ifndef DUM_DISPATCH_H
#define DUM_DISPATCH_H

#include "core/context.h"

/** A new server transaction: into its dialog, or past the gate to the taker of its method. */
void dum__dispatch_request(dum_manager *dum, sip_server_tx *tx);
/** An ACK to a 2xx: into its dialog, else dropped. */
void dum__dispatch_ack(dum_manager *dum, const sip_msg *ack);
/** The INVITE of `tx` was cancelled: to its owner, else 487. */
void dum__dispatch_cancel(dum_manager *dum, sip_server_tx *tx);
/** A server transaction has ended. */
void dum__dispatch_ended(sip_server_tx *tx);
/** Pass on a request from outside a dialog that is past the gate (dum_manager.resume). */
void dum__dispatch_resume(struct dum__incoming *in);

#endif
