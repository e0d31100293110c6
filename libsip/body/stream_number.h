/* The numbers in offers of ours: payload types and header extensions. */
#ifndef SIP_BODY_STREAM_NUMBER_H
#define SIP_BODY_STREAM_NUMBER_H

#include "body/stream_plan.h"

/** Leave streams out of an offer's bundle that go on with other numbers of header extensions than
 * those in it have, since these must not change. */
void sip__numbers_fit(struct sip__negotiation *negotiation);
/** Begin a description: note what the streams of the bundle have numbered already. */
void sip__numbers_begin(struct sip__negotiation *negotiation);
/** Number all our codecs of a stream, into the negotiation's choices; how many these are. */
size_t sip__number_codecs(struct sip__negotiation *negotiation, const struct sip__plan *plan);
/** Our parameters of a codec in an offer, with the payload types that they name as they are
 * numbered there. Slices point to the codec's own text or to `out`; empty if there are none. */
sip_str sip__offered_fmtp(const struct sip__negotiation *negotiation, const struct sip__plan *plan,
                          const sip_oa_codec *codec, char out[SIP__MAX_PARAMETERS]);
/** The number of a header extension in the stream whose codecs were numbered last; 0: none left. */
unsigned sip__number_extension(struct sip__negotiation *negotiation, const struct sip__plan *plan,
                               sip_str uri);

#endif
