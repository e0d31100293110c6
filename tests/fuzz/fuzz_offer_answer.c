/* Offers and answers. The input is an option byte and two descriptions parted by a NUL. The first
 * is an offer to us: our answer must fit it. The second is the answer to it, and an answer to an
 * offer of ours: whatever it is, it is refused or settled. Then we make a further offer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/negotiate.h>

#include "body/stream_agree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const char *const plain[] = {"RTP/AVP", "RTP/AVPF", NULL};
static const char *const keyed[] = {"RTP/SAVP", "RTP/SAVPF", NULL};
static const char *const dtls[] = {"UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", NULL};
static const char *const tcp[] = {"TCP/MSRP", "TCP/BFCP", NULL};
static const char *const feedback[] = {"nack", "nack pli", NULL};
static const char *const extensions[] = {"urn:a", "urn:ietf:params:rtp-hdrext:sdes:mid", NULL};
static const sip_oa_crypto keys[] = {{"AES_CM_128_HMAC_SHA1_80", "inline:AAAA"},
                                     {"AES_CM_128_HMAC_SHA1_32", "inline:BBBB|2^20|1:4"}};
static const sip_oa_codec sounds[] = {
    {.encoding = "opus", .clock_hz = 48000, .channels = 2, .payload = 96, .fmtp = "stereo=1"},
    {.encoding = "PCMU", .clock_hz = 8000, .payload = 0},
    {.encoding = "iLBC", .clock_hz = 8000, .payload = 97},
    {.encoding = "telephone-event", .clock_hz = 8000, .payload = 101, .fmtp = "0-15"},
};
static const sip_oa_codec pictures[] = {
    {.encoding = "VP8", .clock_hz = 90000, .payload = 98, .feedback = feedback},
    {.encoding = "H261", .clock_hz = 90000, .payload = 31},
    {.encoding = "rtx", .clock_hz = 90000, .payload = 99, .fmtp = "apt=98"},
};
static const sip_oa_codec any[] = {{.encoding = "*"}, {.encoding = "t38"}};

#define SOUND .type = "audio", .codecs = sounds, .n_codecs = 4, .rtcp_mux = true
static const sip_oa_stream streams[] = {
    {SOUND, .protocols = plain, .port = 4000, .ptime_ms = 20, .multicast = true},
    {SOUND, .protocols = keyed, .port = 4002, .crypto = keys, .n_crypto = 2, .rtcp_port = 4100},
    {SOUND, .protocols = dtls, .port = 4004, .fingerprint = "sha-256 AA", .extensions = extensions},
    {.type = "video", .protocols = plain, .codecs = pictures, .n_codecs = 3, .port = 4006},
    {.type = "video",
     .protocols = dtls,
     .codecs = pictures,
     .n_codecs = 3,
     .port = 4008,
     .rtcp_mux = true,
     .fingerprint = "sha-256 AA",
     .bundle_only = true},
    {.type = "message", .protocols = tcp, .codecs = any, .n_codecs = 2, .port = 4010},
};

static sip_oa_capabilities capabilities_of(uint8_t options)
{
    return (sip_oa_capabilities){.session_id = "1",
                                 .version = "9",
                                 .address = "192.0.2.1",
                                 .streams = streams,
                                 .n_streams = sizeof streams / sizeof streams[0],
                                 .hold = options & 1,
                                 .single_codec = options & 2,
                                 .own_order = options & 4,
                                 .own_payloads = options & 8,
                                 .bundle = options & 16,
                                 .lip_sync = options & 32,
                                 .strict = true};
}

/* A result as if `offer` were ours and not answered yet. */
static sip_oa_result *pending(const sip_sdp *offer)
{
    static struct sip__place places[SIP__MAX_STREAMS];
    const struct sip__round round = {.local = offer, .offered = true, .places = places};
    sip_oa_result *result = NULL;

    for (size_t i = 0; i < SIP__MAX_STREAMS; i++) {
        places[i] = (struct sip__place){SIP_OA_NONE, SIP_OA_TAKEN};
    }
    check(sip__round_settle(NULL, &round, &result) == 0);
    return result;
}

