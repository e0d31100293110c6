/* A peer from before RFC 3261: no stack, no branches with a cookie, and its ACK to a 2xx has the
 * Via of its INVITE. */
#ifndef ELDER_H
#define ELDER_H

#include "sim/world/globe.h"

/* A request to an agent, without repetitions. `cancels`: a CANCEL follows at once. */
void elder_send(globe *it, const char *method, const char *user, const actor *to, bool cancels);
/* It answers what comes for it with an ACK where one is due. */
void elder_on_wire(globe *it, const sip_sim_event *event);

#endif
