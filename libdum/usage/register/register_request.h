/* Reading a REGISTER that came (RFC 3261 10.3 steps 6 and 7): pure functions. */
#ifndef DUM_REGISTER_REQUEST_H
#define DUM_REGISTER_REQUEST_H

#include <sip/msg.h>

typedef enum dum__register_kind {
    DUM__REGISTER_QUERY,    /**< no Contact: tell what there is */
    DUM__REGISTER_CLEAR,    /**< Contact: * with Expires: 0 */
    DUM__REGISTER_CONTACTS, /**< each of them sound */
    DUM__REGISTER_BAD       /**< 400: an unsound Contact, or * not alone or without Expires: 0 */
} dum__register_kind;

dum__register_kind dum__register_kind_of(const sip_msg *request);
/** The n-th Contact. A list may be long, so none is kept in the message's memory.
 * @return false past the end, or if it is unsound */
bool dum__register_contact(const sip_msg *msg, size_t n, sip_address *ret_contact);
/** The lifetime asked for a contact: its parameter, else the Expires header, else `by_default`. */
uint32_t dum__register_asked_s(const sip_msg *request, const sip_address *contact,
                               uint32_t by_default);
/** Whether a lifetime is to be refused with 423: less than the minimum and than an hour, not 0. */
bool dum__register_is_brief(uint32_t expires_s, uint32_t min_s);

#endif
