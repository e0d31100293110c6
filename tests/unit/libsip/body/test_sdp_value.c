#include "support/guard_str.h"

#include <sip/sdp.h>

static void test_origin(void **state)
{
    sip_sdp_origin origin;

    (void)state;
    assert_int_equal(sip_sdp_origin_parse(SIP_STR("- 99999999999999999999 2 IN IP6 ::1"), &origin),
                     0);
    assert_str(origin.id, "99999999999999999999");
    assert_str(origin.addr_type, "IP6");
    assert_int_equal(sip_sdp_origin_parse(SIP_STR("- 1 2 IN IP6"), &origin), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_origin_parse(SIP_STR(""), &origin), SIP_ESYNTAX);
}

static void test_connection(void **state)
{
    static const char *const bad[] = {"IN IP4",
                                      "IN IP4 1.2.3.4/",
                                      "IN IP4 1.2.3.4/256",
                                      "IN IP4 1.2.3.4/1/",
                                      "IN IP4 1.2.3.4/1/0",
                                      "IN IP4 /1",
                                      "IN IP6 ff15::1/1/2",
                                      "IN IP6 ff15::1/x",
                                      "IN IP4 a b"};
    sip_sdp_connection c;

    (void)state;
    assert_int_equal(sip_sdp_connection_parse(SIP_STR("IN IP4 224.2.1.1/127/3"), &c), 0);
    assert_str(c.address, "224.2.1.1");
    assert_true(c.has_ttl);
    assert_int_equal(c.ttl, 127);
    assert_int_equal(c.count, 3);
    assert_int_equal(sip_sdp_connection_parse(SIP_STR("IN IP6 ff15::101/3"), &c), 0);
    assert_false(c.has_ttl);
    assert_int_equal(c.count, 3);
    assert_int_equal(sip_sdp_connection_parse(SIP_STR("IN IP4 host"), &c), 0);
    assert_int_equal(c.count, 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(sip_sdp_connection_parse(sip_str_of(bad[i]), &c), SIP_ESYNTAX);
    }
    assert_true(sip_sdp_is_multicast(SIP_STR("239.255.0.1")));
    assert_true(sip_sdp_is_multicast(SIP_STR("ff02::1")));
    assert_false(sip_sdp_is_multicast(SIP_STR("192.0.2.1")));
    assert_false(sip_sdp_is_multicast(SIP_STR("2001:db8::1")));
    assert_false(sip_sdp_is_multicast(SIP_STR("host")));
}

static void test_bandwidth(void **state)
{
    sip_sdp_bandwidth b;

    (void)state;
    assert_int_equal(sip_sdp_bandwidth_parse(SIP_STR("X-YZ:128"), &b), 0);
    assert_str(b.type, "X-YZ");
    assert_int_equal(b.value, 128);
    assert_int_equal(sip_sdp_bandwidth_parse(SIP_STR("AS:4294967296"), &b), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_bandwidth_parse(SIP_STR("AS"), &b), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_bandwidth_parse(SIP_STR(":1"), &b), SIP_ESYNTAX);
}

static void test_times(void **state)
{
    sip_sdp_repeat r;
    sip_sdp_time t;
    sip_str rest;
    uint64_t at;
    int64_t s;

    (void)state;
    assert_int_equal(sip_sdp_time_parse(SIP_STR("3034423619 3042462419"), &t), 0);
    assert_true(t.start_s == 3034423619u && t.stop_s == 3042462419u);
    assert_int_equal(sip_sdp_time_parse(SIP_STR("0 99999999999999999999"), &t), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_time_parse(SIP_STR("0 0 0"), &t), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_repeat_parse(SIP_STR("7d 1h 0 25h 5m 6s"), &r), 0);
    assert_int_equal(r.interval_s, 604800);
    assert_int_equal(r.duration_s, 3600);
    rest = r.offsets;
    assert_int_equal(sip_sdp_seconds_next(&rest, &s), 1);
    assert_int_equal(s, 0);
    assert_int_equal(sip_sdp_seconds_next(&rest, &s), 1);
    assert_int_equal(s, 90000);
    assert_int_equal(sip_sdp_seconds_next(&rest, &s), 1);
    assert_int_equal(s, 300);
    assert_int_equal(sip_sdp_seconds_next(&rest, &s), 1);
    assert_int_equal(sip_sdp_seconds_next(&rest, &s), 0);
    assert_int_equal(sip_sdp_repeat_parse(SIP_STR("0 1h 0"), &r), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_repeat_parse(SIP_STR("7w 1h 0"), &r), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_repeat_parse(SIP_STR("7d 1h x"), &r), SIP_ESYNTAX);
    rest = SIP_STR("2882844526 -1h 2898848070 0 x");
    assert_int_equal(sip_sdp_zone_next(&rest, &at, &s), 1);
    assert_true(at == 2882844526u);
    assert_int_equal(s, -3600);
    assert_int_equal(sip_sdp_zone_next(&rest, &at, &s), 1);
    assert_int_equal(s, 0);
    assert_int_equal(sip_sdp_zone_next(&rest, &at, &s), SIP_ESYNTAX);
    rest = SIP_STR("");
    assert_int_equal(sip_sdp_zone_next(&rest, &at, &s), 0);
}

static void test_media(void **state)
{
    sip_sdp_media_line m;

    (void)state;
    assert_int_equal(sip_sdp_media_line_parse(SIP_STR("audio 49170/2 RTP/AVP 0 8"), &m), 0);
    assert_int_equal(m.port, 49170);
    assert_int_equal(m.n_ports, 2);
    assert_str(m.formats, "0 8");
    assert_int_equal(sip_sdp_media_line_parse(SIP_STR("audio 1/x RTP/AVP 0"), &m), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_media_line_parse(SIP_STR("audio 65536 RTP/AVP 0"), &m), SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_origin),    cmocka_unit_test(test_connection),
        cmocka_unit_test(test_bandwidth), cmocka_unit_test(test_times),
        cmocka_unit_test(test_media),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
