/* The usage: what a call, a registration, a message under way have in common, and the vtable that
 * each implements. Upper folders register themselves here and are called through it, so dialog/
 * knows none of them. */
#ifndef DUM_USAGE_H
#define DUM_USAGE_H

#include "core/context.h"
#include "dialog/incoming.h"

struct dum__usage;

typedef struct dum__usage_class {
    dum__kind kind;
    /** A request inside the usage's dialog: CSeq, tags and Require have been checked, the target is
     * not yet refreshed. Answer it now or keep `in`. NULL: 405. */
    void (*on_request)(struct dum__usage *usage, dum__incoming *in);
    /** An ACK to a 2xx inside the usage's dialog. NULL: dropped. */
    void (*on_ack)(struct dum__usage *usage, const sip_msg *ack);
    /** Addresses of ours, or those that a NAT gives us, may have changed: tell the peer. Not for
     * usages that are ending. NULL: he need not know. */
    void (*on_addresses)(struct dum__usage *usage);
    /** Begin to end: BYE, CANCEL, final response, unregister. on_terminated is told in the usual
     * way. Called once, on sip_stack_stop(), and not for usages that are ending already. */
    void (*shutdown)(struct dum__usage *usage);
    /** The stack is going: tell on_terminated(DUM_WHY_SHUTDOWN), as the last thing, if it has not
     * been told. Nothing can be sent; `ending` is set already for all usages. */
    void (*abort)(struct dum__usage *usage);
    /** Free everything that is the usage's own, and the usage itself. No callbacks. Timers have to
     * be cleared, exchanges forgotten. Unlinking is done by dum__usage_destroy(). */
    void (*destroy)(struct dum__usage *usage);
} dum__usage_class;

/** The head of every usage: its first member. */
typedef struct dum__usage {
    dum__object object; /* first: ids lead here */
    const dum__usage_class *class;
    dum_profile *profile;
    sip_list link;          /* in dum_manager.usages */
    dum__deferred deferred; /* for dum__usage_reap(), and for news at the end of the turn */
    bool ending;            /* the application has ended it: only on_terminated comes any more */
    bool terminated;        /* on_terminated has been told: the handle is dead */
    bool reaped;
    bool in_shutdown;
} dum__usage;

/**
 * Allocate a zeroed usage of `bytes` (its struct) plus `data_bytes` for the application behind it,
 * give it an id and link it to the manager; counted as a live object. The limit is the caller's to
 * ask for: dum__may_begin().
 * @return the usage, or NULL without memory
 */
void *dum__usage_create(dum_profile *profile, const dum__usage_class *class, size_t bytes,
                        size_t data_bytes);
/** The application's bytes behind a usage whose struct has `bytes`. */
void *dum__usage_data(dum__usage *usage, size_t bytes);
/** Have it destroyed at the end of this turn. From now on it is not found by its id. */
void dum__usage_reap(dum__usage *usage);
/** Destroy it now (from the end of the turn, the manager's end, or a create that failed). */
void dum__usage_destroy(dum__usage *usage);

#endif
