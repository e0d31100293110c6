/* The exchanges of RFC 4317, section by section. */
#include "oa_script.h"

#define ALICE(version)                                                                             \
    "v=0\r\no=alice 2890844526 " version " IN IP4 host.atlanta.example.com\r\ns=\r\n"              \
    "c=IN IP4 host.atlanta.example.com\r\nt=0 0\r\n"
#define BOB(version)                                                                               \
    "v=0\r\no=bob 2808844564 " version " IN IP4 host.biloxi.example.com\r\ns=\r\n"                 \
    "c=IN IP4 host.biloxi.example.com\r\nt=0 0\r\n"
#define PCMU "a=rtpmap:0 PCMU/8000\r\n"
#define PCMA "a=rtpmap:8 PCMA/8000\r\n"
#define ILBC "a=rtpmap:97 iLBC/8000\r\n"
#define H261 "a=rtpmap:31 H261/90000\r\n"
#define MPV "a=rtpmap:32 MPV/90000\r\n"
#define AUDIO_VIDEO                                                                                \
    ALICE("2890844526")                                                                            \
    "m=audio 49170 RTP/AVP 0 8 97\r\n" PCMU PCMA ILBC "m=video 51372 RTP/AVP 31 32\r\n" H261 MPV

#define RUN(rounds) oa_run(rounds, sizeof rounds / sizeof rounds[0])

/* 2.1: one codec of several is taken in each stream. */
static void test_2_1(void **state)
{
    static const oa_round rounds[] = {
        {'A', AUDIO_VIDEO,
         BOB("2808844564") "m=audio 49174 RTP/AVP 0\r\n" PCMU "m=video 49170 RTP/AVP 32\r\n" MPV,
         "bb"},
    };

    (void)state;
    RUN(rounds);
}

/* 2.2: video is refused; the second offer settles for one codec. */
static void test_2_2(void **state)
{
    static const oa_round rounds[] = {
        {'A', AUDIO_VIDEO,
         BOB("2808844564") "m=audio 49172 RTP/AVP 0 8\r\n" PCMU PCMA
                           "m=video 0 RTP/AVP 31\r\n" H261,
         "b-"},
        {'A',
         ALICE("2890844527") "m=audio 51372 RTP/AVP 0\r\n" PCMU "m=video 0 RTP/AVP 31\r\n" H261,
         BOB("2808844565") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 0 RTP/AVP 31\r\n" H261,
         "b-"},
    };

    (void)state;
    RUN(rounds);
}

/* 2.3: the answer has a payload type of its own for iLBC, then one codec is chosen. */
static void test_2_3(void **state)
{
    static const oa_round rounds[] = {
        {'A', AUDIO_VIDEO,
         BOB("2808844564") "m=audio 49172 RTP/AVP 0 99\r\n" PCMU "a=rtpmap:99 iLBC/8000\r\n"
                           "m=video 51374 RTP/AVP 31\r\n" H261,
         "bb"},
        {'A',
         ALICE("2890844527") "m=audio 51372 RTP/AVP 97\r\n" ILBC
                             "m=video 51374 RTP/AVP 31\r\n" H261,
         BOB("2808844565") "m=audio 49172 RTP/AVP 99\r\na=rtpmap:99 iLBC/8000\r\n"
                           "m=video 51374 RTP/AVP 31\r\n" H261,
         "bb"},
    };

    (void)state;
    RUN(rounds);
}

/* 2.4: two audio streams, one of which carries telephone events in one direction. */
static void test_2_4(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC
                             "m=audio 49172 RTP/AVP 98\r\n"
                             "a=rtpmap:98 telephone-event/8000\r\na=sendonly\r\n",
         BOB("2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC "m=audio 49174 RTP/AVP 98\r\n"
                           "a=rtpmap:98 telephone-event/8000\r\na=recvonly\r\n",
         "bs"},
    };

    (void)state;
    RUN(rounds);
}

/* 2.5: video is put off with inactive, and begins with the second offer. */
static void test_2_5(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 99\r\na=rtpmap:99 iLBC/8000\r\n"
                             "m=video 51372 RTP/AVP 31 32\r\n" H261 MPV,
         BOB("2808844564") "m=audio 49172 RTP/AVP 99\r\na=rtpmap:99 iLBC/8000\r\n"
                           "m=video 51374 RTP/AVP 31\r\n" H261 "a=inactive\r\n",
         "bi"},
        {'B',
         BOB("2808844565") "m=audio 49172 RTP/AVP 99\r\na=rtpmap:99 iLBC/8000\r\n"
                           "m=video 51374 RTP/AVP 31\r\n" H261,
         ALICE("2890844527") "m=audio 49170 RTP/AVP 99\r\na=rtpmap:99 iLBC/8000\r\n"
                             "m=video 51372 RTP/AVP 31\r\n" H261,
         "bb"},
    };

    (void)state;
    RUN(rounds);
}

