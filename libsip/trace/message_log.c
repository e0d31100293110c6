#include <sip/trace.h>

#include <string.h>

typedef struct message_log {
    sip_trace_sink sink;
    const sip_allocator *allocator;
    const sip_log *log;
} message_log;

static void write_message(const sip_trace_event *event, void *user_data)
{
    const sip_log *log = ((message_log *)user_data)->log;
    char local[SIP_ADDR_TEXT_BYTES], remote[SIP_ADDR_TEXT_BYTES];
    sip_str rest = event->bytes;
    sip_str name = sip_protocol_name(event->path.protocol);

    sip_log_debug(
        log, SIP_LOG_MESSAGE, "%s " SIP_FMT " %s %s %s, flow %llx, %zu bytes%s%s%s",
        event->sent ? "sent" : "received", SIP_ARG(name), sip_addr_text(&event->path.local, local),
        event->sent ? "->" : "<-", sip_addr_text(&event->path.remote, remote),
        (unsigned long long)event->path.flow, event->bytes.len, event->repeated ? ", again" : "",
        event->dropped != NULL ? ", dropped: " : "", event->dropped != NULL ? event->dropped : "");
    while (rest.len > 0) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end != NULL ? (size_t)(end - rest.ptr) : rest.len;
        sip_str line = {rest.ptr, len > 0 && rest.ptr[len - 1] == '\r' ? len - 1 : len};

        sip_log_debug(log, SIP_LOG_MESSAGE, "  " SIP_FMT, SIP_ARG(line));
        len += end != NULL ? 1 : 0;
        rest.ptr += len;
        rest.len -= len;
    }
}

static void destroy(void *user_data)
{
    message_log *self = user_data;

    sip_free(self->allocator, self);
}

int sip_trace_log_create(const sip_allocator *allocator, const sip_log *log,
                         sip_trace_sink **ret_sink)
{
    message_log *self;

    if (log == NULL || ret_sink == NULL) {
        return SIP_EINVAL;
    }
    self = sip_alloc0(allocator, sizeof(*self));
    if (self == NULL) {
        return SIP_ENOMEM;
    }
    self->allocator = allocator;
    self->log = log;
    self->sink = (sip_trace_sink){
        .write = write_message, .destroy = destroy, .user_data = self, .redact = true};
    *ret_sink = &self->sink;
    return 0;
}
