/* An allocator before another one that keeps what is freed and gives it out again, by size: in a
 * steady state the other one is asked for nothing. Any thread may free and allocate; whoever meets
 * another there goes to the other allocator instead of waiting. Blocks may outlive the cache's
 * owner. Without pools (-Dpools=false) it keeps nothing, so that tools see each block by itself. */
#ifndef SIP_BASE_BLOCK_CACHE_H
#define SIP_BASE_BLOCK_CACHE_H

#include <sip/base.h>

typedef struct sip__block_cache sip__block_cache;

/* `inner` has to outlive the last block. NULL without memory. */
sip__block_cache *sip__block_cache_create(const sip_allocator *inner);
/* Give back what is kept; the cache itself goes with its last block. NULL is fine. */
void sip__block_cache_close(sip__block_cache *cache);
const sip_allocator *sip__block_cache_allocator(const sip__block_cache *cache);

#endif
