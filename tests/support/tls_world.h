/* What tests of TLS meet in: a clock, CAs, certificates good and bad, and who shows them. */
#ifndef TLS_WORLD_H
#define TLS_WORLD_H

#include "support/cert_maker.h"
#include "support/tls_pair.h"

#include <sip/tls.h>

/* What the clock of all that is made here shows. */
extern int64_t tls_now_s;

typedef struct tls_certs {
    cert ca, other_ca, between, example, second, expired, future, self, by_other, deep, user;
    cert only_client, old_user, common, wild, literal;
    char *crl, *empty_crl;
} tls_certs;

extern tls_certs made;

/* For cmocka: make and free all of them. */
int tls_world_make(void **state);
int tls_world_free(void **state);

/* With our clock; fails the test if it cannot be. */
sip_tls *tls_of(sip_tls_config config);
/* A server that shows `own` and asks nobody for anything. */
sip_tls *tls_server_with(const cert *own);
/* The server of example.com, which asks clients for certificates. */
sip_tls *tls_server_that_asks(sip_tls_clients clients);
/* A client that believes the test's CA and shows nothing. */
sip_tls *tls_plain_client(void);
sip_tls *tls_client_with(const cert *own);

typedef struct tls_outcome {
    bool open;
    int client_err, server_err;
    char client[SIP_TLS_TEXT_BYTES], server[SIP_TLS_TEXT_BYTES];
} tls_outcome;

/* Whether they meet, and what each says. Takes both. */
tls_outcome tls_try_pair(sip_tls *client, sip_tls *server, const char *wanted);

#endif
