/* The lines of an SDP text, and the words that directions have. */
#ifndef SIP_BODY_SDP_LINE_H
#define SIP_BODY_SDP_LINE_H

#include <sip/sdp.h>

/** What is left of a text. */
struct sip__sdp_reader {
    sip_str rest;
    sip_sdp_rules rules;
    const char *bad; /**< where a line is wrong, after SIP_ESYNTAX */
};

/** Take the next line; by lenient rules a line may end with LF alone or with the text, and blank
 * lines are passed over. @return 1, 0 at the end, SIP_ESYNTAX */
int sip__sdp_line_next(struct sip__sdp_reader *reader, sip_sdp_line *ret_line);
/** True if `attribute` (the value of an a= line) is a direction. */
bool sip__sdp_direction_of(sip_str attribute, sip_sdp_direction *ret_direction);

#endif
