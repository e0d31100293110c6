/* Measurements as one JSON object: nothing in it needs an escape. */
#include "stack/metrics_print.h"

#include "stack/metrics_table.h"
#include "stack/stack.h"

static void put_histogram(sip__report *report, const sip__histogram *histogram)
{
    sip__histogram_view view = {.count = 0};

    sip__histogram_read(histogram, &view);
    sip__report_put(
        report,
        "\"count\":%llu,\"sum_us\":%llu,\"median_us\":%llu,\"p90_us\":%llu,\"p99_us\":%llu,"
        "\"most_us\":%llu}",
        (unsigned long long)view.count, (unsigned long long)view.sum_us,
        (unsigned long long)sip__histogram_quantile(&view, 500),
        (unsigned long long)sip__histogram_quantile(&view, 900),
        (unsigned long long)sip__histogram_quantile(&view, 990), (unsigned long long)view.most_us);
}

static void put_counters(const sip_worker *worker, sip__report *report)
{
    const sip__counter *counter;
    sip_stack_stats stats;

    sip__stats_of(worker, &stats);
    for (size_t i = 0; (counter = sip__metrics_counter(i)) != NULL; i++) {
        char value[SIP__METRICS_VALUE_BYTES];

        sip__report_put(report, "%s\"%s\":%s", i > 0 ? "," : "", counter->name,
                        sip__metrics_shown(counter, &stats, value));
    }
}

static void put_side(const sip_worker *worker, sip__meter_side side, sip__report *report)
{
    for (unsigned method = 0; method < SIP_METHOD_COUNT; method++) {
        for (unsigned i = 0; i < SIP__METER_CLASSES; i++) {
            const sip__histogram *its =
                sip__meter_of(&worker->layer.meter, side, (sip_method)method, i);

            if (its != NULL && atomic_load_explicit(&its->sum_us, memory_order_relaxed) +
                                       atomic_load_explicit(&its->counts[0], memory_order_relaxed) >
                                   0) {
                sip__report_put(report,
                                ",{\"name\":\"parley_%s_transaction\",\"method\":\"" SIP_FMT
                                "\",\"class\":\"%s\",",
                                side == SIP__METER_SERVER ? "server" : "client",
                                SIP_ARG(sip__metrics_method_name((sip_method)method)),
                                sip__metrics_class_name(i));
                put_histogram(report, its);
            }
        }
    }
}

static void put_worker(const sip_worker *worker, sip__report *report)
{
    sip__report_put(report, "{\"worker\":%u,\"counters\":{", worker->index);
    put_counters(worker, report);
    sip__report_put(report, "},\"durations\":[");
    for (unsigned kind = SIP_DURATION_WAITED; kind <= SIP_DURATION_LOOKUP; kind++) {
        sip__report_put(report, "%s{\"name\":\"%s\",", kind > SIP_DURATION_WAITED ? "," : "",
                        sip__metrics_duration_name((sip_duration)kind));
        put_histogram(report, sip__metrics_of(worker, (sip_duration)kind));
    }
    put_side(worker, SIP__METER_CLIENT, report);
    put_side(worker, SIP__METER_SERVER, report);
    sip__report_put(report, "]}");
}

void sip__metrics_json(const sip_stack *stack, sip__report *report)
{
    sip__report_put(report, "{\"workers\":[");
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        sip__report_put(report, "%s", i > 0 ? "," : "");
        put_worker(&stack->workers[i], report);
    }
    sip__report_put(report, "]}\n");
}
