#include "oa_script.h"

#include <stdio.h>

static const char *const avp[] = {"RTP/AVP", NULL};
static const char *const savp[] = {"RTP/SAVP", NULL};
static const char *const dtls[] = {"UDP/TLS/RTP/SAVPF", NULL};
static const char *const msrp[] = {"TCP/MSRP", NULL};
static const sip_oa_codec sounds[] = {
    {.encoding = "PCMU", .clock_hz = 8000, .payload = 0},
    {.encoding = "opus", .clock_hz = 48000, .channels = 2, .payload = 96, .fmtp = "stereo=1"},
    {.encoding = "telephone-event", .clock_hz = 8000, .payload = 101, .fmtp = "0-15"},
    {.encoding = "telephone-event", .clock_hz = 48000, .payload = 101},
};
static const char *const feedback[] = {"nack", "nack pli", "ccm fir", NULL};
static const sip_oa_codec pictures[] = {
    {.encoding = "VP8", .clock_hz = 90000, .payload = 97, .feedback = feedback}};
static const sip_oa_codec any[] = {{.encoding = "*"}};
static const sip_oa_crypto keys[] = {{"AES_CM_128_HMAC_SHA1_80", "inline:first"},
                                     {"AES_CM_128_HMAC_SHA1_32", "inline:second|2^20|1:4"}};
static const char *const extensions[] = {"urn:a", "urn:b", NULL};
static const char *const further[] = {"label:1", NULL};

#define SOUND .type = "audio", .codecs = sounds, .n_codecs = 4
#define CAPABILITIES(list)                                                                         \
    {                                                                                              \
        .session_id = "1", .version = "1", .address = "192.0.2.1", .streams = (list),              \
        .n_streams = 1, .strict = true                                                             \
    }

static void test_all_that_an_offer_says(void **state)
{
    const sip_oa_stream stream = {SOUND,
                                  .protocols = avp,
                                  .port = 4000,
                                  .address = "2001:db8::1",
                                  .direction = SIP_SDP_SENDONLY,
                                  .ptime_ms = 20,
                                  .maxptime_ms = 60,
                                  .rtcp_port = 4100,
                                  .rtcp_mux = true,
                                  .mid = "m1",
                                  .bandwidth = "AS:64",
                                  .extensions = extensions,
                                  .attributes = further};
    sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    sip_oa_result *offer;

    (void)state;
    capabilities.user = "joe";
    capabilities.session_name = "call";
    capabilities.attributes = further;
    offer = oa_offer(&capabilities, NULL);
    assert_str(
        offer->local->text,
        "v=0\r\no=joe 1 1 IN IP4 192.0.2.1\r\ns=call\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "a=label:1\r\nm=audio 4000 RTP/AVP 0 96 101 97\r\nc=IN IP6 2001:db8::1\r\nb=AS:64\r\n"
        "a=mid:m1\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:96 opus/48000/2\r\n"
        "a=fmtp:96 stereo=1\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
        "a=rtpmap:97 telephone-event/48000\r\na=ptime:20\r\na=maxptime:60\r\na=sendonly\r\n"
        "a=rtcp:4100\r\na=rtcp-mux\r\na=extmap:1 urn:a\r\na=extmap:2 urn:b\r\na=label:1\r\n");
    sip_oa_result_destroy(offer);
}

/* The events of a clock that no codec has are left out (RFC 4733 2.1). */
static void test_telephone_events(void **state)
{
    const sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000};
    sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    sip_oa_result *result;
    const char *offer = OA_HEAD "m=audio 9 RTP/AVP 100 8 0 99 98\r\na=rtpmap:100 opus/48000/2\r\n"
                                "a=rtpmap:99 telephone-event/8000\r\n"
                                "a=rtpmap:98 telephone-event/48000\r\n";

    (void)state;
    result = oa_answer(&capabilities, offer, NULL);
    assert_str(result->local->media[0].formats, "100 0 99 98");
    assert_int_equal(result->streams[0].n_formats, 4);
    assert_true(result->streams[0].formats[2].auxiliary);
    assert_str(result->streams[0].formats[2].receive_fmtp, "0-15");
    sip_oa_result_destroy(result);
    capabilities.single_codec = true;
    result = oa_answer(&capabilities, offer, NULL);
    assert_str(result->local->media[0].formats, "100 98");
    sip_oa_result_destroy(result);
    capabilities.own_order = true;
    result = oa_answer(&capabilities, offer, NULL);
    assert_str(result->local->media[0].formats, "0 99");
    sip_oa_result_destroy(result);
    capabilities.single_codec = false;
    result = oa_answer(&capabilities, offer, NULL);
    assert_str(result->local->media[0].formats, "0 100 99 98");
    sip_oa_result_destroy(result);
    result = oa_answer(&capabilities,
                       OA_HEAD "m=audio 9 RTP/AVP 8 99\r\n"
                               "a=rtpmap:99 telephone-event/8000\r\n",
                       NULL);
    assert_int_equal(result->streams[0].refusal, SIP_OA_NO_FORMAT);
    sip_oa_result_destroy(result);
}

