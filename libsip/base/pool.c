#include "base/pool.h"

#include <stdalign.h>
#include <string.h>

#define SLAB_BYTES 16384
#define POISON 0xdd

/* A block of the allocator: many objects with pools, one without. */
struct sip__pool_slab {
    struct sip__pool_slab *next, **prev_next;
    max_align_t bytes[];
};

void sip__pool_init(sip__pool *pool, const sip_allocator *allocator, size_t object_bytes,
                    size_t limit)
{
    const size_t align = alignof(max_align_t);

    *pool = (sip__pool){
        .allocator = allocator,
        .object_bytes = (object_bytes + (object_bytes == 0) + align - 1) / align * align,
        .limit = limit,
    };
}

void sip__pool_finish(sip__pool *pool)
{
    while (pool->slabs) {
        struct sip__pool_slab *slab = pool->slabs;

        pool->slabs = slab->next;
        sip_free(pool->allocator, slab);
    }
    pool->free_list = NULL;
    pool->live = 0;
}

static struct sip__pool_slab *add_slab(sip__pool *pool, size_t objects)
{
    struct sip__pool_slab *slab = sip_alloc(
        pool->allocator, offsetof(struct sip__pool_slab, bytes) + objects * pool->object_bytes);

    if (!slab) {
        return NULL;
    }
    slab->next = pool->slabs;
    slab->prev_next = &pool->slabs;
    if (slab->next) {
        slab->next->prev_next = &slab->next;
    }
    pool->slabs = slab;
    return slab;
}

#ifdef SIP_POOLS

/* What lies in a free object. */
typedef struct vacancy {
    struct vacancy *next;
} vacancy;

static bool grow(sip__pool *pool)
{
    size_t objects = SLAB_BYTES / pool->object_bytes;

    if (pool->limit > 0 && objects > pool->limit - pool->live) {
        objects = pool->limit - pool->live;
    }
    if (objects == 0) {
        objects = 1;
    }
    struct sip__pool_slab *slab = add_slab(pool, objects);

    if (!slab) {
        return false;
    }
    /* From the last to the first, so that objects are taken in order of address. */
    for (size_t i = objects; i-- > 0;) {
        vacancy *free_object = (vacancy *)((char *)slab->bytes + i * pool->object_bytes);

        free_object->next = pool->free_list;
        pool->free_list = free_object;
    }
    return true;
}

static void *obtain(sip__pool *pool)
{
    if (!pool->free_list && !grow(pool)) {
        return NULL;
    }
    vacancy *object = pool->free_list;

    pool->free_list = object->next;
    return object;
}

static void release(sip__pool *pool, void *object)
{
    vacancy *free_object = object;

    free_object->next = pool->free_list;
    pool->free_list = free_object;
}

#else

static void *obtain(sip__pool *pool)
{
    struct sip__pool_slab *slab = add_slab(pool, 1);

    return slab ? slab->bytes : NULL;
}

static void release(sip__pool *pool, void *object)
{
    struct sip__pool_slab *slab =
        (struct sip__pool_slab *)((char *)object - offsetof(struct sip__pool_slab, bytes));

    *slab->prev_next = slab->next;
    if (slab->next) {
        slab->next->prev_next = slab->prev_next;
    }
    sip_free(pool->allocator, slab);
}

#endif

void *sip__pool_take(sip__pool *pool)
{
    if (pool->limit > 0 && pool->live >= pool->limit) {
        return NULL;
    }
    void *object = obtain(pool);

    if (object) {
        memset(object, 0, pool->object_bytes);
        pool->live++;
    }
    return object;
}

void sip__pool_give(sip__pool *pool, void *object)
{
    if (!object) {
        return;
    }
#ifndef NDEBUG
    memset(object, POISON, pool->object_bytes);
#endif
    pool->live--;
    release(pool, object);
}
