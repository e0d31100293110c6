#include "base/arena.h"

#define BLOCK_BYTES 1024

struct sip__arena_block {
    struct sip__arena_block *next;
    max_align_t bytes[];
};

void sip__arena_finish(sip__arena *arena)
{
    while (arena->blocks) {
        struct sip__arena_block *block = arena->blocks;

        arena->blocks = block->next;
        sip_free(arena->allocator, block);
    }
    arena->next = NULL;
    arena->end = NULL;
}

/* Blocks grow with what is in use, so that their number grows with its logarithm. */
static bool add_block(sip__arena *arena, size_t bytes)
{
    size_t room = arena->used_bytes > BLOCK_BYTES ? arena->used_bytes : BLOCK_BYTES;
    size_t left = arena->limit_bytes - arena->used_bytes;

    if (room > left) {
        room = left;
    }
    if (room < bytes) {
        room = bytes;
    }
    struct sip__arena_block *block =
        sip_alloc(arena->allocator, offsetof(struct sip__arena_block, bytes) + room);

    if (!block) {
        return false;
    }
    block->next = arena->blocks;
    arena->blocks = block;
    arena->next = (char *)block->bytes;
    arena->end = arena->next + room;
    return true;
}

void *sip__arena_alloc_more(sip__arena *arena, size_t bytes)
{
    char *block;

    if (bytes == 0) {
        bytes = 1;
    }
    if (bytes > arena->limit_bytes - arena->used_bytes || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    if ((size_t)(arena->end - arena->next) < bytes && !add_block(arena, bytes)) {
        return NULL;
    }
    block = arena->next;
    arena->next = sip__arena_aligned(block + bytes, arena->end);
    arena->used_bytes += bytes;
    return block;
}
