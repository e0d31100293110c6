/* An allocator for blocks that one thread makes and others free: those of about one size come home
 * to be used again, so that no thread's malloc has to do with another's blocks. */
#ifndef SIP_BASE_HOMING_H
#define SIP_BASE_HOMING_H

#include <sip/base.h>

typedef struct sip__homing sip__homing;

/* Blocks of up to `block_bytes`, and not of half of it or less, are used again; at most so many are
 * kept at home. Others come from `under` each time. NULL without memory. */
sip__homing *sip__homing_create(const sip_allocator *under, size_t block_bytes, unsigned most);
/* To allocate and free on any thread; only the owner, the one that allocates first unless another
 * is said, gets what came home. */
const sip_allocator *sip__homing_allocator(const sip__homing *homing);
/* The calling thread is the owner from now on; the one before allocates no more. NULL is fine. */
void sip__homing_own(sip__homing *homing);
/* The owner is done; blocks that are away may still be freed. NULL is fine. */
void sip__homing_release(sip__homing *homing);

#endif
