/* Deferred work: what must not happen inside a call or a callback happens at the end of the turn.
 *
 * A callback may end the very object that it is called for, and an API call never calls back. So
 * objects are freed here, and news that an API call causes (dum_invite_end() and its on_terminated)
 * are told from here. */
#ifndef DUM_TURN_H
#define DUM_TURN_H

#include <sip/stack.h>

/** One piece of deferred work; lives inside the object that it concerns. Zeroed: not queued. */
typedef struct dum__deferred {
    struct dum__deferred *next;
    void (*fn)(struct dum__deferred *deferred);
} dum__deferred;

/** The queue of one manager. */
typedef struct dum__turn {
    sip_turn_work work;
    sip_worker *worker;
    dum__deferred *head, *tail;
} dum__turn;

void dum__turn_init(dum__turn *turn, sip_worker *worker);
/** Queue `deferred`: `fn` runs once at the end of this turn, after everything queued before. Queued
 * already: only `fn` is replaced (so a pending emission becomes "emit, then free"). */
void dum__turn_defer(dum__turn *turn, dum__deferred *deferred, void (*fn)(dum__deferred *deferred));
/** Take it out of the queue; harmless when it is not in it. */
void dum__turn_forget(dum__turn *turn, dum__deferred *deferred);
/** Run what is queued, and what that queues. */
void dum__turn_run(dum__turn *turn);
/** Run the rest and leave the worker. */
void dum__turn_finish(dum__turn *turn);

#endif
