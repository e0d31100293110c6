/* Rounds of offers and answers given as texts, run through the engine on both sides: what it makes
 * of the capabilities that a text shows must be that text. */
#ifndef OA_SCRIPT_H
#define OA_SCRIPT_H

#include "support/guard_str.h"

#include <sip/negotiate.h>

#define OA_STREAMS 8
#define OA_CODECS 16

/* Capabilities as a description shows them; the texts are copied. */
typedef struct oa_caps {
    sip_oa_capabilities c;
    sip_oa_stream streams[OA_STREAMS];
    sip_oa_codec codecs[OA_STREAMS][OA_CODECS];
    char text[8192];
    size_t used;
} oa_caps;

typedef struct oa_round {
    char offerer; /* 'A' or 'B' */
    const char *offer, *answer;
    /* What A may do in each stream after it: 'b'oth, 's'end, 'r'eceive, 'i'nactive, '-' none. */
    const char *directions;
} oa_round;

void oa_caps_of(oa_caps *caps, const sip_sdp *sdp);
/* Run all rounds of one session. */
void oa_run(const oa_round *rounds, size_t n);

#endif
