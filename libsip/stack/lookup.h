/* Look-ups that applications ask for. */
#ifndef SIP_STACK_LOOKUP_H
#define SIP_STACK_LOOKUP_H

#include "stack/worker.h"

/* End those of a worker without a word. */
void sip__lookups_finish(sip_worker *worker);

#endif
