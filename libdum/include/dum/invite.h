/* The INVITE session: calls (RFC 3261 13 to 15, offer/answer RFC 3264 and 6337).
 *
 * One verb ends: dum_invite_end() is CANCEL, a final response or BYE, whichever the state needs.
 * Offer/answer is four verbs, whatever carries them: offer, answer, reject_offer, accept. A delayed
 * answer is silence: return from on_offer without answering and answer in a later turn. */
#ifndef DUM_INVITE_H
#define DUM_INVITE_H

#include <dum/profile.h>
#include <sip/local.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dum_invite dum_invite;

typedef enum dum_forks {
    DUM_FORKS_DEFAULT, /**< shown if on_forked is set, else merged */
    DUM_FORKS_SHOWN,   /**< each further early dialog is a dum_invite of its own */
    DUM_FORKS_MERGED   /**< one handle follows the dialogs; on_answer may come again */
} dum_forks;

typedef struct dum_invite_config {
    const char *to;        /**< URI to call */
    const sip_body *offer; /**< NULL: the callee makes it (offer in 200) */
    const sip_extras *extras;
    dum_forks forks;
} dum_invite_config;

/** No member is required; in brackets what NULL does. The struct is borrowed and must outlive the
 * manager. For one message the order is: new session or fork, description (offer, answer),
 * progress, end. */
typedef struct dum_invite_handler {
    size_t data_bytes; /**< zeroed bytes that ride in each session: dum_invite_data() */
    /** An INVITE for us, before its offer. [480] */
    void (*on_new_session)(dum_invite *inv, const sip_msg *invite, void *user_data);
    /** Another early dialog of a call of ours appeared. [merged] */
    void (*on_forked)(dum_invite *inv, dum_invite *fork, void *user_data);
    /** A provisional response but 100, with its body if it has one. */
    void (*on_provisional)(dum_invite *inv, const sip_msg *msg, void *user_data);
    /** The peer offers a description: answer with dum_invite_answer(), _accept() or
     * _reject_offer(), now or later. [answered from our last description, else 488] */
    void (*on_offer)(dum_invite *inv, const sip_body *offer, void *user_data);
    /** The peer's answer to our offer. */
    void (*on_answer)(dum_invite *inv, const sip_body *answer, void *user_data);
    /** The peer wants an offer (INVITE or re-INVITE without one): dum_invite_offer() or
     * dum_invite_accept(). [our last description again, else 488] */
    void (*on_offer_required)(dum_invite *inv, const sip_msg *msg, void *user_data);
    /** An offer of ours in a call that goes on was refused (4xx …) or not answered. */
    void (*on_offer_failed)(dum_invite *inv, const dum_cause *cause, void *user_data);
    /** UAC: a 2xx came and its ACK has left. UAS: the ACK came (or the answer in it). Once. */
    void (*on_connected)(dum_invite *inv, const sip_msg *msg, void *user_data);
    /** The end; the handle is dead when this returns. */
    void (*on_terminated)(dum_invite *inv, const dum_cause *cause, void *user_data);
    /** Our address towards the peer of a call that stands is another one now (this machine's have
     * changed, or those of a NAT), and this is the moment to tell it so: by dum_invite_offer(), or
     * else, after this has returned, our last description is offered again, its c= lines with our
     * old address turned to the new one. */
    void (*on_address_changed)(dum_invite *inv, const sip_local *local, void *user_data);
} dum_invite_handler;

/** @private */
DUM_API int dum_manager_set_invite_handler_sized(dum_manager *dum,
                                                 const dum_invite_handler *handler,
                                                 size_t handler_bytes, void *user_data);
/** Set once, before use. @return 0, SIP_EINVAL, SIP_ESTATE */
static inline int dum_manager_set_invite_handler(dum_manager *dum,
                                                 const dum_invite_handler *handler, void *user_data)
{
    return dum_manager_set_invite_handler_sized(dum, handler, sizeof *handler, user_data);
}
/** @private */
DUM_API int dum_invite_create_sized(dum_profile *from, const dum_invite_config *config,
                                    size_t config_bytes, dum_invite **ret_inv);
/** Call somebody. The handle is fork 0 and stands for the call until it is answered. @return 0,
 * SIP_EINVAL (URI), SIP_ENOMEM, SIP_EBUSY */
