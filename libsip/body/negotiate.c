#include <sip/negotiate.h>

#include "body/sdp_print.h"
#include "body/sdp_text.h"
#include "body/stream_agree.h"

#define MAX_VERSION 64

const char *sip_oa_refusal_text(sip_oa_refusal refusal)
{
    static const char *const texts[] = {
        [SIP_OA_TAKEN] = "taken",
        [SIP_OA_PENDING] = "not answered yet",
        [SIP_OA_ENDED] = "ended by us",
        [SIP_OA_REFUSED] = "refused or ended by the peer",
        [SIP_OA_NO_STREAM] = "no stream of this type",
        [SIP_OA_NO_PROTOCOL] = "no protocol in common",
        [SIP_OA_NO_FORMAT] = "no format in common",
        [SIP_OA_NO_KEYS] = "no keys in common",
        [SIP_OA_NO_MULTICAST] = "multicast is not wanted",
        [SIP_OA_NOT_BUNDLED] = "no bundle to be in",
    };

    return texts[(size_t)refusal < sizeof texts / sizeof texts[0] ? (size_t)refusal : 0];
}

static bool is_text(const char *text)
{
    return text != NULL && *text != '\0';
}

static bool is_sound(const sip_oa_capabilities *capabilities, bool offering)
{
    if (capabilities == NULL || !is_text(capabilities->address) ||
        !sip__sdp_is_digits(sip_str_of(capabilities->session_id)) ||
        !sip__sdp_is_digits(sip_str_of(capabilities->version))) {
        return false;
    }
    for (size_t i = 0; i < capabilities->n_streams; i++) {
        const sip_oa_stream *stream = &capabilities->streams[i];

        if (!is_text(stream->type) || stream->protocols == NULL || !is_text(stream->protocols[0]) ||
            stream->n_codecs == 0 ||
            (offering && stream->port != 0 && !stream->answer_only &&
             !sip__has_keys_for(stream, sip_str_of(stream->protocols[0])))) {
            return false;
        }
        for (size_t k = 0; k < stream->n_codecs; k++) {
            if (!is_text(stream->codecs[k].encoding)) {
                return false;
            }
        }
    }
    return true;
}

/** Write with a version and read it again. */
static int print(struct sip__negotiation *negotiation, sip_str version, sip_sdp **ret_sdp)
{
    sip_sdp_error error;
    int err;

    sip_sdp_builder_init(&negotiation->builder, negotiation->allocator);
    sip__plan_write(negotiation, version);
    err = negotiation->builder.err;
    if (err == 0) {
        err = sip_sdp_read(negotiation->allocator,
                           (sip_str){negotiation->builder.text, negotiation->builder.len},
                           SIP_SDP_LENIENT, ret_sdp, &error);
    }
    sip_sdp_builder_finish(&negotiation->builder);
    return err == SIP_ESYNTAX ? SIP_EINVAL : err;
}

/** Write the description; with the version of the last one if nothing changed, else with the next
 * (RFC 3264 8). */
static int describe(struct sip__negotiation *negotiation, sip_sdp **ret_sdp)
{
    const sip_sdp *last = negotiation->last != NULL ? negotiation->last->local : NULL;
    char next[MAX_VERSION];
    struct sip__sdp_writer writer = {next, sizeof next, 0};
    sip_sdp *sdp = NULL;
    int err;

    if (last == NULL) {
        return print(negotiation, sip_str_of(negotiation->capabilities->version), ret_sdp);
    }
    err = print(negotiation, last->origin_version, &sdp);
    if (err != 0 || sip_sdp_equal(sdp, last)) {
        *ret_sdp = sdp;
        return err;
    }
    sip_free(negotiation->allocator, sdp);
    sip__sdp_write_successor(&writer, last->origin_version);
    return writer.len <= sizeof next ? print(negotiation, (sip_str){next, writer.len}, ret_sdp)
                                     : SIP_ETOOBIG;
}

/** Write what was planned, and say what it comes to. */
static int conclude(struct sip__negotiation *negotiation, sip_oa_result **ret_result)
{
    struct sip__place places[SIP__MAX_STREAMS];
    struct sip__round round = {.remote = negotiation->offer,
                               .offered = negotiation->offer == NULL,
                               .places = places,
                               .fmtp = negotiation->capabilities->fmtp};
    sip_sdp *local = NULL;
    int err = describe(negotiation, &local);

    if (err != 0) {
        return err;
    }
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        places[i] =
            (struct sip__place){negotiation->plans[i].capability, negotiation->plans[i].refusal};
    }
    round.local = local;
    err = sip__round_settle(negotiation->allocator, &round, ret_result);
    sip_free(negotiation->allocator, local);
    return err;
}

static struct sip__negotiation *begin(const sip_allocator *allocator,
                                      const sip_oa_capabilities *capabilities, const sip_sdp *offer,
                                      const sip_oa_result *last)
{
    struct sip__negotiation *negotiation = sip_alloc0(allocator, sizeof *negotiation);

    if (negotiation != NULL) {
        negotiation->allocator = allocator;
        negotiation->capabilities = capabilities;
        negotiation->offer = offer;
        negotiation->last = last;
    }
    return negotiation;
}

int sip_oa_offer(const sip_allocator *allocator, const sip_oa_capabilities *capabilities,
                 const sip_oa_result *last, sip_oa_result **ret_result)
{
    struct sip__negotiation *negotiation;
    int err;

    if (!is_sound(capabilities, true)) {
        return SIP_EINVAL;
    }
    negotiation = begin(allocator, capabilities, NULL, last);
    if (negotiation == NULL) {
        return SIP_ENOMEM;
    }
    err = sip__plan_offer(negotiation);
    if (err == 0) {
        sip__plan_bundle_offer(negotiation);
        err = conclude(negotiation, ret_result);
    }
    sip_free(allocator, negotiation);
    return err;
}

int sip_oa_answer(const sip_allocator *allocator, const sip_oa_capabilities *capabilities,
                  const sip_sdp *offer, const sip_oa_result *last, sip_oa_result **ret_result)
{
    struct sip__negotiation *negotiation;
    int err;

    if (offer == NULL || !is_sound(capabilities, false)) {
        return SIP_EINVAL;
    }
    if (capabilities->strict && last != NULL && offer->n_media < last->n_streams) {
        return SIP_ESYNTAX;
    }
    negotiation = begin(allocator, capabilities, offer, last);
    if (negotiation == NULL) {
        return SIP_ENOMEM;
    }
    sip__plan_answer(negotiation);
    sip__plan_bundle_answer(negotiation);
    err = conclude(negotiation, ret_result);
    sip_free(allocator, negotiation);
    return err;
}

int sip_oa_process(const sip_allocator *allocator, const sip_oa_capabilities *capabilities,
                   const sip_oa_result *offered, const sip_sdp *answer, sip_oa_result **ret_result,
                   sip_oa_problem *ret_problem)
{
    struct sip__place places[SIP__MAX_STREAMS];
    struct sip__round round = {.remote = answer, .offered = true, .places = places};
    int err;

    if (capabilities == NULL || offered == NULL || answer == NULL || !offered->offered) {
        return SIP_EINVAL;
    }
    err = sip__answer_check(allocator, offered->local, answer, capabilities, ret_problem);
    if (err != 0) {
        return err;
    }
    for (size_t i = 0; i < offered->n_streams; i++) {
        places[i] =
            (struct sip__place){offered->streams[i].capability, offered->streams[i].refusal};
    }
    round.local = offered->local;
    round.fmtp = capabilities->fmtp;
    return sip__round_settle(allocator, &round, ret_result);
}
