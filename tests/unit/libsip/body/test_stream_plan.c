#include "oa_script.h"

#include <stdio.h>

static const char *const avp[] = {"RTP/AVP", "RTP/AVPF", NULL};
static const char *const savp[] = {"RTP/SAVP", NULL};
static const char *const dtls[] = {"UDP/TLS/RTP/SAVPF", NULL};
static const sip_oa_codec sounds[] = {
    {.encoding = "PCMU", .clock_hz = 8000, .payload = 0},
    {.encoding = "iLBC", .clock_hz = 8000, .payload = 97},
};
static const sip_oa_codec pictures[] = {{.encoding = "H261", .clock_hz = 90000, .payload = 31}};
static const sip_oa_crypto keys[] = {{"AES_CM_128_HMAC_SHA1_80", "inline:k"}};

#define SOUND .type = "audio", .codecs = sounds, .n_codecs = 2
#define PICTURE .type = "video", .codecs = pictures, .n_codecs = 1
#define CAPABILITIES(list, n)                                                                      \
    {                                                                                              \
        .session_id = "1", .version = "1", .address = "192.0.2.1", .streams = (list),              \
        .n_streams = (n), .strict = true                                                           \
    }

static void test_why_a_stream_is_refused(void **state)
{
    const sip_oa_stream streams[] = {
        {SOUND, .protocols = avp, .port = 4000},
        {SOUND, .protocols = savp, .port = 4002, .crypto = keys, .n_crypto = 1},
        {SOUND, .protocols = dtls, .port = 4004},
    };
    const sip_oa_capabilities capabilities = CAPABILITIES(streams, 3);
    static const struct {
        const char *section;
        sip_oa_refusal refusal;
    } cases[] = {
        {"m=audio 9 RTP/AVP 0\r\n", SIP_OA_TAKEN},
        {"m=AUDIO 9 rtp/avpf 0\r\n", SIP_OA_TAKEN},
        {"m=audio 0 RTP/AVP 0\r\n", SIP_OA_REFUSED},
        {"m=text 9 RTP/AVP 0\r\n", SIP_OA_NO_STREAM},
        {"m=audio 9 XYZ/9 0\r\n", SIP_OA_NO_PROTOCOL},
        {"m=audio 9 RTP/AVP 8\r\n", SIP_OA_NO_FORMAT},
        {"m=audio 9 RTP/AVP 96\r\n", SIP_OA_NO_FORMAT},
        {"m=audio 9 RTP/AVP 300\r\n", SIP_OA_NO_FORMAT},
        {"m=audio 9 RTP/SAVP 0\r\n", SIP_OA_NO_KEYS},
        {"m=audio 9 RTP/SAVP 0\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:k\r\n", SIP_OA_NO_KEYS},
        {"m=audio 9 RTP/SAVP 0\r\n"
         "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:k UNENCRYPTED_SRTP\r\n",
         SIP_OA_NO_KEYS},
        {"m=audio 9 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:k -X\r\n",
         SIP_OA_TAKEN},
        {"m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=fingerprint:sha-1 AA\r\n", SIP_OA_NO_KEYS},
        {"m=audio 9 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\n", SIP_OA_NO_MULTICAST},
        {"m=audio 0 RTP/AVP 0\r\na=mid:x\r\na=bundle-only\r\n", SIP_OA_REFUSED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char offer[400];
        sip_oa_result *result;

        snprintf(offer, sizeof offer, OA_HEAD "%s", cases[i].section);
        result = oa_answer(&capabilities, offer, NULL);
        if (result->streams[0].refusal != cases[i].refusal) {
            fail_msg("%s: %s", cases[i].section, sip_oa_refusal_text(result->streams[0].refusal));
        }
        assert_int_equal(result->local->media[0].port == 0, cases[i].refusal != SIP_OA_TAKEN);
        assert_int_equal(result->n_taken, cases[i].refusal == SIP_OA_TAKEN);
        sip_oa_result_destroy(result);
    }
}

static void test_each_stream_is_used_once(void **state)
{
    const sip_oa_stream streams[] = {{SOUND, .protocols = avp, .port = 4000}};
    const sip_oa_capabilities capabilities = CAPABILITIES(streams, 1);
    sip_oa_result *result =
        oa_answer(&capabilities, OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=audio 11 RTP/AVP 0\r\n", NULL);

    (void)state;
    assert_int_equal(result->streams[0].refusal, SIP_OA_TAKEN);
    assert_int_equal(result->streams[1].refusal, SIP_OA_NO_STREAM);
    sip_oa_result_destroy(result);
}

/* RFC 3264 6.1 and 8.4, RFC 6337 5.3: what is answered to each direction, by what we want. */
static void test_directions(void **state)
{
    static const sip_sdp_direction table[4][4] = {
        /* wanted: sendrecv, sendonly, recvonly, inactive */
        [SIP_SDP_SENDRECV] = {SIP_SDP_SENDRECV, SIP_SDP_SENDONLY, SIP_SDP_RECVONLY,
                              SIP_SDP_INACTIVE},
        [SIP_SDP_SENDONLY] = {SIP_SDP_RECVONLY, SIP_SDP_INACTIVE, SIP_SDP_RECVONLY,
                              SIP_SDP_INACTIVE},
        [SIP_SDP_RECVONLY] = {SIP_SDP_SENDONLY, SIP_SDP_SENDONLY, SIP_SDP_INACTIVE,
                              SIP_SDP_INACTIVE},
        [SIP_SDP_INACTIVE] = {SIP_SDP_INACTIVE, SIP_SDP_INACTIVE, SIP_SDP_INACTIVE,
                              SIP_SDP_INACTIVE},
    };

    (void)state;
    for (int offered = 0; offered < 4; offered++) {
        for (int wanted = 0; wanted < 8; wanted++) {
            const sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000,
                                          .direction = (sip_sdp_direction)(wanted % 4)};
            sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
            sip_sdp_direction expected = table[offered][wanted % 4];
            sip_oa_result *result;
            char offer[300];

            capabilities.hold = wanted >= 4;
            if (capabilities.hold) {
                expected = sip_sdp_held_direction(expected);
            }
            snprintf(offer, sizeof offer, OA_HEAD "m=audio 9 RTP/AVP 0\r\na=%s\r\n",
                     sip_sdp_direction_name((sip_sdp_direction)offered));
            result = oa_answer(&capabilities, offer, NULL);
            assert_int_equal(result->local->media[0].direction, expected);
            assert_int_equal(result->streams[0].direction, expected);
            assert_int_equal(result->streams[0].held_by_remote,
                             offered == SIP_SDP_SENDONLY || offered == SIP_SDP_INACTIVE);
            sip_oa_result_destroy(result);
        }
    }
}

/* RFC 3264 8: places stay, one that is closed can be had by a stream of its type. */
static void test_places(void **state)
{
    sip_oa_stream streams[] = {{SOUND, .protocols = avp, .port = 4000},
                               {PICTURE, .protocols = avp, .port = 4002},
                               {PICTURE, .protocols = avp, .port = 4004, .answer_only = true},
                               {SOUND, .protocols = avp, .port = 0}};
    const sip_oa_capabilities capabilities = CAPABILITIES(streams, 4);
    sip_oa_result *offer = oa_offer(&capabilities, NULL);
    sip_oa_result *last =
        oa_process(&capabilities, offer, OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n");

    (void)state;
    assert_int_equal(offer->n_streams, 2);
    assert_int_equal(last->streams[1].refusal, SIP_OA_REFUSED);
    assert_int_equal(last->streams[1].capability, 1);
    sip_oa_result_destroy(offer);
    /* Refused video is not offered again, and the version tells that something changed. */
    offer = oa_offer(&capabilities, last);
    assert_int_equal(offer->local->media[1].port, 0);
    assert_str(offer->local->origin_version, "2");
    sip_oa_result_destroy(last);
    last =
        oa_process(&capabilities, offer, OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n");
    sip_oa_result_destroy(offer);
    /* Unchanged: the same version. */
    offer = oa_offer(&capabilities, last);
    assert_str(offer->local->origin_version, "2");
    sip_oa_result_destroy(offer);
    /* The refused stream is given up, another one takes its place; a new type comes last. */
    streams[1].port = 0;
    streams[2].answer_only = false;
    streams[3].port = 4006;
    offer = oa_offer(&capabilities, last);
    assert_int_equal(offer->n_streams, 3);
    assert_int_equal(offer->local->media[1].port, 4004);
    assert_int_equal(offer->streams[1].capability, 2);
    assert_int_equal(offer->local->media[2].port, 4006);
    assert_str(offer->local->origin_version, "3");
    sip_oa_result_destroy(last);
    last = oa_process(&capabilities, offer,
                      OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=video 7 RTP/AVP 31\r\n"
                              "m=audio 5 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\n");
    sip_oa_result_destroy(offer);
    assert_int_equal(last->n_taken, 3);
    /* We end a stream, and open it again where it was. */
    streams[0].port = 0;
    offer = oa_offer(&capabilities, last);
    assert_int_equal(offer->local->media[0].port, 0);
    assert_int_equal(offer->streams[0].refusal, SIP_OA_ENDED);
    sip_oa_result_destroy(last);
    last = oa_process(&capabilities, offer,
                      OA_HEAD "m=audio 0 RTP/AVP 0\r\nm=video 7 RTP/AVP 31\r\n"
                              "m=audio 5 RTP/AVP 97\r\na=rtpmap:97 iLBC/8000\r\n");
    sip_oa_result_destroy(offer);
    streams[0].port = 4010;
    offer = oa_offer(&capabilities, last);
    assert_int_equal(offer->n_streams, 3);
    assert_int_equal(offer->local->media[0].port, 4010);
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(last);
}

/* A place is closed before another stream has it (RFC 3264 8.1): else the peer would see one stream
 * whose payload types change their meaning. */
static void test_place_is_closed_first(void **state)
{
    sip_oa_stream streams[] = {{SOUND, .protocols = avp, .port = 4000},
                               {SOUND, .protocols = avp, .port = 0}};
    const sip_oa_capabilities capabilities = CAPABILITIES(streams, 2);
    sip_oa_result *offer = oa_offer(&capabilities, NULL);
    sip_oa_result *last = oa_process(&capabilities, offer, OA_HEAD "m=audio 9 RTP/AVP 0\r\n");

    (void)state;
    sip_oa_result_destroy(offer);
    streams[0].port = 0;
    streams[1].port = 4002;
    offer = oa_offer(&capabilities, last);
    assert_int_equal(offer->n_streams, 2);
    assert_int_equal(offer->local->media[0].port, 0);
    assert_int_equal(offer->local->media[1].port, 4002);
    sip_oa_result_destroy(last);
    last =
        oa_process(&capabilities, offer, OA_HEAD "m=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\n");
    sip_oa_result_destroy(offer);
    streams[1].port = 0;
    streams[0].port = 4000;
    offer = oa_offer(&capabilities, last);
    assert_int_equal(offer->n_streams, 2);
    assert_int_equal(offer->local->media[0].port, 4000);
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(last);
}

/* A peer that offers a stream with port 0 has ended it; ours is not offered again by itself. */
static void test_ended_by_the_peer(void **state)
{
    sip_oa_stream streams[] = {{SOUND, .protocols = avp, .port = 4000},
                               {PICTURE, .protocols = avp, .port = 4002}};
    const sip_oa_capabilities capabilities = CAPABILITIES(streams, 2);
    sip_oa_result *first =
        oa_answer(&capabilities, OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=video 11 RTP/AVP 31\r\n", NULL);
    sip_oa_result *second =
        oa_answer(&capabilities, OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n", first);
    sip_oa_result *offer = oa_offer(&capabilities, second);
    sip_oa_result *third;

    (void)state;
    assert_int_equal(second->streams[1].refusal, SIP_OA_REFUSED);
    assert_int_equal(offer->n_streams, 2);
    assert_int_equal(offer->local->media[1].port, 0);
    /* The peer may open it again, unless we do not want it any more. */
    third = oa_answer(&capabilities, OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=video 11 RTP/AVP 31\r\n",
                      second);
    assert_int_equal(third->streams[1].capability, 1);
    assert_int_equal(third->n_taken, 2);
    sip_oa_result_destroy(second);
    streams[1].port = 0;
    second =
        oa_answer(&capabilities, OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=video 11 RTP/AVP 31\r\n", third);
    assert_int_equal(second->streams[1].refusal, SIP_OA_ENDED);
    sip_oa_result_destroy(first);
    sip_oa_result_destroy(second);
    sip_oa_result_destroy(third);
    sip_oa_result_destroy(offer);
}

/* A peer may end a stream and begin it anew in another place. */
static void test_moved_by_the_peer(void **state)
{
    const sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    sip_oa_result *first =
        oa_answer(&capabilities, OA_HEAD "m=video 0 RTP/AVP 31\r\nm=audio 9 RTP/AVP 0\r\n", NULL);
    sip_oa_result *second = oa_answer(&capabilities,
                                      OA_HEAD "m=video 0 RTP/AVP 31\r\nm=audio 0 RTP/AVP 0\r\n"
                                              "m=audio 9 RTP/AVP 0\r\n",
                                      first);
    sip_oa_result *third = oa_answer(&capabilities,
                                     OA_HEAD "m=audio 9 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\n"
                                             "m=audio 0 RTP/AVP 0\r\n",
                                     second);
    sip_oa_result *offer = oa_offer(&capabilities, second);

    (void)state;
    assert_int_equal(second->streams[1].refusal, SIP_OA_REFUSED);
    assert_int_equal(second->streams[2].refusal, SIP_OA_TAKEN);
    assert_int_equal(third->streams[0].refusal, SIP_OA_TAKEN);
    assert_int_equal(third->n_taken, 1);
    assert_int_equal(offer->n_streams, 3);
    assert_int_equal(offer->local->media[1].port, 0);
    assert_int_equal(offer->local->media[2].port, 4000);
    sip_oa_result_destroy(first);
    sip_oa_result_destroy(second);
    sip_oa_result_destroy(third);
    sip_oa_result_destroy(offer);
}

/* A stream that was agreed over the second of our protocols stays there, as long as it can. */
static void test_protocol_stays(void **state)
{
    static const char *const both[] = {"RTP/SAVP", "RTP/AVP", NULL};
    sip_oa_stream stream = {SOUND, .protocols = both, .port = 4000, .crypto = keys, .n_crypto = 1};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    sip_oa_result *first = oa_answer(&capabilities, OA_HEAD "m=audio 9 RTP/AVP 0\r\n", NULL);
    sip_oa_result *offer = oa_offer(&capabilities, first);

    (void)state;
    assert_str(offer->local->media[0].protocol, "RTP/AVP");
    assert_false(oa_has(offer->local, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:k"));
    sip_oa_result_destroy(offer);
    stream.protocols = savp;
    offer = oa_offer(&capabilities, first);
    assert_str(offer->local->media[0].protocol, "RTP/SAVP");
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(first);
}

/* RFC 5888 4: no two streams have one name, whoever gave it. */
static void test_names(void **state)
{
    sip_oa_stream streams[] = {{PICTURE, .protocols = avp, .port = 4000},
                               {SOUND, .protocols = avp, .port = 0, .mid = "2"},
                               {SOUND, .protocols = avp, .port = 0},
                               {SOUND, .protocols = avp, .port = 0, .mid = "m"}};
    sip_oa_capabilities capabilities = CAPABILITIES(streams, 4);
    sip_oa_result *result =
        oa_answer(&capabilities, OA_HEAD "m=video 9 RTP/AVP 31\r\na=mid:2\r\n", NULL);
    sip_oa_result *offer;

    (void)state;
    capabilities.bundle = true;
    streams[1].port = 4002;
    streams[2].port = 4004;
    streams[3].port = 4006;
    offer = oa_offer(&capabilities, result);
    assert_str(offer->streams[0].mid, "2");
    assert_str(offer->streams[1].mid, "1");
    assert_str(offer->streams[2].mid, "64");
    assert_str(offer->streams[3].mid, "m");
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(result);
    /* A name that the peer gave twice is answered once. */
    result = oa_answer(&capabilities,
                       OA_HEAD "a=group:BUNDLE a\r\nm=video 9 RTP/AVP 31\r\na=mid:a\r\n"
                               "m=audio 11 RTP/AVP 0\r\na=mid:a\r\n",
                       NULL);
    assert_int_equal(result->n_taken, 2);
    assert_str(result->streams[0].mid, "a");
    assert_int_equal(result->streams[1].mid.len, 0);
    assert_int_equal(result->streams[1].transport, 1);
    assert_int_equal(result->streams[1].remote_port, 11);
    sip_oa_result_destroy(result);
}

static void test_offers_that_shrink(void **state)
{
    const sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000};
    sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    sip_oa_result *first = oa_answer(&capabilities, OA_HEAD "m=audio 9 RTP/AVP 0\r\n", NULL);
    sip_oa_result *second = NULL;
    sip_sdp *offer = oa_parse(OA_HEAD);

    (void)state;
    assert_int_equal(sip_oa_answer(NULL, &capabilities, offer, first, &second), SIP_ESYNTAX);
    assert_null(second);
    capabilities.strict = false;
    assert_int_equal(sip_oa_answer(NULL, &capabilities, offer, first, &second), 0);
    assert_int_equal(second->n_streams, 0);
    sip_oa_result_destroy(first);
    sip_oa_result_destroy(second);
    sip_free(NULL, offer);
}

static void test_capabilities_that_shrink(void **state)
{
    const sip_oa_stream streams[] = {{SOUND, .protocols = avp, .port = 4000},
                                     {PICTURE, .protocols = avp, .port = 4002}};
    sip_oa_capabilities capabilities = CAPABILITIES(streams, 2);
    sip_oa_result *first = oa_offer(&capabilities, NULL);
    sip_oa_result *offer;

    (void)state;
    capabilities.n_streams = 1;
    offer = oa_offer(&capabilities, first);
    assert_int_equal(offer->n_streams, 2);
    assert_int_equal(offer->local->media[1].port, 0);
    assert_int_equal(offer->streams[1].refusal, SIP_OA_ENDED);
    sip_oa_result_destroy(offer);
    sip_oa_result_destroy(first);
}

static void test_multicast(void **state)
{
    const sip_oa_stream stream = {SOUND, .protocols = avp, .port = 4000,
                                  .direction = SIP_SDP_RECVONLY, .multicast = true};
    const sip_oa_capabilities capabilities = CAPABILITIES(&stream, 1);
    sip_oa_result *result = oa_answer(
        &capabilities,
        OA_HEAD "m=audio 49170/2 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127/3\r\na=recvonly\r\n", NULL);

    (void)state;
    assert_int_equal(result->local->media[0].direction, SIP_SDP_RECVONLY);
    assert_true(oa_has(result->local, "m=audio 49170/2 RTP/AVP 0"));
    assert_true(oa_has(result->local, "c=IN IP4 224.2.1.1/127/3"));
    assert_true(result->streams[0].multicast);
    assert_int_equal(result->streams[0].direction, SIP_SDP_RECVONLY);
    sip_oa_result_destroy(result);
    /* A direction that we do not want cannot be changed, only refused (RFC 3264 6.2). */
    result = oa_answer(&capabilities,
                       "v=0\r\no=- 7 1 IN IP4 h\r\ns=-\r\nc=IN IP4 224.2.1.1/127\r\nt=0 0\r\n"
                       "m=audio 49170 RTP/AVP 0\r\n",
                       NULL);
    assert_int_equal(result->streams[0].refusal, SIP_OA_NO_MULTICAST);
    sip_oa_result_destroy(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_why_a_stream_is_refused),
        cmocka_unit_test(test_each_stream_is_used_once),
        cmocka_unit_test(test_directions),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_ended_by_the_peer),
        cmocka_unit_test(test_place_is_closed_first),
        cmocka_unit_test(test_moved_by_the_peer),
        cmocka_unit_test(test_protocol_stays),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_offers_that_shrink),
        cmocka_unit_test(test_capabilities_that_shrink),
        cmocka_unit_test(test_multicast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
