/* How a stack stops: users are told, wind down, say so; or time runs out. */
#include "stack/stack.h"

static void finish(sip_stack *stack)
{
    stack->finished = true;
    sip_timer_clear(&stack->worker, &stack->stop_timer);
    if (stack->worker.loop != NULL) {
        sip_loop_stop(stack->worker.loop);
    }
}

static void on_shutdown_over(void *arg)
{
    sip_stack *stack = arg;

    sip_log_info(stack->config.log, SIP_LOG_STACK, "stack: users have not wound down in time");
    finish(stack);
}

static void begin(sip_stack *stack)
{
    stack->stopping = true;
    sip_timer_init(&stack->stop_timer, on_shutdown_over, stack);
    sip_timer_set(&stack->worker, &stack->stop_timer, stack->config.shutdown_ms);
    for (sip_list *at = stack->tus.next; at != &stack->tus; at = at->next) {
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

static bool has_wound_down(const sip_stack *stack)
{
    for (const sip_list *at = stack->tus.next; at != &stack->tus; at = at->next) {
        if (!SIP_CONTAINER_OF(at, sip_tu, link)->stopped) {
            return false;
        }
    }
    return sip_list_is_empty(&stack->worker.layer.errand_list);
}

void sip__stack_stop_step(sip_stack *stack)
{
    unsigned requests = atomic_load(&stack->stop_requests);

    if (requests == 0 || stack->finished) {
        return;
    }
    if (!stack->stopping) {
        begin(stack);
    }
    /* What the users queued last leaves before the end. */
    if (requests > 1 || (sip_list_is_empty(&stack->worker.turn_work) && has_wound_down(stack))) {
        finish(stack);
    }
}

void sip_stack_stop(sip_stack *stack)
{
    if (stack != NULL) {
        atomic_fetch_add(&stack->stop_requests, 1);
        if (stack->worker.loop != NULL) {
            sip_loop_stop(stack->worker.loop);
        }
    }
}
