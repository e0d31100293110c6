/* The phone's session descriptions: one audio stream, the same in each call. */
#ifndef PHONE_PHONE_SDP_H
#define PHONE_PHONE_SDP_H

#include <sip/sdp.h>

#define DESCRIPTION_BYTES 2048

/* The offer that begins a call. `version` stands in o= and must grow with each description of a
 * call.
 * @return the length, or SIP_ETOOBIG */
int description_offer(const sip_addr *local, uint64_t version, char out[DESCRIPTION_BYTES]);

/* The answer to an offer: the first audio stream with G.711 is taken with its direction mirrored,
 * others are refused.
 * @return the length; SIP_EUNSUPPORTED (no stream to take: 488); SIP_ESYNTAX; SIP_ENOMEM;
 * SIP_ETOOBIG */
int description_answer(sip_str offer, const sip_addr *local, uint64_t version,
                       char out[DESCRIPTION_BYTES], sip_sdp_direction *ret_offered);

#endif