/* A payload type never changes its meaning in a stream (RFC 3264 8.3.2). */
static void test_payload_types_stay(void **state)
{
    static const sip_oa_codec others[] = {
        {.encoding = "iLBC", .clock_hz = 8000, .payload = 96},
        {.encoding = "opus", .clock_hz = 48000, .channels = 2, .payload = 96, .fmtp = "stereo=1"},
        {.encoding = "G726-32", .clock_hz = 8000, .payload = 8},
    };
    sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    sip_oa_result *first = oa_answer(
        &capabilities, OA_HEAD "m=audio 9 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n", NULL);
    sip_oa_result *offer;

    (void)state;
    stream.codecs = others;
    stream.n_codecs = 3;
    offer = oa_offer(&capabilities, first);
    assert_str(offer->local->media[0].formats, "96 111 97");
    sip_oa_result_destroy(first);
    first = oa_process(&capabilities, offer,
                       OA_HEAD "m=audio 9 RTP/AVP 96\r\na=rtpmap:96 iLBC/8000\r\n");
    sip_oa_result_destroy(offer);
    offer = oa_offer(&capabilities, first);
    assert_str(offer->local->media[0].formats, "96 111 97");
    assert_str(offer->local->origin_version, "2");
    sip_oa_result_destroy(first);
    sip_oa_result_destroy(offer);
}

static void test_no_payload_types_left(void **state)
{
    static sip_oa_codec many[62];
    static char names[62][8];
    sip_oa_stream stream = {.type = "audio", .protocols = avp, .codecs = many, .port = 4000};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    sip_oa_result *result = NULL;

    (void)state;
    for (int i = 0; i < 62; i++) {
        snprintf(names[i], sizeof names[i], "x%d", i);
        many[i] = (sip_oa_codec){.encoding = names[i], .clock_hz = 8000, .payload = 128};
    }
    /* 96 to 127, then 35 to 63. */
    stream.n_codecs = 61;
    result = oa_offer(&capabilities, NULL);
    sip_oa_result_destroy(result);
    result = NULL;
    stream.n_codecs = 62;
    assert_int_equal(sip_oa_offer(NULL, &capabilities, NULL, &result), SIP_ETOOBIG);
}

