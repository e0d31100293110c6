#include <sip/sdp.h>

#include "body/sdp_line.h"

#include <string.h>

struct sdp_writer {
    char *out;
    size_t size;
    size_t len; /**< counts on when `size` is passed, so that one check at the end suffices */
};

static void write_text(struct sdp_writer *writer, sip_str text)
{
    if (text.len > 0 && writer->len <= writer->size && text.len <= writer->size - writer->len) {
        memcpy(writer->out + writer->len, text.ptr, text.len);
    }
    writer->len += text.len;
}

static void write_line(struct sdp_writer *writer, const char *start, sip_str value)
{
    write_text(writer, sip_str_of(start));
    write_text(writer, value);
    write_text(writer, SIP_STR("\r\n"));
}

/** Write the decimal `digits` plus one: peers use versions of any size, so it is counted in text.
 */
static void write_successor(struct sdp_writer *writer, sip_str digits)
{
    size_t n_nines = 0;
    char next;

    while (n_nines < digits.len && digits.ptr[digits.len - n_nines - 1] == '9') {
        n_nines++;
    }
    if (n_nines == digits.len) {
        write_text(writer, SIP_STR("1"));
    } else {
        next = (char)(digits.ptr[digits.len - n_nines - 1] + 1);
        write_text(writer, (sip_str){digits.ptr, digits.len - n_nines - 1});
        write_text(writer, (sip_str){&next, 1});
    }
    for (size_t i = 0; i < n_nines; i++) {
        write_text(writer, SIP_STR("0"));
    }
}

static void write_origin(struct sdp_writer *writer, const sip_sdp *sdp, sip_str value)
{
    const char *after = sdp->origin_version.ptr + sdp->origin_version.len;
    const size_t before = (size_t)(sdp->origin_version.ptr - value.ptr);

    write_text(writer, SIP_STR("o="));
    write_text(writer, (sip_str){value.ptr, before});
    write_successor(writer, sdp->origin_version);
    write_line(writer, "", (sip_str){after, (size_t)(value.ptr + value.len - after)});
}

int sip_sdp_redirect(const sip_sdp *sdp, sip_sdp_direction direction, char *out, size_t size)
{
    const sip_str name = sip_str_of(sip_sdp_direction_name(direction));
    struct sdp_writer writer = {out, size, 0};
    struct sip__sdp_line line;
    sip_sdp_direction ignored;
    bool in_media = false;
    sip_str rest;

    if (sdp == NULL) {
        return SIP_EINVAL;
    }
    rest = sdp->text;
    while (sip__sdp_line_next(&rest, &line) == 1) {
        const char start[] = {line.type, '=', '\0'};

        if (line.type == 'a' && sip__sdp_direction_of(line.value, &ignored)) {
            continue;
        }
        if (line.type == 'm') {
            if (in_media) {
                write_line(&writer, "a=", name);
            }
            in_media = true;
        }
        if (line.type == 'o') {
            write_origin(&writer, sdp, line.value);
        } else {
            write_line(&writer, start, line.value);
        }
    }
    if (in_media) {
        write_line(&writer, "a=", name);
    }
    return writer.len <= size && writer.len <= INT32_MAX ? (int)writer.len : SIP_ETOOBIG;
}
