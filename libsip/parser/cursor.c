#include "parser/cursor.h"

#include <string.h>

/* Made from the rules of RFC 3261 25.1; test_cursor.c builds it again from their text. */
/* clang-format off */
const uint8_t sip__char_class[256] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x02, 0x00, 0x00, /* 0x00 */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 0x10 */
    0x02, 0xc1, 0x00, 0x40, 0xc0, 0x41, 0x40, 0xc1, 0xc0, 0xc0, 0xc1, 0xc1, 0x00, 0xe1, 0xe1, 0xc0, /* 0x20 */
    0xed, 0xed, 0xed, 0xed, 0xed, 0xed, 0xed, 0xed, 0xed, 0xed, 0xc0, 0x00, 0x00, 0x40, 0x00, 0xc0, /* 0x30 */
    0x40, 0xf9, 0xf9, 0xf9, 0xf9, 0xf9, 0xf9, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, /* 0x40 */
    0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xc0, 0x00, 0xc0, 0x40, 0xe1, /* 0x50 */
    0x41, 0xf9, 0xf9, 0xf9, 0xf9, 0xf9, 0xf9, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, /* 0x60 */
    0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0xf1, 0x40, 0x40, 0x40, 0xc1, 0x00, /* 0x70 */
};
/* clang-format on */

static size_t span(sip_str text, unsigned classes)
{
    return text.len == 0 ? 0
                         : (size_t)(sip__skip(text.ptr, text.ptr + text.len, classes) - text.ptr);
}

bool sip__is_token(sip_str text)
{
    return text.len > 0 && span(text, SIP__CHAR_TOKEN) == text.len;
}

void sip__skip_space(sip_str *rest)
{
    if (rest->len > 0) {
        sip__advance(rest, span(*rest, SIP__CHAR_SPACE));
    }
}

sip_str sip__take_class(sip_str *rest, unsigned classes)
{
    sip_str taken = {rest->ptr, span(*rest, classes)};

    if (taken.len > 0) {
        sip__advance(rest, taken.len);
    }
    return taken;
}

bool sip__take_token(sip_str *rest, sip_str *ret_token)
{
    const sip_str token = sip__take_class(rest, SIP__CHAR_TOKEN);

    if (token.len == 0) {
        return false;
    }
    *ret_token = token;
    return true;
}

bool sip__take_char(sip_str *rest, char c)
{
    sip_str at = *rest;

    sip__skip_space(&at);
    if (at.len == 0 || *at.ptr != c) {
        return false;
    }
    sip__advance(&at, 1);
    sip__skip_space(&at);
    *rest = at;
    return true;
}

/** The index of the quote that ends the string which begins at text.ptr[from - 1], or text.len. */
static size_t closing_quote(sip_str text, size_t from)
{
    size_t i = from;

    while (i < text.len && text.ptr[i] != '"') {
        i += text.ptr[i] == '\\' ? 2 : 1;
    }
    return i < text.len ? i : text.len;
}

bool sip__take_quoted(sip_str *rest, sip_str *ret_inner)
{
    size_t close;

    if (rest->len == 0 || *rest->ptr != '"') {
        return false;
    }
    close = closing_quote(*rest, 1);
    if (close == rest->len) {
        return false;
    }
    *ret_inner = (sip_str){rest->ptr + 1, close - 1};
    sip__advance(rest, close + 1);
    return true;
}

/** How many bytes an IPv6 reference at the front of `text` has, 0 if there is none. What is a sound
 * address is for sip_addr_parse() to say, since peers write "[2001:db8:::192.0.2.1]" too (RFC
 * 5118 4.10). */
static size_t ip6_reference_bytes(sip_str text)
{
    size_t i = 1;

    while (i < text.len &&
           (sip__is_char(text.ptr[i], SIP__CHAR_HEX) || text.ptr[i] == ':' || text.ptr[i] == '.')) {
        i++;
    }
    return i > 2 && i < text.len && text.ptr[i] == ']' ? i + 1 : 0;
}

bool sip__take_angled(sip_str *rest, sip_str *ret_inner)
{
    const char *close;

    if (rest->len == 0 || *rest->ptr != '<') {
        return false;
    }
    close = memchr(rest->ptr, '>', rest->len);
    if (close == NULL) {
        return false;
    }
    *ret_inner = (sip_str){rest->ptr + 1, (size_t)(close - rest->ptr) - 1};
    sip__advance(rest, ret_inner->len + 2);
    return true;
}

bool sip__take_host(sip_str *rest, sip_str *ret_host)
{
    size_t n = 0;

    if (rest->len > 0 && *rest->ptr == '[') {
        n = ip6_reference_bytes(*rest);
    } else {
        n = span(*rest, SIP__CHAR_HOST);
    }
    if (n == 0) {
        return false;
    }
    *ret_host = (sip_str){rest->ptr, n};
    sip__advance(rest, n);
    return true;
}

/** The index of the comma that ends the first value of `text`, or text.len. */
static size_t value_end(sip_str text)
{
    size_t i = 0;
    bool in_angles = false;

    while (i < text.len) {
        const char c = text.ptr[i];

        if (sip__is_char(c, SIP__CHAR_VALUE)) {
            i++;
            continue;
        }
        if (c == ',' && !in_angles) {
            return i;
        }
        if (c == '"' && !in_angles) {
            i = closing_quote(text, i + 1);
            if (i == text.len) {
                return i;
            }
        } else if (c == '<') {
            in_angles = true;
        } else if (c == '>') {
            in_angles = false;
        }
        i++;
    }
    return text.len;
}

/** The index of the first comma of `text`, or text.len. */
static size_t comma(sip_str text)
{
    const char *at = memchr(text.ptr, ',', text.len);

    return at != NULL ? (size_t)(at - text.ptr) : text.len;
}

/** Take the next value that is not empty; `end_of` says where one ends. */
static inline bool next_value(sip_str *rest, size_t (*end_of)(sip_str text), sip_str *ret_value)
{
    while (rest->len > 0) {
        const size_t end = end_of(*rest);
        const sip_str value = sip_str_trim((sip_str){rest->ptr, end});

        sip__advance(rest, end < rest->len ? end + 1 : end);
        if (value.len > 0) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

bool sip__list_next(sip_str *rest, sip_str *ret_value)
{
    /* Most lists have one value: then nothing is to be found out about quotes and angles. */
    if (rest->len > 0 && memchr(rest->ptr, ',', rest->len) == NULL) {
        const sip_str value = sip_str_trim(*rest);

        sip__advance(rest, rest->len);
        if (value.len == 0) {
            return false;
        }
        *ret_value = value;
        return true;
    }
    return next_value(rest, value_end, ret_value);
}

bool sip__comma_list_next(sip_str *rest, sip_str *ret_value)
{
    return next_value(rest, comma, ret_value);
}
