/* Work put off to the next turn, and further timers of a loop: what transports and the resolver
 * need beyond <sip/loop.h>. */
#ifndef SIP_IO_LOOP_TASK_H
#define SIP_IO_LOOP_TASK_H

#include <sip/containers.h>
#include <sip/loop.h>

/* A function to run in the next turn; lives in its owner, so that putting off cannot fail. Zeroed
 * except fn and arg. */
typedef struct sip__loop_task {
    sip_list node;
    bool queued;
    void (*fn)(void *arg);
    void *arg;
} sip__loop_task;

/* Run `task` once in the next turn, without waiting; harmless when it is queued already. Loop
 * thread only. */
void sip__loop_defer(sip_loop *loop, sip__loop_task *task);
/* Take it back; harmless when it is not queued. */
void sip__loop_undefer(sip__loop_task *task);

/* Something outside of a turn waits for a turn's end (bytes to flush, say): have one soon. Within a
 * turn nothing to do. */
void sip__loop_want_turn(sip_loop *loop);

/* Have a turn soon. Any thread. */
void sip__loop_wake(sip_loop *loop);

typedef struct sip__loop_timer sip__loop_timer;

/* @return 0 or SIP_ENOMEM */
int sip__loop_timer_create(sip_loop *loop, void (*fn)(void *arg), void *arg,
                           sip__loop_timer **ret_timer);
/* (Re)arm to fire once in `ms` milliseconds. */
void sip__loop_timer_set(sip__loop_timer *timer, uint64_t ms);
void sip__loop_timer_clear(sip__loop_timer *timer);
/* Also from inside its own callback, not after the loop is destroyed. NULL is fine. */
void sip__loop_timer_destroy(sip__loop_timer *timer);

#endif
