#include "common/trace_print.h"

#include <stdlib.h>
#include <string.h>

bool trace_mode_parse(const char *text, trace_mode *ret_mode)
{
    if (strcmp(text, "ladder") == 0) {
        *ret_mode = TRACE_LADDER;
    } else if (strcmp(text, "messages") == 0) {
        *ret_mode = TRACE_MESSAGES;
    } else {
        return false;
    }
    return true;
}

static void print_whole(const trace_print *print, const sip_trace_event *event)
{
    char addr[SIP_ADDR_TEXT_BYTES];

    fprintf(print->out, "%s %.3f s %s " SIP_FMT " %s%s\n" SIP_FMT "\n", event->sent ? ">>>" : "<<<",
            (double)(event->at_ms - print->began_ms) / 1000.0, event->sent ? "to" : "from",
            SIP_ARG(sip_protocol_name(event->path.protocol)),
            sip_addr_text(&event->path.remote, addr), event->repeated ? " (again)" : "",
            SIP_ARG(event->bytes));
}

static void print_rung(trace_print *print, const sip_trace_event *event)
{
    char line[512];

    if (sip_ladder_draw(print->ladder, event, &event->path.local, line, sizeof line) <= 0) {
        return;
    }
    if (!print->headed) {
        char heading[512];

        print->headed = true;
        if (sip_ladder_heading(print->ladder, heading, sizeof heading) > 0) {
            fprintf(print->out, "%s\n", heading);
        }
    }
    fprintf(print->out, "%s\n", line);
}

static void on_event(const sip_trace_event *event, void *user_data)
{
    trace_print *print = user_data;

    if (print->began_ms == 0) {
        print->began_ms = event->at_ms;
    }
    if (print->before != NULL) {
        print->before();
    }
    if (print->mode == TRACE_LADDER) {
        print_rung(print, event);
    } else {
        print_whole(print, event);
    }
    fflush(print->out);
    if (print->after != NULL) {
        print->after();
    }
}

int trace_print_start(trace_print *print, FILE *out, sip_stack *stack)
{
    int err;

    print->out = out;
    if (print->mode == TRACE_OFF) {
        return 0;
    }
    print->sink = (sip_trace_sink){.write = on_event, .user_data = print, .redact = print->redact};
    err = sip_ladder_create(NULL, &print->ladder);
    return err != 0 ? err : sip_stack_add_sink(stack, &print->sink);
}

int trace_host_port_parse(const char *text, sip_addr *ret_addr)
{
    const char *colon = strrchr(text, ':');
    char *end;
    unsigned long port;

    if (colon == NULL) {
        return SIP_ESYNTAX;
    }
    port = strtoul(colon + 1, &end, 10);
    if (*end != '\0' || end == colon + 1 || port > 65535) {
        return SIP_ESYNTAX;
    }
    return sip_addr_parse((sip_str){text, (size_t)(colon - text)}, (uint16_t)port, ret_addr);
}

int trace_print_name(trace_print *print, const char *name_and_addr)
{
    const char *equals = strchr(name_and_addr, '=');
    char name[64];
    sip_addr addr;
    size_t len = equals == NULL ? 0 : (size_t)(equals - name_and_addr);

    if (len == 0 || len >= sizeof name || trace_host_port_parse(equals + 1, &addr) != 0) {
        return SIP_EINVAL;
    }
    if (print->ladder == NULL) {
        return 0;
    }
    memcpy(name, name_and_addr, len);
    name[len] = '\0';
    return sip_ladder_add_column(print->ladder, name, &addr);
}

void trace_print_stop(trace_print *print, sip_stack *stack)
{
    sip_stack_remove_sink(stack, &print->sink);
    sip_ladder_destroy(print->ladder);
    print->ladder = NULL;
}
