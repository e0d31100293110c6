/* The proxy's command line. */
#ifndef PROXY_PROXY_OPTIONS_H
#define PROXY_PROXY_OPTIONS_H

#include "common/log_options.h"
#include "common/tls_options.h"
#include "common/trace_options.h"
#include "common/transport_options.h"
#include "common/words.h"

#define PROXY_PROGRAM "parley-proxy"

typedef struct proxy_options {
    words listen, domains, columns;
    words users; /* "alice:secret" */
    words ws_origins;
    const char *ws_path; /* NULL: any */
    uint32_t min_expires_s;
    char secret[256]; /* empty: none */
    bool obey_maddr;
    bool stateless;
    trace_options trace;
    bool verbose;
    log_options log;
    sip_addr metrics; /* family none: not served */
    tls_options tls;
    transport_options transport;
} proxy_options;

/* @return -1 to go on, else the exit status: 0 (help or version was printed), 2 (said what is
 * wrong). */
int proxy_options_parse(proxy_options *options, int argc, char **argv);
void proxy_options_finish(proxy_options *options);
/* The password of a user; NULL: no such user. */
const char *proxy_options_password(const proxy_options *options, sip_str user);

#endif
