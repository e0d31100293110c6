#include "parser/uri_text.h"

#include "parser/cursor.h"

#include <string.h>

/* Made from the rules of RFC 3261 25.1 and RFC 3966 3; test_uri_text.c builds it again from their
 * text. */
/* clang-format off */
const uint8_t sip__uri_class[256] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 0x00 */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 0x10 */
    0x00, 0x8f, 0x00, 0xc0, 0x8f, 0x80, 0x87, 0x8f, 0xcf, 0xcf, 0xcf, 0xef, 0x83, 0xff, 0xff, 0x8d, /* 0x20 */
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x8c, 0x81, 0x00, 0x83, 0x00, 0x89, /* 0x30 */
    0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, /* 0x40 */
    0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0x8c, 0x80, 0x8c, 0x80, 0x9f, /* 0x50 */
    0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, /* 0x60 */
    0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0x80, 0x80, 0x80, 0x8f, 0x00, /* 0x70 */
};
/* clang-format on */

static bool is_escape(const char *at, const char *end)
{
    return end - at >= 3 && *at == '%' && sip__is_char(at[1], SIP__CHAR_HEX) &&
           sip__is_char(at[2], SIP__CHAR_HEX);
}

const char *sip__uri_skip_escaped(const char *at, const char *end, unsigned classes)
{
    for (;;) {
        at = sip__uri_skip(at, end, classes);
        if (at == end || *at != '%' || !is_escape(at, end)) {
            return at;
        }
        at += 3;
    }
}

bool sip__uri_pair_next(sip_str *rest, char separator, sip_str *ret_name, sip_str *ret_value)
{
    const char *end;
    const char *equals;
    sip_str pair = *rest;

    if (rest->len == 0) {
        return false;
    }
    end = memchr(rest->ptr, separator, rest->len);
    if (end != NULL) {
        pair.len = (size_t)(end - rest->ptr);
    }
    sip__advance(rest, end != NULL ? pair.len + 1 : pair.len);
    equals = pair.len > 0 ? memchr(pair.ptr, '=', pair.len) : NULL;
    *ret_name = pair;
    *ret_value = (sip_str){pair.ptr + pair.len, 0};
    if (equals != NULL) {
        ret_name->len = (size_t)(equals - pair.ptr);
        *ret_value = (sip_str){equals + 1, pair.len - ret_name->len - 1};
    }
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return (c | 0x20) - 'a' + 10;
}

static int escape_value(sip_str text)
{
    return hex_value(text.ptr[1]) * 16 + hex_value(text.ptr[2]);
}

int sip__uri_char_next(sip_str *rest, bool nocase, bool all)
{
    int c;
    bool escaped;

    if (rest->len == 0) {
        return -1;
    }
    escaped = is_escape(rest->ptr, rest->ptr + rest->len);
    c = escaped ? escape_value(*rest) : (unsigned char)*rest->ptr;
    sip__advance(rest, escaped ? 3 : 1);
    if (nocase && c >= 'A' && c <= 'Z') {
        c += 'a' - 'A';
    }
    if (escaped && !all && c != 0 && strchr(";/?:@&=+$,", c) != NULL) {
        c += 256;
    }
    return c;
}

bool sip__uri_text_same(sip_str a, sip_str b, bool nocase, bool all)
{
    int c;

    do {
        c = sip__uri_char_next(&a, nocase, all);
        if (c != sip__uri_char_next(&b, nocase, all)) {
            return false;
        }
    } while (c != -1);
    return true;
}

int sip_unescape(sip_str text, char *out)
{
    size_t n = 0;

    while (text.len > 0) {
        if (*text.ptr != '%') {
            out[n++] = *text.ptr;
            sip__advance(&text, 1);
        } else if (is_escape(text.ptr, text.ptr + text.len)) {
            out[n++] = (char)escape_value(text);
            sip__advance(&text, 3);
        } else {
            return SIP_ESYNTAX;
        }
    }
    return (int)n;
}

void sip__uri_put_char(struct sip__uri_out *out, char c)
{
    if (out->bytes < out->size) {
        out->out[out->bytes] = c;
    }
    out->bytes++;
}

void sip__uri_put(struct sip__uri_out *out, sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        sip__uri_put_char(out, text.ptr[i]);
    }
}

void sip__uri_put_escaped(struct sip__uri_out *out, sip_str text, unsigned classes, bool is_escaped)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if (sip__is_uri_char(text.ptr[i], classes) ||
            (is_escaped && is_escape(text.ptr + i, text.ptr + text.len))) {
            sip__uri_put_char(out, text.ptr[i]);
        } else {
            sip__uri_put_char(out, '%');
            sip__uri_put_char(out, digits[c >> 4]);
            sip__uri_put_char(out, digits[c & 15]);
        }
    }
}

size_t sip_escape(sip_str text, sip_escape_place place, char *out, size_t size)
{
    static const uint8_t classes[] = {
        [SIP_ESCAPE_USER] = SIP__URI_USER,
        [SIP_ESCAPE_PASSWORD] = SIP__URI_PASSWORD,
        [SIP_ESCAPE_PARAM] = SIP__URI_PARAM,
        [SIP_ESCAPE_HEADER] = SIP__URI_HEADER,
    };
    struct sip__uri_out to = {.out = out, .size = size};

    sip__uri_put_escaped(&to, text, classes[(unsigned)place < sizeof classes ? place : 0], false);
    return to.bytes;
}
