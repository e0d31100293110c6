#include "oa_script.h"

#include <stdio.h>

static const char *const dtls[] = {"UDP/TLS/RTP/SAVPF", NULL};
static const char *const sctp[] = {"UDP/DTLS/SCTP", NULL};
static const sip_oa_codec opus[] = {
    {.encoding = "opus", .clock_hz = 48000, .channels = 2, .payload = 96}};
static const sip_oa_codec vp8[] = {{.encoding = "VP8", .clock_hz = 90000, .payload = 97}};
static const sip_oa_codec data[] = {{.encoding = "webrtc-datachannel"}};
static const char *const ice[] = {"ice-ufrag:abcd", "ice-pwd:asd88fgpdd777uzjYhagZg", NULL};

#define OVER(list, name)                                                                           \
    .type = (name), .codecs = (list), .n_codecs = 1, .fingerprint = "sha-256 AA",                  \
    .path_attributes = ice, .rtcp_mux = true
#define CAPABILITIES(list, n)                                                                      \
    {                                                                                              \
        .session_id = "1", .version = "1", .address = "192.0.2.1", .streams = (list),              \
        .n_streams = (n), .strict = true, .bundle = true                                           \
    }
#define KEYS "a=fingerprint:sha-256 BB\r\na=setup:actpass\r\na=rtcp-mux\r\n"
#define AUDIO(port)                                                                                \
    "m=audio " port " UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=mid:a\r\n"
#define VIDEO(port) "m=video " port " UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 VP8/90000\r\na=mid:v\r\n"
#define DATA(port) "m=application " port " UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n"
#define GROUP OA_HEAD "a=group:BUNDLE a v d\r\n"

static const sip_oa_stream both[] = {{OVER(opus, "audio"), .protocols = dtls, .port = 4000},
                                     {OVER(vp8, "video"), .protocols = dtls, .port = 4002}};

static size_t count(const sip_sdp *sdp, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < sdp->n_media; i++) {
        n += sip_sdp_media_attribute(&sdp->media[i], name) != NULL;
    }
    return n;
}

static void test_answer(void **state)
{
    const sip_oa_stream streams[] = {{OVER(opus, "audio"), .protocols = dtls, .port = 4000},
                                     {OVER(vp8, "video"), .protocols = dtls, .port = 4002},
                                     {OVER(data, "application"), .protocols = sctp, .port = 4004}};
    const sip_oa_capabilities capabilities = CAPABILITIES(streams, 3);
    sip_oa_result *result = oa_answer(
        &capabilities,
        GROUP AUDIO("9") KEYS VIDEO("0") "a=bundle-only\r\na=rtcp-mux\r\n" DATA("11") KEYS, NULL);

    (void)state;
    assert_int_equal(result->n_taken, 3);
    assert_true(oa_has(result->local, "a=group:BUNDLE a v d"));
    assert_int_equal(count(result->local, "fingerprint"), 1);
    assert_int_equal(count(result->local, "ice-ufrag"), 1);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(result->local->media[i].port, 4000);
        assert_int_equal(result->streams[i].transport, 0);
        assert_int_equal(result->streams[i].remote_port, 9);
        assert_int_equal(result->streams[i].setup, SIP_SDP_ACTIVE);
    }
    assert_true(result->streams[1].rtcp_mux);
    assert_str(result->streams[1].mid, "v");
    sip_oa_result_destroy(result);
}

/* The first stream is refused: the bundle goes to the next one with a port of its own, and what was
 * refused is in no group (RFC 9143 7.3.1). */
static void test_first_refused(void **state)
{
    const sip_oa_stream streams[] = {{OVER(vp8, "video"), .protocols = dtls, .port = 4002},
                                     {OVER(data, "application"), .protocols = sctp, .port = 4004}};
    const sip_oa_capabilities capabilities = CAPABILITIES(streams, 2);
    sip_oa_result *result =
        oa_answer(&capabilities, GROUP AUDIO("9") KEYS VIDEO("11") KEYS DATA("13") KEYS, NULL);

    (void)state;
    assert_true(oa_has(result->local, "a=group:BUNDLE v d"));
    assert_int_equal(result->streams[2].transport, 1);
    assert_int_equal(result->local->media[2].port, 4002);
    assert_int_equal(result->streams[2].remote_port, 11);
    sip_oa_result_destroy(result);
    /* None has a port of its own: no bundle, and none of them. */
    result = oa_answer(&capabilities,
                       GROUP AUDIO("9") KEYS VIDEO("0") "a=rtcp-mux\r\na=bundle-only\r\n" DATA(
                           "0") "a=bundle-only\r\n",
                       NULL);
    assert_int_equal(result->n_taken, 0);
    assert_int_equal(result->streams[1].refusal, SIP_OA_NOT_BUNDLED);
    assert_false(oa_has(result->local, "a=group:BUNDLE"));
    sip_oa_result_destroy(result);
}

