#include "oa_script.h"

#include <stdio.h>

static const char *const avp[] = {"RTP/AVP", NULL};
static const sip_oa_codec codecs[] = {{.encoding = "PCMU", .clock_hz = 8000, .payload = 0},
                                      {.encoding = "iLBC", .clock_hz = 8000, .payload = 97}};
static const sip_oa_stream audio = {.type = "audio",
                                    .protocols = avp,
                                    .codecs = codecs,
                                    .n_codecs = 2,
                                    .port = 4000,
                                    .rtcp_mux = true};
static const sip_oa_capabilities capabilities = {
    .session_id = "1", .version = "1", .address = "192.0.2.1", .streams = &audio, .n_streams = 1};

static void test_where_to_send(void **state)
{
    static const struct {
        const char *lines, *rtcp_address;
        uint16_t rtcp_port;
    } cases[] = {
        {"m=audio 9000 RTP/AVP 0\r\n", "192.0.2.2", 9001},
        {"m=audio 9000 RTP/AVP 0\r\na=rtcp-mux\r\n", "192.0.2.2", 9000},
        {"m=audio 9000 RTP/AVP 0\r\na=rtcp:53020\r\n", "192.0.2.2", 53020},
        {"m=audio 9000 RTP/AVP 0\r\na=rtcp:53020 IN IP4 192.0.2.7\r\n", "192.0.2.7", 53020},
        {"m=audio 9000 RTP/AVP 0\r\na=rtcp:53020\r\na=rtcp-mux\r\n", "192.0.2.2", 9000},
        {"m=audio 9000 RTP/AVP 0\r\na=rtcp:x\r\n", "192.0.2.2", 9001},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char offer[300];
        sip_oa_result *result;

        snprintf(offer, sizeof offer, OA_HEAD "%s", cases[i].lines);
        result = oa_answer(&capabilities, offer, NULL);
        assert_str(result->streams[0].remote_address, "192.0.2.2");
        assert_int_equal(result->streams[0].remote_port, 9000);
        assert_str(result->streams[0].remote_rtcp_address, cases[i].rtcp_address);
        assert_int_equal(result->streams[0].remote_rtcp_port, cases[i].rtcp_port);
        sip_oa_result_destroy(result);
    }
    {
        sip_oa_result *result =
            oa_answer(&capabilities, OA_HEAD "m=audio 65535 RTP/AVP 0\r\n", NULL);

        assert_int_equal(result->streams[0].remote_rtcp_port, 0);
        sip_oa_result_destroy(result);
    }
}

static void test_what_they_want(void **state)
{
    sip_oa_result *result =
        oa_answer(&capabilities,
                  "v=0\r\no=- 7 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nb=AS:100\r\nt=0 0\r\n"
                  "m=audio 9 RTP/AVP 97 0\r\na=rtpmap:97 iLBC/8000\r\na=fmtp:97 mode=20\r\n"
                  "a=ptime:20\r\na=maxptime:40\r\n",
                  NULL);

    (void)state;
    assert_int_equal(result->streams[0].ptime_us, 20000);
    assert_int_equal(result->streams[0].maxptime_us, 40000);
    assert_int_equal(result->streams[0].bandwidth_bps, 100000);
    assert_str(result->streams[0].formats[0].encoding, "iLBC");
    assert_str(result->streams[0].formats[0].send_fmtp, "mode=20");
    assert_false(result->streams[0].held_by_remote);
    assert_int_equal(result->offered, false);
    sip_oa_result_destroy(result);
    result = oa_answer(&capabilities,
                       OA_HEAD "m=audio 9 RTP/AVP 0\r\nb=X:1\r\nb=AS\r\nb=AS:4294968\r\n"
                               "b=TIAS:64000\r\n",
                       NULL);
    assert_int_equal(result->streams[0].bandwidth_bps, 64000);
    sip_oa_result_destroy(result);
    result = oa_answer(&capabilities, OA_HEAD "m=audio 9 RTP/AVP 0\r\nb=AS:4294968\r\n", NULL);
    assert_int_equal(result->streams[0].bandwidth_bps, UINT32_MAX);
    sip_oa_result_destroy(result);
}

/* A payload type may differ between the directions (RFC 3264 5.1). */
static void test_payload_types_both_ways(void **state)
{
    sip_oa_result *offer = oa_offer(&capabilities, NULL);
    sip_oa_result *result = oa_process(
        &capabilities, offer, OA_HEAD "m=audio 9 RTP/AVP 99 8\r\na=rtpmap:99 ILBC/8000\r\n");

    (void)state;
    assert_int_equal(result->streams[0].n_formats, 1);
    assert_int_equal(result->streams[0].formats[0].send_payload, 99);
    assert_int_equal(result->streams[0].formats[0].receive_payload, 97);
    assert_int_equal(result->streams[0].formats[0].channels, 1);
    assert_true(result->offered);
    /* The offer may be answered again, by another branch. */
    sip_oa_result_destroy(result);
    result = oa_process(&capabilities, offer, OA_HEAD "m=audio 0 RTP/AVP 0\r\n");
    assert_int_equal(result->streams[0].refusal, SIP_OA_REFUSED);
    assert_int_equal(result->streams[0].capability, 0);
    sip_oa_result_destroy(result);
    sip_oa_result_destroy(offer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_to_send),
        cmocka_unit_test(test_what_they_want),
        cmocka_unit_test(test_payload_types_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
