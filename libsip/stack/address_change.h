/* What a stack does when addresses or routes of its machine change. */
#ifndef SIP_STACK_ADDRESS_CHANGE_H
#define SIP_STACK_ADDRESS_CHANGE_H

#include "io/address_watch.h"
#include <sip/containers.h>
#include <sip/stack.h>

/* Zeroed: nothing is watched. */
typedef struct sip__address_change {
    sip__address_watch *watch;
    sip_timer sweep; /* closes the listeners of addresses that have gone */
} sip__address_change;

/* Watch from now on, if the configuration wants that. @return 0 (also when the system does not let
 * us), or SIP_ENOMEM */
int sip__address_change_watch(sip_worker *worker);
/* They have changed: a worker forgets routes, brings its listeners in line, tells its observers. */
void sip__address_change_happened(sip_worker *worker);
void sip__address_change_finish(sip_worker *worker);

#endif
