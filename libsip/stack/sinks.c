/* Who sees the messages of a stack: sinks live on the first worker, to which the others send a copy
 * of what they see while there are any. */
#include "stack/stack.h"

#include <string.h>

/* The event stands before its bytes. */
static void open_shown(sip_worker *first, sip__letter *letter)
{
    sip_trace_event event;

    memcpy(&event, letter->bytes, sizeof(event));
    event.bytes.ptr = letter->bytes + sizeof(event);
    sip__tap_show(&first->layer.tap, &event);
}

/* What there is no room or memory for goes unseen. */
static void send_shown(const sip_trace_event *event, void *user_data)
{
    static const sip__letter_kind kind = {.open = open_shown, .is_last = true};
    sip_worker *worker = user_data;
    sip_worker *first = worker->stack->workers;
    sip__letter *letter;

    if (sip__mailbox_is_full(first)) {
        return;
    }
    letter = sip__letter_create(worker->config->allocator, &kind,
                                (sip_str){NULL, sizeof(*event) + event->bytes.len});
    if (letter != NULL) {
        memcpy(letter->bytes, event, sizeof(*event));
        memcpy(letter->bytes + sizeof(*event), event->bytes.ptr, event->bytes.len);
        sip__mailbox_put(first, letter);
    }
}

static void show_on(void *arg)
{
    sip_worker *worker = arg;

    worker->shown = (sip_trace_sink){.write = send_shown, .user_data = worker};
    (void)sip__tap_add(&worker->layer.tap, &worker->shown);
}

static void show_off(void *arg)
{
    sip_worker *worker = arg;

    sip__tap_remove(&worker->layer.tap, &worker->shown);
}

/* The first worker's sinks have changed; `was_on`: before that it had some. */
static void changed(sip_stack *stack, bool was_on)
{
    bool is_on = sip__tap_is_on(&stack->workers->layer.tap);
    void (*fn)(void *arg) = is_on ? show_on : show_off;

    for (unsigned i = 1; is_on != was_on && i < stack->steer.workers; i++) {
        if (!stack->running) {
            fn(&stack->workers[i]);
        } else if (sip_worker_post(&stack->workers[i], fn, &stack->workers[i]) != 0) {
            sip_log_warning(stack->config.log, SIP_LOG_STACK,
                            "no memory to tell worker %u of sinks", i);
        }
    }
}

int sip_stack_add_sink(sip_stack *stack, sip_trace_sink *sink)
{
    bool was_on;
    int err;

    if (stack == NULL || sink == NULL || sink->write == NULL) {
        return SIP_EINVAL;
    }
    was_on = sip__tap_is_on(&stack->workers->layer.tap);
    err = sip__tap_add(&stack->workers->layer.tap, sink);
    changed(stack, was_on);
    return err;
}

void sip_stack_remove_sink(sip_stack *stack, sip_trace_sink *sink)
{
    if (stack != NULL && sink != NULL) {
        bool was_on = sip__tap_is_on(&stack->workers->layer.tap);

        sip__tap_remove(&stack->workers->layer.tap, sink);
        changed(stack, was_on);
    }
}

void sip_trace_sink_destroy(sip_trace_sink *sink)
{
    if (sink != NULL && sink->destroy != NULL) {
        sink->destroy(sink->user_data);
    }
}

void sip_stack_set_tap(sip_stack *stack, void (*fn)(const sip_trace_event *event, void *user_data),
                       void *user_data)
{
    sip_trace_sink *own;

    if (stack == NULL) {
        return;
    }
    own = &stack->workers->layer.tap.own;
    sip_stack_remove_sink(stack, own);
    *own = (sip_trace_sink){.write = fn, .user_data = user_data};
    if (fn != NULL) {
        (void)sip_stack_add_sink(stack, own);
    }
}
