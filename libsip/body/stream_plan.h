/* What an offer or answer of ours is going to say, one plan an m= line, before it is written. */
#ifndef SIP_BODY_STREAM_PLAN_H
#define SIP_BODY_STREAM_PLAN_H

#include "body/sdp_bundle.h"
#include "body/stream_format.h"

#define SIP__MAX_STREAMS 64
#define SIP__MAX_PARAMETERS 1024
#define SIP__MAX_MID 64 /* longer ones are in no group of ours */
#define SIP__N_EXTENSIONS 256

struct sip__plan {
    sip_oa_refusal refusal; /**< SIP_OA_TAKEN: written with a port */
    size_t capability;      /**< or SIP_OA_NONE */
    const sip_oa_stream *stream;
    const sip_sdp_media *offered; /**< theirs, when we answer */
    const sip_sdp_media *last;    /**< ours of the round before, in this place */
    bool continues;               /**< `last` was open, for the same capability */
    bool multicast;
    sip_str protocol; /**< of a stream that is taken */
    sip_sdp_direction direction;
    sip_str mid;
    char made_mid[8];
    bool in_group; /**< the offer has it in its bundle */
    bool in_bundle;
    size_t transport; /**< the plan whose address it uses; itself, if not a later one of a bundle */
};

/** What a payload type means, and where. */
struct sip__meaning {
    const struct sip__plan *plan; /**< NULL: nothing yet */
    sip_sdp_rtpmap map;
    sip_str fmtp;
};

/** The numbers of a stream, or of all streams of a bundle. */
struct sip__numbers {
    struct sip__meaning payloads[128];
    sip_str extensions[SIP__N_EXTENSIONS]; /**< URIs; empty: free */
};

/** A description on its way; large, so it is on the heap. */
struct sip__negotiation {
    const sip_allocator *allocator;
    const sip_oa_capabilities *capabilities;
    const sip_sdp *offer; /**< theirs; NULL: we make one */
    const sip_oa_result *last;
    struct sip__plan plans[SIP__MAX_STREAMS];
    size_t n_plans;
    size_t bundle_first; /**< whose address the bundle has; SIP_OA_NONE: no bundle */
    struct sip__format_table table;
    struct sip__format_choice choices[SIP__MAX_FORMATS];
    struct sip__numbers numbers,
        bundle; /**< of the stream that is written, and of all in the bundle */
    sip_sdp_builder builder;
};

/** The offered crypto to take and ours to answer with; false if there is none in common. */
bool sip__crypto_choose(const sip_sdp_media *section, const sip_oa_stream *stream,
                        sip_sdp_crypto *ret_offered, const sip_oa_crypto **ret_own);
/** True if a stream of ours has the keys that this protocol wants. */
bool sip__has_keys_for(const sip_oa_stream *stream, sip_str protocol);
/** Decide what to answer to each offered stream. @return 0 */
void sip__plan_answer(struct sip__negotiation *negotiation);
/** Decide where our streams stand in an offer. @return 0 or SIP_ETOOBIG */
int sip__plan_offer(struct sip__negotiation *negotiation);
/** Decide which of the plans to answer share the first one's address. */
void sip__plan_bundle_answer(struct sip__negotiation *negotiation);
/** The same for an offer. */
void sip__plan_bundle_offer(struct sip__negotiation *negotiation);
/** Write the description that was planned, with this version in o=. */
void sip__plan_write(struct sip__negotiation *negotiation, sip_str version);
/** Let what is being written fail, if it has not yet. */
void sip__plan_fail(struct sip__negotiation *negotiation, int err);
/** Write one m= section. */
void sip__plan_write_stream(struct sip__negotiation *negotiation, struct sip__plan *plan);

#endif
