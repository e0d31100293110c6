#include "usage/register/register_classify.h"

#define RETRY_MAX_S 1800u
#define RETRY_AFTER_MAX_S 86400u
#define REFRESH_MAX_S 4000000u /* a timer's milliseconds have 32 bits */

dum__register_outcome dum__register_classify(const sip_msg *response)
{
    int status = sip_msg_status(response);
    uint32_t min_s;

    if (status >= 200 && status < 300) {
        return DUM__REGISTER_ACTIVE;
    }
    switch (status) {
    case 423:
        return sip_msg_number(response, SIP_HEADER_MIN_EXPIRES, &min_s) == 0
                   ? DUM__REGISTER_TOO_BRIEF
                   : DUM__REGISTER_REFUSED;
    case 408: /* no answer in time */
    case 429: /* too many requests */
    case 430: /* flow failed */
    case 480: /* temporarily unavailable */
    case 491: /* request pending */
        return DUM__REGISTER_LATER;
    case 501: /* it cannot register anybody, now or later */
    case 505:
    case 513:
        return DUM__REGISTER_REFUSED;
    }
    return status >= 500 && status < 600 ? DUM__REGISTER_LATER : DUM__REGISTER_REFUSED;
}

uint32_t dum__register_granted_s(const sip_msg *response, const sip_msg *request, uint32_t asked_s)
{
    const sip_address *own = sip_msg_address(request, SIP_HEADER_CONTACT, 0);
    uint32_t expires_s;
    sip_address contact;
    sip_str value;

    /* The list holds everybody's contacts and may be long: none is kept in the message's memory. */
    for (size_t i = 0;
         own != NULL && (value = sip_msg_value(response, SIP_HEADER_CONTACT, i)).ptr != NULL; i++) {
        if (sip_address_parse(value, &contact) == 0 && contact.has_expires && !contact.is_star &&
            sip_uri_equal(&contact.uri, &own->uri)) {
            return contact.expires_s;
        }
    }
    return sip_msg_number(response, SIP_HEADER_EXPIRES, &expires_s) == 0 ? expires_s : asked_s;
}

uint32_t dum__register_refresh_ms(uint32_t expires_s)
{
    uint32_t s = expires_s < REFRESH_MAX_S ? expires_s : REFRESH_MAX_S;

    if (s >= 50) {
        return s * 900;
    }
    return s > 10 ? (s - 5) * 1000 : s * 500;
}

uint32_t dum__register_retry_ms(uint32_t first_s, unsigned n, const sip_msg *response)
{
    uint32_t wait_s = first_s < RETRY_MAX_S ? first_s : RETRY_MAX_S, after_s;

    for (unsigned i = 1; i < n && wait_s < RETRY_MAX_S; i++) {
        wait_s = wait_s * 2 < RETRY_MAX_S ? wait_s * 2 : RETRY_MAX_S;
    }
    if (sip_msg_number(response, SIP_HEADER_RETRY_AFTER, &after_s) == 0 && after_s > wait_s) {
        wait_s = after_s < RETRY_AFTER_MAX_S ? after_s : RETRY_AFTER_MAX_S;
    }
    return wait_s * 1000;
}
