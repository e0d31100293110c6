/* The exchanges of RFC 4317, section by section. */
#include "oa_script.h"

#define ALICE_AT(host, version)                                                                    \
    "v=0\r\no=alice 2890844526 " version " IN IP4 host.atlanta.example.com\r\ns=\r\n"              \
    "c=IN IP4 " host "\r\nt=0 0\r\n"
#define BOB_AT(host, version)                                                                      \
    "v=0\r\no=bob 2808844564 " version " IN IP4 host.biloxi.example.com\r\ns=\r\n"                 \
    "c=IN IP4 " host "\r\nt=0 0\r\n"
#define ALICE(version) ALICE_AT("host.atlanta.example.com", version)
#define BOB(version) BOB_AT("host.biloxi.example.com", version)
#define PCMU "a=rtpmap:0 PCMU/8000\r\n"
#define PCMA "a=rtpmap:8 PCMA/8000\r\n"
#define ILBC "a=rtpmap:97 iLBC/8000\r\n"
#define ILBC99 "a=rtpmap:99 iLBC/8000\r\n"
#define EVENTS "a=rtpmap:98 telephone-event/8000\r\n"
#define H261 "a=rtpmap:31 H261/90000\r\n"
#define MPV "a=rtpmap:32 MPV/90000\r\n"
#define AUDIO_VIDEO                                                                                \
    ALICE("2890844526")                                                                            \
    "m=audio 49170 RTP/AVP 0 8 97\r\n" PCMU PCMA ILBC "m=video 51372 RTP/AVP 31 32\r\n" H261 MPV

/* 2.1: one codec of several is taken in each stream. */
static void test_2_1(void **state)
{
    static const oa_round rounds[] = {
        {'A', AUDIO_VIDEO,
         BOB("2808844564") "m=audio 49174 RTP/AVP 0\r\n" PCMU "m=video 49170 RTP/AVP 32\r\n" MPV,
         "bb", false},
    };

    (void)state;
    oa_run(rounds, 1);
}

/* 2.2: video is refused; the second offer settles for one codec. */
static void test_2_2(void **state)
{
    static const oa_round rounds[] = {
        {'A', AUDIO_VIDEO,
         BOB("2808844564") "m=audio 49172 RTP/AVP 0 8\r\n" PCMU PCMA
                           "m=video 0 RTP/AVP 31\r\n" H261,
         "b-", false},
        {'A',
         ALICE("2890844527") "m=audio 51372 RTP/AVP 0\r\n" PCMU "m=video 0 RTP/AVP 31\r\n" H261,
         BOB("2808844565") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 0 RTP/AVP 31\r\n" H261, "b-",
         false},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 2.3: the answer has a payload type of its own for iLBC. */
static void test_2_3(void **state)
{
    static const oa_round rounds[] = {
        {'A', AUDIO_VIDEO,
         BOB("2808844564") "m=audio 49172 RTP/AVP 99\r\n" ILBC99
                           "m=video 51374 RTP/AVP 31\r\n" H261,
         "bb", false},
    };

    (void)state;
    oa_run(rounds, 1);
}

/* 2.4: two audio streams, one of which carries telephone events in one direction. */
static void test_2_4(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC
                             "m=audio 49172 RTP/AVP 98\r\n" EVENTS "a=sendonly\r\n",
         BOB("2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC "m=audio 49174 RTP/AVP 98\r\n" EVENTS
                           "a=recvonly\r\n",
         "bs", false},
    };

    (void)state;
    oa_run(rounds, 1);
}

/* 2.5: the answerer moves to another host; nothing changes for Alice, nor does her version. */
static void test_2_5(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC
                             "m=video 51372 RTP/AVP 31\r\n" H261,
         BOB("2808844564") "m=audio 49174 RTP/AVP 97\r\n" ILBC "m=video 49170 RTP/AVP 31\r\n" H261,
         "bb", false},
        {'B',
         BOB_AT("newhost.biloxi.example.com", "2808844565") "m=audio 49178 RTP/AVP 97\r\n" ILBC
                                                            "m=video 49188 RTP/AVP 31\r\n" H261,
         ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC
                             "m=video 51372 RTP/AVP 31\r\n" H261,
         "bb", false},
    };

    (void)state;
    oa_run(rounds, 2);
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
         "-b", false},
    };

    (void)state;
    oa_run(rounds, 1);
}

/* 2.7: a second video codec is added. */
static void test_2_7(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 99\r\n" ILBC99
                             "m=video 51372 RTP/AVP 31\r\n" H261,
         BOB("2808844564") "m=audio 49172 RTP/AVP 99\r\n" ILBC99
                           "m=video 51374 RTP/AVP 31\r\n" H261,
         "bb", false},
        {'A',
         ALICE("2890844527") "m=audio 49170 RTP/AVP 99\r\n" ILBC99
                             "m=video 51372 RTP/AVP 31 32\r\n" H261 MPV,
         BOB("2808844565") "m=audio 49172 RTP/AVP 99\r\n" ILBC99
                           "m=video 51374 RTP/AVP 31 32\r\n" H261 MPV,
         "bb", false},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 2.8: video goes to another address than audio. */
