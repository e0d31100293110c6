#include "oa_script.h"

static const char *const avp[] = {"RTP/AVP", NULL};
static const char *const savp[] = {"RTP/SAVP", NULL};
static const char *const dtls[] = {"UDP/TLS/RTP/SAVPF", NULL};
static const char *const sctp[] = {"UDP/DTLS/SCTP", NULL};
static const sip_oa_codec pcmu[] = {{.encoding = "PCMU", .clock_hz = 8000, .payload = 0}};
static const sip_oa_codec data[] = {{.encoding = "webrtc-datachannel"}};
static const sip_oa_crypto keys[] = {{"AES_CM_128_HMAC_SHA1_80", "inline:k"}};

#define SOUND .type = "audio", .codecs = pcmu, .n_codecs = 1
static const sip_oa_stream streams[] = {
    {SOUND, .protocols = avp, .port = 4000, .direction = SIP_SDP_SENDONLY},
    {SOUND, .protocols = savp, .port = 4002, .crypto = keys, .n_crypto = 1},
    {SOUND, .protocols = dtls, .port = 4004, .fingerprint = "sha-1 AA", .mid = "a",
     .rtcp_mux = true},
    {.type = "application",
     .codecs = data,
     .n_codecs = 1,
     .protocols = sctp,
     .port = 4006,
     .fingerprint = "sha-1 AA",
     .mid = "d",
     .bundle_only = true},
};

#define GROUP OA_HEAD "a=group:BUNDLE a d\r\n"
#define FIRST "m=audio 9 RTP/AVP 0\r\na=recvonly\r\n"
#define SECOND "m=audio 9 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
#define THIRD                                                                                      \
    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:a\r\na=rtcp-mux\r\na=setup:active\r\n"                 \
    "a=fingerprint:sha-1 BB\r\n"
#define FOURTH "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n"

