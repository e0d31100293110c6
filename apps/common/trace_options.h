/* --trace and its kin, the same in every program; and the sinks that they make. */
#ifndef COMMON_TRACE_OPTIONS_H
#define COMMON_TRACE_OPTIONS_H

#include "common/trace_print.h"
#include <getopt.h>

/* Values of getopt_long(); no program's own are in between. */
enum {
    OPT_TRACE_HOW = 1100,
    OPT_TRACE_PCAP,
    OPT_TRACE_HEP,
    OPT_REDACT,
    OPT_TRACE_END
};

/* Rows for a program's table of long options. */
#define TRACE_LONG_OPTIONS                                                                         \
    {"trace", required_argument, NULL, OPT_TRACE_HOW},                                             \
        {"trace-pcap", required_argument, NULL, OPT_TRACE_PCAP},                                   \
        {"trace-hep", required_argument, NULL, OPT_TRACE_HEP},                                     \
    {                                                                                              \
        "redact", no_argument, NULL, OPT_REDACT                                                    \
    }

/* Lines for a program's help, behind that of --trace. */
#define TRACE_USAGE                                                                                \
    "  --trace-pcap FILE     write what passes to a file for Wireshark, TLS and WebSocket in "     \
    "clear\n"                                                                                      \
    "  --trace-hep IP:PORT   send what passes to a Homer collector (HEP version 3 over UDP)\n"     \
    "  --redact              put an x over each byte of the secrets in all of these traces\n"

/* Zeroed at first. Strings are those of the command line. */
typedef struct trace_options {
    trace_mode mode;
    const char *pcap; /* NULL: none */
    sip_addr hep;     /* family none: none */
    bool redact;
} trace_options;

/* Where what passes goes. */
typedef struct trace_outputs {
    trace_print print;
    sip_trace_sink *pcap, *hep;
} trace_outputs;

/* True if `option` is one of ours. */
bool trace_options_has(int option);
/* @return -1 to go on, or 2 having said what is wrong */
int trace_options_set(trace_options *options, int option, const char *value, const char *program);
/* Begin what the options ask for; what is printed goes to `out`. trace_outputs_stop() before the
 * stack or `outputs` goes, also after failure. @return 0, or 1 having said what is wrong */
int trace_outputs_start(trace_outputs *outputs, const trace_options *options, FILE *out,
                        sip_stack *stack, const char *program);
void trace_outputs_stop(trace_outputs *outputs, sip_stack *stack);

#endif
