#include "core/reason.h"

#include <stdio.h>

static void set_text(dum__reason *reason, int length)
{
    size_t len = length < 0 ? 0 : (size_t)length;

    if (len >= sizeof reason->text) {
        len = sizeof reason->text - 1;
    }
    reason->cause.text = (sip_str){reason->text, len};
}

void dum__reason_set(dum__reason *reason, dum_why why, int status, const char *format, ...)
{
    va_list args;

    reason->cause = (dum_cause){.why = why, .status = status};
    va_start(args, format);
    set_text(reason, vsnprintf(reason->text, sizeof reason->text, format, args));
    va_end(args);
}

/* " from udp 192.0.2.1:5060", or nothing for a message of our own. */
static const char *source_text(const sip_msg *msg, char *out, size_t size)
{
    const sip_path *path = sip_msg_source(msg);
    char addr[SIP_ADDR_TEXT_BYTES];
    sip_str protocol = sip_protocol_name(path == NULL ? SIP_PROTOCOL_NONE : path->protocol);

    out[0] = '\0';
    if (protocol.len > 0) {
        snprintf(out, size, " from " SIP_FMT " %s", SIP_ARG(protocol),
                 sip_addr_text(&path->remote, addr));
    }
    return out;
}

static dum_why why_of_status(int status)
{
    switch (status) {
    case 408:
        return DUM_WHY_TIMEOUT;
    case 487:
        return DUM_WHY_CANCELLED;
    }
    return DUM_WHY_REJECTED;
}

void dum__reason_from_response(dum__reason *reason, const sip_msg *response)
{
    char source[SIP_ADDR_TEXT_BYTES + 32];
    int status = sip_msg_status(response);

    dum__reason_set(reason, why_of_status(status), status, "%d " SIP_FMT "%s", status,
                    SIP_ARG(sip_msg_phrase(response)),
                    source_text(response, source, sizeof source));
    reason->cause.msg = response;
}

void dum__reason_from_failure(dum__reason *reason, const sip_failure *failure)
{
    bool is_limit = failure->err == SIP_ENOMEM || failure->err == SIP_EBUSY;
    dum_why why = failure->status == 408 ? DUM_WHY_TIMEOUT
                  : is_limit             ? DUM_WHY_LIMIT
                                         : DUM_WHY_TRANSPORT;
    const char *text = failure->text;

    if (text == NULL || text[0] == '\0') {
        text = why == DUM_WHY_TIMEOUT ? "no answer in time" : "the request could not be sent";
    }
    dum__reason_set(reason, why, failure->status, "%s", text);
}

void dum__reason_from_request(dum__reason *reason, dum_why why, const sip_msg *request)
{
    char source[SIP_ADDR_TEXT_BYTES + 32];
    sip_str text = sip_msg_value(request, SIP_HEADER_REASON, 0);

    dum__reason_set(reason, why, 0, SIP_FMT "%s%s" SIP_FMT, SIP_ARG(sip_msg_method_text(request)),
                    source_text(request, source, sizeof source), text.len > 0 ? ": " : "",
                    SIP_ARG(text));
    reason->cause.msg = request;
}
