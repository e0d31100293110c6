/* How a stack stops: users are told, wind down, say so; or time runs out. Each worker does so by
 * itself and goes on for the others until all have. */
#include "stack/stack.h"
#include "stack/tu_queue.h"

static void wake_all(sip_stack *stack)
{
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        if (stack->workers[i].loop != NULL) {
            sip_loop_stop(stack->workers[i].loop);
        }
    }
}

void sip__stack_finish_now(sip_stack *stack)
{
    atomic_store(&stack->finished, true);
    wake_all(stack);
}

/* Threads that wait for the messages of a TU must not do so for ever. */
static void close_queues(sip_worker *worker)
{
    for (sip_list *at = worker->tus.next; at != &worker->tus; at = at->next) {
        sip__tu_queue_close(SIP_CONTAINER_OF(at, sip_tu, link));
    }
}

static void wind_down(sip_worker *worker)
{
    sip_stack *stack = worker->stack;

    worker->wound_down = true;
    sip__drain_end(worker);
    close_queues(worker);
    sip_timer_clear(worker, &worker->stop_timer);
    if (atomic_fetch_add(&stack->wound_down, 1) + 1 == stack->steer.workers) {
        sip__stack_finish_now(stack);
    }
}

static void on_shutdown_over(void *arg)
{
    sip_worker *worker = arg;

    sip_log_info(worker->config->log, SIP_LOG_STACK, "stack: users have not wound down in time");
    wind_down(worker);
}

static void begin(sip_worker *worker)
{
    worker->stopping = true;
    sip__drain_begin(worker);
    sip_timer_init(&worker->stop_timer, on_shutdown_over, worker);
    sip_timer_set(worker, &worker->stop_timer, worker->config->shutdown_ms);
    for (sip_list *at = worker->tus.next; at != &worker->tus; at = at->next) {
        sip_tu *tu = SIP_CONTAINER_OF(at, sip_tu, link);

        if (tu->stopped) {
            continue;
        }
        if (tu->handler.on_stop == NULL) {
            tu->stopped = true;
        } else {
            tu->handler.on_stop(tu, tu->user_data);
        }
    }
}

static bool is_done(const sip_worker *worker)
{
    for (const sip_list *at = worker->tus.next; at != &worker->tus; at = at->next) {
        if (!SIP_CONTAINER_OF(at, sip_tu, link)->stopped) {
            return false;
        }
    }
    /* What the users queued last leaves before the end. */
    return sip_list_is_empty(&worker->layer.errand_list) && sip_list_is_empty(&worker->turn_work) &&
           sip__drain_is_over(worker);
}

void sip__stack_stop_step(sip_worker *worker)
{
    sip_stack *stack = worker->stack;
    unsigned requests = atomic_load(&stack->stop_requests);

    if (requests == 0 || atomic_load(&stack->finished)) {
        return;
    }
    if (!worker->stopping) {
        begin(worker);
    }
    if (requests > 1) {
        sip_timer_clear(worker, &worker->stop_timer);
        sip__drain_end(worker);
        close_queues(worker);
        sip__stack_finish_now(stack);
    } else if (!worker->wound_down && is_done(worker)) {
        wind_down(worker);
    }
}

void sip_stack_stop(sip_stack *stack)
{
    if (stack != NULL) {
        atomic_fetch_add(&stack->stop_requests, 1);
        wake_all(stack);
    }
}
