#include "usage/register/register_request.h"

#define HOUR_S 3600u

dum__register_kind dum__register_kind_of(const sip_msg *request)
{
    size_t n = 0;
    bool has_star = false;
    uint32_t expires_s;
    sip_address contact;
    sip_str value;

    while ((value = sip_msg_value(request, SIP_HEADER_CONTACT, n)).ptr != NULL) {
        if (sip_address_parse(value, &contact) != 0) {
            return DUM__REGISTER_BAD;
        }
        has_star = has_star || contact.is_star;
        n++;
    }
    if (n == 0) {
        return DUM__REGISTER_QUERY;
    }
    if (!has_star) {
        return DUM__REGISTER_CONTACTS;
    }
    return n == 1 && sip_msg_number(request, SIP_HEADER_EXPIRES, &expires_s) == 0 && expires_s == 0
               ? DUM__REGISTER_CLEAR
               : DUM__REGISTER_BAD;
}

bool dum__register_contact(const sip_msg *msg, size_t n, sip_address *ret_contact)
{
    sip_str value = sip_msg_value(msg, SIP_HEADER_CONTACT, n);

    return value.ptr != NULL && sip_address_parse(value, ret_contact) == 0;
}

uint32_t dum__register_asked_s(const sip_msg *request, const sip_address *contact,
                               uint32_t by_default)
{
    uint32_t expires_s;

    if (contact->has_expires) {
        return contact->expires_s;
    }
    return sip_msg_number(request, SIP_HEADER_EXPIRES, &expires_s) == 0 ? expires_s : by_default;
}

bool dum__register_is_brief(uint32_t expires_s, uint32_t min_s)
{
    return expires_s > 0 && expires_s < min_s && expires_s < HOUR_S;
}
