/* Who sees the messages that pass: sinks in a list, redacted for those that want it. */
#ifndef SIP_TRANSACTION_TAP_H
#define SIP_TRANSACTION_TAP_H

#include <sip/trace.h>

typedef struct sip__tap {
    sip_list sinks;
    sip_trace_sink own; /* of sip_stack_set_tap() */
    const sip_allocator *allocator;
    const sip_clock *clock;
    /* The wall clock of a clock that has no microseconds goes on from its first event. */
    bool begun;
    int64_t began_us;
    sip_time_ms began_ms;
} sip__tap;

void sip__tap_init(sip__tap *tap, const sip_allocator *allocator, const sip_clock *clock);
/* The sinks are on it no longer. */
void sip__tap_finish(sip__tap *tap);
/* @return 0 or SIP_EINVAL (added already) */
int sip__tap_add(sip__tap *tap, sip_trace_sink *sink);
void sip__tap_remove(sip__tap *tap, sip_trace_sink *sink);
/* Show an event; without a wall clock it gets one. */
void sip__tap_show(sip__tap *tap, sip_trace_event *event);

static inline bool sip__tap_is_on(const sip__tap *tap)
{
    return tap->sinks.next != &tap->sinks;
}

#endif