static void test_crypto(void **state)
{
    const sip_oa_stream stream = {SOUND, .protocols = savp, .port = 4000, .crypto = keys,
                                  .n_crypto = 2};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    sip_oa_result *result = oa_answer(&capabilities,
                                      OA_HEAD "m=audio 9 RTP/SAVP 0\r\n"
                                              "a=crypto:3 F8_128_HMAC_SHA1_80 inline:x\r\n"
                                              "a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:their\r\n"
                                              "a=crypto:8 AES_CM_128_HMAC_SHA1_80 inline:other\r\n",
                                      NULL);

    (void)state;
    assert_true(oa_has(result->local, "a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:second|2^20|1:4"));
    assert_true(result->streams[0].has_crypto);
    assert_str(result->streams[0].local_crypto.keys, "inline:second|2^20|1:4");
    assert_str(result->streams[0].remote_crypto.keys, "inline:their");
    sip_oa_result_destroy(result);
    result = oa_offer(&capabilities, NULL);
    assert_true(oa_has(result->local, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:first"));
    assert_true(oa_has(result->local, "a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:second|2^20|1:4"));
    sip_oa_result_destroy(result);
}

/* RFC 4145 4.1, RFC 5763 5: our part to each offered one. */
static void test_setup(void **state)
{
    static const struct {
        const char *offered;
        sip_sdp_setup wanted, answered;
    } cases[] = {
        {"a=setup:actpass\r\n", SIP_SDP_ACTPASS, SIP_SDP_ACTIVE},
        {"a=setup:actpass\r\n", SIP_SDP_PASSIVE, SIP_SDP_PASSIVE},
        {"a=setup:active\r\n", SIP_SDP_ACTIVE, SIP_SDP_PASSIVE},
        {"a=setup:passive\r\n", SIP_SDP_PASSIVE, SIP_SDP_ACTIVE},
        {"a=setup:holdconn\r\n", SIP_SDP_ACTIVE, SIP_SDP_HOLDCONN},
        {"", SIP_SDP_ACTIVE, SIP_SDP_PASSIVE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const sip_oa_stream stream = {SOUND, .protocols = dtls, .port = 4000,
                                      .setup = cases[i].wanted, .fingerprint = "sha-256 AA"};
        const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
        sip_oa_result *result;
        char offer[400];

        snprintf(offer, sizeof offer,
                 OA_HEAD "a=fingerprint:sha-256 BB\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n%s",
                 cases[i].offered);
        result = oa_answer(&capabilities, offer, NULL);
        assert_true(result->streams[0].has_setup);
        assert_int_equal(result->streams[0].setup, cases[i].answered);
        assert_true(oa_has(result->local, "a=fingerprint:sha-256 AA"));
        sip_oa_result_destroy(result);
    }
}

/* Who connected stays that, so that DTLS goes on as it is (RFC 8842 5.3). */
static void test_setup_stays(void **state)
{
    sip_oa_stream stream = {SOUND, .protocols = dtls, .port = 4000, .fingerprint = "sha-256 AA"};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    const char *theirs = OA_HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=fingerprint:sha-256 BB\r\n";
    sip_oa_result *offer = oa_offer(&capabilities, NULL);
    sip_oa_result *first, *second;
    char text[300];

    (void)state;
    snprintf(text, sizeof text, "%sa=setup:active\r\n", theirs);
    first = oa_process(&capabilities, offer, text);
    assert_int_equal(first->streams[0].setup, SIP_SDP_PASSIVE);
    snprintf(text, sizeof text, "%sa=setup:actpass\r\n", theirs);
    second = oa_answer(&capabilities, text, first);
    assert_int_equal(second->streams[0].setup, SIP_SDP_PASSIVE);
    assert_true(oa_has(second->local, "a=setup:passive"));
    sip_oa_result_destroy(second);
    snprintf(text, sizeof text, "%sa=setup:passive\r\n", theirs);
    second = oa_answer(&capabilities, text, first);
    assert_int_equal(second->streams[0].setup, SIP_SDP_ACTIVE);
    sip_oa_result_destroy(second);
    /* Nobody connected: what the stream wants counts again. */
    snprintf(text, sizeof text, "%sa=setup:holdconn\r\n", theirs);
    second = oa_answer(&capabilities, text, first);
    assert_int_equal(second->streams[0].setup, SIP_SDP_HOLDCONN);
    sip_oa_result_destroy(first);
    stream.setup = SIP_SDP_PASSIVE;
    snprintf(text, sizeof text, "%sa=setup:actpass\r\n", theirs);
    first = oa_answer(&capabilities, text, second);
    assert_int_equal(first->streams[0].setup, SIP_SDP_PASSIVE);
    sip_oa_result_destroy(second);
    sip_oa_result_destroy(first);
    sip_oa_result_destroy(offer);
}

/* Connections are kept if both want it and nothing else changed (RFC 4145 5). */
static void test_connections(void **state)
{
    sip_oa_stream stream = {.type = "message",
                            .protocols = msrp,
                            .codecs = any,
                            .n_codecs = 1,
                            .port = 4000,
                            .setup = SIP_SDP_PASSIVE};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    const char *again =
        OA_HEAD "m=message 9 TCP/MSRP *\r\na=setup:active\r\na=connection:existing\r\n";
    sip_oa_result *first =
        oa_answer(&capabilities,
                  OA_HEAD "m=message 9 TCP/MSRP *\r\na=setup:active\r\na=connection:new\r\n", NULL);
    sip_oa_result *second = oa_answer(&capabilities, again, first);
    sip_oa_result *offer = oa_offer(&capabilities, second);

    (void)state;
    assert_true(oa_has(first->local, "m=message 4000 TCP/MSRP *"));
    assert_true(oa_has(first->local, "a=connection:new"));
    assert_true(oa_has(first->local, "a=setup:passive"));
    assert_true(oa_has(second->local, "a=connection:existing"));
    assert_true(second->streams[0].reuse_connection);
    assert_true(oa_has(offer->local, "a=connection:existing"));
    assert_true(oa_has(offer->local, "a=setup:passive"));
    sip_oa_result_destroy(first);
    stream.port = 4002;
    first = oa_answer(&capabilities, again, second);
    assert_true(oa_has(first->local, "a=connection:new"));
    assert_false(first->streams[0].reuse_connection);
    sip_oa_result_destroy(first);
    sip_oa_result_destroy(second);
    sip_oa_result_destroy(offer);
}

static void test_feedback_and_extensions(void **state)
{
    const sip_oa_stream stream = {.type = "video",
                                  .protocols = dtls,
                                  .codecs = pictures,
                                  .n_codecs = 1,
                                  .port = 4000,
                                  .fingerprint = "sha-256 AA",
                                  .extensions = extensions};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    sip_oa_result *result = oa_answer(
        &capabilities,
        OA_HEAD
        "m=video 9 UDP/TLS/RTP/SAVPF 120 121\r\na=rtpmap:120 VP8/90000\r\n"
        "a=rtpmap:121 VP9/90000\r\na=fingerprint:sha-256 BB\r\na=rtcp-fb:120 nack pli\r\n"
        "a=rtcp-fb:* nack\r\na=rtcp-fb:121 ccm fir\r\na=extmap:5 urn:b\r\na=extmap:6 urn:c\r\n",
        NULL);

    (void)state;
    assert_true(oa_has(result->local, "a=rtcp-fb:120 nack pli"));
    assert_true(oa_has(result->local, "a=rtcp-fb:120 nack"));
    assert_false(oa_has(result->local, "a=rtcp-fb:120 ccm fir"));
    assert_true(oa_has(result->local, "a=extmap:5 urn:b"));
    assert_false(oa_has(result->local, "a=extmap:6 urn:c"));
    assert_false(oa_has(result->local, "a=extmap:1 urn:a"));
    sip_oa_result_destroy(result);
}

/* RFC 8285 6: the direction of an extension is answered as we see it, one of the session is for
 * all, and what has a direction that is none is not taken. */
static void test_directions_of_extensions(void **state)
{
    static const struct {
        const char *offered, *answered;
    } cases[] = {
        {"a=extmap:3/sendonly urn:a\r\n", "a=extmap:3/recvonly urn:a"},
        {"a=extmap:3/recvonly urn:a\r\n", "a=extmap:3/sendonly urn:a"},
        {"a=extmap:3/inactive urn:a\r\n", "a=extmap:3/inactive urn:a"},
        {"a=extmap:3/sendrecv urn:a\r\n", "a=extmap:3/sendrecv urn:a"},
        {"a=extmap:2/x urn:a\r\na=extmap:3 urn:a x=1\r\n", "a=extmap:3 urn:a"},
        {"a=extmap:5 urn:b\r\n", "a=extmap:9 urn:a"},
    };
    const sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000, .extensions = extensions};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_oa_result *result;
        char offer[300];

        snprintf(offer, sizeof offer, OA_HEAD "a=extmap:9 urn:a\r\nm=audio 9 RTP/AVP 0\r\n%s",
                 cases[i].offered);
        result = oa_answer(&capabilities, offer, NULL);
        if (!oa_has(result->local, cases[i].answered)) {
            fail_msg("%zu: " SIP_FMT, i, SIP_ARG(result->local->text));
        }
        sip_oa_result_destroy(result);
    }
}

/* A number that an extension got stays (RFC 8285 6). */
static void test_numbers_of_extensions_stay(void **state)
{
    const sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000, .extensions = extensions};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    sip_oa_result *result =
        oa_answer(&capabilities,
                  OA_HEAD "m=audio 9 RTP/AVP 0\r\na=extmap:1 urn:b\r\na=extmap:2 urn:c\r\n", NULL);
    sip_oa_result *offer = oa_offer(&capabilities, result);

    (void)state;
    assert_true(oa_has(offer->local, "a=extmap:1 urn:b"));
    assert_true(oa_has(offer->local, "a=extmap:3 urn:a"));
    sip_oa_result_destroy(result);
    sip_oa_result_destroy(offer);
}

