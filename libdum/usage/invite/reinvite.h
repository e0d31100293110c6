/* re-INVITE: ours, the peer's, and both at once (RFC 3261 14). */
#ifndef DUM_REINVITE_H
#define DUM_REINVITE_H

#include "dialog/incoming.h"
#include "feature/exchange.h"

typedef enum dum__re_state {
    DUM__RE_IDLE,
    DUM__RE_SENT,     /* ours is on its way */
    DUM__RE_BACKOFF,  /* ours met 491: the timer runs */
    DUM__RE_ACK_OWED, /* ours brought an offer: the ACK waits for our answer */
    DUM__RE_RECEIVED, /* the peer's waits for our answer or offer */
    DUM__RE_ANSWERED  /* our 2xx waits for its ACK */
} dum__re_state;

/** What a re-INVITE of ours is for: it decides what a retry says, and whether we hold. */
typedef enum dum__re_purpose {
    DUM__RE_OFFER, /* the application's own description */
    DUM__RE_ASK,   /* none: the peer is to offer */
    DUM__RE_HOLD,
    DUM__RE_RESUME
} dum__re_purpose;

typedef struct dum__reinvite {
    dum__re_state state;
    dum__re_purpose purpose;
    bool pending;            /* ours waits for its back-off while the peer's is served */
    sip_str offer;           /* of DUM__RE_OFFER, for the retry; ours */
    dum__exchange *exchange; /* the last of ours, until it has ended */
    sip_timer timer;
} dum__reinvite;

/** How a re-INVITE from the peer is met: 0: taken; 491: ours is under way (14.2); 500: the last of
 * his is not finished. Pure. */
int dum__reinvite_judge(dum__re_state state);
/** How long to wait after a 491 (14.1): the owner of the Call-ID 2.1 to 4 s, the other 0 to 2 s, in
 * steps of 10 ms. */
uint32_t dum__reinvite_backoff_ms(bool owns_call_id, const sip_random *random);

struct dum_invite;

/** Send a re-INVITE; RE_OFFER takes `offer` (copied). @return 0, SIP_ESTATE (14.1: one at a time,
 * no offer outstanding), SIP_EINVAL, SIP_ENOMEM */
int dum__reinvite_send(struct dum_invite *inv, dum__re_purpose purpose, sip_str offer);
/** A re-INVITE of the peer; owned or answered when this returns. May emit, as its last act. */
void dum__reinvite_received(struct dum_invite *inv, dum__incoming *in);
/** The application's description for the peer's re-INVITE is there: send the 2xx. @return 0,
 * SIP_ENOMEM, SIP_EINVAL */
int dum__reinvite_answer(struct dum_invite *inv);
/** Our answer to the offer that a re-INVITE of ours brought: send the ACK. @return 0, SIP_ENOMEM */
int dum__reinvite_acknowledge(struct dum_invite *inv);
/** Refuse the peer's waiting re-INVITE; the description goes back to what was agreed. @return 0 or
 * the error of sending */
int dum__reinvite_refuse(struct dum_invite *inv, int status);
/** The ACK to our 2xx came: the peer's re-INVITE is done. */
void dum__reinvite_settled(struct dum_invite *inv);
/** Let go of everything: timers, exchange. */
void dum__reinvite_finish(struct dum_invite *inv);

#endif
