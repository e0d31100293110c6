#include "body/sdp_text.h"

#include "parser/cursor.h"

#include <string.h>

bool sip__sdp_take_word(sip_str *rest, sip_str *ret_word)
{
    size_t n = 0;

    while (n < rest->len && rest->ptr[n] != ' ') {
        n++;
    }
    if (n == 0) {
        return false;
    }
    *ret_word = (sip_str){rest->ptr, n};
    sip__advance(rest, n);
    while (rest->len > 0 && *rest->ptr == ' ') {
        sip__advance(rest, 1);
    }
    return true;
}

bool sip_sdp_word_next(sip_str *rest, sip_str *ret_word)
{
    while (rest->len > 0 && *rest->ptr == ' ') {
        sip__advance(rest, 1);
    }
    return sip__sdp_take_word(rest, ret_word);
}

bool sip__sdp_is_digits(sip_str text)
{
    return text.len > 0 &&
           sip__take_class(&(sip_str){text.ptr, text.len}, SIP__CHAR_DIGIT).len == text.len;
}

bool sip__sdp_is_token(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];

        if (c <= ' ' || c > '~' || memchr("\"(),/:;<=>?@[\\]", c, 15) != NULL) {
            return false;
        }
    }
    return text.len > 0;
}

bool sip__sdp_is_single_spaced(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ' && (i == 0 || i + 1 == text.len || text.ptr[i + 1] == ' ')) {
            return false;
        }
    }
    return true;
}

int sip__sdp_number_parse(sip_str digits, uint64_t most, uint64_t *ret_number)
{
    uint64_t number = 0;

    if (!sip__sdp_is_digits(digits)) {
        return SIP_ESYNTAX;
    }
    for (size_t i = 0; i < digits.len; i++) {
        const uint64_t digit = (uint64_t)(digits.ptr[i] - '0');

        if (number > (most - digit) / 10) {
            return SIP_ESYNTAX;
        }
        number = number * 10 + digit;
    }
    *ret_number = number;
    return 0;
}

bool sip__sdp_split(sip_str text, char c, sip_str *ret_before, sip_str *ret_after)
{
    const char *at = text.len > 0 ? memchr(text.ptr, c, text.len) : NULL;

    *ret_before = text;
    *ret_after = (sip_str){text.len > 0 ? text.ptr + text.len : text.ptr, 0};
    if (at == NULL) {
        return false;
    }
    ret_before->len = (size_t)(at - text.ptr);
    *ret_after = (sip_str){at + 1, text.len - ret_before->len - 1};
    return true;
}
