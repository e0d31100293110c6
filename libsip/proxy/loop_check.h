/* Requests that come back to us on the same way (RFC 3261 16.3 step 4). */
#ifndef SIP_PROXY_LOOP_CHECK_H
#define SIP_PROXY_LOOP_CHECK_H

#include <sip/tu.h>

/* True if `msg` came through a relay of this worker that still waits for its answer, and then
 * looked the same to us. A spiral, which comes back with another Request-URI, is none. */
bool sip__loop_has_seen(sip_tu *tu, const sip_msg *msg);

#endif
