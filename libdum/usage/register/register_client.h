/* The inside of a registration of ours. */
#ifndef DUM_REGISTER_CLIENT_H
#define DUM_REGISTER_CLIENT_H

#include "dialog/usage.h"
#include "feature/exchange.h"
#include "feature/told_address.h"

typedef enum dum__registration_phase {
    DUM__REGISTRATION_SENDING,
    DUM__REGISTRATION_ACTIVE,
    DUM__REGISTRATION_WAITING,
    DUM__REGISTRATION_LEAVING,
    DUM__REGISTRATION_ENDED
} dum__registration_phase;

struct dum_registration {
    dum__usage usage; /* first */
    dum__registration_phase phase;
    dum__exchange *exchange; /* the REGISTER in flight */
    dum__credentials auth;
    char *registrar; /* the Request-URI */
    sip_msg *extras; /* headers and body that go along, in a message of their own; NULL: none */
    char call_id[SIP_CALL_ID_BYTES];
    char from_tag[SIP_TAG_BYTES];
    char *contact_params;
    char *contact;     /* the one that is bound, in brackets; NULL: none is known */
    char *old_contact; /* was bound at an address that we had; NULL: none */
    dum__told_address told;
    bool moved; /* what is seen of us may have changed since the REGISTER in flight left */
    uint32_t cseq;
    uint32_t asked_s, granted_s;
    unsigned failures; /* in a row */
    bool raised;       /* this try asks for what a 423 wanted */
    bool bound;        /* a 2xx came, so there may be a binding */
    sip_timer timer;   /* refresh, or retry */
};

extern const dum__usage_class dum__registration_class;

/** Send a REGISTER with the next CSeq; 0 s unregisters. @return 0; else nothing has changed */
int dum__registration_send(dum_registration *reg, uint32_t expires_s);
/** Make contact_params: the lifetime, and what old_contact needs. @return 0 or SIP_ENOMEM */
int dum__registration_make_params(dum_registration *reg, uint32_t expires_s);
/** A 2xx came to `request`: what it bound, and where that was told. */
void dum__registration_note_bound(dum_registration *reg, const sip_msg *request);
/** The answer to a REGISTER is there: look whether all is told that changed meanwhile. */
void dum__registration_check_moved(dum_registration *reg);
/** Addresses of ours may have changed: register anew if the registrar knows another one, removing
 * that. */
void dum__registration_check_address(dum_registration *reg);
/** The time to refresh or to try again has come; `arg` is the registration. */
void dum__registration_on_timer(void *arg);
/** End it from here: now, or once the REGISTER in flight is answered. */
void dum__registration_begin_end(dum_registration *reg);

#endif
