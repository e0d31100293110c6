#include "transaction/linger.h"

static void take_out(sip__linger_queue *queue, sip_timer *timer)
{
    *timer->prev_next = timer->next;
    if (timer->next != NULL) {
        timer->next->prev_next = timer->prev_next;
    } else {
        queue->tail = timer->prev_next;
    }
    timer->next = NULL;
    timer->prev_next = NULL;
}

static void follow_head(sip__linger_queue *queue)
{
    const sip_time_ms now_ms = sip_worker_now_ms(queue->worker);

    if (queue->head == NULL) {
        sip_timer_clear(queue->worker, &queue->first);
    } else {
        const sip_time_ms due_ms = queue->head->due_ms;

        sip_timer_set(queue->worker, &queue->first,
                      due_ms > now_ms ? (uint32_t)(due_ms - now_ms) : 0);
    }
}

static void on_due(void *arg)
{
    sip__linger_queue *queue = arg;
    const sip_time_ms now_ms = sip_worker_now_ms(queue->worker);

    while (queue->head != NULL && queue->head->due_ms <= now_ms) {
        sip_timer *timer = queue->head;

        take_out(queue, timer);
        timer->fn(timer->arg);
    }
    follow_head(queue);
}

static void add_queue(sip__linger *linger, sip_worker *worker, uint32_t ms)
{
    sip__linger_queue *queue = &linger->queues[linger->n];

    for (unsigned i = 0; i < linger->n; i++) {
        if (linger->queues[i].ms == ms) {
            return;
        }
    }
    linger->n++;
    *queue = (sip__linger_queue){.worker = worker, .ms = ms};
    queue->tail = &queue->head;
    sip_timer_init(&queue->first, on_due, queue);
}

void sip__linger_init(sip__linger *linger, sip_worker *worker, const sip_timers *timers)
{
    linger->n = 0;
    add_queue(linger, worker, 64 * timers->t1_ms);
    add_queue(linger, worker, timers->t4_ms);
    add_queue(linger, worker, timers->d_ms);
    add_queue(linger, worker, timers->b_ms);
    add_queue(linger, worker, timers->f_ms);
}

uint8_t sip__linger_set(sip__linger *linger, sip_timer *timer, uint32_t ms)
{
    sip__linger_queue *queue = linger->queues;
    unsigned number = 1;

    while (number <= linger->n && queue->ms != ms) {
        number++;
        queue++;
    }
    if (number > linger->n) {
        return 0;
    }
    timer->due_ms = sip_worker_now_ms(queue->worker) + ms;
    timer->next = NULL;
    timer->prev_next = queue->tail;
    *queue->tail = timer;
    queue->tail = &timer->next;
    if (queue->head == timer) {
        follow_head(queue);
    }
    return (uint8_t)number;
}

void sip__linger_clear(sip__linger *linger, uint8_t number, sip_timer *timer)
{
    sip__linger_queue *queue = &linger->queues[number - 1];
    const bool was_first = queue->head == timer;

    if (sip_timer_is_armed(timer)) {
        take_out(queue, timer);
        if (was_first) {
            follow_head(queue);
        }
    }
}
