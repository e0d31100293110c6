/* What was measured, out of all workers. */
#include "stack/metrics_print.h"
#include "stack/stack.h"

static void sum_up(const sip__histogram_view *view, sip_durations *ret_durations)
{
    *ret_durations = (sip_durations){
        .count = view->count,
        .sum_us = view->sum_us,
        .median_us = sip__histogram_quantile(view, 500),
        .p90_us = sip__histogram_quantile(view, 900),
        .p99_us = sip__histogram_quantile(view, 990),
        .most_us = view->most_us,
    };
}

const sip__histogram *sip__metrics_of(const sip_worker *worker, sip_duration kind)
{
    switch (kind) {
    case SIP_DURATION_WAITED:
        return &worker->layer.meter.waited;
    case SIP_DURATION_TURN:
        return &worker->layer.meter.turns;
    case SIP_DURATION_LOOKUP:
        return &worker->layer.meter.lookups;
    }
    return NULL;
}

void sip_metrics_durations(const sip_stack *stack, sip_duration kind, sip_durations *ret_durations)
{
    sip__histogram_view view = {.count = 0};

    for (unsigned i = 0; stack != NULL && i < stack->steer.workers; i++) {
        const sip__histogram *its = sip__metrics_of(&stack->workers[i], kind);

        if (its != NULL) {
            sip__histogram_read(its, &view);
        }
    }
    sum_up(&view, ret_durations);
}

void sip_metrics_transactions(const sip_stack *stack, bool as_server, sip_method method,
                              int status_class, sip_durations *ret_durations)
{
    const sip__meter_side side = as_server ? SIP__METER_SERVER : SIP__METER_CLIENT;
    const unsigned class_index = status_class / 100 > 1 ? (unsigned)status_class / 100 - 1 : 0;
    sip__histogram_view view = {.count = 0};

    for (unsigned i = 0; stack != NULL && i < stack->steer.workers && method < SIP_METHOD_COUNT &&
                         class_index < SIP__METER_CLASSES;
         i++) {
        const sip__histogram *its =
            sip__meter_of(&stack->workers[i].layer.meter, side, method, class_index);

        if (its != NULL) {
            sip__histogram_read(its, &view);
        }
    }
    sum_up(&view, ret_durations);
}
