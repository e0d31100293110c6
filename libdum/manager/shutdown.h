/* The end of a manager: gently by sip_stack_stop(), at once by sip_stack_destroy(). */
#ifndef DUM_SHUTDOWN_H
#define DUM_SHUTDOWN_H

#include "core/context.h"

/** Prepare the timer and the hook that hears of usages going. */
void dum__shutdown_init(dum_manager *dum);
/** sip_stack_stop(): every usage says goodbye; the stack hears of it when the last is gone or
 * dum_config.shutdown_ms have passed. */
void dum__shutdown_begin(dum_manager *dum);
/** sip_stack_destroy(): on_terminated(DUM_WHY_SHUTDOWN) of every usage, then all usages are freed.
 * Nothing can be sent any more. */
void dum__shutdown_usages(dum_manager *dum);

#endif
