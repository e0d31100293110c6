#include "body/stream_plan.h"

#include "body/sdp_text.h"

#include <stdio.h>

/** Session parameters that may not be passed over have no dash (RFC 4568 6.3); none is known here.
 */
static bool parameters_can_be_ignored(sip_str parameters)
{
    sip_str word;

    while (sip_sdp_word_next(&parameters, &word)) {
        if (*word.ptr != '-') {
            return false;
        }
    }
    return true;
}

bool sip__crypto_choose(const sip_sdp_media *section, const sip_oa_stream *stream,
                        sip_sdp_crypto *ret_offered, const sip_oa_crypto **ret_own)
{
    const sip_sdp_attribute *at = NULL;
    sip_sdp_crypto crypto;

    while ((at = sip_sdp_next_attribute(section->attributes, section->n_attributes, "crypto",
                                        at)) != NULL) {
        if (sip_sdp_crypto_parse(at->value, &crypto) != 0 ||
            !parameters_can_be_ignored(crypto.parameters)) {
            continue;
        }
        for (size_t i = 0; i < stream->n_crypto; i++) {
            if (sip_str_equal_nocase(crypto.suite, stream->crypto[i].suite)) {
                *ret_offered = crypto;
                *ret_own = &stream->crypto[i];
                return true;
            }
        }
    }
    return false;
}

static bool has_protocol(const sip_oa_stream *stream, sip_str protocol)
{
    for (size_t i = 0; stream->protocols != NULL && stream->protocols[i] != NULL; i++) {
        if (sip_str_equal_nocase(protocol, stream->protocols[i])) {
            return true;
        }
    }
    return false;
}

bool sip__has_keys_for(const sip_oa_stream *stream, sip_str protocol)
{
    return (!sip__wants_crypto(protocol) || stream->n_crypto > 0) &&
           (!sip__wants_fingerprint(protocol) ||
            (stream->fingerprint != NULL && *stream->fingerprint != '\0'));
}

static sip_sdp_direction wanted_direction(const sip_oa_capabilities *capabilities,
                                          const sip_oa_stream *stream)
{
    return capabilities->hold ? sip_sdp_held_direction(stream->direction) : stream->direction;
}

static bool has_keys(const sip_sdp *offer, const sip_sdp_media *media, const sip_oa_stream *stream)
{
    const sip_oa_crypto *own;
    sip_sdp_crypto offered;

    if (sip__wants_crypto(media->protocol)) {
        return sip__crypto_choose(sip__path_section(offer, media, "crypto"), stream, &offered,
                                  &own);
    }
    return sip__has_keys_for(stream, media->protocol) &&
           (!sip__wants_fingerprint(media->protocol) ||
            sip__path_attribute(offer, media, "fingerprint") != NULL);
}

/** What keeps us from taking the offered stream, whose formats are in the table, as this one of
 * ours; SIP_OA_TAKEN: nothing. */
static sip_oa_refusal judge(struct sip__negotiation *negotiation, const sip_sdp_media *media,
                            const sip_oa_stream *stream)
{
    if (!sip_str_equal_nocase(media->type, stream->type)) {
        return SIP_OA_NO_STREAM;
    }
    if (stream->port == 0) {
        return SIP_OA_ENDED;
    }
    if (!has_protocol(stream, media->protocol)) {
        return SIP_OA_NO_PROTOCOL;
    }
    if (sip__formats_choose(&negotiation->table, stream, negotiation->capabilities,
                            negotiation->choices) == 0) {
        return SIP_OA_NO_FORMAT;
    }
    if (!has_keys(negotiation->offer, media, stream)) {
        return SIP_OA_NO_KEYS;
    }
    if (sip_sdp_is_multicast(media->connection) &&
        (!stream->multicast ||
         sip_sdp_common_direction(wanted_direction(negotiation->capabilities, stream),
                                  media->direction) != media->direction)) {
        return SIP_OA_NO_MULTICAST;
    }
    return SIP_OA_TAKEN;
}

/** What the round before agreed in this place, or NULL. */
static const sip_oa_agreed *before(const struct sip__negotiation *negotiation, size_t i)
{
    const sip_oa_result *last = negotiation->last;

    return last != NULL && i < last->n_streams ? &last->streams[i] : NULL;
}

static bool is_open(const sip_oa_agreed *agreed)
{
    return agreed->refusal == SIP_OA_TAKEN || agreed->refusal == SIP_OA_PENDING;
}

/** True if the place is open in what is being planned; of places after the next, as far as the
 * offer says. */
static bool stays_open(const struct sip__negotiation *negotiation, size_t i)
{
    const sip_sdp *offer = negotiation->offer;

    return is_open(before(negotiation, i)) &&
           (offer == NULL ||
            (i < offer->n_media &&
             (offer->media[i].port != 0 || sip__is_bundle_only(offer, &offer->media[i]))));
}

