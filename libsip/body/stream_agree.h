/* What an offer and its answer come to. */
#ifndef SIP_BODY_STREAM_AGREE_H
#define SIP_BODY_STREAM_AGREE_H

#include "body/stream_plan.h"

/** What is known of a place beside the descriptions. */
struct sip__place {
    size_t capability;
    sip_oa_refusal refusal; /**< told if the stream is closed on both sides */
};

/** An offer and an answer, ours and theirs. */
struct sip__round {
    const sip_sdp *local, *remote; /**< remote NULL: not answered yet */
    bool offered;                  /**< the offer is the local one */
    const struct sip__place *places;
    const sip_oa_fmtp *fmtp;
};

/** Make a result of `round`, whose descriptions are copied. @return 0 or SIP_ENOMEM */
int sip__round_settle(const sip_allocator *allocator, const struct sip__round *round,
                      sip_oa_result **ret_result);
/** Check an answer against its offer. @return 0, SIP_ESYNTAX with *ret_problem, SIP_ENOMEM */
int sip__answer_check(const sip_allocator *allocator, const sip_sdp *offer, const sip_sdp *answer,
                      const sip_oa_capabilities *capabilities, sip_oa_problem *ret_problem);
/** True if the answer takes this stream of the offer. */
bool sip__answer_takes(const sip_sdp *offer, const sip_sdp *answer, size_t i);

#endif
