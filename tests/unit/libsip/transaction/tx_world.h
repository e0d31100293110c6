/* A stack on a clock and transports of the test's own: what it sends is kept, what it is told is
 * counted. */
#ifndef TX_WORLD_H
#define TX_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sip/build.h>

#include "stack/stack.h"
#include "support/fail_alloc.h"
#include "transaction/client_tx.h"
#include "transaction/server_tx.h"

#define WORLD_SENDS 96
#define WORLD_BRANCH "z9hG4bKpeer1"

typedef struct world_send {
    sip_path path;
    uint64_t ref;
    char text[2000];
} world_send;

typedef struct tx_world tx_world;

typedef struct world_transport {
    sip_transport head;
    tx_world *world;
    unsigned flushes;
} world_transport;

/* What the users have been told. */
typedef struct world_news {
    unsigned requests, acks, cancels, strays, server_ends, stops, destroys, undelivered;
    unsigned responses, failures, client_ends;
    int last_status;           /* of the last response or failure */
    int last_err;              /* of the last failure */
    char last_text[320];       /* of the last failure */
    sip_server_tx *server;     /* of the last request; NULL once it has ended */
    sip_client_tx *client_end; /* the last that ended */
} world_news;

struct tx_world {
    fail_alloc memory;
    sip_clock clock;
    sip_random random;
    sip_time_ms now_ms;
    uint64_t seed;
    sip_stack *stack;
    sip_tu *tu;
    world_transport udp, tcp;
    world_send sends[WORLD_SENDS];
    unsigned n_sends;
    int send_err; /* what the transports' send() gives */
    world_news news;
    int answer; /* status that on_request answers with; 0: none */
    sip_stack_config config;
};

/* A world with UDP 192.0.2.1:5060 and TCP 192.0.2.1:5060 and one TU with all callbacks. */
void world_init(tx_world *world);
/* The same with a configuration; clock, random and allocator are the world's. NULL handler: the
 * world's own. */
void world_init_with(tx_world *world, const sip_stack_config *config,
                     const sip_tu_handler *handler);
/* Destroys the stack and checks that nothing leaked. */
void world_finish(tx_world *world);
/* The world's TU handler, to change and give to world_init_with(). */
sip_tu_handler world_handler(void);
extern const sip_client_tx_handler world_client_handler;

/* Let time pass, in steps of at most 10 ms. */
void world_run(tx_world *world, uint32_t ms);
/* End the turn without letting time pass. */
void world_turn(tx_world *world);

/* A request of ours to `uri`, with one reference. */
sip_msg *world_request(const char *method, const char *uri);
/* Start a client transaction with it. */
sip_client_tx *world_client(tx_world *world, const char *method, const char *uri);
/* Start one over TCP. */
sip_client_tx *world_client_tcp(tx_world *world, const char *method);
/* The response of the peer to what we sent as the i-th message. */
void world_answer(tx_world *world, unsigned i, int status);
/* The same as a message, with one reference. */
sip_msg *world_response(tx_world *world, unsigned i, int status);

/* The network sends an error back for what we sent by UDP as the i-th message, quoting that. */
void world_returned(tx_world *world, unsigned i, int err, const char *text);
/* The same for anything to `remote`, quoting `quoted`, as anybody can forge it. */
void world_forged(tx_world *world, const sip_addr *remote, const char *quoted);

/* Bytes from 192.0.2.2:5070. */
void world_receive(tx_world *world, sip_protocol protocol, const char *text);
/* A request from there under a branch; returns the text. */
const char *world_peer_text(char *out, size_t size, const char *method, const char *branch,
                            sip_protocol protocol);
/* Both together, over UDP. */
void world_peer_request(tx_world *world, const char *method, const char *branch);

/* The start of the i-th message sent, and of the last. */
void assert_sent(const tx_world *world, unsigned i, const char *starts);
void assert_last_sent(const tx_world *world, const char *starts);
sip_addr world_addr(const char *host, uint16_t port);

#endif
