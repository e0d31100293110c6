/* A TLS client and a TLS server that talk in memory, their bytes cut as a test wants. */
#ifndef TLS_PAIR_H
#define TLS_PAIR_H

#include "security/tls_session.h"

typedef struct tls_end {
    sip__tls_session *session; /* NULL: not made, see create_err */
    int create_err;
    char *out, *got; /* written and not yet delivered; clear text received */
    size_t out_len, got_len;
    unsigned opens;
    int err;             /* the first that receive() or start() returned */
    bool fail_writes;    /* write() says SIP_ETOOBIG */
    const char *on_open; /* sent from inside on_open */
    char text[SIP_TLS_TEXT_BYTES];
} tls_end;

typedef struct tls_pair {
    tls_end client, server;
    size_t piece; /* bytes are delivered in pieces of this size; 0: as written */
} tls_pair;

/* `wanted` is the name that the client asks for. */
void tls_pair_init(tls_pair *pair, sip_tls *client, sip_tls *server, const char *wanted);
void tls_pair_finish(tls_pair *pair);
/* Make the sessions by a config of their own. */
void tls_end_make(tls_end *end, const sip__tls_session_config *config);
/* Start the client and deliver until both are silent. */
void tls_pair_run(tls_pair *pair);
/* Deliver what has been written until both are silent. */
void tls_pair_deliver(tls_pair *pair);
/* Handshake, both open? */
bool tls_pair_is_open(const tls_pair *pair);
/* Receive these bytes. */
void tls_end_receive(tls_end *end, sip_str bytes);
/* True if exactly this was received; forgets it. */
bool tls_end_got(tls_end *end, const char *text);

#endif
