/* A proxy's core: one received request forwarded to one or more targets, and the best answer back
 * (RFC 3261 16). */
#ifndef SIP_RELAY_H
#define SIP_RELAY_H

#include <sip/tu.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_relay sip_relay;

typedef struct sip_relay_config {
    sip_switch record_route;   /**< default off; see sip_relay_route_proof() */
    sip_switch recurse;        /**< on 3xx; default off */
    uint32_t timer_c_s;        /**< 0: the stack's timers.c_ms (RFC 3261 16.6 step 11) */
    uint32_t branch_timeout_s; /**< 0: none; after it the branches under way are cancelled and the
                                  next q group is tried */
    sip_switch path; /**< REGISTERs get a Path of ours (RFC 3327), whether or not they say that they
                        support it, with a flow token if their sender is next to us, so that what
                        comes by it reaches him (RFC 5626 5.1); default off */
} sip_relay_config;

typedef struct sip_target {
    const char *uri;      /**< becomes the Request-URI; NULL: the one that came; borrowed for the
                             call */
    uint16_t q_permille;  /**< targets of equal q at once, lower ones after */
    const sip_path *path; /**< protocol, remote and flow to use instead of looking the URI up; NULL:
                             look it up */
    const char *route; /**< what goes on top of Route, as a binding's Path wants or a policy of your
                          own: "<sip:edge.example.com;lr>, <sip:…;lr>", each with lr (RFC 3261 16.6
                          step 6). It decides where the request goes, unless `path` does. NULL:
                          nothing; borrowed for the call */
} sip_target;

/** No member is required. Borrowed; must outlive the relay. */
typedef struct sip_relay_handler {
    /** Each response that is passed back, before it is. */
    void (*on_response)(sip_relay *relay, const sip_msg *response, void *user_data);
    /** All targets failed; `best` (NULL: nothing but timeouts) is sent unless you add targets here.
     */
    void (*on_failed)(sip_relay *relay, const sip_msg *best, void *user_data);
    /** The relay is dead when this returns; `final` is the final response that was sent, or NULL.
     */
    void (*on_terminated)(sip_relay *relay, const sip_msg *final, void *user_data);
} sip_relay_handler;

/** @private */
SIP_API int sip_relay_create_sized(sip_server_tx *tx, const sip_relay_config *config,
                                   size_t config_bytes, const sip_relay_handler *handler,
                                   size_t handler_bytes, void *user_data, sip_relay **ret_relay);
/**
 * Take a server transaction over: from here on the relay answers it, also its CANCEL. config and
 * handler may be NULL.
 * What a request may spread to at once is bounded by its Max-Breadth, 60 if it has none (RFC 5393
 * 5.3): targets of equal q share it, and those that it does not do for wait until others have
 * ended.
 * @return 0; SIP_EHOPS (Max-Forwards is 0; or Max-Breadth is, and 440 has been sent), SIP_ELOOP,
 * SIP_EUNSUPPORTED (Proxy-Require; 420 with Unsupported has been sent, RFC 3261 16.3), SIP_ESTATE
 * (answered already), SIP_ENOMEM: answer with sip_error_status()
 */
static inline int sip_relay_create(sip_server_tx *tx, const sip_relay_config *config,
                                   const sip_relay_handler *handler, void *user_data,
                                   sip_relay **ret_relay)
{
    return sip_relay_create_sized(tx, config, sizeof *config, handler, sizeof *handler, user_data,
                                  ret_relay);
}
/** Add a target; NULL: where its Route or Request-URI leads. Targets added in a turn leave at its
 * end. @return 0, SIP_EINVAL, SIP_ESTATE, SIP_ENOMEM */
SIP_API int sip_relay_add(sip_relay *relay, const sip_target *target);
/** Answer yourself; branches under way are cancelled. @return 0, SIP_ESTATE, SIP_ENOMEM */
SIP_API int sip_relay_respond(sip_relay *relay, int status, const sip_extras *extras);
/** @private */
SIP_API int sip_relay_forward_sized(sip_tu *tu, const sip_msg *request,
                                    const sip_relay_config *config, size_t config_bytes,
                                    const sip_target *target);
/**
 * Pass a request on without keeping anything of it (RFC 3261 16.11): an ACK to a 2xx, or whatever
 * comes to a TU with on_stateless_request. Repetitions, the CANCEL and the ACK of an INVITE leave
 * with the same branch, so `target` must be the same for them too; their responses come to
 * on_stray_response, for sip_tu_forward(). What a transaction would do is not done: no repetition,
 * no further target, no fork, no answer if it cannot be sent.
 *
 * @param config  record_route and path count; NULL: neither
 * @param target  NULL: where its Route or Request-URI leads
 * @return 0, also for what fails in the network, which is counted; SIP_EHOPS (Max-Forwards is 0; or
 * Max-Breadth is, and 440 has been sent); SIP_EUNSUPPORTED (Proxy-Require; 420 has been sent);
 * SIP_EGONE, SIP_ESYNTAX (the flow that its Route names has ended, or is none of ours);
 * SIP_EINVAL (no request, the target, or it would come back here); SIP_ENOMEM
 */
static inline int sip_relay_forward(sip_tu *tu, const sip_msg *request,
                                    const sip_relay_config *config, const sip_target *target)
{
    return sip_relay_forward_sized(tu, request, config, sizeof *config, target);
}

/** What the topmost Route values of a request say about its coming to us. */
typedef enum sip_route_proof {
    /** None of them is ours. */
    SIP_ROUTE_ELSEWHERE,
    /** They are ours, but anybody can write that. */
    SIP_ROUTE_UNPROVED,
    /** A flow token of ours leads along another flow than the request came by: it gets to nobody
     * but who is at its other end (RFC 5626 5.3). */
    SIP_ROUTE_OF_FLOW,
    /** It is inside a dialog that a relay with record_route let through. */
    SIP_ROUTE_OF_DIALOG
} sip_route_proof;

/**
 * Tell requests that are here because we wanted to be in their dialog from those of strangers who
 * put our name into Route: a proxy that passes on the latter is an open relay.
 *
 * Every Record-Route of a relay bears a parameter "dlg", made with sip_stack_config.secret from
 * Call-ID and the caller's tag. A request is of a dialog if it has a To tag and a Route of ours
 * with the parameter of its Call-ID and of one of its tags, so it serves both directions, all
 * methods, and the ACK to a 2xx (give this one the message of on_ack). It proves no more than that:
 * who is in such a dialog chooses its Request-URI, as targets may change. Stacks with the same
 * secret know each other's; one that was started without a secret knows none from before: its user
 * should then treat a request like one outside a dialog, and pass it on if its target is ours or
 * its sender is known.
 *
 * @param request  as received; what is no request is SIP_ROUTE_ELSEWHERE, as is NULL
 * @thread The worker's
 */
SIP_API sip_route_proof sip_relay_route_proof(const sip_stack *stack, const sip_msg *request);
/** The server transaction that the relay answers; NULL once it has ended. */
SIP_API sip_server_tx *sip_relay_server_tx(const sip_relay *relay);

#ifdef __cplusplus
}
#endif

#endif