/* 2.6: one of two audio streams is taken, with its telephone events. */
static void test_2_6(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 0\r\n" PCMU
                             "m=audio 51372 RTP/AVP 97 101\r\n" ILBC
                             "a=rtpmap:101 telephone-event/8000\r\n",
         BOB("2808844564") "m=audio 0 RTP/AVP 0\r\n" PCMU "m=audio 49170 RTP/AVP 97 101\r\n" ILBC
                           "a=rtpmap:101 telephone-event/8000\r\n",
         "-b"},
    };

    (void)state;
    RUN(rounds);
}

/* 2.7: the answerer changes codecs with an offer of its own. */
static void test_2_7(void **state)
{
    static const oa_round rounds[] = {
        {'A', AUDIO_VIDEO,
         BOB("2808844564") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 49168 RTP/AVP 31\r\n" H261,
         "bb"},
        {'B',
         BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC "m=video 49168 RTP/AVP 31\r\n" H261,
         ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC
                             "m=video 51372 RTP/AVP 31\r\n" H261,
         "bb"},
    };

    (void)state;
    RUN(rounds);
}

/* 2.8: video in one direction only. */
static void test_2_8(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=video 51372 RTP/AVP 31\r\n" H261
                             "a=recvonly\r\n",
         BOB("2808844564") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 49168 RTP/AVP 31\r\n" H261
                           "a=sendonly\r\n",
         "br"},
        {'A',
         ALICE("2890844527") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=video 51372 RTP/AVP 31\r\n" H261,
         BOB("2808844565") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 49168 RTP/AVP 31\r\n" H261,
         "bb"},
    };

    (void)state;
    RUN(rounds);
}

/* 3.1: hold and unhold by the answerer. */
static void test_3_1(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC,
         BOB("2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC "a=sendrecv\r\n", "b"},
        {'B', BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC "a=sendonly\r\n",
         ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC "a=recvonly\r\n", "r"},
        {'B', BOB("2808844566") "m=audio 49172 RTP/AVP 97\r\n" ILBC "a=sendrecv\r\n",
         ALICE("2890844528") "m=audio 49170 RTP/AVP 97\r\n" ILBC "a=sendrecv\r\n", "b"},
    };

    (void)state;
    RUN(rounds);
}

/* 3.2: hold with two streams, one of which was in one direction. */
static void test_3_2(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC
                             "m=audio 49172 RTP/AVP 98\r\n"
                             "a=rtpmap:98 telephone-event/8000\r\na=sendonly\r\n",
         BOB("2808844564") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=audio 49172 RTP/AVP 98\r\n"
                           "a=rtpmap:98 telephone-event/8000\r\na=recvonly\r\n",
         "bs"},
        {'B',
         BOB("2808844565") "m=audio 49170 RTP/AVP 0\r\n" PCMU "a=sendonly\r\n"
                           "m=audio 49172 RTP/AVP 98\r\n"
                           "a=rtpmap:98 telephone-event/8000\r\na=inactive\r\n",
         ALICE("2890844527") "m=audio 49170 RTP/AVP 0\r\n" PCMU "a=recvonly\r\n"
                             "m=audio 49172 RTP/AVP 98\r\n"
                             "a=rtpmap:98 telephone-event/8000\r\na=inactive\r\n",
         "ri"},
        {'B',
         BOB("2808844566") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=audio 49172 RTP/AVP 98\r\n"
                           "a=rtpmap:98 telephone-event/8000\r\na=recvonly\r\n",
         ALICE("2890844528") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=audio 49172 RTP/AVP 98\r\n"
                             "a=rtpmap:98 telephone-event/8000\r\na=sendonly\r\n",
         "bs"},
    };

    (void)state;
    RUN(rounds);
}

/* 4.1: a second audio stream is added. */
static void test_4_1(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC,
         BOB("2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC, "b"},
        {'B',
         BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC "m=audio 49174 RTP/AVP 98\r\n"
                           "a=rtpmap:98 telephone-event/8000\r\na=sendonly\r\n",
         ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC "m=audio 49172 RTP/AVP 98\r\n"
                             "a=rtpmap:98 telephone-event/8000\r\na=recvonly\r\n",
         "br"},
    };

    (void)state;
    RUN(rounds);
}

