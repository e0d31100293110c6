#include "body/stream_agree.h"

/** Room to work in; too large for a stack. */
struct scratch {
    struct sip__format_table offer, answer;
    struct sip__format_pair pairs[SIP__MAX_FORMATS];
};

bool sip__answer_takes(const sip_sdp *offer, const sip_sdp *answer, size_t i)
{
    return i < offer->n_media && i < answer->n_media && answer->media[i].port != 0 &&
           (offer->media[i].port != 0 || sip__is_bundle_only(offer, &offer->media[i]));
}

/** Index of the stream that carries the bundle of this one, as the answer says; else its own. */
static size_t transport_of(const sip_sdp *answer, size_t i)
{
    const sip_sdp_attribute *mid = sip_sdp_media_attribute(&answer->media[i], "mid");
    sip_str members = sip__group_of(answer, "BUNDLE");
    const sip_sdp_media *first;
    sip_str word;

    if (mid == NULL || !sip_sdp_has_word(members, sip_str_trim(mid->value)) ||
        !sip_sdp_word_next(&members, &word)) {
        return i;
    }
    first = sip_sdp_find_mid(answer, word);
    return first != NULL && first->port != 0 ? (size_t)(first - answer->media) : i;
}

static uint32_t time_of(const sip_sdp_media *media, const char *name)
{
    const sip_sdp_attribute *at = sip_sdp_media_attribute(media, name);
    uint32_t us;

    return at != NULL && sip_sdp_ptime_parse(at->value, &us) == 0 ? us : 0;
}

static uint32_t bandwidth_among(const sip_sdp_line *lines, size_t n)
{
    const sip_sdp_line *line = NULL;
    uint32_t bits = 0;

    while ((line = sip_sdp_next_line(lines, n, 'b', line)) != NULL) {
        sip_sdp_bandwidth bandwidth;

        if (sip_sdp_bandwidth_parse(line->value, &bandwidth) != 0) {
            continue;
        }
        if (sip_str_equal(bandwidth.type, "TIAS")) {
            return bandwidth.value;
        }
        if (sip_str_equal(bandwidth.type, "AS")) {
            bits = bandwidth.value > UINT32_MAX / 1000 ? UINT32_MAX : bandwidth.value * 1000;
        }
    }
    return bits;
}

static void settle_formats(const struct sip__round *round, sip_oa_agreed *agreed,
                           sip_oa_format *formats, struct scratch *scratch)
{
    const sip_sdp_media *offer = round->offered ? agreed->local : agreed->remote;
    const sip_sdp_media *answer = round->offered ? agreed->remote : agreed->local;
    size_t n;

    sip__formats_read(offer, &scratch->offer);
    sip__formats_read(answer, &scratch->answer);
    n = sip__formats_pair(&scratch->offer, &scratch->answer, round->fmtp, scratch->pairs);
    for (size_t i = 0; i < n; i++) {
        const struct sip__format *offered = &scratch->offer.at[scratch->pairs[i].offered];
        const struct sip__format *answered = &scratch->answer.at[scratch->pairs[i].answered];
        const struct sip__format *ours = round->offered ? offered : answered;
        const struct sip__format *theirs = round->offered ? answered : offered;

        formats[i] = (sip_oa_format){.encoding = ours->map.encoding,
                                     .clock_hz = ours->map.clock_hz,
                                     .channels = ours->map.channels,
                                     .auxiliary = ours->auxiliary,
                                     .send_payload = theirs->map.payload,
                                     .receive_payload = ours->map.payload,
                                     .send_fmtp = theirs->fmtp,
                                     .receive_fmtp = ours->fmtp};
    }
    agreed->formats = formats;
    agreed->n_formats = n;
}

/** The crypto of the same tag and suite. */
static bool find_crypto(const sip_sdp_media *section, const sip_sdp_crypto *chosen,
                        sip_sdp_crypto *ret_crypto)
{
    const sip_sdp_attribute *at = NULL;

    while ((at = sip_sdp_next_attribute(section->attributes, section->n_attributes, "crypto",
                                        at)) != NULL) {
        sip_sdp_crypto crypto;

        if (sip_sdp_crypto_parse(at->value, &crypto) == 0 && crypto.tag == chosen->tag &&
            sip_str_same_nocase(crypto.suite, chosen->suite)) {
            *ret_crypto = crypto;
            return true;
        }
    }
    return false;
}

