/* From message to event: one pure classifier for all machines of the INVITE session. */
#ifndef DUM_INVITE_CLASSIFY_H
#define DUM_INVITE_CLASSIFY_H

#include <sip/msg.h>

typedef enum dum__invite_event {
    DUM__INVITE_NOTHING,     /* nothing that a session acts upon */
    DUM__INVITE_TRYING,      /* 100 */
    DUM__INVITE_RINGING,     /* 101..199 */
    DUM__INVITE_SUCCESS,     /* 2xx */
    DUM__INVITE_GLARE,       /* 491: try again later */
    DUM__INVITE_DIALOG_GONE, /* 408, 481: inside a dialog, the end of it (12.2.1.2) */
    DUM__INVITE_FAILURE,     /* any other final response */
    DUM__INVITE_RX_OFFER,    /* INVITE with a description */
    DUM__INVITE_RX_BARE,     /* INVITE without */
    DUM__INVITE_RX_BYE,
    DUM__INVITE_RX_OPTIONS,
    DUM__INVITE_RX_OTHER,      /* another request */
    DUM__INVITE_RX_BAD_TYPE,   /* INVITE with a body that we cannot read: 415 */
    DUM__INVITE_RX_BAD_CONTACT /* INVITE without a usable Contact: 400 */
} dum__invite_event;

dum__invite_event dum__invite_classify(const sip_msg *msg);

#endif
