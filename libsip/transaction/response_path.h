/* Where a response goes (RFC 3261 18.2.2, RFC 3581 4). */
#ifndef SIP_TRANSACTION_RESPONSE_PATH_H
#define SIP_TRANSACTION_RESPONSE_PATH_H

#include <sip/msg.h>

typedef struct sip__response_path {
    sip_path path;          /* with the flow the request came on, if it came on one */
    uint16_t fallback_port; /* where to connect to once that flow has gone; 0: nowhere */
} sip__response_path;

/* `via` is the topmost Via of a request that came along `source`. A maddr that names no multicast
 * group is obeyed only if `obeys_maddr`: whoever writes one chooses who gets our answers. */
void sip__response_path_find(const sip_via *via, const sip_path *source, bool obeys_maddr,
                             sip__response_path *ret_path);
/* Turn to the address in the Via after the flow has gone. False if that has been done, or cannot
 * be. */
bool sip__response_path_fall_back(sip__response_path *path);

#endif