/* t= of an answer is the offer's, with its repetitions (RFC 3264 6). */
static void test_times(void **state)
{
    const sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    sip_oa_result *result = oa_answer(&capabilities,
                                      "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=1 2\r\n"
                                      "r=7d 1h 0\r\nt=3 4\r\nm=audio 9 RTP/AVP 0\r\n",
                                      NULL);
    sip_oa_result *next = oa_offer(&capabilities, result);

    (void)state;
    assert_true(oa_has(result->local, "t=1 2"));
    assert_true(oa_has(result->local, "r=7d 1h 0"));
    assert_true(oa_has(next->local, "t=3 4"));
    sip_oa_result_destroy(result);
    sip_oa_result_destroy(next);
}

static bool same_mode(sip_str encoding, sip_str a, sip_str b, void *user_data)
{
    sip_str x = SIP_STR("30"), y = SIP_STR("30");

    (void)user_data;
    (void)sip_sdp_fmtp_find(a, "mode", &x);
    (void)sip_sdp_fmtp_find(b, "mode", &y);
    return !sip_str_equal(encoding, "iLBC") || sip_str_same(x, y);
}

static size_t echo(sip_str encoding, sip_str offered, sip_str own, char *out, size_t size,
                   void *user_data)
{
    const sip_str text = own.len > 0 ? own : offered;

    (void)encoding;
    if (user_data != NULL) {
        return size + 1;
    }
    if (text.len > 0 && text.len <= size) {
        memcpy(out, text.ptr, text.len);
    }
    return text.len;
}

