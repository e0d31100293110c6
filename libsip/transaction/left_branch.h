/* Branches of client transactions that were given up for another target: what still comes for them
 * is absorbed, and an INVITE that was taken after all is ended. */
#ifndef SIP_TRANSACTION_LEFT_BRANCH_H
#define SIP_TRANSACTION_LEFT_BRANCH_H

#include "transaction/client_tx.h"

/* Let the branch of `tx` live on for 64*T1 in a transaction of its own, in the state it has: takes
 * what was sent out of `tx`. A late provisional response is answered by CANCEL, a late 2xx by ACK
 * and BYE (a relay's goes to its user as stray). NULL without memory: what comes is stray. */
sip_client_tx *sip__left_branch_keep(sip_client_tx *tx);

#endif
