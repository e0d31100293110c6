/* The phone: one account, its calls, and what it says about them. */
#ifndef PHONE_PHONE_H
#define PHONE_PHONE_H

#include "phone/events.h"
#include "phone/phone_options.h"
#include <dum/dum.h>

struct phone {
    const phone_options *options;
    log_output log;
    sip_tls *tls; /* NULL: none is needed */
    sip_stack *stack;
    dum_manager *dum;
    dum_profile *me;
    dum_registration *registration; /* NULL: none */
    bool registered;
    struct events events;
    trace_outputs trace;
    sip_list calls; /* live ones, oldest first */
    unsigned calls_made;
    unsigned oneshots; /* messages and OPTIONS under way */
    bool failed;       /* a call of ours was not answered */
    bool leaving;      /* the stack has been told to stop */
    bool interrupted;  /* by a signal */
};

/* Rides in each session. */
struct call {
    sip_list link;
    unsigned number;
    sip_msg *invite; /* an incoming one until it is answered */
    dum_invite *inv;
    sip_addr local; /* for its descriptions */
    bool ours;      /* we called */
    bool connected;
    bool ended_here;
    bool accepted;
    bool holding; /* a hold or resume of ours is under way */
    bool moving;  /* the peer is being told our new address */
    bool held_by_remote;
};

/* Make stack, manager and profile, and listen. @return 0, or 1 having said what is wrong. */
int phone_start(struct phone *phone, const phone_options *options);
void phone_finish(struct phone *phone);
/* Begin to leave: calls end, the registration is removed. Told twice, at once. */
void phone_quit(struct phone *phone);

/* ---- operations: 0, or a SIP_E… that phone_refuse() has put into words */
int phone_register(struct phone *phone);
int phone_unregister(struct phone *phone);
int phone_message(struct phone *phone, const char *to, const char *text);
int phone_options_query(struct phone *phone, const char *to);
void phone_status(struct phone *phone);
/* Emit an error event: "COMMAND: why". Returns `err`. */
int phone_refuse(struct phone *phone, const char *command, int err, const char *why);

/* ---- calls.c */
int calls_attach(struct phone *phone);
int calls_begin(struct phone *phone, const char *to);
int calls_answer(struct phone *phone);
int calls_reject(struct phone *phone, int status);
/* SIP_EAGAIN: just now the other side is changing the call; nothing was said. */
int calls_hold(struct phone *phone, bool hold);
int calls_hang_up(struct phone *phone);
void calls_hang_up_all(struct phone *phone);
/* True unless --strict-user is on and the request is for another user. */
bool phone_is_called(const struct phone *phone, const sip_msg *request);
/* As JSON; and as words in `out`, as far as there is room. */
json_t *calls_status(const struct phone *phone, char *out, size_t size);
/* Call, status, text of a cause, for events. */
json_t *cause_members(const dum_cause *cause);

#endif
