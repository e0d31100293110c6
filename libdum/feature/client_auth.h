/* Answering challenges (RFC 3261 22.2, 22.3; RFC 8760): the credentials that one owner (a
 * registration, the dialogs of a call) has for the realms that challenged it. */
#ifndef DUM_CLIENT_AUTH_H
#define DUM_CLIENT_AUTH_H

#include "core/context.h"

/** One realm: the challenge as it came and how often its nonce has been used. */
typedef struct dum__credential {
    struct dum__credential *next;
    bool proxy;         /* Proxy-Authenticate: answered in Proxy-Authorization */
    uint32_t nc;        /* uses of the nonce */
    sip_auth challenge; /* slices of `text` */
    char text[];        /* the challenge, parts one after the other */
} dum__credential;

/** Zeroed: nothing known. Owned by a usage or a dialog set; costs a pointer until challenged. */
typedef struct dum__client_auth {
    dum__credential *credentials;
} dum__client_auth;

void dum__client_auth_finish(dum__client_auth *auth, const dum_manager *dum);

/**
 * Take the challenges of a 401 or 407.
 * @param sent  the request that it answers: a nonce that this had credentials for is refused unless
 *              the challenge says stale=true or has another nonce and the credentials were not
 * tried on it before (22.2: never the same rejected credentials again)
 * @return 0: worth another try; SIP_EUNSUPPORTED (no challenge that we can answer), SIP_ESTATE (the
 *         credentials were refused, or the profile has none), SIP_ENOMEM
 */
int dum__client_auth_learn(dum__client_auth *auth, const dum_profile *profile,
                           const sip_msg *response, const sip_msg *sent);
/** Add Authorization and Proxy-Authorization for every realm known; none: nothing. `body` is that
 * of the request. */
void dum__client_auth_add(dum__client_auth *auth, const dum_profile *profile, sip_build *build,
                          sip_str method, sip_str uri, sip_str body);

#endif
