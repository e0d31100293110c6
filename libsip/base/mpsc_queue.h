/* Many threads put, one takes: the only crossing between workers. Lock-free, intrusive, in order a
 * producer. */
#ifndef SIP_BASE_MPSC_QUEUE_H
#define SIP_BASE_MPSC_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct sip__mpsc_node {
    struct sip__mpsc_node *_Atomic next;
} sip__mpsc_node;

typedef struct sip__mpsc_queue {
    sip__mpsc_node *_Atomic head;
    sip__mpsc_node *tail;
    sip__mpsc_node stub;
    atomic_bool idle; /* the consumer found nothing and may sleep */
} sip__mpsc_queue;

void sip__mpsc_init(sip__mpsc_queue *queue);
/* Any thread. Returns true if the consumer may have seen the queue empty: wake it. One wake-up
 * serves all that is put until it takes again. */
bool sip__mpsc_put(sip__mpsc_queue *queue, sip__mpsc_node *node);
/* The consumer alone; NULL when empty (or a put is half done: its producer will wake us). Take
 * until NULL before sleeping. */
sip__mpsc_node *sip__mpsc_take(sip__mpsc_queue *queue);

#endif
