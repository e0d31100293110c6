/* Where a response goes when the way that it took first does not lead to its peer (RFC 3261 18.2.2,
 * RFC 3263 5). */
#ifndef SIP_TRANSACTION_REROUTE_H
#define SIP_TRANSACTION_REROUTE_H

#include "transaction/server_tx.h"

/* The response says in its Via whom it is for. @return true: the answer comes later */
bool sip__reroute_search(sip_server_tx *tx, const sip_msg *response);
/* The connection that the request came on may have gone meanwhile. */
void sip__reroute_leave_dead_flow(sip_server_tx *tx);

#endif
