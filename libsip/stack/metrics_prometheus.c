/* Measurements in Prometheus' text format. Histograms have a bucket for each second power of two,
 * in seconds: others are for who draws quantiles from them to choose. */
#include "stack/metrics_print.h"

#include "stack/metrics_table.h"
#include "stack/stack.h"
#include <stdio.h>

#define FIRST_POWER 6u /* 64 microseconds */
#define LAST_POWER 30u /* 18 minutes */

static void put_head(sip__report *report, const char *name, const char *help, const char *type)
{
    sip__report_put(report, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_counter(const sip_stack *stack, const sip__counter *counter, sip__report *report)
{
    put_head(report, counter->name, counter->help,
             sip__metrics_only_grows(counter) ? "counter" : "gauge");
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        char value[SIP__METRICS_VALUE_BYTES];
        sip_stack_stats stats;

        sip__stats_of(&stack->workers[i], &stats);
        sip__report_put(report, "%s{worker=\"%u\"} %s\n", counter->name, i,
                        sip__metrics_shown(counter, &stats, value));
    }
}

/* `labels` without braces. */
static void put_histogram(sip__report *report, const char *name, const char *labels,
                          const sip__histogram *histogram)
{
    sip__histogram_view view = {.count = 0};

    sip__histogram_read(histogram, &view);
    for (unsigned power = FIRST_POWER; power <= LAST_POWER; power += 2) {
        sip__report_put(report, "%s_bucket{%s,le=\"%.6f\"} %llu\n", name, labels,
                        (double)(UINT64_C(1) << power) / 1e6,
                        (unsigned long long)sip__histogram_below(&view, power));
    }
    sip__report_put(report, "%s_bucket{%s,le=\"+Inf\"} %llu\n", name, labels,
                    (unsigned long long)view.count);
    sip__report_put(report, "%s_sum{%s} %.6f\n%s_count{%s} %llu\n", name, labels,
                    (double)view.sum_us / 1e6, name, labels, (unsigned long long)view.count);
}

static void put_durations(const sip_stack *stack, sip_duration kind, const char *help,
                          sip__report *report)
{
    char name[64], labels[32];

    (void)snprintf(name, sizeof(name), "%s_seconds", sip__metrics_duration_name(kind));
    put_head(report, name, help, "histogram");
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        (void)snprintf(labels, sizeof(labels), "worker=\"%u\"", i);
        put_histogram(report, name, labels, sip__metrics_of(&stack->workers[i], kind));
    }
}

static bool has_any(const sip__histogram *histogram)
{
    sip__histogram_view view = {.count = 0};

    if (histogram != NULL) {
        sip__histogram_read(histogram, &view);
    }
    return view.count > 0;
}

static void put_worker_side(const sip_worker *worker, sip__meter_side side, const char *name,
                            sip__report *report)
{
    char labels[96];

    for (unsigned method = 0; method < SIP_METHOD_COUNT; method++) {
        for (unsigned i = 0; i < SIP__METER_CLASSES; i++) {
            const sip__histogram *its =
                sip__meter_of(&worker->layer.meter, side, (sip_method)method, i);

            if (has_any(its)) {
                (void)snprintf(labels, sizeof(labels),
                               "worker=\"%u\",method=\"" SIP_FMT "\",class=\"%s\"", worker->index,
                               SIP_ARG(sip__metrics_method_name((sip_method)method)),
                               sip__metrics_class_name(i));
                put_histogram(report, name, labels, its);
            }
        }
    }
}

static void put_side(const sip_stack *stack, sip__meter_side side, const char *name,
                     const char *help, sip__report *report)
{
    put_head(report, name, help, "histogram");
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        put_worker_side(&stack->workers[i], side, name, report);
    }
}

void sip__metrics_prometheus(const sip_stack *stack, sip__report *report)
{
    const sip__counter *counter;

    for (size_t i = 0; (counter = sip__metrics_counter(i)) != NULL; i++) {
        put_counter(stack, counter, report);
    }
    put_durations(stack, SIP_DURATION_WAITED, "How long messages waited for their worker.", report);
    put_durations(stack, SIP_DURATION_TURN, "How long a turn of a worker took.", report);
    put_durations(stack, SIP_DURATION_LOOKUP, "How long finding the targets of a name took.",
                  report);
    put_side(stack, SIP__METER_CLIENT, "parley_client_transaction_seconds",
             "From making a client transaction to its final response, or to giving up.", report);
    put_side(stack, SIP__METER_SERVER, "parley_server_transaction_seconds",
             "From receiving a request to its final response.", report);
}
