#include "body/cpim_escape.h"

#include <limits.h>
#include <string.h>

#include <sip/cpim.h>

/* Take the four digits of \uXXXX; false: they are none. */
static bool take_unit(sip_str text, size_t at, uint32_t *ret_unit)
{
    uint32_t unit = 0;

    if (text.len - at < 4) {
        return false;
    }
    for (size_t i = at; i < at + 4; i++) {
        const char c = text.ptr[i];
        const char low = (char)(c | 0x20);

        if (c >= '0' && c <= '9') {
            unit = unit * 16 + (uint32_t)(c - '0');
        } else if (low >= 'a' && low <= 'f') {
            unit = unit * 16 + (uint32_t)(low - 'a' + 10);
        } else {
            return false;
        }
    }
    *ret_unit = unit;
    return true;
}

/* No longer than the escapes that it comes from. */
static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Undo \uXXXX, or two of them that stand for one character, behind the "u" at `*at`. */
static int undo_unit(sip_str text, size_t *at, char *out, size_t *len)
{
    uint32_t unit, low;

    if (!take_unit(text, *at, &unit)) {
        return SIP_ESYNTAX;
    }
    *at += 4;
    if (unit >= 0xd800 && unit < 0xdc00 && text.len - *at >= 6 && text.ptr[*at] == '\\' &&
        text.ptr[*at + 1] == 'u' && take_unit(text, *at + 2, &low) && low >= 0xdc00 &&
        low < 0xe000) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        *at += 6;
    } else if (unit >= 0xd800 && unit < 0xe000) {
        return SIP_ESYNTAX;
    }
    *len += put_utf8(out + *len, unit);
    return 0;
}

static char undo_letter(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case '"':
    case '\'':
    case '\\':
        return c;
    default:
        return '\0';
    }
}

int sip_cpim_unescape(sip_str text, char *out)
{
    size_t len = 0;

    if (text.len > INT_MAX) {
        return SIP_ESYNTAX;
    }
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] != '\\') {
            out[len++] = text.ptr[i++];
            continue;
        }
        if (++i == text.len) {
            return SIP_ESYNTAX;
        }
        if (text.ptr[i] == 'u') {
            i++;
            if (undo_unit(text, &i, out, &len) != 0) {
                return SIP_ESYNTAX;
            }
        } else {
            out[len] = undo_letter(text.ptr[i++]);
            if (out[len++] == '\0') {
                return SIP_ESYNTAX;
            }
        }
    }
    return (int)len;
}

int sip__cpim_unescaped(sip__arena *arena, sip_str text, sip_str *ret_text)
{
    char *out;
    int len;

    if (text.len == 0 || memchr(text.ptr, '\\', text.len) == NULL) {
        *ret_text = text;
        return 0;
    }
    out = sip__arena_alloc(arena, text.len);
    if (out == NULL) {
        return SIP_ENOMEM;
    }
    len = sip_cpim_unescape(text, out);
    if (len < 0) {
        return SIP_ESYNTAX;
    }
    *ret_text = (sip_str){out, (size_t)len};
    return 0;
}

static void put_unit(sip__body_out *out, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    const char escape[] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};

    sip__body_put(out, (sip_str){escape, sizeof escape});
}

void sip__cpim_put_escaped(sip__body_out *out, sip_str text, bool in_quotes)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];

        if (c == '\\') {
            sip__body_put(out, SIP_STR("\\\\"));
        } else if (c == '"' && in_quotes) {
            sip__body_put(out, SIP_STR("\\\""));
        } else if ((unsigned char)c < ' ' || c == 0x7f ||
                   (c == ' ' && (i == 0 || i + 1 == text.len))) {
            put_unit(out, (unsigned char)c);
        } else {
            sip__body_put(out, (sip_str){&c, 1});
        }
    }
}

bool sip__cpim_is_name(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if (c <= ' ' || c >= 0x7f || strchr("\"().,/:;<=>?@[\\]{}", c) != NULL) {
            return false;
        }
    }
    return text.len > 0;
}

bool sip__cpim_is_dotted(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '.' && !sip__cpim_is_name((sip_str){text.ptr + i, 1})) {
            return false;
        }
    }
    return text.len > 0;
}
