/* Making a request of ours: the headers that all have in common (RFC 3261 8.1.1, 12.2.1.1). */
#ifndef DUM_OUTGOING_H
#define DUM_OUTGOING_H

#include "core/context.h"

struct dum__dialog; /* dialog/dialog.h */

/** What a request outside a dialog is made of. Slices are borrowed for the call. */
typedef struct dum__outgoing {
    const dum_profile *profile;
    sip_method method; /* or OTHER and `method_text` */
    sip_str method_text;
    sip_str request_uri;
    sip_str to; /* an address or URI without tag; empty: the AOR (REGISTER) */
    sip_str from_tag;
    sip_str call_id;
    uint32_t cseq;
    bool contact;           /* Contact from the profile's contact user */
    sip_str contact_params; /* ";expires=0" …, or empty */
    bool capabilities;      /* Allow and Supported (INVITE, OPTIONS, REGISTER) */
} dum__outgoing;

/**
 * Begin a request outside a dialog: start line, Max-Forwards, From, To, Call-ID, CSeq, Contact,
 * User-Agent, Allow, and the profile's outbound proxy as a loose Route (8.1.2). Add credentials
 * (dum__client_auth_add()), extras and body, then sip_build_finish(). NULL without memory.
 */
sip_build *dum__outgoing_build(const dum__outgoing *what);
/** The same inside a dialog with the given CSeq number: remote target, route set (strict routers
 * too, 12.2.1.1), tags. */
sip_build *dum__outgoing_build_in_dialog(const struct dum__dialog *dialog, sip_method method,
                                         uint32_t cseq);
/** "<uri>" or the name-addr as it is: how a URI or address that an application gave stands in To
 * without header parameters of ours. @return 0; SIP_EINVAL (no URI); *ret_uri points into `text` */
int dum__outgoing_parse_target(const char *text, sip_address *ret_address);

#endif
