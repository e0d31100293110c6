#include "body/body_box.h"

#include <string.h>

/* What stands in front of every object. */
struct box {
    sip__arena arena;
};

#define ALIGN_BYTES _Alignof(max_align_t)
#define BOX_BYTES ((sizeof(struct box) + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES)
#define ROOM_BYTES 512u

static struct box *box_of(void *object)
{
    return (struct box *)(void *)((char *)object - BOX_BYTES);
}

void *sip__body_box_create(const sip_allocator *allocator, size_t bytes)
{
    const size_t size = (bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
    char *block = sip_alloc(allocator, BOX_BYTES + size + ROOM_BYTES);
    char *object;

    if (block == NULL) {
        return NULL;
    }
    object = block + BOX_BYTES;
    memset(object, 0, size);
    sip__arena_init(&((struct box *)(void *)block)->arena,
                    allocator != NULL ? allocator : sip_allocator_default(), object + size,
                    ROOM_BYTES, SIZE_MAX);
    return object;
}

sip__arena *sip__body_box_arena(void *object)
{
    return &box_of(object)->arena;
}

void sip__body_box_free(const sip_allocator *allocator, void *object)
{
    if (object != NULL) {
        sip__arena_finish(&box_of(object)->arena);
        sip_free(allocator, box_of(object));
    }
}

char *sip__body_keep(sip__arena *arena, sip_str text)
{
    char *copy = sip__arena_alloc(arena, text.len + 1);

    if (copy != NULL) {
        if (text.len > 0) {
            memcpy(copy, text.ptr, text.len);
        }
        copy[text.len] = '\0';
    }
    return copy;
}
