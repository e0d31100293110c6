#include "oa_script.h"

#include <stdio.h>

static const char *const avp[] = {"RTP/AVP", NULL};
static const char *const sctp[] = {"UDP/DTLS/SCTP", NULL};
static const sip_oa_codec opus[] = {
    {.encoding = "opus", .clock_hz = 48000, .channels = 2, .payload = 96, .fmtp = "stereo=1"}};
static const sip_oa_codec pictures[] = {
    {.encoding = "rtx", .clock_hz = 90000, .payload = 97, .fmtp = "apt=96;rtx-time=200"},
    {.encoding = "VP8", .clock_hz = 90000, .payload = 96},
    {.encoding = "red", .clock_hz = 90000, .payload = 98, .fmtp = "96/300/96"},
};
static const char *const first[] = {"urn:a", "urn:b", NULL};
static const char *const second[] = {"urn:b", "urn:c", NULL};

#define AUDIO .type = "audio", .protocols = avp, .codecs = opus, .n_codecs = 1, .rtcp_mux = true
#define VIDEO .type = "video", .protocols = avp, .codecs = pictures, .n_codecs = 3, .rtcp_mux = true
#define VP8                                                                                        \
    .type = "video", .protocols = avp, .codecs = pictures + 1, .n_codecs = 1, .rtcp_mux = true
#define CAPABILITIES(list, n)                                                                      \
    {                                                                                              \
        .session_id = "1", .version = "1", .address = "192.0.2.1", .streams = (list),              \
        .n_streams = (n), .strict = true                                                           \
    }

/* What RTX and RED name is numbered as in the offer (RFC 4588 8.1). */
static void test_named_payload_types(void **state)
{
    const sip_oa_stream stream = {VIDEO, .port = 4000};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    const char *theirs = OA_HEAD "m=video 9 RTP/AVP 100 101 102 96\r\na=rtpmap:100 VP8/90000\r\n"
                                 "a=rtpmap:101 rtx/90000\r\na=fmtp:101 apt=100\r\n"
                                 "a=rtpmap:102 red/90000\r\na=fmtp:102 100/100\r\n"
                                 "a=rtpmap:96 H264/90000\r\n";
    sip_oa_result *answer = oa_answer(&capabilities, theirs, NULL);
    sip_oa_result *offer = oa_offer(&capabilities, answer);

    (void)state;
    assert_str(answer->local->media[0].formats, "100 101 102");
    assert_true(oa_has(answer->local, "a=fmtp:102 100/100"));
    assert_true(oa_has(offer->local, "a=rtpmap:100 VP8/90000"));
    assert_true(oa_has(offer->local, "a=fmtp:97 apt=100;rtx-time=200"));
    assert_true(oa_has(offer->local, "a=fmtp:98 100/300/100"));
    sip_oa_result_destroy(answer);
    /* Told apart by what it repeats alone. */
    answer = oa_process(&capabilities, offer,
                        OA_HEAD "m=video 9 RTP/AVP 100 97\r\na=rtpmap:100 VP8/90000\r\n"
                                "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=100\r\n");
    assert_int_equal(answer->streams[0].n_formats, 2);
    sip_oa_result_destroy(answer);
    sip_oa_result_destroy(offer);
}

/* What the peer numbered keeps its meaning too, also if we did not take it (RFC 3264 8.3.2). */
static void test_numbers_of_the_peer(void **state)
{
    static const sip_oa_codec sounds[] = {
        {.encoding = "iLBC", .clock_hz = 8000, .payload = 96},
        {.encoding = "speex", .clock_hz = 8000, .payload = 97},
    };
    const sip_oa_stream stream = {
        .type = "audio", .protocols = avp, .codecs = sounds, .n_codecs = 2, .port = 4000};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    sip_oa_result *answer =
        oa_answer(&capabilities,
                  OA_HEAD "m=audio 9 RTP/AVP 98 97 96\r\n"
                          "a=rtpmap:98 iLBC/8000\r\na=rtpmap:97 opus/48000/2\r\n"
                          "a=rtpmap:96 G726-16/8000\r\n",
                  NULL);
    sip_oa_result *offer = oa_offer(&capabilities, answer);

    (void)state;
    assert_str(answer->local->media[0].formats, "98");
    assert_str(offer->local->media[0].formats, "98 99");
    sip_oa_result_destroy(answer);
    sip_oa_result_destroy(offer);
}