/** True if a stream of ours is in use: by a plan that is taken, or in a place after the next that
 * is open. */
static bool is_in_use(const struct sip__negotiation *negotiation, size_t capability)
{
    const size_t n_last = negotiation->last != NULL ? negotiation->last->n_streams : 0;

    for (size_t i = 0; i < negotiation->n_plans; i++) {
        if (negotiation->plans[i].capability == capability &&
            negotiation->plans[i].refusal == SIP_OA_TAKEN) {
            return true;
        }
    }
    for (size_t i = negotiation->n_plans + 1; i < n_last; i++) {
        if (before(negotiation, i)->capability == capability && stays_open(negotiation, i)) {
            return true;
        }
    }
    return false;
}

/** True if a stream of ours has a place, if only a closed one. */
static bool is_placed(const struct sip__negotiation *negotiation, size_t capability)
{
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        if (negotiation->plans[i].capability == capability) {
            return true;
        }
    }
    return false;
}

/** The protocol of an offer: a stream that was agreed keeps its own if it can. */
static sip_str protocol_for(const struct sip__plan *plan, bool agreed)
{
    if (agreed && has_protocol(plan->stream, plan->last->protocol) &&
        sip__has_keys_for(plan->stream, plan->last->protocol)) {
        return plan->last->protocol;
    }
    return sip_str_of(plan->stream->protocols[0]);
}

static void take(struct sip__negotiation *negotiation, struct sip__plan *plan, size_t capability)
{
    plan->refusal = SIP_OA_TAKEN;
    plan->capability = capability;
    plan->stream = &negotiation->capabilities->streams[capability];
    plan->protocol =
        plan->offered != NULL ? plan->offered->protocol : sip_str_of(plan->stream->protocols[0]);
    plan->multicast = plan->offered != NULL && sip_sdp_is_multicast(plan->offered->connection);
    plan->direction = wanted_direction(negotiation->capabilities, plan->stream);
    if (plan->multicast) {
        plan->direction = plan->offered->direction;
    } else if (plan->offered != NULL) {
        plan->direction =
            sip_sdp_common_direction(plan->direction, sip_sdp_mirror(plan->offered->direction));
    }
}

/** Choose a stream of ours for an offered one: the one that it had, or the first that is free. The
 * reason that came closest is told if there is none. */
static void choose_stream(struct sip__negotiation *negotiation, struct sip__plan *plan,
                          size_t earlier)
{
    const size_t n = negotiation->capabilities->n_streams;

    plan->refusal = SIP_OA_NO_STREAM;
    sip__formats_read(plan->offered, &negotiation->table);
    for (size_t i = 0; i <= n; i++) {
        /* The earlier one is tried first. */
        const size_t capability = i == 0 ? earlier : i - 1;
        sip_oa_refusal refusal;

        if (capability >= n || (i > 0 && capability == earlier) ||
            is_in_use(negotiation, capability)) {
            continue;
        }
        refusal =
            judge(negotiation, plan->offered, &negotiation->capabilities->streams[capability]);
        if (refusal == SIP_OA_TAKEN) {
            take(negotiation, plan, capability);
            return;
        }
        if (refusal == SIP_OA_ENDED && capability == earlier) {
            plan->refusal = refusal;
            plan->capability = capability;
            return;
        }
        if (refusal > plan->refusal) {
            plan->refusal = refusal;
        }
    }
}

/** True if another plan than that one has this name. */
static bool is_named(const struct sip__negotiation *negotiation, sip_str mid, size_t but)
{
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        if (i != but && mid.len > 0 && sip_str_same(negotiation->plans[i].mid, mid)) {
            return true;
        }
    }
    return false;
}

void sip__plan_answer(struct sip__negotiation *negotiation)
{
    const sip_sdp *offer = negotiation->offer;

    for (size_t i = 0; i < offer->n_media; i++) {
        const sip_oa_agreed *agreed = before(negotiation, i);
        const size_t earlier = agreed != NULL ? agreed->capability : SIP_OA_NONE;
        struct sip__plan plan = {.capability = SIP_OA_NONE,
                                 .offered = &offer->media[i],
                                 .last = agreed != NULL ? agreed->local : NULL,
                                 .mid = sip__mid_of(&offer->media[i]),
                                 .transport = i};

        if (is_named(negotiation, plan.mid, negotiation->n_plans)) {
            plan.mid = (sip_str){NULL, 0}; /* no two may have one name (RFC 5888 4) */
        }
        if (plan.offered->port == 0 && !sip__is_bundle_only(offer, plan.offered)) {
            plan.refusal = SIP_OA_REFUSED;
            plan.capability = earlier;
        } else {
            choose_stream(negotiation, &plan, earlier);
        }
        plan.continues = agreed != NULL && is_open(agreed) && plan.refusal == SIP_OA_TAKEN &&
                         plan.capability == earlier;
        negotiation->plans[negotiation->n_plans++] = plan;
    }
}

