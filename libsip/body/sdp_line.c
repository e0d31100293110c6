#include "body/sdp_line.h"

#include "parser/cursor.h"

#include <string.h>

static const char *const direction_names[] = {
    [SIP_SDP_SENDRECV] = "sendrecv",
    [SIP_SDP_SENDONLY] = "sendonly",
    [SIP_SDP_RECVONLY] = "recvonly",
    [SIP_SDP_INACTIVE] = "inactive",
};

#define N_DIRECTIONS (sizeof direction_names / sizeof direction_names[0])

/** Cut the line at the front off, without its end. False if strict rules want another end. */
static bool cut_line(struct sip__sdp_reader *reader, sip_str *ret_line)
{
    sip_str *rest = &reader->rest;
    const char *end = memchr(rest->ptr, '\n', rest->len);
    sip_str line = {rest->ptr, end != NULL ? (size_t)(end - rest->ptr) : rest->len};
    bool has_cr;

    sip__advance(rest, end != NULL ? line.len + 1 : line.len);
    has_cr = line.len > 0 && line.ptr[line.len - 1] == '\r';
    line.len -= has_cr;
    *ret_line = line;
    return reader->rules == SIP_SDP_LENIENT || (has_cr && end != NULL);
}

/** The first byte of a line that none may have; NULL: none. */
static const char *wrong_byte(sip_str line)
{
    const char *cr = memchr(line.ptr, '\r', line.len);

    return cr != NULL ? cr : memchr(line.ptr, '\0', line.len);
}

int sip__sdp_line_next(struct sip__sdp_reader *reader, sip_sdp_line *ret_line)
{
    while (reader->rest.len > 0) {
        const char *bad;
        sip_str line;

        reader->bad = reader->rest.ptr;
        if (!cut_line(reader, &line)) {
            reader->bad = line.ptr + line.len;
            return SIP_ESYNTAX;
        }
        if (line.len == 0 && reader->rules == SIP_SDP_LENIENT) {
            continue;
        }
        if (line.len < 2 || line.ptr[1] != '=') {
            return SIP_ESYNTAX;
        }
        bad = wrong_byte(line);
        if (bad != NULL) {
            reader->bad = bad;
            return SIP_ESYNTAX;
        }
        *ret_line = (sip_sdp_line){line.ptr[0], {line.ptr + 2, line.len - 2}};
        return 1;
    }
    return 0;
}

bool sip__sdp_direction_of(sip_str attribute, sip_sdp_direction *ret_direction)
{
    sip_str name = attribute;
    const char *colon = name.len > 0 ? memchr(name.ptr, ':', name.len) : NULL;

    if (colon != NULL) {
        name.len = (size_t)(colon - name.ptr);
    }
    for (size_t i = 0; i < N_DIRECTIONS; i++) {
        if (sip_str_equal(name, direction_names[i])) {
            *ret_direction = (sip_sdp_direction)i;
            return true;
        }
    }
    return false;
}

static bool sends(sip_sdp_direction direction)
{
    return direction == SIP_SDP_SENDRECV || direction == SIP_SDP_SENDONLY;
}

static bool receives(sip_sdp_direction direction)
{
    return direction == SIP_SDP_SENDRECV || direction == SIP_SDP_RECVONLY;
}

static sip_sdp_direction direction_from(bool send, bool receive)
{
    if (send) {
        return receive ? SIP_SDP_SENDRECV : SIP_SDP_SENDONLY;
    }
    return receive ? SIP_SDP_RECVONLY : SIP_SDP_INACTIVE;
}

sip_sdp_direction sip_sdp_mirror(sip_sdp_direction offered)
{
    return direction_from(receives(offered), sends(offered));
}

sip_sdp_direction sip_sdp_common_direction(sip_sdp_direction a, sip_sdp_direction b)
{
    return direction_from(sends(a) && sends(b), receives(a) && receives(b));
}

sip_sdp_direction sip_sdp_held_direction(sip_sdp_direction direction)
{
    return direction_from(sends(direction), false);
}

const char *sip_sdp_direction_name(sip_sdp_direction direction)
{
    return direction_names[(size_t)direction < N_DIRECTIONS ? (size_t)direction : 0];
}
