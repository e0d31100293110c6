/* Memory that dies at once: a first block given at birth, further ones from the allocator up to a
 * limit. */
#ifndef SIP_BASE_ARENA_H
#define SIP_BASE_ARENA_H

#include <sip/base.h>

typedef struct sip__arena {
    const sip_allocator *allocator;
    char *next, *end;                /* free room of the present block */
    struct sip__arena_block *blocks; /* further blocks */
    size_t used_bytes, limit_bytes;
} sip__arena;

/* `first` (may be NULL) is the owner's memory, first_bytes long; at most limit_bytes in all are
 * handed out. */
void sip__arena_init(sip__arena *arena, const sip_allocator *allocator, void *first,
                     size_t first_bytes, size_t limit_bytes);
/* Frees the further blocks; `first` is the owner's. */
void sip__arena_finish(sip__arena *arena);
/* Aligned for any type, not zeroed; NULL without memory or over the limit. */
void *sip__arena_alloc(sip__arena *arena, size_t bytes);

#endif
