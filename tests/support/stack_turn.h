/* A turn of one or two embedded stacks over real sockets. */
#ifndef STACK_TURN_H
#define STACK_TURN_H

#include <sip/stack.h>

/* Let both go on as far as they can at once; waits a millisecond if there is nothing to do. `b` may
 * be NULL, and `fd` -1: a descriptor of the test's own that ends the wait too. */
void stack_turn(sip_stack *a, sip_stack *b, int fd);

#endif
