#include "common/trace_options.h"

#include "common/say.h"
#include <errno.h>
#include <string.h>

bool trace_options_has(int option)
{
    return option >= OPT_TRACE_HOW && option < OPT_TRACE_END;
}

static int bad(const char *program, const char *what, const char *value, const char *mend)
{
    say_error(program, "%s '%s': %s", what, value, mend);
    return 2;
}

int trace_options_set(trace_options *options, int option, const char *value, const char *program)
{
    switch (option) {
    case OPT_TRACE_HOW:
        return trace_mode_parse(value, &options->mode)
                   ? -1
                   : bad(program, "--trace", value, "must be ladder or messages");
    case OPT_TRACE_PCAP:
        options->pcap = value;
        return -1;
    case OPT_TRACE_HEP:
        return trace_host_port_parse(value, &options->hep) == 0
                   ? -1
                   : bad(program, "--trace-hep", value, "must be IP:PORT");
    case OPT_REDACT:
        options->redact = true;
        return -1;
    default:
        return 2;
    }
}

static int start_pcap(trace_outputs *outputs, const trace_options *options, sip_stack *stack,
                      const char *program)
{
    const sip_pcapng_config config = {.path = options->pcap, .redact = options->redact};
    int err;

    if (options->pcap == NULL) {
        return 0;
    }
    errno = 0;
    err = sip_pcapng_create(NULL, &config, &outputs->pcap);
    if (err != 0) {
        say_error(program, "--trace-pcap '%s': %s", options->pcap,
                  errno != 0 ? strerror(errno) : sip_error_text(err));
        return 1;
    }
    return sip_stack_add_sink(stack, outputs->pcap) != 0;
}

static int start_hep(trace_outputs *outputs, const trace_options *options, sip_stack *stack,
                     const char *program)
{
    const sip_hep_config config = {.collector = options->hep, .redact = options->redact};
    char text[SIP_ADDR_TEXT_BYTES];
    int err;

    if (options->hep.family == SIP_FAMILY_NONE) {
        return 0;
    }
    err = sip_hep_create(NULL, &config, &outputs->hep);
    if (err != 0) {
        say_error(program, "--trace-hep '%s': %s", sip_addr_text(&options->hep, text),
                  sip_error_text(err));
        return 1;
    }
    return sip_stack_add_sink(stack, outputs->hep) != 0;
}

int trace_outputs_start(trace_outputs *outputs, const trace_options *options, FILE *out,
                        sip_stack *stack, const char *program)
{
    *outputs = (trace_outputs){.print = {.mode = options->mode, .redact = options->redact}};
    if (trace_print_start(&outputs->print, out, stack) != 0) {
        say_error(program, "--trace: %s", sip_error_text(SIP_ENOMEM));
        return 1;
    }
    return start_pcap(outputs, options, stack, program) ||
                   start_hep(outputs, options, stack, program)
               ? 1
               : 0;
}

static void stop(sip_trace_sink **sink, sip_stack *stack)
{
    sip_stack_remove_sink(stack, *sink);
    sip_trace_sink_destroy(*sink);
    *sink = NULL;
}

void trace_outputs_stop(trace_outputs *outputs, sip_stack *stack)
{
    trace_print_stop(&outputs->print, stack);
    stop(&outputs->pcap, stack);
    stop(&outputs->hep, stack);
}
