/* A dialog (RFC 3261 12): tags, sequence numbers, remote target, route set. */
#ifndef DUM_DIALOG_H
#define DUM_DIALOG_H

#include "dialog/dialog_set.h"

typedef struct dum__dialog {
    sip_list link; /* in dum__dialog_set.dialogs */
    dum__dialog_set *set;
    struct dum__usage *usage; /* who gets its requests */
    uint32_t local_cseq;      /* of the last request that we sent */
    uint32_t remote_cseq;     /* of the last that we got; valid if has_remote_cseq */
    bool has_remote_cseq;
    uint8_t way_protocol; /* sip_protocol; NONE: `way` is not known */
    sip_addr way;         /* where it was last heard from: its requests go there while they can */
    sip_flow way_flow;    /* the connection that this was; 0: none */
    bool confirmed;       /* UAC: its 2xx has had our ACK; if it comes again that is no news */
    char *target;         /* the peer's Contact URI */
    char *routes;         /* see route_set.h */
    sip_str remote_tag;   /* in `bytes`, as are: */
    sip_str local;        /* From of our requests, without tag */
    sip_str remote;       /* To of our requests, without tag */
    char bytes[];
} dum__dialog;

/** Make the UAC's dialog from a response with a To tag (12.1.2). `fallback_target` is the remote
 * target of a response without a Contact: an early dialog may do without, and a 2xx that breaks the
 * rule can still be acknowledged and ended. @return 0 or SIP_ENOMEM */
int dum__dialog_create_uac(dum__dialog_set *set, const sip_msg *response, sip_str fallback_target,
                           dum__dialog **ret_dialog);
/** Make the UAS's dialog from a request (12.1.1). @return 0; SIP_EINVAL (no Contact); SIP_ENOMEM */
int dum__dialog_create_uas(dum__dialog_set *set, const sip_msg *request, dum__dialog **ret_dialog);
/** Unlink and free. NULL is fine. */
void dum__dialog_destroy(dum__dialog *dialog);
/** The dialog that a request belongs to, or NULL. */
dum__dialog *dum__dialog_find(const dum_manager *dum, const sip_msg *request);

/** Take the Contact of a request or 2xx as the new remote target (12.2.1.2, 12.2.2). Without one
 * nothing changes. @return 0 or SIP_ENOMEM */
int dum__dialog_refresh_target(dum__dialog *dialog, const sip_msg *msg);
/** Take the route set of a 2xx anew: an early dialog's may have been another (13.2.2.4). @return 0
 * or SIP_ENOMEM */
int dum__dialog_refresh_routes(dum__dialog *dialog, const sip_msg *response);
/** Remember where a message of the dialog came from. */
void dum__dialog_note_way(dum__dialog *dialog, const sip_msg *msg);
/** The same as sip_send_options.prefer wants it. */
sip_path dum__dialog_way(const dum__dialog *dialog);
/** The connection that its requests must take, as sip_send_options.path wants it: that of a peer
 * without routes whom nobody can connect to (RFC 7118 5). @return false: they find their way */
bool dum__dialog_flow(const dum__dialog *dialog, sip_path *ret_path);
/** Judge a request's CSeq (12.2.2) and remember it. @return false: not above the
 * last, 500 */
bool dum__dialog_accept_cseq(dum__dialog *dialog, uint32_t number);

#endif