static void test_parameters(void **state)
{
    static const sip_oa_codec ilbc[] = {
        {.encoding = "iLBC", .clock_hz = 8000, .payload = 97, .fmtp = "mode=20"},
        {.encoding = "G729", .clock_hz = 8000, .payload = 18}};
    const sip_oa_stream stream = {
        .type = "audio", .protocols = avp, .codecs = ilbc, .n_codecs = 2, .port = 4000};
    sip_oa_fmtp hooks = {.match = same_mode, .answer = echo};
    sip_oa_capabilities capabilities = CAPABILITIES(&stream);
    const char *offer =
        OA_HEAD "m=audio 9 RTP/AVP 98 99 18\r\na=rtpmap:98 iLBC/8000\r\n"
                "a=rtpmap:99 iLBC/8000\r\na=fmtp:99 mode=20\r\na=fmtp:18 annexb=no\r\n";
    sip_oa_result *result;
    sip_sdp *sdp = oa_parse(offer);

    (void)state;
    capabilities.fmtp = &hooks;
    result = oa_answer(&capabilities, offer, NULL);
    assert_str(result->local->media[0].formats, "99 18");
    assert_true(oa_has(result->local, "a=fmtp:99 mode=20"));
    assert_true(oa_has(result->local, "a=fmtp:18 annexb=no"));
    assert_str(result->streams[0].formats[0].send_fmtp, "mode=20");
    sip_oa_result_destroy(result);
    result = NULL;
    hooks.user_data = &hooks;
    assert_int_equal(sip_oa_answer(NULL, &capabilities, sdp, NULL, &result), SIP_ETOOBIG);
    assert_null(result);
    sip_free(NULL, sdp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_an_offer_says),
        cmocka_unit_test(test_telephone_events),
        cmocka_unit_test(test_payload_types_stay),
        cmocka_unit_test(test_no_payload_types_left),
        cmocka_unit_test(test_crypto),
        cmocka_unit_test(test_setup),
        cmocka_unit_test(test_setup_stays),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_feedback_and_extensions),
        cmocka_unit_test(test_directions_of_extensions),
        cmocka_unit_test(test_numbers_of_extensions_stay),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_parameters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
