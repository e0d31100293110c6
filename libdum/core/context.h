/* The inside of a manager. It stands at the bottom so that every folder may see it; assembling it,
 * dispatching to it and shutting it down is manager/'s. */
#ifndef DUM_CONTEXT_H
#define DUM_CONTEXT_H

#include <stdatomic.h>

#include <dum/dum.h>
#include <sip/flow.h>
#include "core/credential.h"
#include "core/id.h"
#include "core/profile.h"
#include "core/reason.h"
#include "core/turn.h"

struct dum__incoming; /* dialog/incoming.h */

/** Who takes requests of a method that belong to no dialog of ours. */
typedef struct dum__taker {
    /** Take the request: answer it now or later, see dialog/incoming.h. */
    void (*take)(dum_manager *dum, struct dum__incoming *in);
} dum__taker;

typedef enum dum__verdict {
    DUM__PASS, /**< go on */
    DUM__TAKEN /**< answered, or held: dum->resume(in) passes it on later */
} dum__verdict;

/** What every request from outside a dialog passes before a taker sees it: server authentication.
 * A feature embeds one and sets dum->gate. */
typedef struct dum__gate {
    dum__verdict (*check)(struct dum__gate *gate, struct dum__incoming *in);
} dum__gate;

/** A part that lives as long as its manager (registrar, server authentication): embedded, and
 * linked by dum__part_add(). */
typedef struct dum__part {
    sip_list link;
    /** Free it; no callback may be made. */
    void (*destroy)(struct dum__part *part);
} dum__part;

/* A handler as it was set: copied, since the application's may be shorter than ours. */
#define DUM__HANDLER_SLOT(type)                                                                    \
    struct {                                                                                       \
        type handler;                                                                              \
        void *user_data;                                                                           \
        bool set;                                                                                  \
    }

struct dum_manager {
    sip_stack *stack;
    sip_worker *worker;
    sip_tu *tu;
    const sip_allocator *allocator;
    dum__turn turn;
    sip_id_table ids;

    sip_list usages; /* dum__usage.link: every live usage */
    size_t n_usages;
    sip_list profiles;
    dum_profile *builtin;
    sip_list parts;      /* dum__part.link */
    sip_list incomings;  /* dum__incoming.link: every live server transaction of ours */
    sip_map dialog_sets; /* by Call-ID and local tag */
    const dum__taker *takers[SIP_METHOD_COUNT]; /* by method; [SIP_METHOD_OTHER]: all else */
    unsigned allow;                             /* 1u << sip_method: what Allow says */
    dum__gate *gate;                            /* NULL: everybody passes */
    void (*resume)(struct dum__incoming *in);   /* set by manager/dispatch.c: past the gate */

    void (*usage_gone)(dum_manager *dum); /* set by manager/shutdown.c: perhaps it was the last */
    _Atomic(struct dum__post *) posts;    /* what dum_manager_post() queued, newest first */
    atomic_bool post_wakes;               /* the worker has been told to run them */

    const char *const *domains; /* the config's; NULL: every request is ours */
    char *user_agent;           /* "" : none */
    uint32_t max_sessions, shutdown_ms;
    sip_timer shutdown_timer;
    bool stopping;   /* sip_stack_stop(): nothing new is begun, usages say goodbye */
    bool stopped;    /* and the stack has been told that they have */
    bool destroying; /* the stack is going: nothing may be sent */

    DUM__HANDLER_SLOT(dum_invite_handler) invite;
    DUM__HANDLER_SLOT(dum_registration_handler) registration;
    DUM__HANDLER_SLOT(dum_pager_handler) pager;
    DUM__HANDLER_SLOT(dum_out_of_dialog_handler) out_of_dialog;
    DUM__HANDLER_SLOT(dum_registrar_handler) bindings;
    DUM__HANDLER_SLOT(dum_server_auth_handler) server_auth;
    struct dum_registrar *registrar;
    sip_transport_observer observer; /* of addresses that change */
};

/** Copy a public struct of `given_bytes` into ours of `own_bytes`: what the caller's version lacks
 * is zero, what it has beyond ours must be. @return 0 or SIP_EINVAL */
int dum__copy_sized(void *own, size_t own_bytes, const void *given, size_t given_bytes);
/** Copy a handler into its slot, once. @return 0; SIP_EINVAL; SIP_ESTATE (set before) */
int dum__set_handler(void *slot_handler, size_t own_bytes, const void *given, size_t given_bytes,
                     bool *set);
/** Add a part to be destroyed with the manager, in reverse order. */
void dum__part_add(dum_manager *dum, dum__part *part, void (*destroy)(dum__part *part));
/** Print the methods of dum->allow: "INVITE, ACK, …". `out` is zero-terminated. */
#define DUM__ALLOW_BYTES 160
sip_str dum__allow_text(const dum_manager *dum, char out[DUM__ALLOW_BYTES]);
/** Whether new usages may be made now. @return 0, SIP_EBUSY (a limit, or stopping) */
int dum__may_begin(const dum_manager *dum);
/** Memory of the manager's allocator. */
void *dum__alloc0(const dum_manager *dum, size_t bytes);
void dum__free(const dum_manager *dum, void *block);

#endif
