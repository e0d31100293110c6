#include "body/sdp_line.h"
#include "body/sdp_print.h"

static void write_origin(struct sip__sdp_writer *writer, const sip_sdp *sdp, sip_str value)
{
    const char *after = sdp->origin_version.ptr + sdp->origin_version.len;

    sip__sdp_write(writer, SIP_STR("o="));
    sip__sdp_write(writer, (sip_str){value.ptr, (size_t)(sdp->origin_version.ptr - value.ptr)});
    sip__sdp_write_successor(writer, sdp->origin_version);
    sip__sdp_write(writer, (sip_str){after, (size_t)(value.ptr + value.len - after)});
    sip__sdp_write(writer, SIP_STR("\r\n"));
}

/** All but the directions. */
static void write_lines(struct sip__sdp_writer *writer, const sip_sdp *sdp,
                        const sip_sdp_line *lines, size_t n)
{
    sip_sdp_direction ignored;

    for (size_t i = 0; i < n; i++) {
        if (lines[i].type == 'o') {
            write_origin(writer, sdp, lines[i].value);
        } else if (lines[i].type != 'a' || !sip__sdp_direction_of(lines[i].value, &ignored)) {
            sip__sdp_write_line(writer, lines[i].type, lines[i].value);
        }
    }
}

int sip_sdp_redirect(const sip_sdp *sdp, sip_sdp_direction direction, char *out, size_t size)
{
    const sip_str name = sip_str_of(sip_sdp_direction_name(direction));
    struct sip__sdp_writer writer = {out, size, 0};

    if (sdp == NULL) {
        return SIP_EINVAL;
    }
    write_lines(&writer, sdp, sdp->lines, sdp->n_lines);
    for (size_t i = 0; i < sdp->n_media; i++) {
        write_lines(&writer, sdp, sdp->media[i].lines, sdp->media[i].n_lines);
        sip__sdp_write_line(&writer, 'a', name);
    }
    return writer.len <= size && writer.len <= INT32_MAX ? (int)writer.len : SIP_ETOOBIG;
}
