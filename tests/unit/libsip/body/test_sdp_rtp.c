#include "support/guard_str.h"

#include <sip/sdp_attribute.h>

static void test_rtpmap(void **state)
{
    static const char *const bad[] = {"",       "97",     "128 a/1",  "97 a",
                                      "97 a/0", "97 a/x", "97 a/1/0", "97 a/1/x",
                                      "97 /1",  "x a/1",  "97 a b/1", "97 a/4294967296"};
    sip_sdp_rtpmap map;

    (void)state;
    assert_int_equal(sip_sdp_rtpmap_parse(SIP_STR("97 opus/48000/2"), &map), 0);
    assert_int_equal(map.payload, 97);
    assert_str(map.encoding, "opus");
    assert_int_equal(map.clock_hz, 48000);
    assert_int_equal(map.channels, 2);
    assert_int_equal(sip_sdp_rtpmap_parse(SIP_STR("0 PCMU/8000 "), &map), 0);
    assert_int_equal(map.channels, 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        guard_page page;

        assert_int_equal(sip_sdp_rtpmap_parse(guard_str(&page, bad[i]), &map), SIP_ESYNTAX);
        guard_page_finish(&page);
    }
    assert_int_equal(sip_sdp_static_rtpmap(9, &map), 0);
    assert_str(map.encoding, "G722");
    assert_int_equal(sip_sdp_static_rtpmap(96, &map), SIP_ENOENT);
}

#define SECTION                                                                                    \
    "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\na=group:BUNDLE a b\r\n"              \
    "m=audio 9 RTP/AVP 0 97 98 99\r\na=rtpmap:97 iLBC/8000\r\na=fmtp:97 mode=30\r\n"               \
    "a=rtpmap:98 wrong\r\na=mid:a\r\na=rtpmap:x\r\na=fmtp:1\r\n"                                   \
    "m=video 9 RTP/AVP 34\r\na=mid:b\r\n"

static void test_section(void **state)
{
    sip_sdp_rtpmap map, other;
    sip_sdp *sdp = NULL;

    (void)state;
    assert_int_equal(sip_sdp_parse(NULL, SIP_STR(SECTION), &sdp), 0);
    assert_int_equal(sip_sdp_media_rtpmap(&sdp->media[0], 97, &map), 0);
    assert_str(map.encoding, "iLBC");
    assert_int_equal(sip_sdp_media_rtpmap(&sdp->media[0], 0, &other), 0);
    assert_str(other.encoding, "PCMU");
    assert_false(sip_sdp_same_rtpmap(&map, &other));
    assert_int_equal(sip_sdp_rtpmap_parse(SIP_STR("100 ILBC/8000/1"), &other), 0);
    assert_true(sip_sdp_same_rtpmap(&map, &other));
    assert_int_equal(sip_sdp_media_rtpmap(&sdp->media[0], 98, &map), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_media_rtpmap(&sdp->media[0], 99, &map), SIP_ENOENT);
    assert_str(sip_sdp_media_fmtp(&sdp->media[0], SIP_STR("97")), "mode=30");
    assert_int_equal(sip_sdp_media_fmtp(&sdp->media[0], SIP_STR("0")).len, 0);
    assert_ptr_equal(sip_sdp_find_mid(sdp, SIP_STR("b")), &sdp->media[1]);
    assert_null(sip_sdp_find_mid(sdp, SIP_STR("c")));
    sip_free(NULL, sdp);
}

static void test_fmtp(void **state)
{
    sip_str rest = SIP_STR("; octet-align ; mode-set=0, 2;x= ;");
    sip_str name, value;

    (void)state;
    assert_true(sip_sdp_fmtp_next(&rest, &name, &value));
    assert_str(name, "octet-align");
    assert_int_equal(value.len, 0);
    assert_true(sip_sdp_fmtp_next(&rest, &name, &value));
    assert_str(value, "0, 2");
    assert_true(sip_sdp_fmtp_next(&rest, &name, &value));
    assert_false(sip_sdp_fmtp_next(&rest, &name, &value));
    assert_true(sip_sdp_fmtp_find(SIP_STR("a=1;Mode=20"), "mode", &value));
    assert_str(value, "20");
    assert_false(sip_sdp_fmtp_find(SIP_STR("a=1;Mode=20"), "b", &value));
    assert_int_equal(sip_sdp_fmtp_parse(SIP_STR("101"), &name, &value), SIP_ESYNTAX);
}