/** True if it was we who closed this place and not for good: the stream may be there again, or the
 * bundle that it is for. */
static bool may_reopen(const sip_oa_agreed *agreed, const sip_oa_stream *stream)
{
    return agreed->refusal == SIP_OA_ENDED ||
           (agreed->refusal == SIP_OA_NOT_BUNDLED && stream->bundle_only && !stream->answer_only);
}

/** Our stream in this place, if it goes on or is opened again; else the place stays closed. */
static struct sip__plan carry_on(struct sip__negotiation *negotiation, size_t i)
{
    const sip_oa_agreed *agreed = before(negotiation, i);
    struct sip__plan plan = {
        .refusal = agreed->refusal, .capability = agreed->capability, .last = agreed->local};
    const sip_oa_stream *stream = plan.capability < negotiation->capabilities->n_streams
                                      ? &negotiation->capabilities->streams[plan.capability]
                                      : NULL;

    if (stream != NULL && (is_open(agreed) || may_reopen(agreed, stream))) {
        plan.refusal = SIP_OA_ENDED;
        if (stream->port != 0 && !is_in_use(negotiation, plan.capability)) {
            take(negotiation, &plan, plan.capability);
            plan.continues = is_open(agreed);
            plan.protocol = protocol_for(&plan, agreed->refusal == SIP_OA_TAKEN);
        }
    } else if (is_open(agreed)) {
        plan.refusal = SIP_OA_ENDED;
    }
    return plan;
}

/** A place for a new stream, or one more: of its type, since peers stumble over places that change
 * theirs; closed since the round before, since until then its numbers have a meaning; and its
 * stream is not wanted any more. */
static struct sip__plan *find_place(struct sip__negotiation *negotiation,
                                    const sip_oa_stream *stream)
{
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        struct sip__plan *plan = &negotiation->plans[i];

        if (plan->refusal != SIP_OA_TAKEN && !is_open(before(negotiation, i)) &&
            sip_str_equal_nocase(plan->last->type, stream->type) &&
            (plan->capability >= negotiation->capabilities->n_streams ||
             negotiation->capabilities->streams[plan->capability].port == 0)) {
            return plan;
        }
    }
    if (negotiation->n_plans == SIP__MAX_STREAMS) {
        return NULL;
    }
    negotiation->plans[negotiation->n_plans] = (struct sip__plan){.capability = SIP_OA_NONE};
    return &negotiation->plans[negotiation->n_plans++];
}

/** Make a name up that nobody has: its place, or else another number. */
static void make_name(const struct sip__negotiation *negotiation, struct sip__plan *plan, size_t i)
{
    for (unsigned n = (unsigned)i;; n = n < SIP__MAX_STREAMS ? SIP__MAX_STREAMS : n + 1) {
        (void)snprintf(plan->made_mid, sizeof plan->made_mid, "%u", n & 0xffff);
        plan->mid = sip_str_of(plan->made_mid);
        if (!is_named(negotiation, plan->mid, i)) {
            return;
        }
    }
}

/** Give each stream the name that it had, that its capability says, or for a bundle its place. */
static void name_plans(struct sip__negotiation *negotiation)
{
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        struct sip__plan *plan = &negotiation->plans[i];

        plan->transport = i;
        if (plan->last != NULL) {
            plan->mid = sip__mid_of(plan->last);
        }
    }
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        struct sip__plan *plan = &negotiation->plans[i];

        if (plan->stream != NULL && !plan->continues && plan->stream->mid != NULL &&
            !is_named(negotiation, sip_str_of(plan->stream->mid), i)) {
            plan->mid = sip_str_of(plan->stream->mid);
        }
        if (plan->mid.len == 0 && negotiation->capabilities->bundle) {
            make_name(negotiation, plan, i);
        }
    }
}

int sip__plan_offer(struct sip__negotiation *negotiation)
{
    const sip_oa_capabilities *capabilities = negotiation->capabilities;
    const size_t n_last = negotiation->last != NULL ? negotiation->last->n_streams : 0;

    for (size_t i = 0; i < n_last; i++) {
        negotiation->plans[i] = carry_on(negotiation, i);
        negotiation->n_plans++;
    }
    for (size_t i = 0; i < capabilities->n_streams; i++) {
        const sip_oa_stream *stream = &capabilities->streams[i];
        struct sip__plan *plan;

        if (stream->port == 0 || stream->answer_only || is_placed(negotiation, i) ||
            (stream->bundle_only && !capabilities->bundle)) {
            continue;
        }
        plan = find_place(negotiation, stream);
        if (plan == NULL) {
            return SIP_ETOOBIG;
        }
        take(negotiation, plan, i);
    }
    name_plans(negotiation);
    return 0;
}
