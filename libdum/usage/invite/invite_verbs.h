/* The verbs of a session that the machines need as well as the application. */
#ifndef DUM_INVITE_VERBS_H
#define DUM_INVITE_VERBS_H

#include "usage/invite/invite.h"

/** dum_invite_end() for whoever ends it; the cause is noted before, else it is DUM_WHY_LOCAL.
 * @return as dum_invite_end() */
int dum__invite_end(dum_invite *inv, int status, const sip_extras *extras);
/** The description that was owed is ready: send what carries it. @return 0 or the error of
 * sending */
int dum__invite_deliver(dum_invite *inv);
/** The offer or the wish for one that is open is refused. @return 0 or the error of sending */
int dum__invite_refuse(dum_invite *inv, int status);

#endif