static void check_sides(const sip_oa_result *a, const sip_oa_result *b)
{
    check(a->n_streams == b->n_streams && a->n_taken == b->n_taken);
    for (size_t i = 0; i < a->n_streams; i++) {
        const sip_oa_agreed *one = &a->streams[i];
        const sip_oa_agreed *other = &b->streams[i];

        check((one->refusal == SIP_OA_TAKEN) == (other->refusal == SIP_OA_TAKEN));
        if (one->refusal != SIP_OA_TAKEN) {
            continue;
        }
        check(one->multicast ? one->direction == other->direction
                             : one->direction == sip_sdp_mirror(other->direction));
        check(one->n_formats == other->n_formats && one->n_formats > 0);
        for (size_t k = 0; k < one->n_formats; k++) {
            check(one->formats[k].send_payload == other->formats[k].receive_payload);
            check(one->formats[k].receive_payload == other->formats[k].send_payload);
        }
    }
}

/* Go on after a round with an offer of ours. */
static void go_on(const sip_oa_capabilities *capabilities, const sip_oa_result *last)
{
    sip_oa_result *next = NULL;
    const int err = sip_oa_offer(NULL, capabilities, last, &next);

    check(err == 0 || err == SIP_ETOOBIG);
    if (next != NULL) {
        check(next->n_streams >= last->n_streams);
    }
    sip_oa_result_destroy(next);
}

static void try_answering(const sip_oa_capabilities *capabilities, const sip_sdp *offer)
{
    sip_oa_result *answer = NULL, *theirs = NULL;
    sip_oa_result *offered = pending(offer);
    sip_oa_problem problem;
    const int err = sip_oa_answer(NULL, capabilities, offer, NULL, &answer);

    check(err == 0 || err == SIP_ETOOBIG);
    if (err == 0) {
        check(sip_oa_process(NULL, capabilities, offered, answer->local, &theirs, &problem) == 0);
        check_sides(answer, theirs);
        go_on(capabilities, answer);
    }
    sip_oa_result_destroy(theirs);
    sip_oa_result_destroy(answer);
    sip_oa_result_destroy(offered);
}

static void try_processing(sip_oa_capabilities *capabilities, const sip_oa_result *offered,
                           const sip_sdp *answer)
{
    sip_oa_problem problem = {0};

    for (int strict = 0; strict < 2; strict++) {
        sip_oa_result *result = NULL;
        int err;

        capabilities->strict = strict != 0;
        err = sip_oa_process(NULL, capabilities, offered, answer, &result, &problem);
        check(err == 0 || (err == SIP_ESYNTAX && problem.rule != NULL && problem.section != NULL));
        if (result != NULL) {
            go_on(capabilities, result);
        }
        sip_oa_result_destroy(result);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sip_oa_capabilities capabilities = capabilities_of(size > 0 ? data[0] : 0);
    const sip_str text = {(const char *)data + (size > 0), size - (size > 0)};
    const char *nul = text.len > 0 ? memchr(text.ptr, '\0', text.len) : NULL;
    const size_t first = nul != NULL ? (size_t)(nul - text.ptr) : text.len;
    sip_sdp *offer = NULL;
    sip_sdp *answer = NULL;

    (void)sip_sdp_parse(NULL, (sip_str){text.ptr, first}, &offer);
    if (nul != NULL) {
        (void)sip_sdp_parse(NULL, (sip_str){nul + 1, text.len - first - 1}, &answer);
    }
    if (offer != NULL) {
        try_answering(&capabilities, offer);
    }
    if (offer != NULL && answer != NULL) {
        sip_oa_result *offered = pending(offer);

        try_processing(&capabilities, offered, answer);
        sip_oa_result_destroy(offered);
    }
    if (answer != NULL) {
        sip_oa_result *offered = NULL;

        check(sip_oa_offer(NULL, &capabilities, NULL, &offered) == 0);
        try_processing(&capabilities, offered, answer);
        sip_oa_result_destroy(offered);
    }
    sip_free(NULL, offer);
    sip_free(NULL, answer);
    return 0;
}
