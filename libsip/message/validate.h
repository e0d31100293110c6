/* The inside of sip_msg_check(). */
#ifndef SIP_MESSAGE_VALIDATE_H
#define SIP_MESSAGE_VALIDATE_H

#include "message/msg_internal.h"

/* No value of a header type of the library's is larger. */
#define SIP__ANY_VALUE_BYTES 1024

struct sip__check {
    const sip_msg *msg;
    uint64_t tolerated;
    sip_parse_error *error; /* may be NULL */
};

/* Look for the breaches that may be tolerated, in a message that keeps all other rules. @return 0
 * or SIP_ESYNTAX */
int sip__check_tolerable(const struct sip__check *check);

#endif
