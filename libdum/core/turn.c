#include "core/turn.h"

static void run(sip_turn_work *work)
{
    dum__turn_run(SIP_CONTAINER_OF(work, dum__turn, work));
}

void dum__turn_init(dum__turn *turn, sip_worker *worker)
{
    *turn = (dum__turn){.worker = worker};
    sip_list_init(&turn->work.link);
    turn->work.fn = run;
}

static bool is_queued(const dum__turn *turn, const dum__deferred *deferred)
{
    return deferred->next != NULL || turn->tail == deferred;
}

void dum__turn_defer(dum__turn *turn, dum__deferred *deferred, void (*fn)(dum__deferred *deferred))
{
    deferred->fn = fn;
    if (is_queued(turn, deferred)) {
        return;
    }
    if (turn->tail != NULL) {
        turn->tail->next = deferred;
    } else {
        turn->head = deferred;
    }
    turn->tail = deferred;
    sip_worker_at_turn_end(turn->worker, &turn->work);
}

void dum__turn_forget(dum__turn *turn, dum__deferred *deferred)
{
    dum__deferred *before = NULL;

    if (!is_queued(turn, deferred)) {
        return;
    }
    for (dum__deferred *at = turn->head; at != deferred; at = at->next) {
        before = at;
    }
    if (before != NULL) {
        before->next = deferred->next;
    } else {
        turn->head = deferred->next;
    }
    if (turn->tail == deferred) {
        turn->tail = before;
    }
    deferred->next = NULL;
}

void dum__turn_run(dum__turn *turn)
{
    while (turn->head != NULL) {
        dum__deferred *deferred = turn->head;

        turn->head = deferred->next;
        if (turn->head == NULL) {
            turn->tail = NULL;
        }
        deferred->next = NULL;
        deferred->fn(deferred); /* may free it, and may queue more */
    }
}

void dum__turn_finish(dum__turn *turn)
{
    dum__turn_run(turn);
    sip_list_remove(&turn->work.link);
}
