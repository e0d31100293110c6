/* Which streams of a description share one address (RFC 9143). */
#include "body/stream_number.h"

#include "body/sdp_text.h"

/** Connections are not shared; RTP in a bundle has RTCP on the same port (RFC 9143 9.3). */
static bool can_share(const struct sip__plan *plan)
{
    return plan->refusal == SIP_OA_TAKEN && !plan->multicast && plan->mid.len > 0 &&
           plan->mid.len <= SIP__MAX_MID && !sip__is_connected(plan->protocol) &&
           (!sip__is_rtp(plan->protocol) || plan->stream->rtcp_mux);
}

/** Streams over DTLS go together whatever is inside, others if they are the same. */
static bool go_together(sip_str a, sip_str b)
{
    return sip_str_same_nocase(a, b) || (sip__wants_fingerprint(a) && sip__wants_fingerprint(b));
}

static struct sip__plan *plan_of_mid(struct sip__negotiation *negotiation, sip_str mid)
{
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        if (sip_str_same(negotiation->plans[i].mid, mid)) {
            return &negotiation->plans[i];
        }
    }
    return NULL;
}

static bool offers_mux(const struct sip__negotiation *negotiation, const sip_sdp_media *media)
{
    return !sip__is_rtp(media->protocol) ||
           sip__path_attribute(negotiation->offer, media, "rtcp-mux") != NULL;
}

/** The first member that is taken and has a port of its own carries the bundle (RFC 9143 7.3.1);
 * those after it join, those before it were refused. */
static void join(struct sip__negotiation *negotiation, struct sip__plan *plan)
{
    const size_t index = (size_t)(plan - negotiation->plans);

    if (!can_share(plan) || !offers_mux(negotiation, plan->offered)) {
        return;
    }
    if (negotiation->bundle_first == SIP_OA_NONE) {
        if (plan->offered->port == 0) {
            return;
        }
        negotiation->bundle_first = index;
    } else if (!go_together(negotiation->plans[negotiation->bundle_first].offered->protocol,
                            plan->offered->protocol)) {
        return;
    }
    plan->in_bundle = true;
    plan->transport = negotiation->bundle_first;
}

void sip__plan_bundle_answer(struct sip__negotiation *negotiation)
{
    sip_str members = sip__group_of(negotiation->offer, "BUNDLE");
    sip_str mid;

    negotiation->bundle_first = SIP_OA_NONE;
    while (negotiation->capabilities->bundle && sip_sdp_word_next(&members, &mid)) {
        struct sip__plan *plan = plan_of_mid(negotiation, mid);

        if (plan != NULL && !plan->in_group) {
            plan->in_group = true; /* once, however often the peer repeats it */
            join(negotiation, plan);
        }
    }
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        struct sip__plan *plan = &negotiation->plans[i];

        if (plan->refusal == SIP_OA_TAKEN && plan->offered->port == 0 && !plan->in_bundle) {
            plan->refusal = SIP_OA_NOT_BUNDLED;
        }
    }
}

/** Where the bundle of the round before was carried, if that stream goes on. */
static size_t former_first(const struct sip__negotiation *negotiation)
{
    const sip_oa_result *last = negotiation->last;

    for (size_t i = 0; last != NULL && i < last->n_streams; i++) {
        const size_t first = last->streams[i].transport;

        if (first != i && last->streams[i].refusal == SIP_OA_TAKEN &&
            negotiation->plans[first].in_bundle) {
            return first;
        }
    }
    return SIP_OA_NONE;
}

void sip__plan_bundle_offer(struct sip__negotiation *negotiation)
{
    size_t former;

    negotiation->bundle_first = SIP_OA_NONE;
    for (size_t i = 0; negotiation->capabilities->bundle && i < negotiation->n_plans; i++) {
        struct sip__plan *plan = &negotiation->plans[i];

        plan->in_bundle = plan->refusal == SIP_OA_TAKEN && can_share(plan);
        if (plan->in_bundle && negotiation->bundle_first == SIP_OA_NONE &&
            (!plan->stream->bundle_only || plan->continues)) {
            negotiation->bundle_first = i;
        }
    }
    former = former_first(negotiation);
    if (former != SIP_OA_NONE) {
        negotiation->bundle_first = former;
    }
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        struct sip__plan *plan = &negotiation->plans[i];

        plan->in_bundle =
            plan->in_bundle && negotiation->bundle_first != SIP_OA_NONE &&
            go_together(negotiation->plans[negotiation->bundle_first].protocol, plan->protocol);
        if (plan->in_bundle && plan->continues && former != SIP_OA_NONE &&
            negotiation->last->streams[i].transport == former) {
            plan->transport = former;
        }
    }
    sip__numbers_fit(negotiation);
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        struct sip__plan *plan = &negotiation->plans[i];

        if (plan->refusal == SIP_OA_TAKEN && plan->stream->bundle_only && !plan->in_bundle &&
            !plan->continues) {
            plan->refusal = SIP_OA_NOT_BUNDLED;
        }
    }
}
