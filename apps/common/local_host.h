/* The address that a phone writes into its session description. */
#ifndef COMMON_LOCAL_HOST_H
#define COMMON_LOCAL_HOST_H

#include <sip/stack.h>

/* The first listening address of a stack; where that is an any-address, this machine's first
 * address of that family that is not loopback, else loopback. */
void local_host(const sip_stack *stack, sip_addr *ret_addr);

#endif
