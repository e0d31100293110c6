/* What the fields of SDP are made of (RFC 8866 9). */
#ifndef SIP_BODY_SDP_TEXT_H
#define SIP_BODY_SDP_TEXT_H

#include <sip/sdp.h>

/** Take what stands before the next SP, and the spaces after it; false if that is nothing. */
bool sip__sdp_take_word(sip_str *rest, sip_str *ret_word);
/** True for at least one digit and nothing else. */
bool sip__sdp_is_digits(sip_str text);
/** True for a token of RFC 8866 9, which is not the one of SIP. */
bool sip__sdp_is_token(sip_str text);
/** True if no space stands at either end, nor two together. */
bool sip__sdp_is_single_spaced(sip_str text);
/** Digits alone, without white space around them. @return 0 or SIP_ESYNTAX, also for a larger
 * number */
int sip__sdp_number_parse(sip_str digits, uint64_t most, uint64_t *ret_number);
/** Split at the first `c`: *ret_before, and what follows it; false (all is *ret_before) if there is
 * none. */
bool sip__sdp_split(sip_str text, char c, sip_str *ret_before, sip_str *ret_after);

#endif
