/* Where a response goes when neither the source of its request nor the port in its Via takes it:
 * what the sent-by there leads to (RFC 3261 18.2.2, RFC 3263 5). */
#ifndef SIP_TRANSACTION_SENT_BY_H
#define SIP_TRANSACTION_SENT_BY_H

#include "transaction/next_hop.h"

/* Find it: at once, or by a look-up that calls fn(locate) with locate->arg == arg later.
 * @return 0 or SIP_EAGAIN with *ret_finder, whose targets are for sip__sent_by_next(); SIP_ENOMEM,
 *   or why it leads nowhere */
int sip__sent_by_find(sip__layer *layer, const sip_via *via,
                      void (*fn)(sip__locate *locate, int err, const char *text), void *arg,
                      sip__finder **ret_finder);
/* Turn `path` to the next target but where it leads already; its local address stays. False: there
 * is none. */
bool sip__sent_by_next(sip__layer *layer, sip__finder *finder, sip_path *path);

#endif
