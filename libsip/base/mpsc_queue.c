/* Dmitry Vyukov's intrusive queue. Between the two steps of a put (taking the head, linking the
 * former head to the new node) the consumer cannot reach what follows; the flag `idle` makes the
 * producer that finishes such a put wake it: the producer links and then reads the flag, the
 * consumer sets the flag and then reads the link, all sequentially consistent, so at least one of
 * them sees the other. */
#include "base/mpsc_queue.h"

#include <stddef.h>

void sip__mpsc_init(sip__mpsc_queue *queue)
{
    atomic_init(&queue->stub.next, NULL);
    atomic_init(&queue->head, &queue->stub);
    atomic_init(&queue->idle, true);
    queue->tail = &queue->stub;
}

static void push(sip__mpsc_queue *queue, sip__mpsc_node *node)
{
    atomic_store_explicit(&node->next, NULL, memory_order_relaxed);
    sip__mpsc_node *previous = atomic_exchange_explicit(&queue->head, node, memory_order_acq_rel);

    atomic_store(&previous->next, node);
}

bool sip__mpsc_put(sip__mpsc_queue *queue, sip__mpsc_node *node)
{
    push(queue, node);
    return atomic_load(&queue->idle) && atomic_exchange(&queue->idle, false);
}

static sip__mpsc_node *try_take(sip__mpsc_queue *queue)
{
    sip__mpsc_node *tail = queue->tail;
    sip__mpsc_node *next = atomic_load(&tail->next);

    if (tail == &queue->stub) {
        if (!next) {
            return NULL;
        }
        queue->tail = next;
        tail = next;
        next = atomic_load(&next->next);
    }
    if (next) {
        queue->tail = next;
        return tail;
    }
    if (tail != atomic_load_explicit(&queue->head, memory_order_acquire)) {
        return NULL;
    }
    /* The last node can leave only when another follows it: the stub goes round. */
    push(queue, &queue->stub);
    next = atomic_load(&tail->next);
    if (!next) {
        return NULL;
    }
    queue->tail = next;
    return tail;
}

sip__mpsc_node *sip__mpsc_take(sip__mpsc_queue *queue)
{
    sip__mpsc_node *node = try_take(queue);

    if (!node) {
        atomic_store(&queue->idle, true);
        node = try_take(queue);
    }
    return node;
}
