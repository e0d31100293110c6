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

#define ILBC_H261_ROUND                                                                            \
    {                                                                                              \
        'A',                                                                                       \
            ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC                                \
                                "m=video 51372 RTP/AVP 31\r\n" H261,                               \
            BOB("2808844564") "m=audio 49174 RTP/AVP 97\r\n" ILBC                                  \
                              "m=video 49170 RTP/AVP 31\r\n" H261,                                 \
            "bb", false                                                                            \
    }
#define ILBC_EVENTS_ROUND                                                                          \
    {                                                                                              \
        'A',                                                                                       \
            ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC                         \
                                "m=audio 49172 RTP/AVP 98\r\n" EVENTS "a=sendonly\r\n",            \
            BOB("2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC                                  \
                              "m=audio 49174 RTP/AVP 98\r\n" EVENTS "a=recvonly\r\n",              \
            "bs", false                                                                            \
    }

struct session {
    const char *section;
    oa_round rounds[2];
};

static const struct session sessions[] = {
    /* One codec of several is taken in each stream. */
    {"2.1",
     {{'A', AUDIO_VIDEO,
       BOB("2808844564") "m=audio 49174 RTP/AVP 0\r\n" PCMU "m=video 49170 RTP/AVP 32\r\n" MPV,
       "bb", false}}},
    /* Video is refused; the second offer settles for one codec. */
    {"2.2",
     {{'A', AUDIO_VIDEO,
       BOB("2808844564") "m=audio 49172 RTP/AVP 0 8\r\n" PCMU PCMA "m=video 0 RTP/AVP 31\r\n" H261,
       "b-", false},
      {'A', ALICE("2890844527") "m=audio 51372 RTP/AVP 0\r\n" PCMU "m=video 0 RTP/AVP 31\r\n" H261,
       BOB("2808844565") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 0 RTP/AVP 31\r\n" H261, "b-",
       false}}},
    /* The answer has a payload type of its own for iLBC. */
    {"2.3",
     {{'A', AUDIO_VIDEO,
       BOB("2808844564") "m=audio 49172 RTP/AVP 99\r\n" ILBC99 "m=video 51374 RTP/AVP 31\r\n" H261,
       "bb", false}}},
    /* Two audio streams, one of which carries telephone events in one direction. */
    {"2.4", {ILBC_EVENTS_ROUND}},
    /* The answerer moves to another host; nothing changes for Alice, nor does her version. */
    {"2.5",
     {ILBC_H261_ROUND,
      {'B',
       BOB_AT("newhost.biloxi.example.com", "2808844565") "m=audio 49178 RTP/AVP 97\r\n" ILBC
                                                          "m=video 49188 RTP/AVP 31\r\n" H261,
       ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC "m=video 51372 RTP/AVP 31\r\n" H261,
       "bb", false}}},
    /* One of two audio streams is taken, with its telephone events. */
    {"2.6",
     {{'A',
       ALICE("2890844526") "m=audio 49170 RTP/AVP 0\r\n" PCMU
                           "m=audio 51372 RTP/AVP 97 101\r\n" ILBC
                           "a=rtpmap:101 telephone-event/8000\r\n",
       BOB("2808844564") "m=audio 0 RTP/AVP 0\r\n" PCMU "m=audio 49170 RTP/AVP 97 101\r\n" ILBC
                         "a=rtpmap:101 telephone-event/8000\r\n",
       "-b", false}}},
    /* A second video codec is added. */
    {"2.7",
     {{'A',
       ALICE("2890844526") "m=audio 49170 RTP/AVP 99\r\n" ILBC99
                           "m=video 51372 RTP/AVP 31\r\n" H261,
       BOB("2808844564") "m=audio 49172 RTP/AVP 99\r\n" ILBC99 "m=video 51374 RTP/AVP 31\r\n" H261,
       "bb", false},
      {'A',
       ALICE("2890844527") "m=audio 49170 RTP/AVP 99\r\n" ILBC99
                           "m=video 51372 RTP/AVP 31 32\r\n" H261 MPV,
       BOB("2808844565") "m=audio 49172 RTP/AVP 99\r\n" ILBC99
                         "m=video 51374 RTP/AVP 31 32\r\n" H261 MPV,
       "bb", false}}},
    /* Video goes to another address than audio. */
    {"2.8",
     {{'A', AUDIO_VIDEO,
       BOB("2808844564") "m=audio 49174 RTP/AVP 0\r\n" PCMU "m=video 49172 RTP/AVP 32\r\nc=IN IP4 "
                         "otherhost.biloxi.example.com\r\n" MPV,
       "bb", false}}},
    /* The answer holds; the answerer resumes, and Alice moves to another port. */
    {"3.1",
     {{'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC,
       BOB_AT("placeholder.biloxi.example.com", "2808844564") "m=audio 49172 RTP/AVP 97\r\n" ILBC
                                                              "a=sendonly\r\n",
       "r", false},
      {'B', BOB("2808844565") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
       ALICE("2890844527") "m=audio 49178 RTP/AVP 97\r\n" ILBC, "b", false}}},
    /* One of two streams is held. The last answer repeats the first offer and so says sendrecv to
       sendonly, which is lived with; ours says recvonly. */
    {"3.2",
     {ILBC_EVENTS_ROUND,
      {'B',
       BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC
                         "a=sendonly\r\nm=audio 49174 RTP/AVP 98\r\n" EVENTS "a=recvonly\r\n",
       ALICE("2890844527") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC
                           "m=audio 49172 RTP/AVP 98\r\n" EVENTS "a=sendonly\r\n",
       "rs", true}}},
    /* A stream of telephone events is added, at another address. */
    {"4.1",
     {{'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0 97\r\n" PCMU ILBC,
       BOB("2808844564") "m=audio 49170 RTP/AVP 97\r\n" ILBC, "b", false},
      {'B',
       BOB("2808844565") "m=audio 49170 RTP/AVP 97\r\n" ILBC "m=audio 48282 RTP/AVP 98\r\nc=IN IP4 "
                         "mediaserver.biloxi.example.com\r\n" EVENTS "a=recvonly\r\n",
       ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC
                           "m=audio 49172 RTP/AVP 98\r\nc=IN IP4 "
                           "host.atlanta.example.com\r\n" EVENTS "a=sendonly\r\n",
       "bs", false}}},
    /* Video is added to audio. */
    {"4.2",
     {{'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 0\r\n" PCMU,
       BOB("2808844564") "m=audio 49172 RTP/AVP 0\r\n" PCMU, "b", false},
      {'A',
       ALICE("2890844527") "m=audio 49170 RTP/AVP 0\r\n" PCMU "m=video 49172 RTP/AVP 31\r\n" H261,
       BOB("2808844565") "m=audio 49172 RTP/AVP 0\r\n" PCMU "m=video 49168 RTP/AVP 31\r\n" H261,
       "bb", false}}},
    /* Video is deleted again; its line stays. */
    {"4.3",
     {ILBC_H261_ROUND,
      {'B', BOB("2808844565") "m=audio 49174 RTP/AVP 97\r\n" ILBC "m=video 0 RTP/AVP 31\r\n" H261,
       ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC "m=video 0 RTP/AVP 31\r\n" H261,
       "b-", false}}},
    /* No media, then audio is added, as third parties do. */
    {"5.1",
     {{'A', ALICE("2890844526"), BOB("2808844564"), "", false},
      {'A', ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
       BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC, "b", false}}},
    /* The offer receives nothing, by c=0.0.0.0. The answers say nothing of directions, and the
       second is the first; ours say recvonly and then sendrecv. */
    {"5.2",
     {{'A', ALICE_AT("0.0.0.0", "2890844526") "m=audio 23442 RTP/AVP 97\r\n" ILBC,
       BOB("2808844564") "m=audio 49170 RTP/AVP 97\r\n" ILBC, "s", true},
      {'A', ALICE("2890844527") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
       BOB("2808844564") "m=audio 49170 RTP/AVP 97\r\n" ILBC, "b", true}}},
    /* The answer receives nothing, by c=0.0.0.0. */
    {"5.3",
     {{'A', ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC,
       BOB_AT("0.0.0.0", "2808844564") "m=audio 9322 RTP/AVP 97\r\n" ILBC, "r", false},
      {'B', BOB("2808844565") "m=audio 49172 RTP/AVP 97\r\n" ILBC,
       ALICE("2890844526") "m=audio 49170 RTP/AVP 97\r\n" ILBC, "b", false}}},
};

#define N_SESSIONS (sizeof sessions / sizeof sessions[0])

static void run_session(void **state)
{
    const struct session *session = *state;

    oa_run(session->rounds, session->rounds[1].offer != NULL ? 2 : 1);
}

int main(void)
{
    struct CMUnitTest tests[N_SESSIONS];

    for (size_t i = 0; i < N_SESSIONS; i++) {
        tests[i] = (struct CMUnitTest)cmocka_unit_test_prestate(run_session,
                                                                (void *)(uintptr_t)&sessions[i]);
        tests[i].name = sessions[i].section;
    }
    return cmocka_run_group_tests_name("RFC 4317", tests, NULL, NULL);
}
