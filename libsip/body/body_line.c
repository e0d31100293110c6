#include "body/body_line.h"

#include <limits.h>
#include <string.h>

#include <sip/body.h>

#include "parser/cursor.h"

bool sip__body_line_take(sip_str *rest, sip_str *ret_line)
{
    const char *end;
    sip_str line = *rest;

    if (rest->len == 0) {
        return false;
    }
    end = memchr(rest->ptr, '\n', rest->len);
    if (end == NULL) {
        sip__advance(rest, rest->len);
    } else {
        line.len = (size_t)(end - rest->ptr);
        sip__advance(rest, line.len + 1);
    }
    if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    *ret_line = line;
    return true;
}

static bool is_folded_on(sip_str rest)
{
    return rest.len > 0 && (*rest.ptr == ' ' || *rest.ptr == '\t');
}

/* No NUL, and CR as a part of line ends only. */
static bool has_sound_bytes(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\0' ||
            (text.ptr[i] == '\r' && (i + 1 == text.len || text.ptr[i + 1] != '\n'))) {
            return false;
        }
    }
    return true;
}

sip__body_line sip__body_header_take(sip_str *rest, sip_str *ret_name, sip_str *ret_value)
{
    sip_str at = *rest;
    sip_str line, name, more;

    if (!sip__body_line_take(&at, &line)) {
        return SIP__BODY_END;
    }
    if (line.len == 0) {
        *rest = at;
        return SIP__BODY_BLANK;
    }
    if (!sip__take_token(&line, &name)) {
        return SIP__BODY_BAD;
    }
    while (is_folded_on(line)) {
        sip__advance(&line, 1);
    }
    if (line.len == 0 || *line.ptr != ':') {
        return SIP__BODY_BAD;
    }
    sip__advance(&line, 1);
    while (is_folded_on(at) && sip__body_line_take(&at, &more)) {
        line.len = (size_t)(more.ptr + more.len - line.ptr);
    }
    if (!has_sound_bytes(line)) {
        return SIP__BODY_BAD;
    }
    *ret_name = name;
    *ret_value = sip_str_trim(line);
    *rest = at;
    return SIP__BODY_HEADER;
}

bool sip__body_unfold(sip__arena *arena, sip_str value, sip_str *ret_value)
{
    char *out;
    size_t len = 0;

    if (value.len == 0 || memchr(value.ptr, '\n', value.len) == NULL) {
        *ret_value = value;
        return true;
    }
    out = sip__arena_alloc(arena, value.len);
    if (out == NULL) {
        return false;
    }
    while (value.len > 0) {
        sip_str line = {NULL, 0};

        sip__body_line_take(&value, &line);
        line = sip_str_trim(line);
        if (line.len > 0) {
            if (len > 0) {
                out[len++] = ' ';
            }
            memcpy(out + len, line.ptr, line.len);
            len += line.len;
        }
    }
    *ret_value = (sip_str){out, len};
    return true;
}

size_t sip__body_count_headers(sip_str text)
{
    size_t count = 0;
    sip_str name, value;

    while (sip__body_header_take(&text, &name, &value) == SIP__BODY_HEADER) {
        count++;
    }
    return count;
}

bool sip__body_is_one_line(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n' || text.ptr[i] == '\0') {
            return false;
        }
    }
    return true;
}

void sip__body_put(sip__body_out *out, sip_str text)
{
    if (text.len > 0 && out->len < out->size) {
        const size_t room = out->size - out->len;

        memcpy(out->at + out->len, text.ptr, text.len < room ? text.len : room);
    }
    out->len += text.len;
}

void sip__body_put_number(sip__body_out *out, uint32_t number)
{
    char digits[10];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    sip__body_put(out, (sip_str){digits + at, sizeof digits - at});
}

void sip__body_put_header(sip__body_out *out, sip_str name, sip_str value)
{
    if (!sip__is_token(name) || !sip__body_is_one_line(value)) {
        out->err = SIP_EINVAL;
    }
    sip__body_put(out, name);
    sip__body_put(out, SIP_STR(": "));
    sip__body_put(out, value);
    sip__body_put(out, SIP_STR("\r\n"));
}

void sip__body_put_data(sip__body_out *out, const sip_body *body)
{
    const bool has_room = out->len < out->size;
    int len;

    if (body->codec == NULL) {
        sip__body_put(out, body->data);
        return;
    }
    len = body->codec->print(body->object, has_room ? out->at + out->len : NULL,
                             has_room ? out->size - out->len : 0);
    if (len < 0) {
        out->err = len;
    } else {
        out->len += (size_t)len;
    }
}

int sip__body_out_end(sip__body_out *out)
{
    if (out->size > 0) {
        out->at[out->len < out->size ? out->len : out->size - 1] = '\0';
    }
    if (out->err == 0 && out->len > INT_MAX) {
        out->err = SIP_ETOOBIG;
    }
    return out->err != 0 ? out->err : (int)out->len;
}
