#include "transport/send_queue.h"
#include <string.h>

typedef struct sip__send_note {
    uint64_t ref, end_bytes;
} send_note;

typedef struct sip__waiting_message {
    struct sip__waiting_message *next;
    uint64_t ref;
    size_t len;
    char bytes[];
} waiting_message;

static size_t n_notes(const sip__send_queue *queue)
{
    return queue->notes.len / sizeof(send_note) - queue->first;
}

static send_note *note_at(const sip__send_queue *queue, size_t i)
{
    return (send_note *)(void *)queue->notes.ptr + queue->first + i;
}

int sip__send_queue_note(sip__send_queue *queue, sip__buffers *buffers, uint64_t ref,
                         uint64_t end_bytes)
{
    sip__buffer *notes = &queue->notes;
    send_note note = {ref, end_bytes};

    if (queue->first > 0 && notes->len + sizeof(note) > notes->room) {
        memmove(notes->ptr, note_at(queue, 0), n_notes(queue) * sizeof(note));
        notes->len -= queue->first * sizeof(note);
        queue->first = 0;
    }
    if (sip__buffer_reserve(buffers, notes, notes->len + sizeof(note)) != 0) {
        return SIP_ENOMEM;
    }
    memcpy(notes->ptr + notes->len, &note, sizeof(note));
    notes->len += sizeof(note);
    return 0;
}

static void forget_first(sip__send_queue *queue, sip__buffers *buffers)
{
    queue->first++;
    if (n_notes(queue) == 0) {
        sip__buffer_release(buffers, &queue->notes);
        queue->first = 0;
    }
}

void sip__send_queue_end_last(sip__send_queue *queue, uint64_t end_bytes)
{
    note_at(queue, n_notes(queue) - 1)->end_bytes = end_bytes;
}

void sip__send_queue_unnote(sip__send_queue *queue)
{
    queue->notes.len -= sizeof(send_note);
}

void sip__send_queue_written(sip__send_queue *queue, sip__buffers *buffers, uint64_t total_bytes)
{
    while (n_notes(queue) > 0 && note_at(queue, 0)->end_bytes <= total_bytes) {
        forget_first(queue, buffers);
    }
}

int sip__send_queue_wait(sip__send_queue *queue, sip__buffers *buffers, sip_str bytes, uint64_t ref,
                         size_t limit_bytes)
{
    waiting_message *message;

    if (queue->message_bytes + bytes.len > limit_bytes) {
        return SIP_ETOOBIG;
    }
    message = sip_alloc(buffers->allocator, sizeof(*message) + bytes.len);
    if (message == NULL) {
        return SIP_ENOMEM;
    }
    message->next = NULL;
    message->ref = ref;
    message->len = bytes.len;
    memcpy(message->bytes, bytes.ptr, bytes.len);
    if (queue->messages == NULL) {
        queue->messages = message;
    } else {
        queue->last->next = message;
    }
    queue->last = message;
    queue->message_bytes += bytes.len;
    return 0;
}

bool sip__send_queue_first(const sip__send_queue *queue, sip_str *ret_bytes, uint64_t *ret_ref)
{
    const waiting_message *message = queue->messages;

    if (message == NULL) {
        return false;
    }
    ret_bytes->ptr = message->bytes;
    ret_bytes->len = message->len;
    *ret_ref = message->ref;
    return true;
}

void sip__send_queue_drop_first(sip__send_queue *queue, sip__buffers *buffers)
{
    waiting_message *message = queue->messages;

    queue->messages = message->next;
    queue->message_bytes -= message->len;
    sip_free(buffers->allocator, message);
}

bool sip__send_queue_is_empty(const sip__send_queue *queue)
{
    return n_notes(queue) == 0 && queue->messages == NULL;
}

uint64_t sip__send_queue_take(sip__send_queue *queue, sip__buffers *buffers)
{
    uint64_t ref = 0;

    while (ref == 0 && n_notes(queue) > 0) {
        ref = note_at(queue, 0)->ref;
        forget_first(queue, buffers);
    }
    while (ref == 0 && queue->messages != NULL) {
        ref = queue->messages->ref;
        sip__send_queue_drop_first(queue, buffers);
    }
    return ref;
}

void sip__send_queue_finish(sip__send_queue *queue, sip__buffers *buffers)
{
    sip__buffer_release(buffers, &queue->notes);
    queue->first = 0;
    while (queue->messages != NULL) {
        sip__send_queue_drop_first(queue, buffers);
    }
}