static void test_2_8(void **state)
{
    static const oa_round rounds[] = {
        {'A', AUDIO_VIDEO,
         BOB("2808844564") "m=audio 49174 RTP/AVP 0\r\n" PCMU
                           "m=video 49172 RTP/AVP 32\r\nc=IN IP4 "
                           "otherhost.biloxi.example.com\r\n" MPV,
         "bb", false},
    };

    (void)state;
    oa_run(rounds, 1);
}

/* 3.1: the answer holds; the answerer resumes, and Alice moves to another port. */
static void test_3_1(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC,
         BOB_AT("placeholder.biloxi.example.com", "2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC
                                                                "a=sendonly\r\n",
         "r", false},
        {'B', BOB("2808844565") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
         ALICE("2890844527") "m=audio 49178 RTP/AVP 97\r\n" ILBC, "b", false},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 3.2: one of two streams is held. The last answer repeats the first offer and so says sendrecv to
 * sendonly, which is lived with; ours says recvonly. */
static void test_3_2(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC
                             "m=audio 49172 RTP/AVP 98\r\n" EVENTS "a=sendonly\r\n",
         BOB("2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC "m=audio 49174 RTP/AVP 98\r\n" EVENTS
                           "a=recvonly\r\n",
         "bs", false},
        {'B',
         BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC
                           "a=sendonly\r\nm=audio 49174 RTP/AVP 98\r\n" EVENTS "a=recvonly\r\n",
         ALICE("2890844527") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC
                             "m=audio 49172 RTP/AVP 98\r\n" EVENTS "a=sendonly\r\n",
         "rs", true},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 4.1: a stream of telephone events is added, at another address. */
static void test_4_1(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC,
         BOB("2808844564") "m=audio 49170 RTP/AVP 97\r\n" ILBC, "b", false},
        {'B',
         BOB("2808844565") "m=audio 49170 RTP/AVP 97\r\n" ILBC
                           "m=audio 48282 RTP/AVP 98\r\nc=IN IP4 "
                           "mediaserver.biloxi.example.com\r\n" EVENTS "a=recvonly\r\n",
         ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC
                             "m=audio 49172 RTP/AVP 98\r\nc=IN IP4 "
                             "host.atlanta.example.com\r\n" EVENTS "a=sendonly\r\n",
         "bs", false},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 4.2: video is added to audio. */
static void test_4_2(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0\r\n" PCMU,
         BOB("2808844564") "m=audio 49172 RTP/AVP 0\r\n" PCMU, "b", false},
        {'A',
         ALICE("2890844527") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=video 49172 RTP/AVP 31\r\n" H261,
         BOB("2808844565") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 49168 RTP/AVP 31\r\n" H261,
         "bb", false},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 4.3: video is deleted again; its line stays. */
static void test_4_3(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC
                             "m=video 51372 RTP/AVP 31\r\n" H261,
         BOB("2808844564") "m=audio 49174 RTP/AVP 97\r\n" ILBC "m=video 49170 RTP/AVP 31\r\n" H261,
         "bb", false},
        {'B', BOB("2808844565") "m=audio 49174 RTP/AVP 97\r\n" ILBC "m=video 0 RTP/AVP 31\r\n" H261,
         ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC "m=video 0 RTP/AVP 31\r\n" H261,
         "b-", false},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 5.1: no media, then audio is added, as third parties do. */
static void test_5_1(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526"), BOB("2808844564"), "", false},
        {'A', ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
         BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC, "b", false},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 5.2: the offer receives nothing, by c=0.0.0.0. The answers say nothing of directions, and the
 * second is the first; ours say recvonly and then sendrecv. */
static void test_5_2(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE_AT("0.0.0.0", "2890844526") "m=audio 23442 RTP/AVP 97\r\n" ILBC,
         BOB("2808844564") "m=audio 49170 RTP/AVP 97\r\n" ILBC, "s", true},
        {'A', ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
         BOB("2808844564") "m=audio 49170 RTP/AVP 97\r\n" ILBC, "b", true},
    };

    (void)state;
    oa_run(rounds, 2);
}

/* 5.3: the answer receives nothing, by c=0.0.0.0. */
static void test_5_3(void **state)
{
    static const oa_round rounds[] = {
        {'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
         BOB_AT("0.0.0.0", "2808844564") "m=audio 9322 RTP/AVP 97\r\n" ILBC, "r", false},
        {'B', BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC,
         ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC, "b", false},
    };

    (void)state;
    oa_run(rounds, 2);
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