static void test_who_stays_out(void **state)
{
    sip_oa_capabilities capabilities = CAPABILITIES(both, 2);
    sip_oa_result *result;

    (void)state;
    /* What the first stream says of RTCP holds for all; without it there it is not the first. */
    result = oa_answer(
        &capabilities,
        GROUP AUDIO("9") KEYS VIDEO("11") "a=fingerprint:sha-256 BB\r\na=setup:actpass\r\n", NULL);
    assert_true(oa_has(result->local, "a=group:BUNDLE a v"));
    sip_oa_result_destroy(result);
    result = oa_answer(&capabilities,
                       GROUP "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\n"
                             "a=mid:a\r\na=fingerprint:sha-256 BB\r\n" VIDEO("11") KEYS,
                       NULL);
    assert_true(oa_has(result->local, "a=group:BUNDLE v"));
    sip_oa_result_destroy(result);
    capabilities.bundle = false;
    result = oa_answer(&capabilities, GROUP AUDIO("9") KEYS VIDEO("11") KEYS, NULL);
    assert_false(oa_has(result->local, "a=group:BUNDLE a v"));
    assert_int_equal(result->streams[1].transport, 1);
    assert_int_equal(result->local->media[1].port, 4002);
    sip_oa_result_destroy(result);
}

static void test_offers(void **state)
{
    const sip_oa_stream streams[] = {
        {OVER(opus, "audio"), .protocols = dtls, .port = 4000, .mid = "a"},
        {OVER(vp8, "video"), .protocols = dtls, .port = 4002, .mid = "v", .bundle_only = true},
        {OVER(data, "application"), .protocols = sctp, .port = 4004, .mid = "d"}};
    const sip_oa_capabilities capabilities = CAPABILITIES(streams, 3);
    sip_oa_result *offer = oa_offer(&capabilities, NULL);
    sip_oa_result *result, *next;

    (void)state;
    assert_true(oa_has(offer->local, "a=group:BUNDLE a v d"));
    assert_true(oa_has(offer->local, "m=video 0 UDP/TLS/RTP/SAVPF 97"));
    assert_true(oa_has(offer->local, "a=bundle-only"));
    assert_true(oa_has(offer->local, "a=setup:actpass"));
    assert_int_equal(count(offer->local, "fingerprint"), 2);
    result = oa_process(
        &capabilities, offer,
        GROUP AUDIO("9") "a=fingerprint:sha-256 BB\r\na=setup:active\r\na=rtcp-mux\r\n" VIDEO("9")
            DATA("9"));
    assert_int_equal(result->n_taken, 3);
    assert_int_equal(result->streams[1].transport, 0);
    assert_int_equal(result->streams[2].transport, 0);
    assert_int_equal(result->streams[2].setup, SIP_SDP_PASSIVE);
    assert_true(result->streams[1].rtcp_mux);
    /* From now on one address, told once. */
    next = oa_offer(&capabilities, result);
    assert_int_equal(count(next->local, "fingerprint"), 1);
    assert_int_equal(count(next->local, "bundle-only"), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(next->local->media[i].port, 4000);
    }
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(result);
    sip_oa_result_destroy(next);
}

/* What is for a bundle only is not offered without one (RFC 9143 6), but again when there is one.
 */
