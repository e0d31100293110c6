/* What the session needs to know of a session description: its streams and who holds whom. */
#ifndef DUM_DESCRIPTION_H
#define DUM_DESCRIPTION_H

#include "core/context.h"
#include <sip/sdp.h>

/** How many m= lines there are. */
size_t dum__description_streams(sip_str text);
/** The SDP of a message, or empty: no body, or one of another type. */
sip_str dum__description_of(const sip_msg *msg);
/** True if it parses as SDP. */
bool dum__description_is_sound(const dum_manager *dum, sip_str text);
/** The direction of the first stream that is not refused; SENDRECV without one. */
sip_sdp_direction dum__description_direction(const dum_manager *dum, sip_str text);
/** True if its sender does not want to receive: sendonly or inactive. */
bool dum__description_holds(const dum_manager *dum, sip_str text);

/** The bytes of a body that an application gave, printed if it has a codec. @return 0 and a block
 * to be freed (dum__free()); SIP_EINVAL (no body, not SDP); SIP_ENOMEM; or the codec's error */
int dum__description_print(const dum_manager *dum, const sip_body *body, sip_str *ret_text);
/** The text with every stream turned to `direction` and its version raised; as print(). */
int dum__description_redirect(const dum_manager *dum, sip_str text, sip_sdp_direction direction,
                              sip_str *ret_text);
/** Our last description as the answer to an offer: its direction mirrors the offer's, and does not
 * receive what we hold. @return as print(), SIP_EINVAL if the streams do not fit */
int dum__description_answer(const dum_manager *dum, sip_str last, sip_str offer, bool held,
                            sip_str *ret_text);
/** An answer that refuses every stream of the offer (RFC 3264 6): the way out where an offer cannot
 * be refused otherwise. @return as print() */
int dum__description_refuse(const dum_manager *dum, sip_str offer, sip_str *ret_text);
/** The body around a text. */
sip_body dum__description_body(sip_str text);

#endif