static bool always(sip_str encoding, sip_str a, sip_str b, void *user_data)
{
    (void)encoding;
    (void)a;
    (void)b;
    (void)user_data;
    return true;
}

/* Parameters that mean the same leave the number as it is. */
static void test_other_parameters(void **state)
{
    const sip_oa_fmtp hooks = {.match = always};
    sip_oa_codec codec = opus[0];
    const sip_oa_stream stream = {
        .type = "audio", .protocols = avp, .codecs = &codec, .n_codecs = 1, .port = 4000};
    sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    sip_oa_result *answer = oa_answer(
        &capabilities, OA_HEAD "m=audio 9 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n", NULL);
    sip_oa_result *offer;

    (void)state;
    codec.fmtp = "stereo=0";
    offer = oa_offer(&capabilities, answer);
    assert_str(offer->local->media[0].formats, "96");
    sip_oa_result_destroy(offer);
    capabilities.fmtp = &hooks;
    offer = oa_offer(&capabilities, answer);
    assert_str(offer->local->media[0].formats, "111");
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(answer);
}

/* In a bundle a number has one meaning (RFC 9143 9.1, 13), without one each stream has its own. */
static void test_bundle(void **state)
{
    const sip_oa_stream streams[] = {
        {AUDIO, .port = 4000, .extensions = first},
        {VIDEO, .port = 4002, .extensions = second},
        {AUDIO, .port = 4004, .extensions = second},
    };
    sip_oa_capabilities capabilities = CAPABILITIES(streams, 3);
    sip_oa_result *offer = oa_offer(&capabilities, NULL);

    (void)state;
    assert_str(offer->local->media[1].formats, "97 96 98");
    assert_true(oa_has(offer->local, "a=extmap:1 urn:b"));
    sip_oa_result_destroy(offer);
    capabilities.bundle = true;
    offer = oa_offer(&capabilities, NULL);
    assert_str(offer->local->media[0].formats, "96");
    assert_str(offer->local->media[1].formats, "98 97 99");
    assert_str(offer->local->media[2].formats, "96");
    assert_true(oa_has(offer->local, "a=fmtp:98 apt=97;rtx-time=200"));
    assert_true(oa_has(offer->local, "a=extmap:1 urn:a"));
    assert_true(oa_has(offer->local, "a=extmap:2 urn:b"));
    assert_true(oa_has(offer->local, "a=extmap:3 urn:c"));
    assert_false(oa_has(offer->local, "a=extmap:1 urn:b"));
    sip_oa_result_destroy(offer);
}

/* A stream that joins a bundle respects the numbers that are in it. */
static void test_joining_a_bundle(void **state)
{
    sip_oa_stream streams[] = {
        {VP8, .port = 0, .extensions = second},
        {AUDIO, .port = 4000, .extensions = first},
    };
    sip_oa_capabilities capabilities = CAPABILITIES(streams, 2);
    sip_oa_result *answer, *offer;

    (void)state;
    capabilities.bundle = true;
    answer = oa_answer(&capabilities,
                       OA_HEAD "a=group:BUNDLE a\r\nm=audio 9 RTP/AVP 111 96\r\na=mid:a\r\n"
                               "a=rtpmap:111 opus/48000/2\r\na=rtpmap:96 G722/8000\r\n"
                               "a=rtcp-mux\r\na=extmap:1 urn:x\r\na=extmap:7 urn:b\r\n",
                       NULL);
    streams[0].port = 4002;
    offer = oa_offer(&capabilities, answer);
    assert_str(offer->local->media[0].formats, "111");
    assert_str(offer->local->media[1].formats, "97");
    assert_true(oa_has(offer->local, "a=group:BUNDLE a 1"));
    assert_true(oa_has(offer->local, "a=extmap:7 urn:b"));
    assert_true(oa_has(offer->local, "a=extmap:2 urn:a"));
    assert_true(oa_has(offer->local, "a=extmap:3 urn:c"));
    sip_oa_result_destroy(answer);
    sip_oa_result_destroy(offer);
}

