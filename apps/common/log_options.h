/* --log and its kin, the same in every program; and the log that they make. */
#ifndef COMMON_LOG_OPTIONS_H
#define COMMON_LOG_OPTIONS_H

#include <getopt.h>
#include <sip/log.h>

/* Values of getopt_long(); no program's own are in between. */
enum {
    OPT_LOG_LEVELS = 1200,
    OPT_LOG_TO,
    OPT_LOG_FORMAT,
    OPT_LOG_END
};

/* Rows for a program's table of long options. */
#define LOG_LONG_OPTIONS                                                                           \
    {"log", required_argument, NULL, OPT_LOG_LEVELS},                                              \
        {"log-to", required_argument, NULL, OPT_LOG_TO},                                           \
    {                                                                                              \
        "log-format", required_argument, NULL, OPT_LOG_FORMAT                                      \
    }

/* Lines for a program's help. */
#define LOG_USAGE                                                                                  \
    "  --log LEVEL,…         write a log: off, error, warning, info or debug; CATEGORY=LEVEL "   \
    "for\n"                                                                                        \
    "                        one of stack, transport, message, dns, transaction, dialog, usage,\n" \
    "                        auth, tls, app\n"                                                     \
    "  --log-to WHERE        stderr (the default), syslog, or a file that is appended to\n"        \
    "  --log-format FORMAT   text (the default) or json\n"

/* Zeroed: no log. Strings are those of the command line. */
typedef struct log_options {
    const char *levels; /* NULL: info, if `to` is there */
    const char *to;     /* NULL: standard error, if `levels` are there */
    sip_log_format format;
} log_options;

/* An open log, or none. */
typedef struct log_output {
    sip_logger *logger;
    const char *levels; /* what it began with */
    bool is_detailed;   /* all is written for the time being */
} log_output;

/* True if `option` is one of ours. */
bool log_options_has(int option);
/* @return -1 to go on, or 2 having said what is wrong */
int log_options_set(log_options *options, int option, const char *value, const char *program);
/* Open what is asked for; `verbose` asks for what connections and look-ups have to tell, on
 * standard error, unless the options ask for something else. @return 0, or 1 having said what is
 * wrong */
int log_output_open(log_output *output, const log_options *options, bool verbose,
                    const char *program);
/* For a stack; NULL: silent. */
const sip_log *log_output_log(const log_output *output);
/* Go on in a new file. */
void log_output_reopen(log_output *output, const char *program);
/* Everything is written from now on; called again: what was asked for at first. */
void log_output_toggle(log_output *output);
/* After the stack. */
void log_output_close(log_output *output);

#endif
