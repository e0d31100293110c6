/* The measurements as text: what the formats of <sip/metrics.h> are made of. */
#ifndef SIP_STACK_METRICS_PRINT_H
#define SIP_STACK_METRICS_PRINT_H

#include "base/histogram.h"
#include <sip/metrics.h>

/* A text that grows; `failed` without memory, and then it is not written to any more. */
typedef struct sip__report {
    const sip_allocator *allocator;
    char *text;
    size_t len, room;
    bool failed;
} sip__report;

void sip__report_put(sip__report *report, const char *format, ...) SIP_PRINTF(2, 3);

/* Of one worker (stack/metrics.c). */
const sip__histogram *sip__metrics_of(const sip_worker *worker, sip_duration kind);
/* One format each. */
void sip__metrics_text(const sip_stack *stack, sip__report *report);
void sip__metrics_json(const sip_stack *stack, sip__report *report);
void sip__metrics_prometheus(const sip_stack *stack, sip__report *report);

/* The name of a kind of duration without its unit. */
const char *sip__metrics_duration_name(sip_duration kind);
/* "2xx" … "6xx"; "none" for 0. */
const char *sip__metrics_class_name(unsigned class_index);
/* A method's name; "other". */
sip_str sip__metrics_method_name(sip_method method);

#endif