static void test_bundle_only_without_a_bundle(void **state)
{
    sip_oa_stream streams[] = {
        {OVER(vp8, "video"), .protocols = dtls, .port = 4002, .mid = "v", .bundle_only = true},
        {OVER(data, "application"), .protocols = sctp, .port = 4004, .mid = "d",
         .bundle_only = true},
        {OVER(opus, "audio"), .protocols = dtls, .port = 0, .mid = "a"}};
    sip_oa_capabilities capabilities = CAPABILITIES(streams, 3);
    sip_oa_result *offer, *result, *next;

    (void)state;
    capabilities.bundle = false;
    offer = oa_offer(&capabilities, NULL);
    assert_int_equal(offer->n_streams, 0);
    sip_oa_result_destroy(offer);
    capabilities.bundle = true;
    offer = oa_offer(&capabilities, NULL);
    assert_true(oa_has(offer->local, "m=video 0 UDP/TLS/RTP/SAVPF 97"));
    assert_true(oa_has(offer->local, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel"));
    assert_int_equal(offer->streams[0].refusal, SIP_OA_NOT_BUNDLED);
    result =
        oa_process(&capabilities, offer,
                   OA_HEAD "m=video 0 UDP/TLS/RTP/SAVPF 97\r\nm=application 0 UDP/DTLS/SCTP x\r\n");
    assert_int_equal(result->n_taken, 0);
    assert_int_equal(result->streams[0].refusal, SIP_OA_NOT_BUNDLED);
    streams[2].port = 4000;
    next = oa_offer(&capabilities, result);
    assert_true(oa_has(next->local, "a=group:BUNDLE a v d"));
    assert_int_equal(count(next->local, "bundle-only"), 2);
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(result);
    sip_oa_result_destroy(next);
}

/* A stream that the peer offered for a bundle, and that we could not take into one, stays closed.
 */
static void test_refused_for_want_of_a_bundle(void **state)
{
    const sip_oa_capabilities capabilities = CAPABILITIES(both, 2);
    sip_oa_result *answer = oa_answer(
        &capabilities, OA_HEAD "a=group:BUNDLE v\r\n" VIDEO("0") KEYS "a=bundle-only\r\n", NULL);
    sip_oa_result *offer = oa_offer(&capabilities, answer);

    (void)state;
    assert_int_equal(answer->streams[0].refusal, SIP_OA_NOT_BUNDLED);
    assert_int_equal(offer->n_streams, 2);
    assert_int_equal(offer->local->media[0].port, 0);
    assert_int_equal(offer->local->media[1].port, 4000);
    sip_oa_result_destroy(answer);
    sip_oa_result_destroy(offer);
}

/* Repeated members are one, as is the work that they make. */
static void test_repeated_members(void **state)
{
    const sip_oa_capabilities capabilities = CAPABILITIES(both, 2);
    static char offer[8000];
    size_t len = (size_t)snprintf(offer, sizeof offer, OA_HEAD "a=group:BUNDLE");
    sip_oa_result *result;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        len += (size_t)snprintf(offer + len, sizeof offer - len, " a v");
    }
    (void)snprintf(offer + len, sizeof offer - len,
                   "\r\n" AUDIO("9") "a=fingerprint:sha-256 BB\r\n" VIDEO("11") KEYS);
    result = oa_answer(&capabilities, offer, NULL);
    assert_int_equal(result->n_taken, 2);
    assert_true(oa_has(result->local, "a=group:BUNDLE v"));
    assert_int_equal(result->streams[0].transport, 0);
    sip_oa_result_destroy(result);
}

/* Numbers of our own could mean two things in a bundle (RFC 9143 9.1). */
static void test_own_payload_types(void **state)
{
    sip_oa_capabilities capabilities = CAPABILITIES(both, 2);
    const char *offer = OA_HEAD
        "a=group:BUNDLE a v\r\nm=audio 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 opus/48000/2\r\n"
        "a=mid:a\r\n" KEYS "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n"
        "a=mid:v\r\n" KEYS;
    sip_oa_result *result;

    (void)state;
    capabilities.own_payloads = true;
    result = oa_answer(&capabilities, offer, NULL);
    assert_str(result->local->media[0].formats, "97");
    assert_str(result->local->media[1].formats, "96");
    sip_oa_result_destroy(result);
    capabilities.bundle = false;
    result = oa_answer(&capabilities, offer, NULL);
    assert_str(result->local->media[0].formats, "96");
    assert_str(result->local->media[1].formats, "97");
    sip_oa_result_destroy(result);
}

/* Without the bundle a section has only what it says itself. */
static void test_mux_without_a_bundle(void **state)
{
    sip_oa_capabilities capabilities = CAPABILITIES(both, 2);
    sip_oa_result *result;

    (void)state;
    capabilities.bundle = false;
    result = oa_answer(
        &capabilities,
        GROUP AUDIO("9") KEYS VIDEO("11") "a=fingerprint:sha-256 BB\r\na=setup:actpass\r\n", NULL);
    assert_true(result->streams[0].rtcp_mux);
    assert_false(result->streams[1].rtcp_mux);
    assert_int_equal(count(result->local, "rtcp-mux"), 1);
    sip_oa_result_destroy(result);
}

static void test_made_up_mids(void **state)
{
    const sip_oa_capabilities capabilities = CAPABILITIES(both, 2);
    sip_oa_result *offer = oa_offer(&capabilities, NULL);

    (void)state;
    assert_true(oa_has(offer->local, "a=group:BUNDLE 0 1"));
    assert_true(oa_has(offer->local, "a=mid:1"));
    sip_oa_result_destroy(offer);
}

/* RFC 5888 7: lip synchronisation, of what is taken. */
static void test_lip_sync(void **state)
{
    sip_oa_capabilities capabilities = CAPABILITIES(both, 2);
    sip_oa_result *result;

    (void)state;
    capabilities.bundle = false;
    result = oa_answer(&capabilities,
                       OA_HEAD "a=group:LS a v d\r\n" AUDIO("9") KEYS VIDEO("11") KEYS, NULL);
    assert_false(oa_has(result->local, "a=group:LS a v"));
    sip_oa_result_destroy(result);
    capabilities.lip_sync = true;
    result =
        oa_answer(&capabilities,
                  OA_HEAD "a=group:LS a v d\r\n" AUDIO("9") KEYS VIDEO("11") KEYS DATA("13"), NULL);
    assert_true(oa_has(result->local, "a=group:LS a v"));
    assert_true(oa_has(result->local, "a=mid:d"));
    sip_oa_result_destroy(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_first_refused),
        cmocka_unit_test(test_who_stays_out),
        cmocka_unit_test(test_offers),
        cmocka_unit_test(test_bundle_only_without_a_bundle),
        cmocka_unit_test(test_refused_for_want_of_a_bundle),
        cmocka_unit_test(test_repeated_members),
        cmocka_unit_test(test_own_payload_types),
        cmocka_unit_test(test_mux_without_a_bundle),
        cmocka_unit_test(test_made_up_mids),
        cmocka_unit_test(test_lip_sync),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
