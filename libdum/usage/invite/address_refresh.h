/* A call whose own address has changed tells its peer by a re-INVITE (RFC 3261 14.1: a target
 * refresh request). */
#ifndef DUM_ADDRESS_REFRESH_H
#define DUM_ADDRESS_REFRESH_H

#include "feature/told_address.h"

typedef struct dum__address_refresh {
    dum__told_address told;
    bool due;        /* the peer is to be told, as soon as that can be done */
    bool unknown;    /* it changed while the call was set up: whatever was told is old */
    sip_timer timer; /* to look again whether it can be */
} dum__address_refresh;

struct dum_invite;

/** The call stands; `msg` came from the peer. */
void dum__address_refresh_note(struct dum_invite *inv, const sip_msg *msg);
/** Addresses of ours may have changed. May emit. */
void dum__address_refresh_check(struct dum_invite *inv);
/** Nothing more is told. */
void dum__address_refresh_stop(struct dum_invite *inv);

/** `text` with the connection addresses that are `from` turned to `to`, and then with a version
 * raised by one (RFC 3264 8); the same text if there are none.
 * @return 0 and a block to be freed (dum__free()); SIP_ENOMEM */
int dum__address_refresh_text(const dum_manager *dum, sip_str text, const sip_addr *from,
                              const sip_addr *to, sip_str *ret_text);

#endif
