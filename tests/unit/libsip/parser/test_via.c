#include "support/guard_str.h"

#include "parser/via.h"

static void test_full(void **state)
{
    guard_page page;
    sip_via via;
    const sip_str text = guard_str(&page, " SIP/2.0/UDP pc33.atlanta.com:5066;branch=z9hG4bK776;"
                                          "received=192.0.2.1;rport=5067;MADDR=239.0.0.1;ttl=1 ");

    (void)state;
    assert_int_equal(sip__via_parse(text, &via), 0);
    assert_str(via.text, "SIP/2.0/UDP pc33.atlanta.com:5066;branch=z9hG4bK776;"
                         "received=192.0.2.1;rport=5067;MADDR=239.0.0.1;ttl=1");
    assert_int_equal(via.protocol, SIP_PROTOCOL_UDP);
    assert_str(via.protocol_text, "UDP");
    assert_str(via.host, "pc33.atlanta.com");
    assert_int_equal(via.port, 5066);
    assert_str(via.params, "branch=z9hG4bK776;received=192.0.2.1;rport=5067;MADDR=239.0.0.1;ttl=1");
    assert_str(via.branch, "z9hG4bK776");
    assert_str(via.received, "192.0.2.1");
    assert_str(via.maddr, "239.0.0.1");
    assert_true(via.has_rport);
    assert_int_equal(via.rport, 5067);
    guard_page_finish(&page);
}

/* RFC 4475 3.1.1.1: white space wherever it may stand. */
static void test_white_space(void **state)
{
    guard_page page;
    sip_via via;
    const sip_str text = guard_str(&page, "SIP  / 2.0\r\n /UDP\r\n    192.0.2.2 : 99 ;\r\n branch ="
                                          "\r\n z9hG4bK30239 ; rport");

    (void)state;
    assert_int_equal(sip__via_parse(text, &via), 0);
    assert_str(via.host, "192.0.2.2");
    assert_int_equal(via.port, 99);
    assert_str(via.branch, "z9hG4bK30239");
    assert_true(via.has_rport);
    assert_int_equal(via.rport, 0);
    guard_page_finish(&page);
}

static void test_bare_and_unknown(void **state)
{
    guard_page page;
    sip_via via;

    (void)state;
    assert_int_equal(sip__via_parse(guard_str(&page, "sip/2.0/UNKNOWN t5"), &via), 0);
    assert_int_equal(via.protocol, SIP_PROTOCOL_NONE);
    assert_str(via.protocol_text, "UNKNOWN");
    assert_str(via.host, "t5");
    assert_int_equal(via.port, 0);
    assert_int_equal(via.params.len, 0);
    assert_int_equal(via.branch.len, 0);
    assert_false(via.has_rport);
    guard_page_finish(&page);
}

/* RFC 5118 4.5: received= comes with and without brackets. */
static void test_ip6(void **state)
{
    guard_page page;
    sip_via via;

    (void)state;
    assert_int_equal(sip__via_parse(guard_str(&page, "SIP/2.0/TLS [2001:db8::9:1]:6050;"
                                                     "received=[2001:db8::9:255];branch=z9hG4bKas"),
                                    &via),
                     0);
    assert_str(via.host, "[2001:db8::9:1]");
    assert_int_equal(via.port, 6050);
    assert_str(via.received, "[2001:db8::9:255]");
    guard_page_finish(&page);
    assert_int_equal(
        sip__via_parse(guard_str(&page, "SIP/2.0/WSS [::1];received=2001:db8::9:255"), &via), 0);
    assert_int_equal(via.protocol, SIP_PROTOCOL_WSS);
    assert_str(via.received, "2001:db8::9:255");
    guard_page_finish(&page);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "SIP/2.0",
        "SIP/2.0/",
        "SIP/2.0/UDP",
        "SIP/2.0/UDP ",
        "SIP/2.0/UDP ;branch=a",
        "SIP/3.0/UDP h",
        "HTTP/2.0/UDP h",
        "SIP 2.0/UDP h",
        "SIP/2.0 UDP h",
        "SIP/2.0/UDP h:",
        "SIP/2.0/UDP h:0",
        "SIP/2.0/UDP h:65536",
        "SIP/2.0/UDP h:5060x",
        "SIP/2.0/UDP h h",
        "SIP/2.0/UDP 192.0.2.15;;,;,,",
        "SIP/2.0/UDP h;",
        "SIP/2.0/UDP h;branch",
        "SIP/2.0/UDP h;branch=",
        "SIP/2.0/UDP h;branch=a;branch=b",
        "SIP/2.0/UDP h;rport;rport=1",
        "SIP/2.0/UDP h;rport=0",
        "SIP/2.0/UDP h;rport=x",
        "SIP/2.0/UDP h;received=a;received=b",
        "SIP/2.0/UDP h;maddr",
        "SIP/2.0/UDP h;branch=a;\"b\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_via via;

        assert_int_equal(sip__via_parse(guard_str(&page, texts[i]), &via), SIP_ESYNTAX);
        guard_page_finish(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_white_space),
        cmocka_unit_test(test_bare_and_unknown),
        cmocka_unit_test(test_ip6),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
