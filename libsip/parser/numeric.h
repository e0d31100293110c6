/* Numbers in header values. White space around them is left out; anything else than digits is an
 * error. */
#ifndef SIP_PARSER_NUMERIC_H
#define SIP_PARSER_NUMERIC_H

#include <sip/msg.h>

/** As sip__number_parse(), of any text. */
int sip__number_parse_any(sip_str text, uint32_t *ret_number);
/** 1*DIGIT up to 4294967295. @return 0 or SIP_ESYNTAX, also for a larger number */
static inline int sip__number_parse(sip_str text, uint32_t *ret_number)
{
    uint32_t number = 0;

    /* Nine digits are no number too big, and most have fewer. */
    if (text.len - 1 > 8) {
        return sip__number_parse_any(text, ret_number);
    }
    for (size_t i = 0; i < text.len; i++) {
        const unsigned digit = (unsigned)(unsigned char)text.ptr[i] - '0';

        if (digit > 9) {
            return sip__number_parse_any(text, ret_number);
        }
        number = number * 10 + digit;
    }
    *ret_number = number;
    return 0;
}
/** As sip__number_parse(), but a larger number reads as 4294967295 (Expires, Retry-After). */
int sip__number_parse_saturated(sip_str text, uint32_t *ret_number);
/** A port, 1..65535. @return 0 or SIP_ESYNTAX */
int sip__port_parse(sip_str text, uint16_t *ret_port);
/** Take the digits of a port, 1..65535. @return behind them; NULL without digits, or out of range
 */
static inline const char *sip__port_take(const char *at, const char *end, uint16_t *ret_port)
{
    const char *begin = at;
    unsigned port = 0;

    while (at < end && *at >= '0' && *at <= '9' && port <= UINT16_MAX) {
        port = port * 10 + (unsigned)(*at++ - '0');
    }
    if (at == begin || port == 0 || port > UINT16_MAX) {
        return NULL;
    }
    *ret_port = (uint16_t)port;
    return at;
}
/** A q-value (RFC 3261 25.1) in thousandths, 0..1000. @return 0 or SIP_ESYNTAX */
int sip__q_parse(sip_str text, uint16_t *ret_permille);
/** The value of CSeq (RFC 3261 20.16). *cseq is left in disorder by a failure. @return 0 or
 * SIP_ESYNTAX */
int sip__cseq_parse(sip_str value, sip_cseq *cseq);
/** The same, without white space about the value. */
int sip__cseq_read(sip_str text, sip_cseq *cseq);

#endif
