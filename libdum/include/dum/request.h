/* A request that awaits our answer: MESSAGE, OPTIONS and whatever else comes outside an INVITE
 * session. Ends when answered. */
#ifndef DUM_REQUEST_H
#define DUM_REQUEST_H

#include <dum/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dum_request dum_request;

/** The message; valid until the request is answered. */
DUM_API const sip_msg *dum_request_msg(const dum_request *request);
/** The manager that was asked. */
DUM_API dum_manager *dum_request_manager(const dum_request *request);
/** The weak id; 0 for NULL. */
DUM_API dum_id dum_request_id(const dum_request *request);
/** The request of an id, or NULL when it was answered. O(1). */
DUM_API dum_request *dum_request_find(dum_manager *dum, dum_id id);
/** Answer with a final response (200..699); the handle is dead at the end of the turn. Unanswered
 * ones get 500 after 30 s.
 * @return 0, SIP_EINVAL, SIP_ESTATE (answered already, or cancelled by time), SIP_ENOMEM */
DUM_API int dum_request_respond(dum_request *request, int status, const sip_extras *extras);

#ifdef __cplusplus
}
#endif

#endif
