/* The address of ours that a peer was told, and whether it is another one now. */
#ifndef DUM_TOLD_ADDRESS_H
#define DUM_TOLD_ADDRESS_H

#include "core/context.h"
#include <sip/local.h>

/** Zeroed: none was told. */
typedef struct dum__told_address {
    sip_protocol protocol; /* of the way to the peer */
    sip_addr peer;         /* the next hop */
    sip_addr addr, seen;   /* as in sip_local */
} dum__told_address;

/** A message came from, or went, along `path`: what the peer at its end is told by now. */
void dum__told_address_note(dum__told_address *told, const dum_manager *dum, const sip_path *path);
/** True if it would be told something else now: *ret_now. Not without a way to the peer, and not
 * before something was told. */
bool dum__told_address_differs(const dum__told_address *told, const dum_manager *dum,
                               sip_local *ret_now);

#endif
