#include "support/guard_str.h"

#include <sip/sdp.h>

static void check(const char *text, sip_sdp_direction direction, const char *expected)
{
    const size_t len = strlen(expected);
    guard_page page;
    sip_sdp *sdp = NULL;

    assert_int_equal(sip_sdp_parse(sip_allocator_default(), sip_str_of(text), &sdp), 0);
    guard_page_init(&page, expected, len);
    memset(page.bytes, 0, len);
    assert_int_equal(sip_sdp_redirect(sdp, direction, page.bytes, len), len);
    assert_memory_equal(page.bytes, expected, len);
    for (size_t size = 0; size < len; size++) {
        assert_int_equal(sip_sdp_redirect(sdp, direction, page.bytes + (len - size), size),
                         SIP_ETOOBIG);
    }
    guard_page_finish(&page);
    sip_free(sip_allocator_default(), sdp);
}

static void test_hold_and_resume(void **state)
{
    (void)state;
    check("v=0\r\no=- 7 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\na=recvonly\r\na=tool:x\r\n"
          "m=audio 9 RTP/AVP 0\r\na=sendrecv\r\na=ptime:20\r\nm=video 10 RTP/AVP 99\r\n",
          SIP_SDP_SENDONLY,
          "v=0\r\no=- 7 2 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\na=tool:x\r\n"
          "m=audio 9 RTP/AVP 0\r\na=ptime:20\r\na=sendonly\r\nm=video 10 RTP/AVP 99\r\n"
          "a=sendonly\r\n");
    check("v=0\no=- 7 2 IN IP4 h\ns=-\nm=audio 0 RTP/AVP 0\na=inactive", SIP_SDP_SENDRECV,
          "v=0\r\no=- 7 3 IN IP4 h\r\ns=-\r\nm=audio 0 RTP/AVP 0\r\na=sendrecv\r\n");
}

static void test_version_of_any_size(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"v=0\r\no=- 1 9 IN IP4 h\r\ns=-\r\n", "v=0\r\no=- 1 10 IN IP4 h\r\ns=-\r\n"},
        {"v=0\r\no=- 1 1299 IN IP4 h\r\ns=-\r\n", "v=0\r\no=- 1 1300 IN IP4 h\r\ns=-\r\n"},
        {"v=0\r\no=- 1 99999999999999999999999 IN IP4 h\r\ns=-\r\n",
         "v=0\r\no=- 1 100000000000000000000000 IN IP4 h\r\ns=-\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check(cases[i].from, SIP_SDP_INACTIVE, cases[i].to);
    }
}

static void test_null(void **state)
{
    (void)state;
    assert_int_equal(sip_sdp_redirect(NULL, SIP_SDP_SENDRECV, NULL, 0), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hold_and_resume),
        cmocka_unit_test(test_version_of_any_size),
        cmocka_unit_test(test_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
