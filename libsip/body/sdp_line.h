/* Lines and directions of SDP: what reading and rewriting it have in common. */
#ifndef SIP_BODY_SDP_LINE_H
#define SIP_BODY_SDP_LINE_H

#include <sip/sdp.h>

struct sip__sdp_line {
    char type;
    sip_str value;
};

/** Take the next line that is not empty; it ends with CRLF, LF or the text. @return 1, 0 at the
 * end, SIP_ESYNTAX */
int sip__sdp_line_next(sip_str *rest, struct sip__sdp_line *ret_line);
/** The direction that an attribute is named for, given its name or "name:value"; false if it is
 * none. */
bool sip__sdp_direction_of(sip_str attribute, sip_sdp_direction *ret_direction);

#endif
