#include "oa_script.h"

#include <stdio.h>

#include "body/stream_format.h"

static void test_protocols(void **state)
{
    (void)state;
    assert_true(sip__is_rtp(SIP_STR("UDP/TLS/RTP/SAVPF")));
    assert_true(sip__is_rtp(SIP_STR("rtp/avp")));
    assert_false(sip__is_rtp(SIP_STR("TCP/MSRP")));
    assert_true(sip__wants_crypto(SIP_STR("RTP/SAVPF")));
    assert_false(sip__wants_crypto(SIP_STR("UDP/TLS/RTP/SAVPF")));
    assert_true(sip__wants_fingerprint(SIP_STR("TCP/TLS/MSRP")));
    assert_true(sip__wants_fingerprint(SIP_STR("UDP/DTLS/SCTP")));
    assert_false(sip__wants_fingerprint(SIP_STR("RTP/SAVP")));
    assert_true(sip__is_connected(SIP_STR("TCP/TLS/MSRP")));
    assert_false(sip__is_connected(SIP_STR("udptl")));
    assert_true(sip__is_auxiliary(SIP_STR("cn")));
    assert_false(sip__is_auxiliary(SIP_STR("PCMU")));
}

static void read_text(const char *text, struct sip__format_table *table)
{
    /* The description must outlive the table, which points into it. */
    static sip_sdp *kept;

    sip_free(NULL, kept);
    kept = NULL;
    if (text != NULL) {
        kept = oa_parse(text);
        sip__formats_read(&kept->media[0], table);
    }
}

static void test_reading(void **state)
{
    static struct sip__format_table table;
    char many[1200] = OA_HEAD "m=audio 9 RTP/AVP";

    (void)state;
    read_text(OA_HEAD "m=audio 9 RTP/AVP 0 0 97 x 300 98\r\na=rtpmap:97 iLBC/8000\r\n"
                      "a=fmtp:97 mode=20\r\na=rtpmap:98 CN/8000\r\n",
              &table);
    assert_int_equal(table.n, 5);
    assert_true(table.at[0].known);
    assert_str(table.at[1].fmtp, "mode=20");
    assert_false(table.at[2].known);
    assert_false(table.at[3].known);
    assert_true(table.at[4].auxiliary);
    read_text(OA_HEAD "m=image 9 udptl t38\r\n", &table);
    assert_int_equal(table.n, 1);
    assert_true(table.at[0].known && !table.at[0].rtp);
    for (int i = 0; i < 200; i++) {
        snprintf(many + strlen(many), sizeof many - strlen(many), " %d", i);
    }
    read_text(many, &table);
    assert_int_equal(table.n, SIP__MAX_FORMATS);
    read_text(NULL, NULL);
}

/* RTX is told apart by what it repeats, and goes with it alone. */
static void test_rtx(void **state)
{
    static const sip_oa_codec codecs[] = {
        {.encoding = "VP8", .clock_hz = 90000, .payload = 96},
        {.encoding = "H264", .clock_hz = 90000, .payload = 97},
        {.encoding = "rtx", .clock_hz = 90000, .payload = 98},
    };
    static struct sip__format_table table;
    static struct sip__format_choice choices[SIP__MAX_FORMATS];
    const sip_oa_stream stream = {.codecs = codecs, .n_codecs = 3};
    const sip_oa_capabilities capabilities = {.streams = &stream, .own_payloads = true};

    (void)state;
    read_text(OA_HEAD "m=video 9 RTP/AVP 100 101 102 103 104 105\r\na=rtpmap:100 VP8/90000\r\n"
                      "a=rtpmap:101 rtx/90000\r\na=fmtp:101 apt=100\r\na=rtpmap:102 VP9/90000\r\n"
                      "a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\na=rtpmap:104 H264/90000\r\n"
                      "a=rtpmap:105 rtx/90000\r\na=fmtp:105 apt=104\r\n",
              &table);
    assert_int_equal(sip__formats_choose(&table, &stream, &capabilities, choices), 4);
    assert_int_equal(choices[0].payload, 100);
    assert_int_equal(choices[1].payload, 101);
    assert_int_equal(choices[2].payload, 104);
    assert_int_equal(choices[3].payload, 105);
    read_text(NULL, NULL);
}

static void test_pairs(void **state)
{
    static struct sip__format_table offer, answer;
    static struct sip__format_pair pairs[SIP__MAX_FORMATS];
    sip_sdp *a = oa_parse(OA_HEAD "m=audio 9 RTP/AVP 0 96 97\r\na=rtpmap:96 iLBC/8000\r\n"
                                  "a=rtpmap:97 iLBC/8000\r\n");
    sip_sdp *b = oa_parse(OA_HEAD "m=audio 9 RTP/AVP 97 99 8\r\na=rtpmap:99 iLBC/8000\r\n"
                                  "a=rtpmap:97 ilbc/8000\r\n");

    (void)state;
    sip__formats_read(&a->media[0], &offer);
    sip__formats_read(&b->media[0], &answer);
    assert_int_equal(sip__formats_pair(&offer, &answer, NULL, pairs), 2);
    assert_int_equal(pairs[0].offered, 2);
    assert_int_equal(pairs[0].answered, 0);
    assert_int_equal(pairs[1].offered, 1);
    assert_int_equal(pairs[1].answered, 1);
    sip_free(NULL, a);
    sip_free(NULL, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_protocols),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_rtx),
        cmocka_unit_test(test_pairs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
