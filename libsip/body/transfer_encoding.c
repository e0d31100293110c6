#include "body/transfer_encoding.h"

#include <limits.h>

#include <openssl/evp.h>

#include "parser/cursor.h"

sip_transfer_encoding sip__transfer_encoding_of(sip_str value)
{
    static const char *const identities[] = {"", "7bit", "8bit", "binary"};

    for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++) {
        if (sip_str_equal_nocase(value, identities[i])) {
            return SIP_TRANSFER_NONE;
        }
    }
    if (sip_str_equal_nocase(value, "base64")) {
        return SIP_TRANSFER_BASE64;
    }
    return sip_str_equal_nocase(value, "quoted-printable") ? SIP_TRANSFER_QUOTED_PRINTABLE
                                                           : SIP_TRANSFER_OTHER;
}

static bool is_base64(char c)
{
    return sip__is_char(c, SIP__CHAR_ALPHA | SIP__CHAR_DIGIT) || c == '+' || c == '/';
}

/* Gather the letters of base64 without the line ends between them. @return false for anything
 * else, and for padding that is not at the end */
static bool gather(sip_str text, char *out, size_t *ret_len, size_t *ret_padding)
{
    size_t len = 0;
    size_t padding = 0;

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];

        if (sip__is_char(c, SIP__CHAR_SPACE)) {
            continue;
        }
        if (c == '=') {
            padding++;
        } else if (!is_base64(c) || padding > 0) {
            return false;
        }
        out[len++] = c;
    }
    *ret_len = len;
    *ret_padding = padding;
    return len % 4 == 0 && padding <= 2;
}

static int decode_base64(sip__arena *arena, sip_str text, sip_str *ret_data)
{
    char *letters = sip__arena_alloc(arena, text.len);
    size_t len, padding;
    unsigned char *data;

    if (letters == NULL) {
        return SIP_ENOMEM;
    }
    if (text.len > INT_MAX || !gather(text, letters, &len, &padding)) {
        return SIP_ESYNTAX;
    }
    if (len == 0) {
        *ret_data = (sip_str){letters, 0};
        return 0;
    }
    data = sip__arena_alloc(arena, len / 4 * 3);
    if (data == NULL) {
        return SIP_ENOMEM;
    }
    if (EVP_DecodeBlock(data, (const unsigned char *)letters, (int)len) < 0) {
        return SIP_ESYNTAX;
    }
    *ret_data = (sip_str){(const char *)data, len / 4 * 3 - padding};
    return 0;
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode one line of quoted-printable, of which `ret_is_soft` says that the next belongs to it.
 * False for a bad escape. */
static bool decode_line(sip_str line, char *out, size_t *len, bool *ret_is_soft)
{
    while (line.len > 0 && (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t')) {
        line.len--;
    }
    *ret_is_soft = line.len > 0 && line.ptr[line.len - 1] == '=';
    line.len -= *ret_is_soft;
    for (size_t i = 0; i < line.len; i++) {
        int high, low;

        if (line.ptr[i] != '=') {
            out[(*len)++] = line.ptr[i];
            continue;
        }
        high = i + 2 < line.len ? hex_of(line.ptr[i + 1]) : -1;
        low = high >= 0 ? hex_of(line.ptr[i + 2]) : -1;
        if (low < 0) {
            return false;
        }
        out[(*len)++] = (char)(high * 16 + low);
        i += 2;
    }
    return true;
}

static int decode_quoted(sip__arena *arena, sip_str text, sip_str *ret_data)
{
    char *out = sip__arena_alloc(arena, text.len * 2 + 2);
    size_t len = 0;
    const char *end = text.ptr + text.len;
    sip_str line;

    if (out == NULL) {
        return SIP_ENOMEM;
    }
    while (sip__body_line_take(&text, &line)) {
        const bool has_end = line.ptr + line.len < end;
        bool is_soft;

        if (!decode_line(line, out, &len, &is_soft)) {
            return SIP_ESYNTAX;
        }
        if (has_end && !is_soft) {
            out[len++] = '\r';
            out[len++] = '\n';
        }
    }
    *ret_data = (sip_str){out, len};
    return 0;
}

int sip__transfer_decode(sip__arena *arena, sip_transfer_encoding encoding, sip_str text,
                         sip_str *ret_data)
{
    return encoding == SIP_TRANSFER_BASE64 ? decode_base64(arena, text, ret_data)
                                           : decode_quoted(arena, text, ret_data);
}

#define LINE_LETTERS 76
#define LINE_BYTES 57 /* of data in them */

static void put_base64(sip__body_out *out, sip_str data)
{
    while (data.len > 0) {
        const size_t len = data.len < LINE_BYTES ? data.len : LINE_BYTES;
        char line[LINE_LETTERS + 1];
        const int letters =
            EVP_EncodeBlock((unsigned char *)line, (const unsigned char *)data.ptr, (int)len);

        sip__body_put(out, (sip_str){line, (size_t)letters});
        sip__advance(&data, len);
        if (data.len > 0) {
            sip__body_put(out, SIP_STR("\r\n"));
        }
    }
}

/* True for a byte that stands for itself, if not at the end of a line. */
static bool is_plain(char c)
{
    return (c >= ' ' && c <= '~' && c != '=') || c == '\t';
}

static void put_quoted(sip__body_out *out, sip_str data)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t column = 0;

    while (data.len > 0) {
        const char c = *data.ptr;
        const char escape[3] = {'=', digits[(unsigned char)c >> 4], digits[(unsigned char)c & 15]};
        const bool is_blank = c == ' ' || c == '\t';
        const bool ends = data.len == 1 || data.ptr[1] == '\r';

        if (c == '\r' && data.len > 1 && data.ptr[1] == '\n') {
            sip__body_put(out, SIP_STR("\r\n"));
            sip__advance(&data, 2);
            column = 0;
            continue;
        }
        if (column + sizeof escape > LINE_LETTERS - 1) {
            sip__body_put(out, SIP_STR("=\r\n"));
            column = 0;
        }
        /* A line that begins with "-" might be a boundary. */
        if (is_plain(c) && !(is_blank && ends) && !(c == '-' && column == 0)) {
            sip__body_put(out, (sip_str){&c, 1});
            column++;
        } else {
            sip__body_put(out, (sip_str){escape, sizeof escape});
            column += sizeof escape;
        }
        sip__advance(&data, 1);
    }
}

void sip__transfer_put(sip__body_out *out, sip_transfer_encoding encoding, sip_str data)
{
    switch (encoding) {
    case SIP_TRANSFER_BASE64:
        put_base64(out, data);
        break;
    case SIP_TRANSFER_QUOTED_PRINTABLE:
        put_quoted(out, data);
        break;
    case SIP_TRANSFER_NONE:
    case SIP_TRANSFER_OTHER:
        sip__body_put(out, data);
        break;
    }
}
