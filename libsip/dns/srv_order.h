/* The order in which the servers of SRV records are tried (RFC 2782). */
#ifndef SIP_DNS_SRV_ORDER_H
#define SIP_DNS_SRV_ORDER_H

#include <sip/resolver.h>

#define SIP__SRV_MAX 32 /* of one answer; of more, the best by priority, then weight */

/* Write the SRV records of `answer` into `out` by priority, and within one by a draw that their
 * weights weigh. @return their number, at most SIP__SRV_MAX */
size_t sip__srv_order(const sip_dns_answer *answer, const sip_random *random,
                      const sip_dns_record *out[SIP__SRV_MAX]);
/* True if there is nothing but the root as a target: "the service is decidedly not available". */
bool sip__srv_is_refusal(const sip_dns_answer *answer);

#endif
