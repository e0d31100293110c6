/* The formats of m= sections, and which of them are the same. */
#ifndef SIP_BODY_STREAM_FORMAT_H
#define SIP_BODY_STREAM_FORMAT_H

#include <sip/negotiate.h>

#define SIP__MAX_FORMATS 128 /* RTP has no more payload types */

struct sip__format {
    sip_str token; /**< of the m= line */
    bool rtp;
    bool known; /**< `map` is set; always so without RTP */
    bool auxiliary;
    sip_sdp_rtpmap map;
    sip_str fmtp;
};

struct sip__format_table {
    struct sip__format at[SIP__MAX_FORMATS];
    size_t n;
};

/** A format of the offer and one of the answer, by their places. */
struct sip__format_pair {
    uint8_t offered, answered;
};

/** A format of an offer that we take. */
struct sip__format_choice {
    const sip_oa_codec *codec;
    const struct sip__format *offered;
    uint8_t payload; /**< in our answer */
};

/** True for protocols that carry RTP. */
bool sip__is_rtp(sip_str protocol);
/** True if RTP's keys come as a=crypto (RFC 4568). */
bool sip__wants_crypto(sip_str protocol);
/** True if a=fingerprint and a=setup are wanted (RFC 8122, 5763). */
bool sip__wants_fingerprint(sip_str protocol);
/** True if it goes over connections (RFC 4145). */
bool sip__is_connected(sip_str protocol);
/** True for what goes beside a codec. */
bool sip__is_auxiliary(sip_str encoding);
/** True for RTX and RED, whose parameters are payload types of others. */
bool sip__names_payloads(sip_str encoding);

/** Read the formats of a section, each once; those beyond the table's size are left out. */
void sip__formats_read(const sip_sdp_media *media, struct sip__format_table *ret_table);
/** Pair each answered format with an offered one, in the answer's order. Says the same on both
 * sides. */
size_t sip__formats_pair(const struct sip__format_table *offer,
                         const struct sip__format_table *answer, const sip_oa_fmtp *fmtp,
                         struct sip__format_pair pairs[SIP__MAX_FORMATS]);
/** Choose what of an offer to answer with; 0: no codec in common. */
size_t sip__formats_choose(const struct sip__format_table *offer, const sip_oa_stream *stream,
                           const sip_oa_capabilities *capabilities,
                           struct sip__format_choice choices[SIP__MAX_FORMATS]);

#endif
