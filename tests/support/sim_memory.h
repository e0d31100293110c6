/* Two managers over the simulated network, "alice" with the password "secret" and a server that
 * challenges, while every allocation fails once on either side. */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <dum/dum.h>

#include "support/fail_alloc.h"

typedef struct sim_memory {
    sip_sim *sim;
    fail_alloc fails;
    dum_manager *alice, *server;
    dum_profile *profile;  /* "sip:alice@home" */
    unsigned begun, ended; /* what alice began; counted by the test */
} sim_memory;

typedef struct sim_memory_play {
    const char *server; /* name of the host */
    /* Set handlers of the two managers. @return 0 or what the call said */
    int (*set_alice)(sim_memory *it, void *user_data);
    int (*set_server)(sim_memory *it, void *user_data);
    /* All are there: play it to its end. */
    void (*run)(sim_memory *it, void *user_data);
} sim_memory_play;

/* Play once, with the n-th allocation of one side failing: nothing leaks and all that began has
 * ended. @return whether it came to that allocation */
bool sim_memory_fail_at(const sim_memory_play *play, size_t n, bool at_server, void *user_data);

#endif
