/* A request that came to us, from its arrival until its server transaction has ended. */
#ifndef DUM_INCOMING_H
#define DUM_INCOMING_H

#include "core/context.h"

struct dum__incoming;

/** What the owner of a request wants to hear. No member is required. */
typedef struct dum__incoming_owner {
    /** The INVITE was cancelled; the CANCEL has been answered. Unowned INVITEs get 487. */
    void (*on_cancel)(struct dum__incoming *in);
    /** The transaction has ended; `in` is dead when this returns. Comes once, also when the stack
     * is destroyed. */
    void (*on_ended)(struct dum__incoming *in);
} dum__incoming_owner;

typedef struct dum__incoming {
    dum_manager *dum;
    sip_server_tx *tx;
    sip_list link; /* in dum_manager.incomings */
    bool cancelled;
    uint32_t cseq;
    int decided;     /* a final status that could not be sent for want of memory; 0: none */
    sip_timer timer; /* tries it again */
    sip_method method;
    const dum__incoming_owner *owner; /* NULL: nobody */
    void *owner_data;
} dum__incoming;

/** Make one for a new transaction, and link both. @return 0 or SIP_ENOMEM */
int dum__incoming_create(dum_manager *dum, sip_server_tx *tx, dum__incoming **ret_in);
/** The transaction has ended: tell the owner, then free. */
void dum__incoming_ended(dum__incoming *in);
/** The one of a transaction. */
dum__incoming *dum__incoming_of(const sip_server_tx *tx);

/** Own it: hear of CANCEL and the end. `owner` NULL gives it up (an owner that dies must). */
void dum__incoming_own(dum__incoming *in, const dum__incoming_owner *owner, void *owner_data);

/** The request; NULL once a final response has been sent. */
const sip_msg *dum__incoming_msg(const dum__incoming *in);
/** Answer with a plain response: Server header, and what the status demands: Allow (405, and 200 to
 * OPTIONS), Accept (415), Unsupported (420), and the extras. Without memory a final response is
 * decided all the same and leaves, bare, as soon as there is some: a transaction that is never
 * answered would never end. @return as sip_server_tx_send() but SIP_ENOMEM */
int dum__incoming_respond(dum__incoming *in, int status, const sip_extras *extras);
/** As respond() with 503 or 500 and a Retry-After of `retry_s`; 0 is said as well (14.2). */
int dum__incoming_respond_later(dum__incoming *in, int status, uint32_t retry_s);
/** Begin a response of our own making with Server; dum__incoming_send() sends it.
 * @param to_tag  empty: the transaction's own */
sip_build *dum__incoming_build(dum__incoming *in, int status, sip_str to_tag);
/** Finish a response and send it; `build` is consumed. @return as sip_server_tx_send(), then
 * nothing was sent: after SIP_ENOMEM respond() must still follow */
int dum__incoming_send(dum__incoming *in, sip_build *build);

#endif
