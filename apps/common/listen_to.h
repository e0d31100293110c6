/* --listen: where a program listens. */
#ifndef COMMON_LISTEN_TO_H
#define COMMON_LISTEN_TO_H

#include "common/words.h"
#include <sip/stack.h>

/* Listen everywhere; where TLS is asked for and `tls` has no certificate, only connections of our
 * own are made. @return 0, or having said what is wrong the exit status: 1 (could not), 2 (a
 * text that is no address of ours). */
int listen_to(sip_stack *stack, const words *where, const sip_tls *tls, const char *program);

#endif