static void settle_keys(const struct sip__round *round, sip_oa_agreed *agreed)
{
    const sip_sdp_media *local =
        sip__path_section(round->local, &round->local->media[agreed->transport], "crypto");
    const sip_sdp_media *remote =
        sip__path_section(round->remote, &round->remote->media[agreed->transport], "crypto");
    const sip_sdp_attribute *chosen =
        sip_sdp_media_attribute(round->offered ? remote : local, "crypto");
    sip_sdp_crypto crypto;

    if (chosen != NULL && sip__wants_crypto(agreed->local->protocol) &&
        sip_sdp_crypto_parse(chosen->value, &crypto) == 0) {
        agreed->has_crypto = find_crypto(local, &crypto, &agreed->local_crypto) &&
                             find_crypto(remote, &crypto, &agreed->remote_crypto);
    }
}

static bool says_existing(const sip_sdp_media *media)
{
    const sip_sdp_attribute *at = sip_sdp_media_attribute(media, "connection");
    bool existing = false;

    return at != NULL && sip_sdp_reuse_parse(at->value, &existing) == 0 && existing;
}

static void settle_setup(const struct sip__round *round, sip_oa_agreed *agreed)
{
    const sip_sdp *answer = round->offered ? round->remote : round->local;
    const sip_sdp_media *media = &answer->media[agreed->transport];
    const sip_sdp_attribute *at = sip__path_attribute(answer, media, "setup");
    sip_sdp_setup answered = SIP_SDP_PASSIVE;

    if (!sip__wants_fingerprint(media->protocol) && !sip__is_connected(media->protocol)) {
        return;
    }
    if (at != NULL) {
        (void)sip_sdp_setup_parse(at->value, &answered);
    }
    agreed->has_setup = true;
    agreed->setup = answered;
    if (round->offered && answered != SIP_SDP_HOLDCONN) {
        agreed->setup = answered == SIP_SDP_ACTIVE ? SIP_SDP_PASSIVE : SIP_SDP_ACTIVE;
    }
    agreed->reuse_connection = says_existing(agreed->local) && says_existing(agreed->remote);
}

/** Where media and its RTCP go (RFC 3605, 5761): to the addresses of the stream that carries ours.
 */
static void settle_addresses(const struct sip__round *round, sip_oa_agreed *agreed)
{
    const sip_sdp_media *remote = &round->remote->media[agreed->transport];
    const sip_sdp_attribute *at = sip_sdp_media_attribute(remote, "rtcp");
    sip_sdp_rtcp rtcp;

    agreed->remote_address = remote->connection;
    agreed->remote_port = remote->port;
    agreed->rtcp_mux = !agreed->multicast &&
                       sip__path_attribute(round->local, agreed->local, "rtcp-mux") != NULL &&
                       sip__path_attribute(round->remote, agreed->remote, "rtcp-mux") != NULL;
    agreed->remote_rtcp_address = remote->connection;
    agreed->remote_rtcp_port = remote->port;
    if (agreed->rtcp_mux) {
        return;
    }
    agreed->remote_rtcp_port = remote->port < UINT16_MAX ? (uint16_t)(remote->port + 1) : 0;
    if (at != NULL && sip_sdp_rtcp_parse(at->value, &rtcp) == 0) {
        agreed->remote_rtcp_port = rtcp.port;
        if (rtcp.address.len > 0) {
            agreed->remote_rtcp_address = rtcp.address;
        }
    }
}

static void settle_stream(const struct sip__round *round, sip_oa_agreed *agreed,
                          sip_oa_format *formats, struct scratch *scratch)
{
    const sip_sdp_media *local = agreed->local;
    const sip_sdp_media *remote = agreed->remote;

    agreed->refusal = SIP_OA_TAKEN;
    agreed->transport = transport_of(round->offered ? round->remote : round->local,
                                     (size_t)(local - round->local->media));
    agreed->multicast = sip_sdp_is_multicast(local->connection);
    agreed->direction =
        agreed->multicast
            ? local->direction
            : sip_sdp_common_direction(local->direction, sip_sdp_mirror(remote->direction));
    agreed->held_by_remote =
        remote->direction == SIP_SDP_SENDONLY || remote->direction == SIP_SDP_INACTIVE;
    agreed->held_by_local =
        local->direction == SIP_SDP_SENDONLY || local->direction == SIP_SDP_INACTIVE;
    agreed->ptime_us = time_of(remote, "ptime");
    agreed->maxptime_us = time_of(remote, "maxptime");
    agreed->bandwidth_bps = bandwidth_among(remote->lines, remote->n_lines);
    if (agreed->bandwidth_bps == 0) {
        agreed->bandwidth_bps = bandwidth_among(round->remote->lines, round->remote->n_lines);
    }
    settle_formats(round, agreed, formats, scratch);
    settle_addresses(round, agreed);
    settle_keys(round, agreed);
    settle_setup(round, agreed);
}

