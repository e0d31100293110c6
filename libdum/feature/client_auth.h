/* Answering challenges (RFC 3261 22.2, 22.3; RFC 8760): the credentials that one owner (a
 * registration, the dialogs of a call) has for the realms that challenged it. */
#ifndef DUM_CLIENT_AUTH_H
#define DUM_CLIENT_AUTH_H

#include "core/context.h"

/**
 * Take the challenges of a 401 or 407. Rejected credentials are not tried again (22.2): a challenge
 * that answers the first use of a nonce and does not say stale=true means that the password is
 * wrong.
 * @param sent  the request that was challenged
 * @return 0: worth another try; SIP_EUNSUPPORTED (no challenge that we can answer), SIP_ESTATE (the
 *         credentials were refused, or the profile has none), SIP_ENOMEM
 */
int dum__client_auth_learn(dum__credentials *auth, const dum_profile *profile,
                           const sip_msg *response, const sip_msg *sent);
/** Add Authorization and Proxy-Authorization for every realm known; none: nothing. `body` is that
 * of the request. */
void dum__client_auth_add(dum__credentials *auth, const dum_profile *profile, sip_build *build,
                          sip_str method, sip_str uri, sip_str body);

#endif
