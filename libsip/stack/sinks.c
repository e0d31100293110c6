/* Who sees the messages of a stack. */
#include "stack/stack.h"

int sip_stack_add_sink(sip_stack *stack, sip_trace_sink *sink)
{
    if (stack == NULL || sink == NULL || sink->write == NULL) {
        return SIP_EINVAL;
    }
    return sip__tap_add(&sip__stack_here(stack)->layer.tap, sink);
}

void sip_stack_remove_sink(sip_stack *stack, sip_trace_sink *sink)
{
    if (stack != NULL && sink != NULL) {
        sip__tap_remove(&sip__stack_here(stack)->layer.tap, sink);
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
    sip__tap *tap;

    if (stack == NULL) {
        return;
    }
    tap = &sip__stack_here(stack)->layer.tap;
    sip__tap_remove(tap, &tap->own);
    tap->own = (sip_trace_sink){.write = fn, .user_data = user_data};
    if (fn != NULL) {
        (void)sip__tap_add(tap, &tap->own);
    }
}
