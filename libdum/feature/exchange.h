/* One logical request under way: a client transaction, or several after one another, since 401 and
 * 407 are answered here with the next CSeq and are not seen by the usage (RFC 3261 22.2).
 *
 * An exchange outlives its usage: it is freed when its last transaction has ended, whatever the
 * usage did. A usage that no longer wants to hear of it says dum__exchange_forget(). */
#ifndef DUM_EXCHANGE_H
#define DUM_EXCHANGE_H

#include "core/context.h"
#include "dialog/dialog.h"
#include "feature/client_auth.h"

typedef struct dum__exchange dum__exchange;

/** No member is required. Exactly one final on_response or one on_failed comes unless the stack is
 * destroyed first; then on_ended. To INVITE further 2xx may follow the final one. */
typedef struct dum__exchange_handler {
    /** A response that is not a challenge answered here. A 401 or 407 comes if it cannot be. */
    void (*on_response)(dum__exchange *exchange, const sip_msg *response, void *owner);
    /** No final response will come; or a challenge did, but there was no memory to answer it. */
    void (*on_failed)(dum__exchange *exchange, const sip_failure *failure, void *owner);
    /** Its last transaction has ended; the exchange is dead when this returns. */
    void (*on_ended)(dum__exchange *exchange, void *owner);
} dum__exchange_handler;

typedef struct dum__exchange_config {
    dum_profile *profile;            /* whose credentials answer challenges */
    dum__credentials *auth;          /* the owner's; must live until forget() or on_ended */
    uint32_t *cseq;                  /* the owner's counter: a retry takes ++*cseq. Lives as long */
    bool contact;                    /* the request asked for a Contact: a retry asks again … */
    const char *contact_params;      /* … with these, static or NULL */
    const sip_send_options *options; /* may be NULL; lives until forget() or on_ended */
    dum__dialog *dialog; /* whose way is preferred, and learnt; NULL: none. Lives as long */
    const dum__exchange_handler *handler;
    void *owner;
} dum__exchange_config;

/**
 * Send `request` (from dialog/outgoing.h, with dum__client_auth_add() done).
 * @param request  referenced
 * @return 0, then the handler is called in later turns; SIP_EINVAL, SIP_ENOMEM, SIP_EBUSY
 */
int dum__exchange_send(dum_manager *dum, const dum__exchange_config *config, const sip_msg *request,
                       dum__exchange **ret_exchange);
/** The owner goes, or does not care any more: no call from now on. The transaction runs on by
 * itself (an INVITE's failures still get their ACK), an unanswered INVITE for 32 s more, a
 * cancelled one no longer. NULL is fine. */
void dum__exchange_forget(dum__exchange *exchange);
/** Cancel an INVITE, also between two tries. @return 0; SIP_ESTATE (a final response has come) */
int dum__exchange_cancel(dum__exchange *exchange, const sip_extras *extras);
/** The request as last sent; its CSeq is that of the last try. */
const sip_msg *dum__exchange_request(const dum__exchange *exchange);
/** Where it went. */
const sip_path *dum__exchange_path(const dum__exchange *exchange);

#endif
