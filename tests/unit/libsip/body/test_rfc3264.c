/* The examples of RFC 3264 10. */
#include "oa_script.h"

#define ALICE(version)                                                                             \
    "v=0\r\no=alice 2890844526 " version " IN IP4 host.anywhere.com\r\ns= \r\n"                    \
    "c=IN IP4 host.anywhere.com\r\nt=0 0\r\n"
#define BOB(version)                                                                               \
    "v=0\r\no=bob 2890844730 " version " IN IP4 host.example.com\r\ns= \r\n"                       \
    "c=IN IP4 host.example.com\r\nt=0 0\r\n"

static void test_basic_exchange(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
                             "m=video 51372 RTP/AVP 31\r\na=rtpmap:31 H261/90000\r\n"
                             "m=video 53000 RTP/AVP 32\r\na=rtpmap:32 MPV/90000\r\n",
         BOB("2890844730") "m=audio 49920 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
                           "m=video 0 RTP/AVP 31\r\n"
                           "m=video 53000 RTP/AVP 32\r\na=rtpmap:32 MPV/90000\r\n",
         "b-b", false},
        {'B',
         BOB("2890844731") "m=audio 65422 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
                           "m=video 0 RTP/AVP 31\r\n"
                           "m=video 53000 RTP/AVP 32\r\na=rtpmap:32 MPV/90000\r\n"
                           "m=audio 51434 RTP/AVP 110\r\n"
                           "a=rtpmap:110 telephone-events/8000\r\na=recvonly\r\n",
         ALICE("2890844527") "m=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
                             "m=video 0 RTP/AVP 31\r\na=rtpmap:31 H261/90000\r\n"
                             "m=video 53000 RTP/AVP 32\r\na=rtpmap:32 MPV/90000\r\n"
                             "m=audio 53122 RTP/AVP 110\r\n"
                             "a=rtpmap:110 telephone-events/8000\r\na=sendonly\r\n",
         "b-bs", false},
    };

    (void)state;
    oa_run(rounds, 2);
}

static void test_one_of_n_codecs(void **state)
{
    static const oa_round rounds[] = {
        {'A',
         ALICE("2890844526") "m=audio 62986 RTP/AVP 0 4 18\r\na=rtpmap:0 PCMU/8000\r\n"
                             "a=rtpmap:4 G723/8000\r\na=rtpmap:18 G729/8000\r\na=inactive\r\n",
         BOB("2890844731") "m=audio 54344 RTP/AVP 0 4\r\na=rtpmap:0 PCMU/8000\r\n"
                           "a=rtpmap:4 G723/8000\r\na=inactive\r\n",
         "i", false},
        {'A',
         ALICE("2890844527") "m=audio 62986 RTP/AVP 4\r\na=rtpmap:4 G723/8000\r\na=sendrecv\r\n",
         BOB("2890844732") "m=audio 54344 RTP/AVP 4\r\na=rtpmap:4 G723/8000\r\na=sendrecv\r\n", "b",
         false},
    };

    (void)state;
    oa_run(rounds, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basic_exchange),
        cmocka_unit_test(test_one_of_n_codecs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
