/* Writing SDP lines into a buffer of some size. */
#ifndef SIP_BODY_SDP_PRINT_H
#define SIP_BODY_SDP_PRINT_H

#include <sip/sdp.h>

struct sip__sdp_writer {
    char *out;
    size_t size;
    size_t len; /**< counts on when `size` is passed, so that one check at the end suffices */
};

void sip__sdp_write(struct sip__sdp_writer *writer, sip_str text);
/** A line with CRLF. */
void sip__sdp_write_line(struct sip__sdp_writer *writer, char type, sip_str value);
/** The decimal `digits` plus one: peers use versions of any size, so it is counted in text. */
void sip__sdp_write_successor(struct sip__sdp_writer *writer, sip_str digits);

#endif
