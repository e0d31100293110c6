/* --trace: a stack's messages as a ladder or whole, drawn as they pass. */
#ifndef COMMON_TRACE_PRINT_H
#define COMMON_TRACE_PRINT_H

#include <sip/trace.h>
#include <stdio.h>

typedef enum trace_mode {
    TRACE_OFF,
    TRACE_LADDER,
    TRACE_MESSAGES
} trace_mode;

typedef struct trace_print {
    sip_trace_sink sink;
    trace_mode mode;
    bool redact;
    FILE *out;
    sip_ladder *ladder;
    sip_time_ms began_ms;
    bool headed;
    void (*before)(void); /* NULL, or called around what is printed */
    void (*after)(void);
} trace_print;

/* "ladder" or "messages"; false for anything else. */
bool trace_mode_parse(const char *text, trace_mode *ret_mode);
/* "127.0.0.1:5071" or "[::1]:5071". @return 0 or SIP_ESYNTAX */
int trace_host_port_parse(const char *text, sip_addr *ret_addr);
/* Begin to print what `stack` sends and receives to `out`; `print` is zeroed but for mode and
 * redact. trace_print_stop() before the stack or `print` goes. @return 0 or SIP_ENOMEM */
int trace_print_start(trace_print *print, FILE *out, sip_stack *stack);
/* Name a column of the ladder: "alice=127.0.0.1:5071". */
int trace_print_name(trace_print *print, const char *name_and_addr);
void trace_print_stop(trace_print *print, sip_stack *stack);

#endif
