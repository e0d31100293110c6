/* Messages that came to another worker than their own. */
#ifndef SIP_STACK_PASSING_H
#define SIP_STACK_PASSING_H

#include "stack/worker.h"

/* Give `msg`, which came by `transport` of `worker`, to its owner. At the owner's limit a request
 * is refused and the rest dropped. @return false: it is this worker's own; else it is taken over */
bool sip__pass_on(sip_worker *worker, sip_transport *transport, sip_msg *msg);
/* A CANCEL finds its INVITE by what both have in common. An INVITE that names a dialog went to that
 * dialog's worker, which its CANCEL does not name: unless all have been asked, the next one is.
 * @return false: it stays, and is not taken over */
bool sip__pass_cancel_on(sip_worker *worker, sip_transport *transport, sip_msg *msg, unsigned hops);

#endif
