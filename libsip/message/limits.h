/* The limits of single values: how long a URI, and how many parameters (sip_msg_limits). */
#ifndef SIP_MESSAGE_LIMITS_H
#define SIP_MESSAGE_LIMITS_H

#include <sip/header_type.h>

#include "message/msg_internal.h"

/* Each gives the rule of the limit that a sound value of a message is over, or NONE. */
sip_rule sip__limit_of_params(const sip_msg *msg, sip_str params, char separator);
sip_rule sip__limit_of_address(const sip_msg *msg, const sip_address *address);
/* Of the value of any type; `text` is what it was read from. One of a type without a shape has no
 * parameters that are known here. */
sip_rule sip__limit_of_typed(const sip_msg *msg, const sip_header_type *type, sip_str text,
                             const void *value);

#endif
