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

int sip__sdp_line_next(sip_str *rest, struct sip__sdp_line *ret_line)
{
    while (rest->len > 0) {
        const char *end = memchr(rest->ptr, '\n', rest->len);
        sip_str line = {rest->ptr, end != NULL ? (size_t)(end - rest->ptr) : rest->len};

        sip__advance(rest, end != NULL ? line.len + 1 : line.len);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
            line.len--;
        }
        if (line.len == 0) {
            continue;
        }
        if (line.len < 2 || line.ptr[1] != '=' || memchr(line.ptr, '\r', line.len) != NULL ||
            memchr(line.ptr, '\0', line.len) != NULL) {
            return SIP_ESYNTAX;
        }
        *ret_line = (struct sip__sdp_line){line.ptr[0], {line.ptr + 2, line.len - 2}};
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

sip_sdp_direction sip_sdp_mirror(sip_sdp_direction offered)
{
    switch (offered) {
    case SIP_SDP_SENDONLY:
        return SIP_SDP_RECVONLY;
    case SIP_SDP_RECVONLY:
        return SIP_SDP_SENDONLY;
    case SIP_SDP_SENDRECV:
    case SIP_SDP_INACTIVE:
        break;
    }
    return offered;
}

const char *sip_sdp_direction_name(sip_sdp_direction direction)
{
    return direction_names[(size_t)direction < N_DIRECTIONS ? (size_t)direction : 0];
}
