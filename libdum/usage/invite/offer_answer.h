/* Offer and answer (RFC 3264, RFC 6337): who owes an answer, and the two descriptions.
 *
 * The machine is pure: what travels (INVITE, 2xx, ACK) is others' business. A round either ends in
 * STABLE, where its descriptions become the agreed ones, or fails, and then those agreed before
 * stand (RFC 6141). */
#ifndef DUM_OFFER_ANSWER_H
#define DUM_OFFER_ANSWER_H

#include "core/context.h"

typedef enum dum__oa_state {
    DUM__OA_NONE,         /* nothing agreed, nothing offered */
    DUM__OA_WANTED,       /* the peer wants an offer from us */
    DUM__OA_OFFER_READY,  /* and we have it: it leaves with the 2xx */
    DUM__OA_OFFER_SENT,   /* the peer owes an answer */
    DUM__OA_ASKED,        /* we want an offer from the peer */
    DUM__OA_OFFER_GOT,    /* we owe an answer */
    DUM__OA_ANSWER_READY, /* and we have it: it leaves with the next response or ACK */
    DUM__OA_STABLE        /* agreed */
} dum__oa_state;
#define DUM__OA_STATES 8

typedef enum dum__oa_event {
    DUM__OA_GET_ASK,     /* an INVITE without an offer came */
    DUM__OA_GIVE_OFFER,  /* the application made the offer that the peer wants */
    DUM__OA_SEND_OFFER,  /* an offer leaves */
    DUM__OA_GET_ANSWER,  /* the answer came */
    DUM__OA_ASK,         /* an INVITE without an offer leaves */
    DUM__OA_GET_OFFER,   /* an offer came */
    DUM__OA_GIVE_ANSWER, /* the application made the answer */
    DUM__OA_SEND_ANSWER, /* the answer leaves */
    DUM__OA_FAIL         /* refused, cancelled, timed out: back to what was */
} dum__oa_event;
#define DUM__OA_EVENTS 9

typedef struct dum__offer_answer {
    dum__oa_state state;
    bool agreed;                     /* a round has ended well: a failure goes back to STABLE */
    sip_str local, remote;           /* agreed; exact-size blocks of ours */
    sip_str next_local, next_remote; /* of the round under way */
} dum__offer_answer;

/** Where an event leads; false if it is not allowed in this state. Pure. */
bool dum__oa_next(dum__oa_state state, dum__oa_event event, bool agreed, dum__oa_state *ret_next);
/** True if the event is allowed now. */
bool dum__oa_allows(const dum__offer_answer *oa, dum__oa_event event);
/** Take an event that brings a description: GIVE_OFFER, SEND_OFFER (from us, not ready before),
 * GIVE_ANSWER, GET_OFFER, GET_ANSWER. The text is copied. @return 0; SIP_ESTATE; SIP_EINVAL (an
 * answer with another number of m= lines than its offer); SIP_ENOMEM */
int dum__oa_describe(dum__offer_answer *oa, const dum_manager *dum, dum__oa_event event,
                     sip_str text);
/** Take an event without one: GET_ASK, ASK, SEND_OFFER (ready before), SEND_ANSWER, FAIL. Not
 * allowed: no effect. */
void dum__oa_step(dum__offer_answer *oa, const dum_manager *dum, dum__oa_event event);
/** Our description as it stands in what we send now: of the round under way, else the agreed one.
 */
sip_str dum__oa_current_local(const dum__offer_answer *oa);
void dum__oa_finish(dum__offer_answer *oa, const dum_manager *dum);

#endif
