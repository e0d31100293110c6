/* How long each state of a connection may last, and what happens then. */
#ifndef SIP_TRANSPORT_DEADLINE_H
#define SIP_TRANSPORT_DEADLINE_H

#include "transport/connection.h"

typedef enum sip__deadline_kind {
    SIP__DEADLINE_NONE,
    SIP__DEADLINE_PING, /* a keep-alive is due */
    SIP__DEADLINE_END   /* the connection must close: counter, err and text say why */
} sip__deadline_kind;

typedef struct sip__deadline {
    sip_time_ms due_ms; /* UINT64_MAX: none */
    sip__deadline_kind kind;
    uint64_t *counter;
    int err;
    const char *text; /* static */
} sip__deadline;

/* The earliest one. idle_ms: how long a connection may be unused; 0: for ever. */
sip__deadline sip__deadline_of(const sip__connections *all, const sip__connection *connection,
                               uint64_t idle_ms);

#endif
