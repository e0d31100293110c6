/* --listen: where a program listens. */
#ifndef COMMON_LISTEN_TO_H
#define COMMON_LISTEN_TO_H

#include "common/words.h"
#include <sip/stack.h>

/* Listen everywhere. @return 0, or having said what is wrong the exit status: 1 (could not), 2 (a
 * text that is no address of ours). */
int listen_to(sip_stack *stack, const words *where, const char *program);

#endif
