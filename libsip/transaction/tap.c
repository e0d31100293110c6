#include "transaction/tap.h"

#include <string.h>

void sip__tap_init(sip__tap *tap, const sip_allocator *allocator, const sip_clock *clock)
{
    *tap = (sip__tap){.allocator = allocator, .clock = clock};
    sip_list_init(&tap->sinks);
}

void sip__tap_finish(sip__tap *tap)
{
    while (tap->sinks.next != NULL && sip__tap_is_on(tap)) {
        sip_trace_sink *sink = SIP_CONTAINER_OF(tap->sinks.next, sip_trace_sink, link);

        sip__tap_remove(tap, sink);
    }
}

int sip__tap_add(sip__tap *tap, sip_trace_sink *sink)
{
    if (sink->link.next != NULL) {
        return SIP_EINVAL;
    }
    sip_list_init(&sink->link);
    sip_list_append(&tap->sinks, &sink->link);
    return 0;
}

void sip__tap_remove(sip__tap *tap, sip_trace_sink *sink)
{
    (void)tap;
    if (sink->link.next != NULL) {
        sip_list_remove(&sink->link);
        sink->link = (sip_list){NULL, NULL};
    }
}

static int64_t wall_us(sip__tap *tap, sip_time_ms at_ms)
{
    if (tap->clock == NULL || tap->clock == sip_clock_system()) {
        return sip_clock_unix_us(tap->clock);
    }
    if (!tap->begun) {
        tap->begun = true;
        tap->began_us = sip_clock_unix_us(tap->clock);
        tap->began_ms = at_ms;
    }
    return tap->began_us + (int64_t)(at_ms - tap->began_ms) * 1000;
}

/* Show it to the sinks that want it redacted, or to the others. One may remove itself. */
static void show(sip__tap *tap, const sip_trace_event *event, bool redacted)
{
    sip_list *at = tap->sinks.next;

    while (at != &tap->sinks) {
        sip_trace_sink *sink = SIP_CONTAINER_OF(at, sip_trace_sink, link);

        at = at->next;
        if (sink->redact == redacted) {
            sink->write(event, sink->user_data);
        }
    }
}

static bool has_redacted(const sip__tap *tap)
{
    const sip_list *at;

    for (at = tap->sinks.next; at != &tap->sinks; at = at->next) {
        if (SIP_CONTAINER_OF(at, sip_trace_sink, link)->redact) {
            return true;
        }
    }
    return false;
}

static void show_redacted(sip__tap *tap, const sip_trace_event *event)
{
    sip_trace_event copy = *event;
    char *bytes = sip_alloc(tap->allocator, event->bytes.len);

    if (bytes == NULL) {
        return;
    }
    memcpy(bytes, event->bytes.ptr, event->bytes.len);
    (void)sip_redact(bytes, event->bytes.len);
    copy.bytes.ptr = bytes;
    show(tap, &copy, true);
    sip_free(tap->allocator, bytes);
}

void sip__tap_show(sip__tap *tap, sip_trace_event *event)
{
    if (event->wall_us == 0) {
        event->wall_us = wall_us(tap, event->at_ms);
    }
    show(tap, event, false);
    if (has_redacted(tap) && event->bytes.len > 0) {
        show_redacted(tap, event);
    }
}
