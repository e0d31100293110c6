/* The error map: from the rule that was broken to what is said of it. */
#ifndef SIP_MESSAGE_RULES_H
#define SIP_MESSAGE_RULES_H

#include <sip/msg.h>

/* Fill in `error` (may be NULL); a response is dropped, so its status is 0. @return SIP_ETOOBIG for
 * the rules about length and number, else SIP_ESYNTAX */
int sip__rule_broken(sip_rule rule, size_t offset, bool is_request, sip_parse_error *error);

#endif
