/* --listen: where a program listens. */
#ifndef COMMON_LISTEN_TO_H
#define COMMON_LISTEN_TO_H

#include "common/words.h"
#include <sip/stack.h>

/* Listen everywhere, as `like` says but for `where`; where TLS is asked for and like->tls has no
 * certificate, only connections of our own are made. @return 0, or having said what is wrong the
 * exit status: 1 (could not), 2 (a text that is no address of ours). */
int listen_to(sip_stack *stack, const words *where, const sip_listener_config *like,
              const char *program);

#endif