static inline int dum_invite_create(dum_profile *from, const dum_invite_config *config,
                                    dum_invite **ret_inv)
{
    return dum_invite_create_sized(from, config, sizeof *config, ret_inv);
}

/** Send a provisional response, 101..199, with Contact; unreliable. @return 0; SIP_EINVAL;
 * SIP_ESTATE (not an unanswered incoming call); SIP_ENOMEM */
DUM_API int dum_invite_provisional(dum_invite *inv, int status, const sip_extras *extras);
/**
 * Answer a call. `description` is the answer to the peer's offer, or the offer that it owes us none
 * of; NULL: what has been or will be given by _answer() or _offer(). Remembered: the 2xx leaves
 * when the description is there. Then on_offer and on_offer_required are not called.
 * @return 0; SIP_ESTATE (not an unanswered incoming call, or accepted before); SIP_EINVAL (the
 * answer does not fit the offer: other number of m= lines); SIP_ENOMEM
 */
DUM_API int dum_invite_accept(dum_invite *inv, const sip_body *description,
                              const sip_extras *extras);
/** End in whatever state: CANCEL, final response `status` (300..699; 0: 480), or BYE. @return 0;
 * SIP_ESTATE (ending already); SIP_EINVAL; SIP_ENOMEM */
DUM_API int dum_invite_end(dum_invite *inv, int status, const sip_extras *extras);
/** Give up one early fork but fork 0; the call goes on. @return 0, SIP_ESTATE, SIP_EINVAL */
DUM_API int dum_invite_drop(dum_invite *inv);
/** Offer a description: in the 2xx of a call that wants one, else in a re-INVITE; NULL asks the
 * peer for one. Glare (491) is tried again by itself (RFC 3261 14.1).
 * @return 0, then on_answer (or on_offer after NULL), on_offer_failed or on_terminated; SIP_ESTATE
 * (an offer is outstanding, a re-INVITE under way, not connected); SIP_ENOMEM */
DUM_API int dum_invite_offer(dum_invite *inv, const sip_body *offer);
/** Answer the peer's offer. @return 0; SIP_ESTATE (none is open); SIP_EINVAL (does not fit);
 * SIP_ENOMEM */
DUM_API int dum_invite_answer(dum_invite *inv, const sip_body *answer);
/** Refuse the peer's offer with a status (300..699): of a re-INVITE only that, of an INVITE the
 * call. @return 0; SIP_ESTATE; SIP_EINVAL; SIP_ENOMEM */
DUM_API int dum_invite_reject_offer(dum_invite *inv, int status);
/** Offer our last description with its streams sendonly (inactive if the peer holds us): hold (RFC
 * 3264 8.4). @return as dum_invite_offer(); SIP_ESTATE when held by us already */
DUM_API int dum_invite_hold(dum_invite *inv);
/** Offer it with sendrecv again. @return as dum_invite_offer(); SIP_ESTATE when not held by us */
DUM_API int dum_invite_resume(dum_invite *inv);
/** Whether our last agreed description holds the peer. */
DUM_API bool dum_invite_is_held(const dum_invite *inv);

/** True from on_connected until the end begins. */
DUM_API bool dum_invite_is_connected(const dum_invite *inv);
/** Connected, and no offer outstanding. */
DUM_API bool dum_invite_is_stable(const dum_invite *inv);
/** 0 for the handle from create and for incoming calls; forks count from 1. */
DUM_API unsigned dum_invite_fork_index(const dum_invite *inv);
/** The peer's last agreed description, or empty. */
DUM_API sip_str dum_invite_remote_description(const dum_invite *inv);
/** The peer as an address (From or To of the dialog), text owned by the session. */
DUM_API sip_str dum_invite_remote(const dum_invite *inv);
/** The Call-ID, owned by the session. */
DUM_API sip_str dum_invite_call_id(const dum_invite *inv);
/** The session's data_bytes, zeroed at its birth; NULL if data_bytes is 0. */
DUM_API void *dum_invite_data(dum_invite *inv);
/** The manager that owns the session. */
DUM_API dum_manager *dum_invite_manager(const dum_invite *inv);
/** The weak id; 0 for NULL. */
DUM_API dum_id dum_invite_id(const dum_invite *inv);
/** The session of an id, or NULL when it is gone. O(1). */
DUM_API dum_invite *dum_invite_find(dum_manager *dum, dum_id id);

#ifdef __cplusplus
}
#endif

#endif
