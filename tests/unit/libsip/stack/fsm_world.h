/* Event-driven machines with a record of what they announce. */
#ifndef FSM_WORLD_H
#define FSM_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sip/fsm.h>

#include "support/fail_alloc.h"

typedef struct fsm_world {
    fail_alloc memory;
    sip_fsm *fsm;
    int send_err; /* what on_send gives */
    unsigned sends, created, sent, again, repeated, provisional, final, acks, timeouts, errors,
        ends;
    int last_status;
    sip_path last_to;
    char last_sent[2000];
    sip_fsm_tx *last_created;
} fsm_world;

void fsm_world_init(fsm_world *world, const sip_fsm_config *config);
/* Destroys the machines and checks that nothing leaked. */
void fsm_world_finish(fsm_world *world);

/* A message with one reference; responses say To tag "b1". `branch` NULL: none. */
sip_msg *fsm_world_request(const char *method, const char *branch, sip_protocol protocol);
sip_msg *fsm_world_response(const sip_msg *request, int status);
sip_path fsm_world_path(sip_protocol protocol);

/* One in its first state. */
sip_fsm_tx *fsm_world_client(fsm_world *world, const char *method, sip_protocol protocol);
sip_fsm_tx *fsm_world_server(fsm_world *world, const char *method, sip_protocol protocol);

#define FSM_BRANCH "z9hG4bKfsm1"

#endif
