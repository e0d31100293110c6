#include "support/oa_peer.h"

#include <string.h>

static uint32_t below(oa_peer *peer, uint32_t n)
{
    peer->random ^= peer->random << 13;
    peer->random ^= peer->random >> 7;
    peer->random ^= peer->random << 17;
    return (uint32_t)((peer->random >> 16) % n);
}

static bool chance(oa_peer *peer)
{
    return below(peer, 2) == 0;
}

static void fill_codecs(oa_peer *peer, size_t i)
{
    static const char *const feedback[] = {"nack", "nack pli", NULL};
    static const sip_oa_codec pool[] = {
        {.encoding = "PCMU", .clock_hz = 8000, .payload = 0},
        {.encoding = "opus", .clock_hz = 48000, .channels = 2, .payload = 96, .fmtp = "stereo=1"},
        {.encoding = "PCMA", .clock_hz = 8000, .payload = 8},
        {.encoding = "telephone-event", .clock_hz = 8000, .payload = 101, .fmtp = "0-15"},
        {.encoding = "iLBC", .clock_hz = 8000, .payload = 97},
        {.encoding = "telephone-event", .clock_hz = 48000, .payload = 110},
        {.encoding = "VP8", .clock_hz = 90000, .payload = 96, .feedback = feedback},
        {.encoding = "H264", .clock_hz = 90000, .payload = 97},
        {.encoding = "red", .clock_hz = 90000, .payload = 98},
        {.encoding = "rtx", .clock_hz = 90000, .payload = 99, .fmtp = "apt=96"},
    };
    const uint32_t n_pool = sizeof pool / sizeof pool[0];
    const uint32_t shift = below(peer, n_pool);
    sip_oa_stream *stream = &peer->streams[i];

    stream->n_codecs = 1 + below(peer, OA_PEER_CODECS);
    for (size_t k = 0; k < stream->n_codecs; k++) {
        peer->codecs[i][k] = pool[(shift + k) % n_pool];
        if (peer->codecs[i][k].payload >= 96 && chance(peer)) {
            peer->codecs[i][k].payload = (uint8_t)(96 + below(peer, 8));
        }
    }
    stream->codecs = peer->codecs[i];
}

static void fill_stream(oa_peer *peer, size_t i)
{
    static const char *const types[] = {"audio", "video", "application"};
    static const char *const plain[] = {"RTP/AVP", "RTP/AVPF", NULL};
    static const char *const keyed[] = {"RTP/SAVP", "RTP/AVP", NULL};
    static const char *const dtls[] = {"UDP/TLS/RTP/SAVPF", NULL};
    static const char *const tcp[] = {"TCP/MSRP", NULL};
    static const char *const *const protocols[] = {plain, plain, keyed, dtls, tcp};
    static const char *const extensions[] = {"urn:a", "urn:b", "urn:c", NULL};
    static const char *const mids[] = {NULL, "0", "1", "m"};
    sip_oa_stream *stream = &peer->streams[i];

    *stream = (sip_oa_stream){.type = types[below(peer, 3)],
                              .protocols = protocols[below(peer, 5)],
                              .port = (uint16_t)(10000 + 2 * i),
                              .direction = (sip_sdp_direction)below(peer, 4),
                              .ptime_ms = 20 * below(peer, 3),
                              .rtcp_port = (uint16_t)(chance(peer) ? 0 : 20001 + 2 * i),
                              .rtcp_mux = chance(peer),
                              .bundle_only = below(peer, 4) == 0,
                              .answer_only = below(peer, 4) == 0,
                              .setup = (sip_sdp_setup)below(peer, 3),
                              .fingerprint = "sha-256 AA:BB",
                              .extensions = chance(peer) ? extensions + below(peer, 3) : NULL,
                              .mid = mids[below(peer, 4)],
                              .bandwidth = chance(peer) ? "AS:64" : NULL,
                              .address = chance(peer) ? NULL : "192.0.2.9",
                              .crypto = peer->crypto[i],
                              .n_crypto = 1 + below(peer, 2)};
    peer->crypto[i][0] = (sip_oa_crypto){"AES_CM_128_HMAC_SHA1_80", "inline:AAAA"};
    peer->crypto[i][1] = (sip_oa_crypto){"AES_CM_128_HMAC_SHA1_32", "inline:BBBB"};
    if (chance(peer)) {
        peer->crypto[i][0].suite = "AEAD_AES_128_GCM";
    }
    fill_codecs(peer, i);
}