/* A stream that goes on with other numbers of extensions stays out: these must not change. */
static void test_staying_out_of_a_bundle(void **state)
{
    const sip_oa_stream streams[] = {
        {AUDIO, .port = 4000, .extensions = first},
        {VP8, .port = 4002, .extensions = second},
        {VP8, .port = 4004, .extensions = second},
    };
    sip_oa_capabilities capabilities = CAPABILITIES(streams, 3);
    sip_oa_result *answer =
        oa_answer(&capabilities,
                  OA_HEAD "m=audio 9 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=extmap:1 urn:b\r\n"
                          "m=video 11 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=extmap:2 urn:b\r\n"
                          "m=video 13 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\na=extmap:1 urn:b\r\n",
                  NULL);
    sip_oa_result *offer;

    (void)state;
    capabilities.bundle = true;
    offer = oa_offer(&capabilities, answer);
    assert_true(oa_has(offer->local, "a=group:BUNDLE 0 2"));
    assert_true(oa_has(offer->local, "a=extmap:2 urn:b"));
    sip_oa_result_destroy(answer);
    sip_oa_result_destroy(offer);
}

/* 15 is no number, and after 255 there are none. */
static void test_many_extensions(void **state)
{
    static char names[255][16];
    static const char *uris[256];
    const sip_oa_stream stream = {.type = "audio",
                                  .protocols = avp,
                                  .codecs = opus,
                                  .n_codecs = 1,
                                  .port = 4000,
                                  .extensions = uris};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    sip_oa_result *offer, *result = NULL;

    (void)state;
    for (int i = 0; i < 255; i++) {
        (void)snprintf(names[i], sizeof names[i], "urn:%d", i);
        uris[i] = names[i];
    }
    assert_int_equal(sip_oa_offer(NULL, &capabilities, NULL, &result), SIP_ETOOBIG);
    assert_null(result);
    uris[254] = NULL;
    offer = oa_offer(&capabilities, NULL);
    assert_true(oa_has(offer->local, "a=extmap:14 urn:13"));
    assert_true(oa_has(offer->local, "a=extmap:16 urn:14"));
    assert_true(oa_has(offer->local, "a=extmap:255 urn:253"));
    sip_oa_result_destroy(offer);
}

/* What is no RTP has no numbers, however many formats there are. */
static void test_without_rtp(void **state)
{
    static sip_oa_codec many[100];
    const sip_oa_stream stream = {.type = "application",
                                  .protocols = sctp,
                                  .codecs = many,
                                  .n_codecs = 100,
                                  .port = 4000,
                                  .fingerprint = "sha-1 AA"};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    sip_oa_result *offer;

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        many[i].encoding = "x";
    }
    offer = oa_offer(&capabilities, NULL);
    assert_int_equal(offer->local->media[0].formats.len, 199);
    sip_oa_result_destroy(offer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_named_payload_types), cmocka_unit_test(test_numbers_of_the_peer),
        cmocka_unit_test(test_other_parameters),    cmocka_unit_test(test_bundle),
        cmocka_unit_test(test_joining_a_bundle),    cmocka_unit_test(test_staying_out_of_a_bundle),
        cmocka_unit_test(test_many_extensions),     cmocka_unit_test(test_without_rtp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