/* 4.2: video is added to audio. */
static void test_4_2(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0\r\n" PCMU,
         BOB("2808844564") "m=audio 49172 RTP/AVP 0\r\n" PCMU, "b"},
        {'A',
         ALICE("2890844527") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=video 49172 RTP/AVP 31\r\n" H261,
         BOB("2808844565") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 49168 RTP/AVP 31\r\n" H261,
         "bb"},
    };

    (void)state;
    RUN(rounds);
}

/* 4.3: video is deleted again; its line stays. */
static void test_4_3(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=video 51372 RTP/AVP 31\r\n" H261,
         BOB("2808844564") "m=audio 49174 RTP/AVP 0\r\n" PCMU "m=video 49170 RTP/AVP 31\r\n" H261,
         "bb"},
        {'B', BOB("2808844565") "m=audio 49174 RTP/AVP 0\r\n" PCMU "m=video 0 RTP/AVP 31\r\n" H261,
         ALICE("2890844527") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=video 0 RTP/AVP 31\r\n" H261,
         "b-"},
    };

    (void)state;
    RUN(rounds);
}

/* 5.1: no media, then media is added, as third parties do. */
static void test_5_1(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526"), BOB("2808844564"), ""},
        {'A', ALICE("2890844527") "m=audio 49170 RTP/AVP 0\r\n" PCMU,
         BOB("2808844565") "m=audio 49172 RTP/AVP 0\r\n" PCMU, "b"},
    };

    (void)state;
    RUN(rounds);
}

/* 5.2: both hold, one after the other. */
static void test_5_2(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC,
         BOB("2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC, "b"},
        {'A', ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC "a=sendonly\r\n",
         BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC "a=recvonly\r\n", "s"},
        {'B', BOB("2808844566") "m=audio 49172 RTP/AVP 97\r\n" ILBC "a=inactive\r\n",
         ALICE("2890844528") "m=audio 49170 RTP/AVP 97\r\n" ILBC "a=inactive\r\n", "i"},
        {'B', BOB("2808844567") "m=audio 49172 RTP/AVP 97\r\n" ILBC "a=sendrecv\r\n",
         ALICE("2890844529") "m=audio 49170 RTP/AVP 97\r\n" ILBC "a=sendonly\r\n", "s"},
        {'A', ALICE("2890844530") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
         BOB("2808844567") "m=audio 49172 RTP/AVP 97\r\n" ILBC, "b"},
    };

    (void)state;
    RUN(rounds);
}

/* 5.3: hold by c=0.0.0.0, as RFC 2543 had it; we understand it and answer recvonly. */
static void test_5_3(void **state)
{
    static oa_caps caps;
    sip_oa_result *result = NULL;
    sip_sdp *offer = NULL, *own = NULL;

    (void)state;
    assert_int_equal(sip_sdp_parse(NULL,
                                   SIP_STR("v=0\r\no=alice 1 1 IN IP4 192.0.2.1\r\ns=\r\n"
                                           "c=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"),
                                   &offer),
                     0);
    assert_int_equal(
        sip_sdp_parse(NULL, SIP_STR(BOB("2808844564") "m=audio 49172 RTP/AVP 0\r\n"), &own), 0);
    oa_caps_of(&caps, own);
    assert_int_equal(sip_oa_answer(NULL, &caps.c, offer, NULL, &result), 0);
    assert_int_equal(result->local->media[0].direction, SIP_SDP_RECVONLY);
    assert_int_equal(result->streams[0].direction, SIP_SDP_RECVONLY);
    assert_true(result->streams[0].held_by_remote);
    assert_str(result->streams[0].remote_address, "0.0.0.0");
    sip_oa_result_destroy(result);
    sip_free(NULL, offer);
    sip_free(NULL, own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_2_1), cmocka_unit_test(test_2_2), cmocka_unit_test(test_2_3),
        cmocka_unit_test(test_2_4), cmocka_unit_test(test_2_5), cmocka_unit_test(test_2_6),
        cmocka_unit_test(test_2_7), cmocka_unit_test(test_2_8), cmocka_unit_test(test_3_1),
        cmocka_unit_test(test_3_2), cmocka_unit_test(test_4_1), cmocka_unit_test(test_4_2),
        cmocka_unit_test(test_4_3), cmocka_unit_test(test_5_1), cmocka_unit_test(test_5_2),
        cmocka_unit_test(test_5_3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
