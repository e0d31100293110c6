#include "stack/metrics_print.h"

#include "stack/metrics_table.h"
#include "stack/stack.h"
#include <stdio.h>

#define FIRST_ROOM 8192u

void sip__report_put(sip__report *report, const char *format, ...)
{
    size_t left = report->room - report->len;
    va_list args;
    int len;

    if (report->failed) {
        return;
    }
    va_start(args, format);
    len = vsnprintf(report->room > 0 ? report->text + report->len : NULL, left, format, args);
    va_end(args);
    if (len >= 0 && (size_t)len >= left) {
        size_t room = 2 * report->room + (size_t)len + FIRST_ROOM;
        char *text = sip_realloc(report->allocator, report->text, room);

        if (text == NULL) {
            report->failed = true;
            return;
        }
        report->text = text;
        report->room = room;
        va_start(args, format);
        len = vsnprintf(text + report->len, room - report->len, format, args);
        va_end(args);
    }
    report->len += len > 0 ? (size_t)len : 0;
}

const char *sip__metrics_duration_name(sip_duration kind)
{
    switch (kind) {
    case SIP_DURATION_WAITED:
        return "parley_waited";
    case SIP_DURATION_TURN:
        return "parley_turn";
    case SIP_DURATION_LOOKUP:
        return "parley_lookup";
    }
    return "";
}

const char *sip__metrics_class_name(unsigned class_index)
{
    static const char *const names[SIP__METER_CLASSES] = {"none", "2xx", "3xx",
                                                          "4xx",  "5xx", "6xx"};

    return class_index < SIP__METER_CLASSES ? names[class_index] : "none";
}

sip_str sip__metrics_method_name(sip_method method)
{
    return method == SIP_METHOD_OTHER ? SIP_STR("other") : sip_method_name(method);
}

/* ---- text */

static void put_durations(sip__report *report, const char *name, const char *labels,
                          const sip_durations *its)
{
    if (its->count > 0) {
        sip__report_put(
            report, "%s%s count %llu mean %.3f ms median %.3f p90 %.3f p99 %.3f most %.3f\n", name,
            labels, (unsigned long long)its->count, (double)its->sum_us / (double)its->count / 1000,
            (double)its->median_us / 1000, (double)its->p90_us / 1000, (double)its->p99_us / 1000,
            (double)its->most_us / 1000);
    }
}

static void put_transactions(const sip_stack *stack, bool as_server, sip__report *report)
{
    for (unsigned method = 0; method < SIP_METHOD_COUNT; method++) {
        for (unsigned i = 0; i < SIP__METER_CLASSES; i++) {
            sip_durations its;
            char labels[64];

            sip_metrics_transactions(stack, as_server, (sip_method)method,
                                     i > 0 ? (int)(i + 1) * 100 : 0, &its);
            (void)snprintf(labels, sizeof(labels), " " SIP_FMT " %s",
                           SIP_ARG(sip__metrics_method_name((sip_method)method)),
                           sip__metrics_class_name(i));
            put_durations(report,
                          as_server ? "parley_server_transaction" : "parley_client_transaction",
                          labels, &its);
        }
    }
}

void sip__metrics_text(const sip_stack *stack, sip__report *report)
{
    const sip__counter *counter;
    sip_stack_stats stats;

    sip_stack_get_stats(stack, &stats);
    for (size_t i = 0; (counter = sip__metrics_counter(i)) != NULL; i++) {
        char value[SIP__METRICS_VALUE_BYTES];

        if (sip__metrics_value(counter, &stats) != 0) {
            sip__report_put(report, "%s %s\n", counter->name,
                            sip__metrics_shown(counter, &stats, value));
        }
    }
    for (unsigned kind = SIP_DURATION_WAITED; kind <= SIP_DURATION_LOOKUP; kind++) {
        sip_durations its;

        sip_metrics_durations(stack, (sip_duration)kind, &its);
        put_durations(report, sip__metrics_duration_name((sip_duration)kind), "", &its);
    }
    put_transactions(stack, false, report);
    put_transactions(stack, true, report);
}

/* ---- all */

int sip_metrics_print(const sip_stack *stack, sip_metrics_format format,
                      const sip_allocator *allocator, char **ret_text)
{
    sip__report report = {.allocator = allocator};

    if (stack == NULL || ret_text == NULL) {
        return SIP_EINVAL;
    }
    sip__report_put(&report, "%s", ""); /* something to give back, also of nothing */
    switch (format) {
    case SIP_METRICS_TEXT:
        sip__metrics_text(stack, &report);
        break;
    case SIP_METRICS_JSON:
        sip__metrics_json(stack, &report);
        break;
    case SIP_METRICS_PROMETHEUS:
        sip__metrics_prometheus(stack, &report);
        break;
    }
    if (report.failed) {
        sip_free(allocator, report.text);
        return SIP_ENOMEM;
    }
    *ret_text = report.text;
    return 0;
}
