/* The inside of an INVITE session: where its machines meet.
 *
 * A call of ours may have several sessions, one for each early dialog (fork); they share a
 * dum__call. A call to us has one. The phases are those of RFC 3261 13 and 15; who owes a
 * description is offer_answer's, what happens to re-INVITEs reinvite's. */
#ifndef DUM_INVITE_INSIDE_H
#define DUM_INVITE_INSIDE_H

#include "dialog/dialog.h"
#include "feature/exchange.h"
#include "usage/invite/address_refresh.h"
#include "usage/invite/description.h"
#include "usage/invite/offer_answer.h"
#include "usage/invite/reinvite.h"

/* RFC 3261 13.3.1.4 and 17.1.1.1: what the core itself repeats does so in these steps. */
#define DUM__T1_MS 500u
#define DUM__T2_MS 4000u
#define DUM__64_T1_MS (64u * DUM__T1_MS)

typedef enum dum__phase {
    DUM__PHASE_CALLING,   /* UAC: INVITE sent, no dialog */
    DUM__PHASE_EARLY,     /* UAC: early dialog */
    DUM__PHASE_ANSWERED,  /* UAC: the 2xx brought an offer, its ACK waits for our answer */
    DUM__PHASE_RINGING,   /* UAS: not answered */
    DUM__PHASE_ACCEPTED,  /* UAS: 2xx sent, ACK awaited */
    DUM__PHASE_CONNECTED, /* confirmed */
    DUM__PHASE_LEAVING,   /* ended by us: the outcome of CANCEL, an ACK or the answer to BYE awaited
                           */
    DUM__PHASE_ENDED      /* over; at the end of the turn it is freed */
} dum__phase;

struct dum_invite;

/** What the forks of one call share. Lives until its last session and the INVITE's transaction are
 * gone, so that a late 2xx still gets its ACK and BYE (13.2.2.4). */
typedef struct dum__call {
    dum_manager *dum;
    dum_profile *profile;
    dum__dialog_set *set;
    sip_list forks;            /* dum_invite.link */
    dum__exchange *exchange;   /* the INVITE of ours; NULL: ended, or a call to us */
    struct dum_invite *zero;   /* fork 0 while it lives */
    struct dum_invite *winner; /* who got the first 2xx, while it lives */
    char *request_uri;         /* ours; where a dialog without Contact goes */
    uint32_t cseq;             /* of the INVITE of ours */
    unsigned next_index;
    bool merged;     /* DUM_FORKS_MERGED */
    bool cancelled;  /* CANCEL asked for */
    bool answered;   /* a 2xx came, and its fork won */
    bool asked;      /* our INVITE held no offer */
    bool buried;     /* a 2xx came that nobody wanted any more */
    bool progressed; /* a response came: a CANCEL may leave */
    sip_timer cancel_timer;
} dum__call;

/** Why a session ends, kept from the decision to the callback. */
typedef struct dum__ending {
    dum_why why;
    int status;
    char *text;   /* ours; NULL without memory: the status' phrase stands in */
    sip_msg *msg; /* referenced */
    bool noted;
} dum__ending;

struct dum_invite {
    dum__usage usage; /* first */
    sip_list link;    /* in dum__call.forks */
    dum__call *call;
    dum__dialog *dialog;
    dum__phase phase;
    unsigned fork_index;
    bool is_uac;
    bool hidden;   /* never shown to the application: it hears nothing of it */
    bool accepted; /* UAS: accept() was called; its 2xx leaves when the description is there */
    bool held;     /* we hold the peer */
    bool told_connected;
    bool expires;                   /* UAS: the INVITE's own Expires limits how long it may ring */
    const dum__dialog *answered_by; /* UAC: the dialog whose answer was told (MERGED) */
    dum__offer_answer oa;
    dum__reinvite re;

    dum__incoming *in; /* the peer's INVITE that awaits our final response or whose 2xx its ACK */
    uint32_t in_cseq;  /* its CSeq: that of the ACK */
    sip_msg *resend;   /* our last 18x or 2xx to it */
    sip_msg *with_accept; /* what accept() wanted along, until the 2xx leaves */
    uint32_t resend_ms;
    sip_time_ms give_up_ms;
    sip_timer resend_timer;
    sip_timer stale_timer;

    sip_msg *ack; /* the last ACK of ours, while its 2xx may come again */
    uint32_t ack_cseq;
    sip_msg *news; /* a 2xx whose on_connected is due at the end of the turn */
    dum__exchange *bye;
    dum__ending ending;
    dum__address_refresh moved;
};

/* ---- invite.c: birth, ending, death */

/** Take INVITE from a manager's dispatch. */
void dum__invite_init(dum_manager *dum);
/** Make a call without forks. @return 0 or SIP_ENOMEM */
int dum__call_create(dum_profile *profile, sip_str call_id, sip_str local_tag,
                     dum__call **ret_call);
