#include "parser/numeric.h"

#include "parser/cursor.h"

int sip__number_parse_saturated(sip_str text, uint32_t *ret_number)
{
    const sip_str digits = sip_str_trim(text);
    uint64_t number = 0;

    if (digits.len == 0) {
        return SIP_ESYNTAX;
    }
    for (size_t i = 0; i < digits.len; i++) {
        const unsigned digit = (unsigned)(unsigned char)digits.ptr[i] - '0';

        if (digit > 9) {
            return SIP_ESYNTAX;
        }
        if (number <= UINT32_MAX) {
            number = number * 10 + digit;
        }
    }
    *ret_number = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    return 0;
}

/** True if the digits of `text` stand for more than UINT32_MAX. */
static bool is_beyond(sip_str text)
{
    static const char most[] = "4294967295";
    sip_str digits = sip_str_trim(text);
    size_t i = 0;

    while (digits.len > 0 && *digits.ptr == '0') {
        sip__advance(&digits, 1);
    }
    if (digits.len != sizeof most - 1) {
        return digits.len > sizeof most - 1;
    }
    while (i < digits.len && digits.ptr[i] == most[i]) {
        i++;
    }
    return i < digits.len && digits.ptr[i] > most[i];
}

int sip__number_parse_any(sip_str text, uint32_t *ret_number)
{
    uint32_t number;

    if (sip__number_parse_saturated(text, &number) != 0 ||
        (number == UINT32_MAX && is_beyond(text))) {
        return SIP_ESYNTAX;
    }
    *ret_number = number;
    return 0;
}

int sip__port_parse(sip_str text, uint16_t *ret_port)
{
    uint32_t number;

    if (sip__number_parse(text, &number) != 0 || number == 0 || number > UINT16_MAX) {
        return SIP_ESYNTAX;
    }
    *ret_port = (uint16_t)number;
    return 0;
}

int sip__q_parse(sip_str text, uint16_t *ret_permille)
{
    const sip_str q = sip_str_trim(text);
    uint16_t permille = 0;
    uint16_t unit = 100;

    if (q.len == 0 || q.len > 5 || (q.ptr[0] != '0' && q.ptr[0] != '1')) {
        return SIP_ESYNTAX;
    }
    if (q.len > 1 && q.ptr[1] != '.') {
        return SIP_ESYNTAX;
    }
    permille = q.ptr[0] == '1' ? 1000 : 0;
    for (size_t i = 2; i < q.len; i++) {
        if (!sip__is_char(q.ptr[i], SIP__CHAR_DIGIT)) {
            return SIP_ESYNTAX;
        }
        permille = (uint16_t)(permille + (q.ptr[i] - '0') * unit);
        unit /= 10;
    }
    if (permille > 1000) {
        return SIP_ESYNTAX;
    }
    *ret_permille = permille;
    return 0;
}

int sip__cseq_parse(sip_str value, sip_cseq *cseq)
{
    return sip__cseq_read(sip_str_trim(value), cseq);
}

int sip__cseq_read(sip_str text, sip_cseq *cseq)
{
    const char *end = text.ptr + text.len;
    const char *at = text.ptr;
    const char *method;
    uint32_t number = 0;
    unsigned digit;

    while (at < end && (digit = (unsigned)(unsigned char)*at - '0') <= 9) {
        number = number * 10 + digit;
        at++;
    }
    /* Up to nine digits are no number too big. */
    if (at - text.ptr > 9 &&
        sip__number_parse((sip_str){text.ptr, (size_t)(at - text.ptr)}, &number) != 0) {
        return SIP_ESYNTAX;
    }
    method = sip__skip_blanks(at, end);
    if (at == text.ptr || method == at) {
        return SIP_ESYNTAX;
    }
    cseq->number = number;
    cseq->method_text = (sip_str){method, (size_t)(end - method)};
    cseq->method = sip_method_of(cseq->method_text);
    return cseq->method != SIP_METHOD_OTHER || sip__is_token(cseq->method_text) ? 0 : SIP_ESYNTAX;
}
