#include "usage/invite/invite_classify.h"

#include "usage/invite/description.h"

static dum__invite_event classify_response(int status)
{
    if (status < 200) {
        return status == 100 ? DUM__INVITE_TRYING : DUM__INVITE_RINGING;
    }
    if (status < 300) {
        return DUM__INVITE_SUCCESS;
    }
    switch (status) {
    case 491:
        return DUM__INVITE_GLARE;
    case 408:
    case 481:
        return DUM__INVITE_DIALOG_GONE;
    }
    return DUM__INVITE_FAILURE;
}

/* Is this a body that we must understand and cannot (RFC 3261 8.2.3)? */
static bool is_unreadable(const sip_msg *invite)
{
    const sip_body *body = sip_msg_body(invite);
    sip_str encoding = sip_msg_value(invite, SIP_HEADER_CONTENT_ENCODING, 0);
    sip_str handling;

    if (body == NULL) {
        return false;
    }
    if (sip_param_find(body->disposition, "handling", &handling) &&
        sip_str_equal_nocase(handling, "optional")) {
        return false;
    }
    if (encoding.len > 0 && !sip_str_equal_nocase(encoding, "identity")) {
        return true;
    }
    return dum__description_of(invite).len == 0;
}

static dum__invite_event classify_invite(const sip_msg *invite)
{
    const sip_address *contact = sip_msg_address(invite, SIP_HEADER_CONTACT, 0);

    if (contact == NULL || contact->is_star ||
        (contact->uri.scheme != SIP_SCHEME_SIP && contact->uri.scheme != SIP_SCHEME_SIPS)) {
        return DUM__INVITE_RX_BAD_CONTACT;
    }
    if (is_unreadable(invite)) {
        return DUM__INVITE_RX_BAD_TYPE;
    }
    return dum__description_of(invite).len > 0 ? DUM__INVITE_RX_OFFER : DUM__INVITE_RX_BARE;
}

dum__invite_event dum__invite_classify(const sip_msg *msg)
{
    if (msg == NULL) {
        return DUM__INVITE_NOTHING;
    }
    if (!sip_msg_is_request(msg)) {
        return classify_response(sip_msg_status(msg));
    }
    if (sip_msg_method(msg) == SIP_METHOD_INVITE) {
        return classify_invite(msg);
    }
    if (sip_msg_method(msg) == SIP_METHOD_BYE) {
        return DUM__INVITE_RX_BYE;
    }
    return sip_msg_method(msg) == SIP_METHOD_OPTIONS ? DUM__INVITE_RX_OPTIONS
                                                     : DUM__INVITE_RX_OTHER;
}
