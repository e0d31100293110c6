/* What one worker has of a queued transaction user: the requests that wait for the thread's answer,
 * those of the thread's that are under way, and the passing over in both directions. */
#ifndef SIP_STACK_QUEUE_SIDE_H
#define SIP_STACK_QUEUE_SIDE_H

#include "io/inbox.h"
#include <sip/tu.h>
#include <stdatomic.h>

typedef struct sip__tu_queue sip__tu_queue;

typedef struct sip__queue_side {
    sip__tu_queue *queue;
    sip_tu *tu;
    sip_map servers;  /* struct asked, by the key of the request */
    sip_list clients; /* struct sent */
    unsigned index;
} sip__queue_side;

struct sip__tu_queue {
    sip_stack *stack;
    const sip_allocator *allocator;
    sip__inbox *inbox;
    size_t room;
    uint64_t secret[2]; /* of the keys */
    atomic_bool stopping, told_stopped;
    atomic_uint_fast64_t refused, dropped, late;
    atomic_uint left; /* sides that still live */
    unsigned n_sides;
    sip__queue_side sides[];
};

/* The handler of the TU of each side; its user data is the side. */
extern const sip_tu_handler sip__queue_side_handler;

/* Have the worker of `side` deal with `msg`, and the others after it as long as none knows what it
 * is about. Any thread. @return 0; SIP_ENOMEM, then `msg` was not taken over */
int sip__queue_side_post(sip__queue_side *side, sip_msg *msg);

#endif