/** Tell of one place what was agreed. */
static void settle_place(const struct sip__round *round, size_t i, sip_oa_agreed *agreed,
                         sip_oa_format *formats, struct scratch *scratch)
{
    const struct sip__place *place = &round->places[i];
    const sip_sdp *offer = round->offered ? round->local : round->remote;
    const sip_sdp *answer = round->offered ? round->remote : round->local;
    const sip_sdp_attribute *mid;

    *agreed = (sip_oa_agreed){.refusal = place->refusal,
                              .capability = place->capability,
                              .local = &round->local->media[i],
                              .transport = i};
    mid = sip_sdp_media_attribute(agreed->local, "mid");
    if (mid != NULL) {
        agreed->mid = sip_str_trim(mid->value);
    }
    if (round->remote == NULL) {
        agreed->refusal = place->refusal == SIP_OA_TAKEN ? SIP_OA_PENDING : place->refusal;
        return;
    }
    agreed->remote = &round->remote->media[i];
    if (sip__answer_takes(offer, answer, i)) {
        settle_stream(round, agreed, formats, scratch);
    } else if (place->refusal == SIP_OA_TAKEN || place->refusal == SIP_OA_PENDING) {
        agreed->refusal = SIP_OA_REFUSED;
    }
}

static size_t count_formats(const sip_sdp_media *media)
{
    sip_str formats = media->formats;
    size_t n = 0;
    sip_str word;

    while (n < SIP__MAX_FORMATS && sip_sdp_word_next(&formats, &word)) {
        n++;
    }
    return n;
}

static sip_oa_result *make_result(const sip_allocator *allocator, const sip_sdp *local)
{
    size_t n_formats = 0;
    sip_oa_result *result;

    for (size_t i = 0; i < local->n_media; i++) {
        n_formats += count_formats(&local->media[i]);
    }
    result = sip_alloc0(allocator, sizeof *result + local->n_media * sizeof(sip_oa_agreed) +
                                       n_formats * sizeof(sip_oa_format));
    if (result != NULL) {
        result->allocator = allocator;
        result->n_streams = local->n_media;
    }
    return result;
}

/** Copy the descriptions, so that the result needs no one else's memory. */
static int copy_both(const struct sip__round *round, sip_oa_result *result)
{
    sip_sdp *local = NULL;
    sip_sdp *remote = NULL;
    int err = sip_sdp_parse(result->allocator, round->local->text, &local);

    if (err == 0 && round->remote != NULL) {
        err = sip_sdp_parse(result->allocator, round->remote->text, &remote);
    }
    result->local = local;
    result->remote = remote;
    return err;
}

int sip__round_settle(const sip_allocator *allocator, const struct sip__round *round,
                      sip_oa_result **ret_result)
{
    struct sip__round own = *round;
    struct scratch *scratch = sip_alloc(allocator, sizeof *scratch);
    sip_oa_result *result = scratch != NULL ? make_result(allocator, round->local) : NULL;
    sip_oa_agreed *streams;
    sip_oa_format *formats;
    int err = result != NULL ? copy_both(round, result) : SIP_ENOMEM;

    if (err != 0) {
        sip_oa_result_destroy(result);
        sip_free(allocator, scratch);
        return err;
    }
    own.local = result->local;
    own.remote = result->remote;
    result->offered = round->offered;
    streams = (sip_oa_agreed *)(void *)(result + 1);
    formats = (sip_oa_format *)(void *)(streams + result->n_streams);
    result->streams = streams;
    for (size_t i = 0; i < result->n_streams; i++) {
        settle_place(&own, i, &streams[i], formats, scratch);
        formats += streams[i].n_formats;
        result->n_taken += streams[i].refusal == SIP_OA_TAKEN;
    }
    sip_free(allocator, scratch);
    *ret_result = result;
    return 0;
}

void sip_oa_result_destroy(sip_oa_result *result)
{
    if (result == NULL) {
        return;
    }
    sip_free(result->allocator, (sip_sdp *)(uintptr_t)result->local);
    sip_free(result->allocator, (sip_sdp *)(uintptr_t)result->remote);
    sip_free(result->allocator, result);
}
