/* What our answers tell clients who offer to heed it (RFC 7339 5.2), and the answer to those whose
 * work is too much. */
#ifndef SIP_TRANSACTION_OC_ANSWER_H
#define SIP_TRANSACTION_OC_ANSWER_H

#include "transaction/layer.h"

/* Does the client of this request offer to be told? */
bool sip__oc_is_offered(const sip__layer *layer, const sip_msg *request);
/* The bytes of an answer to such a request, with what it is told; without memory for it, or when
 * nothing is, as they are. *ret_own, if it is not NULL then, is to be freed. */
sip_str sip__oc_answer(sip__layer *layer, const sip_msg *response, char **ret_own);

/* Answer 503 with a Retry-After of the configured length, and up to as long again, lest all come
 * back at once. Its To tag is always the same, so that the ACK is known without a transaction. */
void sip__oc_refuse(sip__layer *layer, const sip_msg *request);
/* Is this the ACK to such an answer? */
bool sip__oc_is_refused(const sip__layer *layer, const sip_msg *ack);

#endif
