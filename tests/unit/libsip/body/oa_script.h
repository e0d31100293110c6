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
    /* The answer is not the one that we would make, and breaks a rule that can be lived with. */
    bool loose;
} oa_round;

/* A session with this many of its lines given. */
#define OA_HEAD "v=0\r\no=- 7 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"

sip_sdp *oa_parse(const char *text);
/* An answer to a text, which must be possible. */
sip_oa_result *oa_answer(const sip_oa_capabilities *capabilities, const char *offer,
                         const sip_oa_result *last);
sip_oa_result *oa_offer(const sip_oa_capabilities *capabilities, const sip_oa_result *last);
/* The result of an answer in text to an offer of ours, which must fit. */
sip_oa_result *oa_process(const sip_oa_capabilities *capabilities, const sip_oa_result *offered,
                          const char *answer);
/* Which rule an answer breaks; "" for none. */
const char *oa_broken(const sip_oa_capabilities *capabilities, const sip_oa_result *offered,
                      const char *answer, size_t *ret_stream);
/* True if the text of a description has this line, or begins one. */
bool oa_has(const sip_sdp *sdp, const char *line);

void oa_caps_of(oa_caps *caps, const sip_sdp *sdp);
/* Run all rounds of one session. */
void oa_run(const oa_round *rounds, size_t n);

#endif
