/* A pool of equal objects with a bound: transactions, dialogs, connections. With -Dpools=false
 * every object is the allocator's own. */
#ifndef SIP_BASE_POOL_H
#define SIP_BASE_POOL_H

#include <sip/base.h>

typedef struct sip__pool {
    const sip_allocator *allocator;
    size_t object_bytes, limit, live;
    void *free_list;
    struct sip__pool_slab *slabs;
} sip__pool;

/* limit 0: none. */
void sip__pool_init(sip__pool *pool, const sip_allocator *allocator, size_t object_bytes,
                    size_t limit);
/* Frees all slabs; objects still live are gone with them. */
void sip__pool_finish(sip__pool *pool);
/* Zeroed; NULL at the limit or without memory. */
void *sip__pool_take(sip__pool *pool);
/* Give back (NULL is fine); poisoned in debug builds. */
void sip__pool_give(sip__pool *pool, void *object);

#endif
