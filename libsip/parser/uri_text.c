#include "parser/uri_text.h"

#include "parser/cursor.h"

#include <sip/uri.h>

#include <string.h>

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

static bool is_escape(sip_str text)
{
    return text.len >= 3 && text.ptr[0] == '%' && sip__is_char(text.ptr[1], SIP__CHAR_HEX) &&
           sip__is_char(text.ptr[2], SIP__CHAR_HEX);
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
    escaped = is_escape(*rest);
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
        } else if (is_escape(text)) {
            out[n++] = (char)escape_value(text);
            sip__advance(&text, 3);
        } else {
            return SIP_ESYNTAX;
        }
    }
    return (int)n;
}
