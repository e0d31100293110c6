/* The sends of one connection that have not left: those whose bytes wait in the socket, and before
 * the connection is open messages that still have to pass its channel. */
#ifndef SIP_TRANSPORT_SEND_QUEUE_H
#define SIP_TRANSPORT_SEND_QUEUE_H

#include "base/buffers.h"

typedef struct sip__send_queue {
    sip__buffer notes; /* of sip__send_note, from first */
    size_t first;
    struct sip__waiting_message *messages, *last;
    size_t message_bytes; /* of those that wait */
} sip__send_queue;

/* Note a send that has left when the stream has written end_bytes. @return 0 or SIP_ENOMEM */
int sip__send_queue_note(sip__send_queue *queue, sip__buffers *buffers, uint64_t ref,
                         uint64_t end_bytes);
/* Set the end of the send noted last. */
void sip__send_queue_end_last(sip__send_queue *queue, uint64_t end_bytes);
/* Take the last note back. */
void sip__send_queue_unnote(sip__send_queue *queue);
/* Forget those that have left. */
void sip__send_queue_written(sip__send_queue *queue, sip__buffers *buffers, uint64_t total_bytes);
/* Keep a message for later. @return 0, SIP_ENOMEM, SIP_ETOOBIG (more than limit_bytes would wait)
 */
int sip__send_queue_wait(sip__send_queue *queue, sip__buffers *buffers, sip_str bytes, uint64_t ref,
                         size_t limit_bytes);
/* The message that has waited longest, valid until it is dropped; false if none waits. */
bool sip__send_queue_first(const sip__send_queue *queue, sip_str *ret_bytes, uint64_t *ret_ref);
void sip__send_queue_drop_first(sip__send_queue *queue, sip__buffers *buffers);
/* Nothing is under way. */
bool sip__send_queue_is_empty(const sip__send_queue *queue);
/* Take a send that has not left, in order. @return its ref, or 0: no more */
uint64_t sip__send_queue_take(sip__send_queue *queue, sip__buffers *buffers);
void sip__send_queue_finish(sip__send_queue *queue, sip__buffers *buffers);

#endif
