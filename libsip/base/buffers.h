/* Byte buffers that are needed for a moment and by turns: streams' queues and half messages. Those
 * of the common size are kept for the next one, so that what is idle holds none. */
#ifndef SIP_BASE_BUFFERS_H
#define SIP_BASE_BUFFERS_H

#include <sip/base.h>

#define SIP__BUFFER_BYTES 2048 /* of the common size */

typedef struct sip__buffers {
    const sip_allocator *allocator;
    void *free;
    size_t n_free;
} sip__buffers;

/* One that grows; zeroed: empty, without memory. */
typedef struct sip__buffer {
    char *ptr;
    size_t len, room;
} sip__buffer;

void sip__buffers_init(sip__buffers *buffers, const sip_allocator *allocator);
/* All buffers must have been given back. Takes a zeroed object. */
void sip__buffers_finish(sip__buffers *buffers);
/* See that `buffer` has room for `room` bytes, keeping its first len. @return 0 or SIP_ENOMEM with
 * nothing changed */
int sip__buffer_reserve(sip__buffers *buffers, sip__buffer *buffer, size_t room);
/* Give its memory back: it is empty then. */
void sip__buffer_release(sip__buffers *buffers, sip__buffer *buffer);

#endif
