/* A side of generated offers and answers: capabilities made from a stream of bytes, and what must
 * hold between two sides after a round. */
#ifndef OA_PEER_H
#define OA_PEER_H

#include <sip/negotiate.h>

#define OA_PEER_STREAMS 6
#define OA_PEER_CODECS 6

typedef struct oa_peer {
    sip_oa_capabilities capabilities;
    sip_oa_stream streams[OA_PEER_STREAMS];
    sip_oa_codec codecs[OA_PEER_STREAMS][OA_PEER_CODECS];
    sip_oa_crypto crypto[OA_PEER_STREAMS][2];
    sip_oa_result *last;
    uint64_t random;
} oa_peer;

void oa_peer_init(oa_peer *peer, uint64_t seed);
void oa_peer_finish(oa_peer *peer);
/* Change something: a direction, a port, hold, the number of streams. */
void oa_peer_change(oa_peer *peer);
/* Make `offerer` offer and `answerer` answer; a text that says what does not hold between them, or
 * NULL. Both keep their results. */
const char *oa_peer_round(oa_peer *offerer, oa_peer *answerer);

#endif
