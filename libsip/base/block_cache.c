#include "base/block_cache.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>

#define SMALL_STEP 16u
#define SMALL_MOST 1024u
#define LARGE_STEP 256u
#define LARGE_MOST 8192u
#define SMALL_CLASSES (SMALL_MOST / SMALL_STEP)
#define CLASSES (SMALL_CLASSES + (LARGE_MOST - SMALL_MOST) / LARGE_STEP)
#define NO_CLASS CLASSES
#ifdef SIP_POOLS
#define MOST_KEPT_BYTES (8u << 20)
#else
#define MOST_KEPT_BYTES 0u
#endif

/* In front of each block. */
typedef union block_head {
    struct {
        size_t bytes; /* that the owner may use */
        unsigned kind;
    } of;
    union block_head *next; /* while it is kept: behind the head's place is nobody's */
    max_align_t align;
} block_head;

struct sip__block_cache {
    sip_allocator allocator;
    const sip_allocator *inner;
    atomic_size_t holders; /* blocks that are out, and the owner */
    atomic_flag busy;      /* somebody is at what stands below */
    bool closed;
    size_t kept_bytes;
    block_head *kept[CLASSES];
};

static unsigned class_of(size_t bytes)
{
    if (bytes <= SMALL_MOST) {
        return (unsigned)((bytes + SMALL_STEP - 1) / SMALL_STEP) - (bytes > 0);
    }
    return bytes > LARGE_MOST
               ? NO_CLASS
               : SMALL_CLASSES + (unsigned)((bytes - SMALL_MOST + LARGE_STEP - 1) / LARGE_STEP) - 1;
}

static size_t class_bytes(unsigned kind)
{
    return kind < SMALL_CLASSES ? (size_t)(kind + 1) * SMALL_STEP
                                : SMALL_MOST + (size_t)(kind - SMALL_CLASSES + 1) * LARGE_STEP;
}

static bool enter(sip__block_cache *cache)
{
    return !atomic_flag_test_and_set_explicit(&cache->busy, memory_order_acquire);
}

static void leave(sip__block_cache *cache)
{
    atomic_flag_clear_explicit(&cache->busy, memory_order_release);
}

static void let_go(sip__block_cache *cache)
{
    if (atomic_fetch_sub_explicit(&cache->holders, 1, memory_order_acq_rel) == 1) {
        sip_free(cache->inner, cache);
    }
}

static block_head *take_kept(sip__block_cache *cache, unsigned kind)
{
    block_head *head = NULL;

    if (kind != NO_CLASS && enter(cache)) {
        head = cache->kept[kind];
        if (head != NULL) {
            cache->kept[kind] = head->next;
            cache->kept_bytes -= class_bytes(kind);
        }
        leave(cache);
    }
    return head;
}

/* @return false: it is for the other allocator */
static bool keep(sip__block_cache *cache, block_head *head, unsigned kind)
{
    const size_t bytes = kind == NO_CLASS ? 0 : class_bytes(kind);
    bool kept = false;

    if (kind != NO_CLASS && enter(cache)) {
        kept = !cache->closed && cache->kept_bytes + bytes <= MOST_KEPT_BYTES;
        if (kept) {
            head->next = cache->kept[kind];
            cache->kept[kind] = head;
            cache->kept_bytes += bytes;
        }
        leave(cache);
    }
    return kept;
}

static void *cache_alloc(size_t bytes, void *user_data)
{
    sip__block_cache *cache = user_data;
    const unsigned kind = class_of(bytes);
    const size_t room = kind == NO_CLASS ? bytes : class_bytes(kind);
    block_head *head = take_kept(cache, kind);

    if (head == NULL && room <= SIZE_MAX - sizeof(*head)) {
        head = sip_alloc(cache->inner, sizeof(*head) + room);
    }
    if (head == NULL) {
        return NULL;
    }
    head->of.bytes = room;
    head->of.kind = kind;
    atomic_fetch_add_explicit(&cache->holders, 1, memory_order_relaxed);
    return head + 1;
}

static void cache_free(void *block, void *user_data)
{
    sip__block_cache *cache = user_data;
    block_head *head = block;

    if (head == NULL) {
        return;
    }
    head--;
    if (!keep(cache, head, head->of.kind)) {
        sip_free(cache->inner, head);
    }
    let_go(cache);
}

static void *cache_realloc(void *block, size_t bytes, void *user_data)
{
    block_head *head = block;
    void *larger;

    if (head == NULL) {
        return cache_alloc(bytes, user_data);
    }
    head--;
    if (bytes <= head->of.bytes) {
        return block;
    }
    larger = cache_alloc(bytes, user_data);
    if (larger != NULL) {
        memcpy(larger, block, head->of.bytes);
        cache_free(block, user_data);
    }
    return larger;
}

sip__block_cache *sip__block_cache_create(const sip_allocator *inner)
{
    sip__block_cache *cache = sip_alloc0(inner, sizeof(*cache));

    if (cache != NULL) {
        cache->allocator = (sip_allocator){cache_alloc, cache_realloc, cache_free, cache};
        cache->inner = inner;
        atomic_init(&cache->holders, 1);
        atomic_flag_clear(&cache->busy);
    }
    return cache;
}

void sip__block_cache_close(sip__block_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    while (!enter(cache)) {
        /* A thread that frees a last block is in there for a few steps. */
    }
    cache->closed = true;
    for (unsigned kind = 0; kind < CLASSES; kind++) {
        while (cache->kept[kind] != NULL) {
            block_head *head = cache->kept[kind];

            cache->kept[kind] = head->next;
            sip_free(cache->inner, head);
        }
    }
    leave(cache);
    let_go(cache);
}

const sip_allocator *sip__block_cache_allocator(const sip__block_cache *cache)
{
    return &cache->allocator;
}