static void test_ptime(void **state)
{
    uint32_t us;

    (void)state;
    assert_int_equal(sip_sdp_ptime_parse(SIP_STR("20"), &us), 0);
    assert_int_equal(us, 20000);
    assert_int_equal(sip_sdp_ptime_parse(SIP_STR("2.51239"), &us), 0);
    assert_int_equal(us, 2512);
    assert_int_equal(sip_sdp_ptime_parse(SIP_STR("0"), &us), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_ptime_parse(SIP_STR("2."), &us), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_ptime_parse(SIP_STR("x"), &us), SIP_ESYNTAX);
}

static void test_rtcp(void **state)
{
    sip_sdp_rtcp_fb fb;
    sip_sdp_rtcp rtcp;

    (void)state;
    assert_int_equal(sip_sdp_rtcp_parse(SIP_STR("53020"), &rtcp), 0);
    assert_int_equal(rtcp.address.len, 0);
    assert_int_equal(sip_sdp_rtcp_parse(SIP_STR("53020 IN IP6 2001:db8::1"), &rtcp), 0);
    assert_int_equal(rtcp.port, 53020);
    assert_str(rtcp.address, "2001:db8::1");
    assert_int_equal(sip_sdp_rtcp_parse(SIP_STR("53020 IN"), &rtcp), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_rtcp_parse(SIP_STR("x"), &rtcp), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_rtcp_fb_parse(SIP_STR("* nack pli"), &fb), 0);
    assert_true(fb.all);
    assert_str(fb.parameter, "pli");
    assert_int_equal(sip_sdp_rtcp_fb_parse(SIP_STR("96 trr-int 100"), &fb), 0);
    assert_int_equal(fb.payload, 96);
    assert_str(fb.type, "trr-int");
    assert_int_equal(sip_sdp_rtcp_fb_parse(SIP_STR("x nack"), &fb), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_rtcp_fb_parse(SIP_STR("96"), &fb), SIP_ESYNTAX);
}

static void test_extmap(void **state)
{
    static const char *const bad[] = {"1", "0 u", "256 u", "4352 u", "1/x u", "x u"};
    sip_sdp_extmap map;

    (void)state;
    assert_int_equal(sip_sdp_extmap_parse(SIP_STR("1 URI-toffset"), &map), 0);
    assert_false(map.has_direction);
    assert_int_equal(
        sip_sdp_extmap_parse(SIP_STR("4096/recvonly http://example.com/ext.htm#xmeta short"), &map),
        0);
    assert_int_equal(map.id, 4096);
    assert_int_equal(map.direction, SIP_SDP_RECVONLY);
    assert_str(map.uri, "http://example.com/ext.htm#xmeta");
    assert_str(map.parameters, "short");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(sip_sdp_extmap_parse(sip_str_of(bad[i]), &map), SIP_ESYNTAX);
    }
}

static void test_sources_and_groups(void **state)
{
    sip_sdp_group group;
    sip_sdp_ssrc ssrc;
    sip_str word;

    (void)state;
    assert_int_equal(sip_sdp_ssrc_parse(SIP_STR("11111 cname:user@example.com"), &ssrc), 0);
    assert_int_equal(ssrc.id, 11111);
    assert_str(ssrc.name, "cname");
    assert_str(ssrc.value, "user@example.com");
    assert_int_equal(sip_sdp_ssrc_parse(SIP_STR("4294967296 x"), &ssrc), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_ssrc_parse(SIP_STR("1"), &ssrc), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_group_parse(SIP_STR("LS 1 2"), &group), 0);
    assert_str(group.semantics, "LS");
    assert_true(sip_sdp_word_next(&group.members, &word));
    assert_str(word, "1");
    assert_true(sip_sdp_has_word(group.members, SIP_STR("2")));
    assert_false(sip_sdp_has_word(group.members, SIP_STR("1")));
    assert_int_equal(sip_sdp_group_parse(SIP_STR(""), &group), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_ssrc_group_parse(SIP_STR("FID 1 2"), &group), 0);
    assert_int_equal(sip_sdp_ssrc_group_parse(SIP_STR("FID x"), &group), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_ssrc_group_parse(SIP_STR(""), &group), SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rtpmap),
        cmocka_unit_test(test_section),
        cmocka_unit_test(test_fmtp),
        cmocka_unit_test(test_ptime),
        cmocka_unit_test(test_rtcp),
        cmocka_unit_test(test_extmap),
        cmocka_unit_test(test_sources_and_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
