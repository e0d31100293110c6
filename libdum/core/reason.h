/* Making a dum_cause: why something ended, with its line for a person. */
#ifndef DUM_REASON_H
#define DUM_REASON_H

#include <dum/cause.h>

#define DUM__REASON_BYTES 200

/** A cause together with the bytes of its text; lives on the stack of whoever emits. */
typedef struct dum__reason {
    dum_cause cause;
    char text[DUM__REASON_BYTES];
} dum__reason;

/** A cause of our own; `text` is a printf format. */
void dum__reason_set(dum__reason *reason, dum_why why, int status, const char *format, ...)
    SIP_PRINTF(4, 5);
/** A final response of 300..699: DUM_WHY_REJECTED (487: CANCELLED, 408: TIMEOUT), "486 Busy Here
 * from udp:192.0.2.1:5060". The message is borrowed. */
void dum__reason_from_response(dum__reason *reason, const sip_msg *response);
/** No final response: DUM_WHY_TIMEOUT (408) or DUM_WHY_TRANSPORT (503) with the failure's text. */
void dum__reason_from_failure(dum__reason *reason, const sip_failure *failure);
/** The peer ended it with this request (BYE, CANCEL): names the request, its sender and its Reason
 * header. */
void dum__reason_from_request(dum__reason *reason, dum_why why, const sip_msg *request);

#endif
