/* One manager over the simulated network, spoken to in raw bytes, and a usage that only counts: for
 * the unit tests of libdum's inner parts. */
#ifndef ONE_UA_H
#define ONE_UA_H

#include <sip/sim.h>

#include "dialog/dialog.h"
#include "dialog/usage.h"

#define ONE_UA_SENT 16
#define ONE_UA_BYTES 1500

/* ---- the manager: host "ua" */

typedef struct one_ua {
    sip_sim *sim;
    sip_stack *stack;
    dum_manager *dum;
    char sent[ONE_UA_SENT][ONE_UA_BYTES]; /* first transmissions, since one_ua_ask() */
    unsigned n_sent;
} one_ua;

/* `config` and `allocator` (of its stack) may be NULL. @return 0, or what creating said: then
 * one_ua_close() all the same */
int one_ua_open(one_ua *ua, const dum_config *config, const sip_allocator *allocator);
/* Destroys the world. */
void one_ua_close(one_ua *ua);
/* Runs until nothing is due, at most ten minutes. @return how many objects are left alive */
size_t one_ua_left(one_ua *ua);

/* A request; members left out are those of an OPTIONS to "sip:ua@ua". */
typedef struct one_ua_request {
    const char *method, *uri, *call_id, *from_tag, *to_tag, *branch;
    const char *more; /* further headers, each with its line end */
    unsigned cseq;
} one_ua_request;

/* It comes from 192.0.2.99:5060; then 20 ms pass. @return the status of the last response that
 * left, 0: none */
int one_ua_ask(one_ua *ua, const one_ua_request *request);
/* The same from 192.0.2.99 with whatever bytes. */
int one_ua_ask_raw(one_ua *ua, const char *bytes);
/* The status of the last message that left; 0: none, or a request. */
int one_ua_status(const one_ua *ua);
/* Whether the last message that left has this line. */
bool one_ua_said(const one_ua *ua, const char *line);

/* ---- the usage */

/* What became of it; outlives it. */
typedef struct probe_log {
    unsigned requests, acks, shutdowns, aborts, destroyed;
    int answer;           /* to requests; 0: none */
    bool reap_on_end;     /* shutdown and abort reap it */
    bool saw_all_ending;  /* at the last abort every usage was ending */
    dum__incoming *asked; /* the last request */
} probe_log;

/* A dialog that it belongs to is the caller's. NULL without memory. */
dum__usage *probe_create(dum_profile *profile, probe_log *log);
/* The same without on_request and on_ack. */
dum__usage *probe_create_deaf(dum_profile *profile, probe_log *log);
extern const dum__usage_class probe_class;

#endif
