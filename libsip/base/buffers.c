#include "base/buffers.h"
#include <string.h>

#define KEEP 64 /* more than that wait for a next one only after a flood */

void sip__buffers_init(sip__buffers *buffers, const sip_allocator *allocator)
{
    buffers->allocator = allocator;
    buffers->free = NULL;
    buffers->n_free = 0;
}

void sip__buffers_finish(sip__buffers *buffers)
{
    while (buffers->free != NULL) {
        void *next = *(void **)buffers->free;

        sip_free(buffers->allocator, buffers->free);
        buffers->free = next;
    }
    buffers->n_free = 0;
}

static void *take(sip__buffers *buffers)
{
    void *ptr = buffers->free;

    if (ptr == NULL) {
        return sip_alloc(buffers->allocator, SIP__BUFFER_BYTES);
    }
    buffers->free = *(void **)ptr;
    buffers->n_free--;
    return ptr;
}

static void give(sip__buffers *buffers, void *ptr, size_t room)
{
    if (ptr == NULL || room != SIP__BUFFER_BYTES || buffers->n_free >= KEEP) {
        sip_free(buffers->allocator, ptr);
        return;
    }
    *(void **)ptr = buffers->free;
    buffers->free = ptr;
    buffers->n_free++;
}

int sip__buffer_reserve(sip__buffers *buffers, sip__buffer *buffer, size_t room)
{
    size_t larger = buffer->room == 0 ? SIP__BUFFER_BYTES : buffer->room;
    char *ptr;

    if (room <= buffer->room) {
        return 0;
    }
    while (larger < room) {
        larger *= 2;
    }
    ptr = larger == SIP__BUFFER_BYTES ? take(buffers) : sip_alloc(buffers->allocator, larger);
    if (ptr == NULL) {
        return SIP_ENOMEM;
    }
    if (buffer->len > 0) {
        memcpy(ptr, buffer->ptr, buffer->len);
    }
    give(buffers, buffer->ptr, buffer->room);
    buffer->ptr = ptr;
    buffer->room = larger;
    return 0;
}

void sip__buffer_release(sip__buffers *buffers, sip__buffer *buffer)
{
    give(buffers, buffer->ptr, buffer->room);
    buffer->ptr = NULL;
    buffer->len = buffer->room = 0;
}
