/* Two managers, alice and bob, over a simulated network, for the flow tests.
 *
 * Whatever the handlers are told is written to one log, "bob new, bob offer, alice 180, …", and
 * what each side does about it is a table of small functions. */
#ifndef PAIR_H
#define PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dum/dum.h>
#include <sip/sim.h>
#include <sip/trace.h>

typedef enum happening {
    ON_NEW,
    ON_FORKED,
    ON_PROVISIONAL,
    ON_OFFER,
    ON_ANSWER,
    ON_OFFER_REQUIRED,
    ON_OFFER_FAILED,
    ON_CONNECTED,
    ON_TERMINATED,
    ON_ADDRESS_CHANGED,
    HAPPENINGS
} happening;

struct ua_pair;

typedef struct ua_side {
    struct ua_pair *pair;
    const char *name;
    sip_stack *stack;
    dum_manager *dum;
    dum_profile *profile;
    dum_invite *call; /* the last that a callback named, or that was made; NULL once it ended */
    void (*act[HAPPENINGS])(struct ua_side *side, dum_invite *inv);
    unsigned count[HAPPENINGS];
    dum_why why;
    char text[120]; /* of the cause */
    int status;
    char sent[40][1500]; /* what the stack has sent, first transmissions */
    unsigned n_sent;
    char received[1500]; /* the last message that it got */
} ua_side;

typedef struct ua_pair {
    sip_sim *sim;
    ua_side alice, bob;
    char log[4000];
} ua_pair;

/* Flags of pair_open(). */
#define PAIR_ALICE_LEAN 1u /* no on_offer, on_offer_required, on_forked: what NULL does */
#define PAIR_BOB_LEAN 2u
#define PAIR_ALICE_TOLD 4u /* on_address_changed */

extern const sip_body pair_media;  /* one audio stream */
extern const sip_body pair_media2; /* another description of one audio stream */
extern const sip_body pair_two;    /* two streams */

/** A perfect network of 10 ms. */
void pair_open(ua_pair *pair, unsigned flags);
/** The same with a network and profiles of one's own (NULL: defaults). */
void pair_open_with(ua_pair *pair, unsigned flags, const sip_sim_config *net,
                    const dum_profile_config *alice, const dum_profile_config *bob);
/** Settle, see that nothing is left alive, and close. */
void pair_close(ua_pair *pair);
/** Close without asking whether anything is left. */
void pair_destroy(ua_pair *pair);
/** Alice calls bob with this offer (NULL: none). */
void pair_call(ua_pair *pair, const sip_body *offer);
void pair_run(ua_pair *pair, uint32_t ms);
void pair_settle(ua_pair *pair);
/** The ladder without repeats must be this. */
void pair_ladder(ua_pair *pair, const char *expected);
/** The log since the last look must be this. */
void pair_log(ua_pair *pair, const char *expected);
/** Call and answer, with 180; the log is emptied. */
void pair_connect(ua_pair *pair);

/* Actions for side.act. */
void do_accept(ua_side *side, dum_invite *inv); /* 180, then accept with pair_media */
void do_ring(ua_side *side, dum_invite *inv);   /* 180 */
void do_answer(ua_side *side, dum_invite *inv); /* dum_invite_answer(pair_media) */
void do_offer(ua_side *side, dum_invite *inv);  /* dum_invite_offer(pair_media) */
void do_end(ua_side *side, dum_invite *inv);    /* dum_invite_end(0) */
void do_nothing(ua_side *side, dum_invite *inv);

/** The response that a peer without a stack would send to a request seen in `sent`. `contact` is
 * its Contact URI, or NULL; `routes` a Record-Route value or NULL. Writes to `out`. */
void pair_response(const char *request, int status, const char *tag, const char *contact,
                   const char *routes, const sip_body *body, char out[2000]);
/** Put a response on the wire to alice, from the address that bob has. */
void pair_inject(ua_pair *pair, const char *to, const char *bytes);

#endif
