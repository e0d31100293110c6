/* The phone's command line. */
#ifndef PHONE_PHONE_OPTIONS_H
#define PHONE_PHONE_OPTIONS_H

#include "common/log_options.h"
#include "common/tls_options.h"
#include "common/trace_options.h"
#include "common/transport_options.h"
#include "common/words.h"

#define PHONE_PROGRAM "parley-phone"

typedef enum answer_mode {
    ANSWER_MANUAL,
    ANSWER_AUTO,
    ANSWER_REJECT
} answer_mode;

typedef struct phone_options {
    const char *aor, *registrar, *proxy, *auth_user, *name_servers;
    const char *ws_path; /* NULL: "/" is asked for, any is served */
    char *password;      /* owned */
    words listen;
    answer_mode answer;
    int answer_code; /* for ANSWER_REJECT */
    bool strict_user, json, verbose;
    trace_options trace;
    log_options log;
    tls_options tls;
    transport_options transport;
    char **commands; /* what follows the options */
    int n_commands;
} phone_options;

/* @return -1 to go on, else the exit status: 0 (help or version was printed), 2 (said what is
 * wrong). */
int phone_options_parse(phone_options *options, int argc, char **argv);
void phone_options_finish(phone_options *options);

#endif
