/* Memory that dies at once: a first block given at birth, further ones from the allocator up to a
 * limit. */
#ifndef SIP_BASE_ARENA_H
#define SIP_BASE_ARENA_H

#include <sip/base.h>

#include <stdalign.h>

typedef struct sip__arena {
    const sip_allocator *allocator;
    char *next, *end; /* free room of the present block; `next` is aligned, or `end` */
    struct sip__arena_block *blocks; /* further blocks */
    size_t used_bytes, limit_bytes;  /* no block has more room than the limit left when it came */
} sip__arena;

/* The first aligned place from `at`, at most `end`. */
static inline char *sip__arena_aligned(char *at, char *end)
{
    const size_t gap = -(uintptr_t)at % alignof(max_align_t);

    return gap < (size_t)(end - at) ? at + gap : end;
}

/* `first` (may be NULL) is the owner's memory, first_bytes long; at most limit_bytes in all are
 * handed out. */
static inline void sip__arena_init(sip__arena *arena, const sip_allocator *allocator, void *first,
                                   size_t first_bytes, size_t limit_bytes)
{
    char *begin = first;
    char *end = begin;

    if (first != NULL) {
        end += first_bytes < limit_bytes ? first_bytes : limit_bytes;
        begin = sip__arena_aligned(begin, end);
    }
    arena->allocator = allocator;
    arena->next = begin;
    arena->end = end;
    arena->blocks = NULL;
    arena->used_bytes = 0;
    arena->limit_bytes = limit_bytes;
}

/* Frees the further blocks; `first` is the owner's. */
void sip__arena_finish(sip__arena *arena);
/* As sip__arena_alloc(), for what does not fit the present block as it is. */
void *sip__arena_alloc_more(sip__arena *arena, size_t bytes);

/* Aligned for any type, not zeroed; NULL without memory or over the limit. */
static inline void *sip__arena_alloc(sip__arena *arena, size_t bytes)
{
    const size_t align = alignof(max_align_t);
    const size_t rounded = (bytes + align - 1) / align * align;
    char *block = arena->next;

    /* 0, and what cannot be rounded, become too much for any room. */
    if (rounded - 1 >= (size_t)(arena->end - block)) {
        return sip__arena_alloc_more(arena, bytes);
    }
    arena->next = block + rounded;
    arena->used_bytes += bytes;
    return block;
}

/* Give back what was the last to be allocated. */
static inline void sip__arena_undo(sip__arena *arena, void *block, size_t bytes)
{
    arena->next = block;
    arena->used_bytes -= bytes;
}

#endif
