#include "support/guard_str.h"

#include <sip/sdp_attribute.h>

#define TEXT                                                                                       \
    "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nb=AS:1\r\nb=CT:2\r\nt=0 "                     \
    "0\r\na=x:1\r\na=y\r\n"                                                                        \
    "m=audio 9 RTP/AVP 0\r\na=x:2\r\na=mid: a \r\na=x:3\r\n"

static void test_attributes(void **state)
{
    const sip_sdp_attribute *at;
    sip_sdp *sdp = NULL;

    (void)state;
    assert_int_equal(sip_sdp_parse(NULL, SIP_STR(TEXT), &sdp), 0);
    assert_str(sip_sdp_find_attribute(sdp, &sdp->media[0], "x")->value, "2");
    assert_str(sip_sdp_find_attribute(sdp, NULL, "x")->value, "1");
    assert_non_null(sip_sdp_find_attribute(sdp, &sdp->media[0], "y"));
    assert_null(sip_sdp_find_attribute(sdp, &sdp->media[0], "z"));
    assert_null(sip_sdp_find_attribute(NULL, &sdp->media[0], "z"));
    at = sip_sdp_next_attribute(sdp->media[0].attributes, sdp->media[0].n_attributes, "x", NULL);
    at = sip_sdp_next_attribute(sdp->media[0].attributes, sdp->media[0].n_attributes, "x", at);
    assert_str(at->value, "3");
    assert_null(
        sip_sdp_next_attribute(sdp->media[0].attributes, sdp->media[0].n_attributes, "x", at));
    assert_ptr_equal(sip_sdp_find_mid(sdp, SIP_STR("a")), &sdp->media[0]);
    sip_free(NULL, sdp);
}

static void test_lines(void **state)
{
    const sip_sdp_line *line;
    sip_sdp *sdp = NULL;

    (void)state;
    assert_int_equal(sip_sdp_parse(NULL, SIP_STR(TEXT), &sdp), 0);
    line = sip_sdp_next_line(sdp->lines, sdp->n_lines, 'b', NULL);
    assert_str(line->value, "AS:1");
    line = sip_sdp_next_line(sdp->lines, sdp->n_lines, 'b', line);
    assert_str(line->value, "CT:2");
    assert_null(sip_sdp_next_line(sdp->lines, sdp->n_lines, 'b', line));
    assert_null(sip_sdp_next_line(sdp->media[0].lines, sdp->media[0].n_lines, 'b', NULL));
    sip_free(NULL, sdp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