void oa_peer_init(oa_peer *peer, uint64_t seed)
{
    *peer = (oa_peer){.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    for (size_t i = 0; i < 8; i++) {
        (void)below(peer, 2);
    }
    for (size_t i = 0; i < OA_PEER_STREAMS; i++) {
        fill_stream(peer, i);
    }
    peer->capabilities =
        (sip_oa_capabilities){.session_id = "1",
                              .version = "9",
                              .address = chance(peer) ? "192.0.2.1" : "2001:db8::1",
                              .streams = peer->streams,
                              .n_streams = below(peer, OA_PEER_STREAMS + 1),
                              .single_codec = chance(peer),
                              .own_order = chance(peer),
                              .own_payloads = chance(peer),
                              .bundle = chance(peer),
                              .lip_sync = chance(peer),
                              .strict = true};
}

void oa_peer_finish(oa_peer *peer)
{
    sip_oa_result_destroy(peer->last);
    peer->last = NULL;
}

void oa_peer_change(oa_peer *peer)
{
    sip_oa_stream *stream = &peer->streams[below(peer, OA_PEER_STREAMS)];

    switch (below(peer, 5)) {
    case 0:
        stream->direction = (sip_sdp_direction)below(peer, 4);
        break;
    case 1:
        stream->port = stream->port != 0 ? 0 : (uint16_t)(30000 + below(peer, 1000));
        break;
    case 2:
        peer->capabilities.hold = !peer->capabilities.hold;
        break;
    case 3:
        if (peer->capabilities.n_streams < OA_PEER_STREAMS) {
            peer->capabilities.n_streams++;
        }
        break;
    default:
        break;
    }
}

static const char *compare_formats(const sip_oa_agreed *a, const sip_oa_agreed *b)
{
    if (a->n_formats != b->n_formats || a->n_formats == 0) {
        return "the formats are not as many";
    }
    for (size_t i = 0; i < a->n_formats; i++) {
        const sip_oa_format *one = &a->formats[i];
        const sip_oa_format *other = &b->formats[i];

        if (!sip_str_same_nocase(one->encoding, other->encoding) ||
            one->clock_hz != other->clock_hz || one->channels != other->channels) {
            return "a format is another";
        }
        if (one->send_payload != other->receive_payload ||
            one->receive_payload != other->send_payload) {
            return "the payload types do not meet";
        }
        if (!sip_str_same(one->send_fmtp, other->receive_fmtp) ||
            !sip_str_same(one->receive_fmtp, other->send_fmtp)) {
            return "the parameters do not meet";
        }
    }
    return NULL;
}

static const char *compare_path(const sip_oa_result *x, const sip_oa_result *y, size_t i)
{
    const sip_oa_agreed *a = &x->streams[i];
    const sip_oa_agreed *b = &y->streams[i];

    if (a->transport != b->transport || !sip_str_same(a->mid, b->mid)) {
        return "the bundles differ";
    }
    if (a->transport != i && x->streams[a->transport].refusal != SIP_OA_TAKEN) {
        return "a bundle is carried by a refused stream";
    }
    if (a->remote_port != y->local->media[b->transport].port ||
        !sip_str_same(a->remote_address, y->local->media[b->transport].connection)) {
        return "the addresses do not meet";
    }
    if (a->rtcp_mux != b->rtcp_mux || (a->rtcp_mux && a->remote_rtcp_port != a->remote_port)) {
        return "RTCP does not meet";
    }
    if (a->has_crypto != b->has_crypto ||
        (a->has_crypto && (!sip_str_same(a->local_crypto.keys, b->remote_crypto.keys) ||
                           !sip_str_same(a->remote_crypto.keys, b->local_crypto.keys)))) {
        return "the keys do not meet";
    }
    if (a->has_setup != b->has_setup ||
        (a->has_setup && (a->setup == b->setup || a->setup == SIP_SDP_ACTPASS))) {
        return "the parts in setting up do not meet";
    }
    return NULL;
}

static const char *compare(const sip_oa_result *x, const sip_oa_result *y)
{
    if (x->n_streams != y->n_streams || x->n_taken != y->n_taken) {
        return "the numbers of streams differ";
    }
    for (size_t i = 0; i < x->n_streams; i++) {
        const sip_oa_agreed *a = &x->streams[i];
        const sip_oa_agreed *b = &y->streams[i];
        const char *wrong;

        if ((a->refusal == SIP_OA_TAKEN) != (b->refusal == SIP_OA_TAKEN)) {
            return "a stream is there on one side";
        }
        if (a->refusal != SIP_OA_TAKEN) {
            continue;
        }
        if (a->direction != sip_sdp_mirror(b->direction)) {
            return "the directions do not meet";
        }
        wrong = compare_formats(a, b);
        wrong = wrong != NULL ? wrong : compare_path(x, y, i);
        if (wrong != NULL) {
            return wrong;
        }
    }
    return NULL;
}

/* What a payload type or a header extension is called must be called so wherever it stands; with
 * `all` its parameters are the same too. Payload types that `but` has are left out. */
static bool same_numbers(const sip_sdp_media *a, const sip_sdp_media *b, bool all,
                         const sip_sdp_media *but)
{
    const sip_sdp_attribute *x = NULL;

    while ((x = sip_sdp_next_attribute(a->attributes, a->n_attributes, "extmap", x)) != NULL) {
        const sip_sdp_attribute *y = NULL;
        sip_sdp_extmap one, other;

        while ((y = sip_sdp_next_attribute(b->attributes, b->n_attributes, "extmap", y)) != NULL) {
            if (sip_sdp_extmap_parse(x->value, &one) != 0 ||
                sip_sdp_extmap_parse(y->value, &other) != 0 ||
                (one.id == other.id) != sip_str_same(one.uri, other.uri)) {
                return false;
            }
        }
    }
    while ((x = sip_sdp_next_attribute(a->attributes, a->n_attributes, "rtpmap", x)) != NULL) {
        sip_sdp_rtpmap one, other;
        sip_str format = x->value;

        if (sip_sdp_rtpmap_parse(x->value, &one) != 0 || !sip_sdp_word_next(&format, &format) ||
            !sip_sdp_has_word(b->formats, format) ||
            (but != NULL && sip_sdp_has_word(but->formats, format)) ||
            sip_sdp_media_rtpmap(b, one.payload, &other) != 0) {
            continue;
        }
        if (!sip_sdp_same_rtpmap(&one, &other) ||
            (all && !sip_str_same(sip_sdp_media_fmtp(a, format), sip_sdp_media_fmtp(b, format)))) {
            return false;
        }
    }
    return true;
}

static sip_str mid_of(const sip_sdp_media *media)
{
    const sip_sdp_attribute *mid = sip_sdp_media_attribute(media, "mid");

    return mid != NULL ? mid->value : (sip_str){NULL, 0};
}

/* Names are of one stream each, and a bundle has its numbers in common (RFC 5888 4, RFC 9143). */
static const char *check_names(const sip_sdp *offer)
{
    const sip_sdp_attribute *group = sip_sdp_find_attribute(offer, NULL, "group");

    for (size_t i = 0; i < offer->n_media; i++) {
        const sip_str mid = mid_of(&offer->media[i]);

        for (size_t k = 0; mid.len > 0 && k < offer->n_media; k++) {
            const sip_str other = mid_of(&offer->media[k]);

            if (i != k && sip_str_same(mid, other)) {
                return "two streams have one name";
            }
            if (group != NULL && sip_sdp_has_word(group->value, mid) && other.len > 0 &&
                sip_sdp_has_word(group->value, other) &&
                !same_numbers(&offer->media[i], &offer->media[k], true, NULL)) {
                return "a number has two meanings in a bundle";
            }
        }
    }
    return NULL;
}

/* Numbers keep their meaning (RFC 3264 8.3.2, RFC 8285 6). */
static const char *check_numbers(const sip_oa_result *offer, const sip_oa_result *last)
{
    for (size_t i = 0; i < last->n_streams; i++) {
        const sip_oa_agreed *agreed = &last->streams[i];

        if (agreed->refusal == SIP_OA_TAKEN && offer->streams[i].refusal == SIP_OA_PENDING &&
            (!same_numbers(&offer->local->media[i], agreed->local, false, NULL) ||
             !same_numbers(&offer->local->media[i], agreed->remote, false, agreed->local))) {
            return "a number has another meaning";
        }
    }
    return NULL;
}

/* An offer keeps its places, and its version tells whether it changed (RFC 3264 8). */
static const char *check_offer(const sip_oa_result *offer, const sip_oa_result *last)
{
    const char *wrong = check_names(offer->local);

    if (wrong != NULL || last == NULL) {
        return wrong;
    }
    if (offer->n_streams < last->n_streams) {
        return "a place is gone";
    }
    if (sip_str_same(offer->local->origin_version, last->local->origin_version) !=
        sip_sdp_equal(offer->local, last->local)) {
        return "the version does not tell of a change";
    }
    return check_numbers(offer, last);
}

static void keep(oa_peer *peer, sip_oa_result *result)
{
    sip_oa_result_destroy(peer->last);
    peer->last = result;
}

const char *oa_peer_round(oa_peer *offerer, oa_peer *answerer)
{
    sip_oa_result *offer = NULL, *answer = NULL, *result = NULL;
    sip_oa_problem problem;
    const char *wrong;
    sip_sdp *sdp = NULL;

    if (sip_oa_offer(NULL, &offerer->capabilities, offerer->last, &offer) != 0) {
        return "no offer can be made";
    }
    wrong = check_offer(offer, offerer->last);
    if (wrong == NULL && sip_sdp_read(NULL, offer->local->text, SIP_SDP_STRICT, &sdp, NULL) != 0) {
        wrong = "the offer is not strictly right";
    }
    sip_free(NULL, sdp);
    if (wrong == NULL &&
        sip_oa_answer(NULL, &answerer->capabilities, offer->local, answerer->last, &answer) != 0) {
        wrong = "no answer can be made";
    }
    if (wrong == NULL) {
        wrong = sip_oa_process(NULL, &offerer->capabilities, offer, answer->local, &result,
                               &problem) != 0
                    ? problem.rule
                    : compare(result, answer);
    }
    sip_oa_result_destroy(offer);
    if (wrong != NULL) {
        sip_oa_result_destroy(answer);
        sip_oa_result_destroy(result);
        return wrong;
    }
    keep(offerer, result);
    keep(answerer, answer);
    return NULL;
}
