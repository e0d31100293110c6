/* What the answer to a REGISTER means, and when to send the next: pure functions. */
#ifndef DUM_REGISTER_CLASSIFY_H
#define DUM_REGISTER_CLASSIFY_H

#include <sip/msg.h>

typedef enum dum__register_outcome {
    DUM__REGISTER_ACTIVE,    /**< registered */
    DUM__REGISTER_TOO_BRIEF, /**< 423 that says how long it must be */
    DUM__REGISTER_LATER,     /**< a cause that may pass */
    DUM__REGISTER_REFUSED    /**< for good */
} dum__register_outcome;

/** Judge a final response. */
dum__register_outcome dum__register_classify(const sip_msg *response);
/** The lifetime that a 2xx grants to the contact of `request`: its own expires parameter there
 * (10.2.4), else the Expires header, else what was asked. */
uint32_t dum__register_granted_s(const sip_msg *response, const sip_msg *request, uint32_t asked_s);
/** When to refresh a binding of `expires_s`: at 90 %, at least five seconds before its end; short
 * ones at half. */
uint32_t dum__register_refresh_ms(uint32_t expires_s);
/** How long to wait after the n-th failure in a row (n from 1): first_s, doubled up to 30 min; a
 * Retry-After of the response (NULL: none came) counts if it is longer, up to a day. */
uint32_t dum__register_retry_ms(uint32_t first_s, unsigned n, const sip_msg *response);

#endif
