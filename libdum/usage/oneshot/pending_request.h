/* A request that awaits the application's answer. */
#ifndef DUM_PENDING_REQUEST_H
#define DUM_PENDING_REQUEST_H

#include "dialog/incoming.h"

/**
 * Make the handle of a request that came, to be given to a callback: `in` is owned by it from now
 * on. If nobody answers within 30 s it gets 500.
 * @return 0 or SIP_ENOMEM
 */
int dum__pending_request_create(dum_manager *dum, dum__incoming *in, dum_request **ret_request);

#endif
