/* What is done through proxies. */
#ifndef DEEDS_RELAYED_H
#define DEEDS_RELAYED_H

#include "sim/world/asker.h"
#include "sim/world/deeds.h"

void deed_relayed(globe *it);
void deed_relayed_call(globe *it);
void deed_relayed_cancelled(globe *it);
void deed_relayed_without_hops(globe *it);
void deed_relayed_twice(globe *it);
void deed_circle(globe *it);
void deed_fork_all(globe *it);
void deed_fork_in_turn(globe *it);
void deed_fork_refused_everywhere(globe *it);
void deed_fork_cancelled(globe *it);
void deed_fork_with_time(globe *it);
void deed_timer_c(globe *it);
void deed_redirected(globe *it);
void deed_proxy_answers(globe *it);
void deed_fork_to_farm(globe *it);

/* For all deeds: sip:USER@AGENT, another agent than `not_me`; a request without conditions. */
const char *deed_uri_to(globe *it, const actor *not_me, const char *user,
                        char out[GLOBE_URI_BYTES]);
errand deed_plainly(void);

#endif