static void test_rules(void **state)
{
    static const struct {
        const char *answer, *rule;
        size_t stream;
    } cases[] = {
        {GROUP FIRST SECOND THIRD FOURTH, "", 0},
        {GROUP FIRST SECOND THIRD, "number of streams", SIP_OA_NONE},
        {GROUP FIRST SECOND THIRD FOURTH FIRST, "number of streams", SIP_OA_NONE},
        {GROUP "m=video 9 RTP/AVP 0\r\n" SECOND THIRD FOURTH, "media type", 0},
        {GROUP "m=video 0 RTP/AVP 0\r\n" SECOND THIRD FOURTH, "media type", 0},
        {GROUP "m=audio 9 RTP/AVPF 0\r\n" SECOND THIRD FOURTH, "protocol", 0},
        {GROUP "m=audio 9 RTP/AVP 8\r\n" SECOND THIRD FOURTH, "no format in common", 0},
        {GROUP "m=audio 9 RTP/AVP 8 0\r\na=recvonly\r\n" SECOND THIRD FOURTH, "", 0},
        {GROUP "m=audio 9 RTP/AVP 0\r\n" SECOND THIRD FOURTH, "direction", 0},
        {GROUP "m=audio 9 RTP/AVP 0\r\na=inactive\r\n" SECOND THIRD FOURTH, "", 0},
        {GROUP FIRST "m=audio 9 RTP/SAVP 0\r\n" THIRD FOURTH, "crypto", 1},
        {GROUP FIRST
         "m=audio 9 RTP/SAVP 0\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:x\r\n" THIRD FOURTH,
         "crypto", 1},
        {GROUP FIRST
         "m=audio 9 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:x\r\n" THIRD FOURTH,
         "crypto", 1},
        {GROUP FIRST SECOND "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:x\r\n" THIRD FOURTH,
         "crypto", 1},
        {GROUP FIRST
         "m=audio 9 RTP/SAVP 0\r\n"
         "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x UNENCRYPTED_SRTP\r\n" THIRD FOURTH,
         "crypto", 1},
        {GROUP FIRST "m=audio 9 RTP/SAVP 0\r\n"
                     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x KDR=1\r\n" THIRD FOURTH,
         "", 0},
        {GROUP FIRST SECOND "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:b\r\n" FOURTH, "mid", 2},
        {GROUP FIRST SECOND "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:a\r\na=setup:active\r\n" FOURTH,
         "fingerprint", 2},
        {GROUP FIRST SECOND "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:a\r\na=setup:actpass\r\n"
                            "a=fingerprint:sha-1 BB\r\n" FOURTH,
         "setup", 2},
        {GROUP FIRST SECOND "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:a\r\na=setup:x\r\n"
                            "a=fingerprint:sha-1 BB\r\n" FOURTH,
         "setup", 2},
        {GROUP FIRST SECOND "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:a\r\na=setup:holdconn\r\n"
                            "a=fingerprint:sha-1 BB\r\n" FOURTH,
         "", 0},
        {OA_HEAD FIRST SECOND THIRD FOURTH, "fingerprint", 3},
        {OA_HEAD FIRST SECOND THIRD FOURTH "a=fingerprint:sha-1 BB\r\n", "bundle-only", 3},
        {OA_HEAD FIRST SECOND THIRD "m=application 0 UDP/DTLS/SCTP x\r\n", "", 0},
        {GROUP FIRST SECOND THIRD "m=application 0 UDP/DTLS/SCTP x\r\na=mid:d\r\n", "BUNDLE",
         SIP_OA_NONE},
        {OA_HEAD "a=group:BUNDLE a x\r\n" FIRST SECOND THIRD FOURTH "a=fingerprint:sha-1 BB\r\n",
         "BUNDLE", SIP_OA_NONE},
        {OA_HEAD "m=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/SAVP 0\r\nm=audio 0 UDP/TLS/RTP/SAVPF 0\r\n"
                 "m=application 0 UDP/DTLS/SCTP x\r\n",
         "", 0},
    };
    sip_oa_capabilities capabilities = {.session_id = "1",
                                        .version = "1",
                                        .address = "192.0.2.1",
                                        .streams = streams,
                                        .n_streams = 4,
                                        .bundle = true,
                                        .strict = true};
    sip_oa_result *offer = oa_offer(&capabilities, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t stream = 0;
        const char *rule = oa_broken(&capabilities, offer, cases[i].answer, &stream);

        if (strcmp(rule, cases[i].rule) != 0 || (*rule != '\0' && stream != cases[i].stream)) {
            fail_msg("%zu: stream %zu, '%s' and not '%s'", i, stream, rule, cases[i].rule);
        }
    }
    sip_oa_result_destroy(offer);
}

/* What can be lived with is, unless strict rules are wanted. */
static void test_lenient(void **state)
{
    sip_oa_capabilities capabilities = {.session_id = "1",
                                        .version = "1",
                                        .address = "192.0.2.1",
                                        .streams = streams,
                                        .n_streams = 1};
    sip_oa_result *offer = oa_offer(&capabilities, NULL);
    sip_oa_result *result = oa_process(&capabilities, offer, OA_HEAD "m=audio 9 RTP/AVP 0\r\n");
    sip_oa_stream closed = streams[0];
    size_t stream;

    (void)state;
    assert_int_equal(result->streams[0].direction, SIP_SDP_SENDONLY);
    sip_oa_result_destroy(offer);
    closed.port = 0;
    capabilities.streams = &closed;
    offer = oa_offer(&capabilities, result);
    sip_oa_result_destroy(result);
    result = oa_process(&capabilities, offer, OA_HEAD "m=audio 9 RTP/AVP 0\r\na=recvonly\r\n");
    assert_int_equal(result->n_taken, 0);
    assert_int_equal(result->streams[0].refusal, SIP_OA_ENDED);
    sip_oa_result_destroy(result);
    capabilities.strict = true;
    assert_string_equal(oa_broken(&capabilities, offer, OA_HEAD FIRST, &stream), "port");
    sip_oa_result_destroy(offer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_lenient),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