/** Free the call if nothing holds it any more. */
void dum__call_release(dum__call *call);
/** Make a session of a call. Its phase is CALLING. NULL without memory. */
dum_invite *dum__invite_create(dum__call *call, bool is_uac, bool hidden);
/** The session of a usage. */
dum_invite *dum__invite_of(dum__usage *usage);
/** True while news may be told: not ended by anybody. */
bool dum__invite_is_open(const dum_invite *inv);

/** Remember why it ends; the first note stands. */
void dum__invite_note(dum_invite *inv, const dum_cause *cause);
/** The same with a text of ours, to which the layer is added. */
void dum__invite_note_text(dum_invite *inv, dum_why why, int status, const char *text);
/** It is over: release everything, tell on_terminated with what was noted, reap. Last act of an
 * event. */
void dum__invite_terminate(dum_invite *inv);
/** The same, told at the end of the turn: for calls of the application and for further sessions. */
void dum__invite_terminate_later(dum_invite *inv);
/** Begin to leave by BYE; the note says why. Without memory it is over at once, without a word. */
void dum__invite_leave(dum_invite *inv, int reason_status, const sip_extras *extras);
/** As leave(), but fails without effect. @return 0, SIP_ENOMEM, SIP_EINVAL */
int dum__invite_bye(dum_invite *inv, int reason_status, const sip_extras *extras);
/** Add "Reason: SIP;cause=…" unless the status is 0 or the extras bring a Reason (RFC 3326). */
void dum__invite_add_reason(sip_build *build, int status, const sip_extras *extras);

/** How long an unanswered call of this profile may ring. */
uint32_t dum__invite_stale_ms(const dum_profile *profile);
/** Stop all timers and forget what the peer's INVITE needed. */
void dum__invite_quiet(dum_invite *inv);

/* ---- invite_uac.c, invite_fork.c: calls of ours */

/** Send the ACK to the 2xx with this CSeq, with a description or without (empty). @return 0,
 * SIP_ENOMEM, SIP_EINVAL */
int dum__invite_ack(dum_invite *inv, uint32_t cseq, sip_str description,
                    const dum__exchange *exchange);
/** A 2xx that came again: the same ACK again. */
void dum__invite_ack_again(dum_invite *inv, const sip_msg *response, const dum__exchange *exchange);
/** Cancel all forks of a call that is not answered. @return 0, SIP_ENOMEM, SIP_ESTATE */
int dum__invite_cancel(dum__call *call, int reason_status, const sip_extras *extras);
/** The answer that the offer in the 2xx wants is there: send the ACK; on_connected follows at the
 * end of the turn. @return 0 or the error of sending */
int dum__invite_connect(dum_invite *inv);
/** The 2xx brought an offer that we do not take: ACK with an answer that refuses all, then BYE. */
void dum__invite_refuse_2xx(dum_invite *inv, int status);

/** The session that a response of the INVITE belongs to, made if it is a fork not seen before
 * (*ret_new). NULL: none, the response is of no interest, or no memory. */
dum_invite *dum__fork_for(dum__call *call, const sip_msg *response, bool *ret_new);
/** A session nobody sees for a 2xx that comes too late: ACK and BYE (13.2.2.4). */
void dum__fork_bury(dum__call *call, const sip_msg *response);
/** End all other sessions of the call, at the end of the turn. */
void dum__fork_end_losers(dum__call *call, const dum_invite *winner);
/** End every session of the call that is left, with what each has noted or else `cause`; told at
 * the end of the turn, fork 0 last. */
void dum__fork_end_all(dum__call *call, const dum_cause *cause);

/* ---- invite_uas.c: calls to us */

/** Build a response to the waiting INVITE with what makes a dialog; `description` may be empty. */
int dum__invite_respond(dum_invite *inv, int status, sip_str description, const sip_extras *extras,
                        sip_msg **ret_sent);
/** Send the 2xx if accept() was called and the description is there. @return 0 also when not yet */
int dum__invite_try_2xx(dum_invite *inv);
/** Send a 2xx with our current description and repeat it until its ACK comes. @return 0 or error */
int dum__invite_send_2xx(dum_invite *inv);
/** Let go of the waiting INVITE with a final response; its repetition ends. */
void dum__invite_close_in(dum_invite *inv, int status);
void dum__invite_on_ack(dum__usage *usage, const sip_msg *ack);
/** Tell on_offer, or what NULL does: answer from our last description, else refuse with 488. */
void dum__invite_tell_offer(dum_invite *inv, const sip_body *offer);
/** Tell on_offer_required, or offer our last description, else refuse with 488. */
void dum__invite_tell_offer_required(dum_invite *inv, const sip_msg *msg);
/** What is wrong with an INVITE: 0, 400 or 415. */
int dum__invite_judge_request(const dum_manager *dum, const sip_msg *invite);
/** Take the transaction of an INVITE that this session is to answer. */
void dum__invite_hold_in(dum_invite *inv, dum__incoming *in);
extern const dum__taker dum__invite_taker;

#endif
