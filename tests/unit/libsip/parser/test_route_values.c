#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    {&sip_from_type, "\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s",
     "A. G. Bell <sip:agb@bell-telephone.com>;tag=a48s",
     "A. G. Bell <sip:agb@bell-telephone.com>;tag=a48s"},
    {&sip_to_type, "sip:+12125551212@server.phone2net.com;tag=287447",
     "<sip:+12125551212@server.phone2net.com>;tag=287447", NULL},
    {&sip_reply_to_type, "Bob <sip:bob@biloxi.com>", NULL, NULL},
    {&sip_route_type, "<sip:bigbox3.site3.atlanta.com;lr>", NULL, NULL},
    {&sip_record_route_type, "<sip:server10.biloxi.com;lr>;x=\"y\"", NULL,
     "<sip:server10.biloxi.com;lr>"},
    {&sip_path_type, "<sip:P3.EXAMPLEHOME.COM;lr>", NULL, NULL},
    {&sip_service_route_type, "<sip:HSP.HOME.EXAMPLE.COM;lr>", NULL, NULL},
    {&sip_p_associated_uri_type, "<sip:user2-business@home1.net>", NULL, NULL},
    {&sip_p_called_party_id_type, "<sip:user1-business@example.com>", NULL, NULL},
    /* RFC 3261 20.42, RFC 4475 3.1.1.1 */
    {&sip_via_type, "SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7", NULL,
     "SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7"},
    {&sip_via_type,
     "SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7",
     "SIP/2.0/UDP first.example.com:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7",
     "SIP/2.0/UDP first.example.com:4000;branch=z9hG4bKa7;maddr=224.2.0.1;ttl=16"},
    {&sip_via_type, "SIP/2.0/UDP [2001:db8::9:1];rport;received=[2001:db8::9:255];branch=z9hG4bKas",
     NULL, "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas;received=[2001:db8::9:255];rport"},
    {&sip_via_type, "SIP/2.0/TLS h;branch=z9;rport=5067;alias;keep;x", NULL,
     "SIP/2.0/TLS h;branch=z9;rport=5067;alias;keep"},
    {&sip_via_type, "SIP/2.0/TCP h;branch=z9;keep=30", NULL, "SIP/2.0/TCP h;branch=z9;keep=30"},
    /* RFC 7339 4 */
    {&sip_via_type, "SIP/2.0/TLS p1.example.net;branch=z9hG4bK2d4790.1;oc;oc-algo=\"loss,A\"", NULL,
     "SIP/2.0/TLS p1.example.net;branch=z9hG4bK2d4790.1;oc;oc-algo=\"loss,A\""},
    {&sip_via_type,
     "SIP/2.0/TLS p1.example.net;branch=z9hG4bK2d4790.1;received=192.0.2.111;oc=0;oc-algo=\"loss\""
     ";oc-validity=0",
     NULL,
     "SIP/2.0/TLS p1.example.net;branch=z9hG4bK2d4790.1;received=192.0.2.111;oc=0;oc-algo=\"loss\""
     ";oc-validity=0"},
    {&sip_via_type,
     "SIP/2.0/TLS p1.example.net;branch=z9;oc=20;oc-algo=\"loss\";oc-validity=500;"
     "oc-seq=1282321615.782",
     NULL,
     "SIP/2.0/TLS p1.example.net;branch=z9;oc=20;oc-algo=\"loss\";oc-validity=500;"
     "oc-seq=1282321615.782"},
    /* RFC 5049 9.1 */
    {&sip_via_type,
     "SIP/2.0/UDP server1.example.com:5060;branch=z9hG4bK87a7;comp=sigcomp;"
     "sigcomp-id=\"urn:uuid:0C67446E-F1A1-11D9-94D3-000A95A0E128\"",
     NULL,
     "SIP/2.0/UDP server1.example.com:5060;branch=z9hG4bK87a7;comp=sigcomp;"
     "sigcomp-id=\"urn:uuid:0C67446E-F1A1-11D9-94D3-000A95A0E128\""},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_via_value via;

    (void)state;
    header_read(&sip_via_type, "SIP/2.0/UDP h:99;oc=20;oc-seq=1.5;keep;ttl=3;rport;oc-validity=7",
                &via);
    assert_int_equal(via.via.port, 99);
    assert_true(via.via.has_rport);
    assert_int_equal(via.oc_state, SIP_VALUED);
    assert_int_equal(via.oc, 20);
    assert_int_equal(via.oc_seq_us, 1500000);
    assert_int_equal(via.keep_state, SIP_BARE);
    assert_int_equal(via.ttl, 3);
    assert_int_equal(via.oc_validity_ms, 7);
    assert_false(via.alias);
}

static void test_build(void **state)
{
    sip_via_value via = {.via = {.protocol = SIP_PROTOCOL_TLS, .host = SIP_STR("h")}};
    sip_via_value other;
    sip_address from;

    (void)state;
    via.via.branch = SIP_STR("z9hG4bK1");
    via.via.has_rport = true;
    via.oc_state = SIP_BARE;
    via.oc_algo = SIP_STR("loss");
    header_prints(&sip_via_type, &via, "SIP/2.0/TLS h;branch=z9hG4bK1;rport;oc;oc-algo=\"loss\"");
    header_read(&sip_via_type, "sip/2.0/tls H;oc-algo=\"loss\";oc;rport;branch=z9hG4bK1", &other);
    assert_true(sip_header_equal(&sip_via_type, &via, &other));
    other.oc_state = SIP_VALUED;
    assert_false(sip_header_equal(&sip_via_type, &via, &other));
    header_read(&sip_via_type, "SIP/2.0/TLS h:5061;oc-algo=\"loss\";oc;rport;branch=z9hG4bK1",
                &other);
    assert_false(sip_header_equal(&sip_via_type, &via, &other));
    via.via.host = SIP_STR("a b");
    header_prints(&sip_via_type, &via, NULL);
    via = (sip_via_value){.via = {.host = SIP_STR("h")}};
    header_prints(&sip_via_type, &via, NULL);

    header_read(&sip_from_type, "<sip:a@h>;tag=1;x=2", &from);
    from.tag = SIP_STR("9");
    header_prints(&sip_from_type, &from, "<sip:a@h>;tag=9;x=2");
    from.tag = (sip_str){0};
    header_prints(&sip_from_type, &from, "<sip:a@h>;x=2");
}

/* A response comes back with what the next hop saw: received and rport are put into the value. */
static void test_change(void **state)
{
    sip_via_value via;

    (void)state;
    header_read(&sip_via_type, "SIP/2.0/UDP h;x=1;rport;branch=z9hG4bK1", &via);
    via.via.rport = 4711;
    via.via.received = SIP_STR("192.0.2.9");
    header_prints(&sip_via_type, &via,
                  "SIP/2.0/UDP h;x=1;rport=4711;branch=z9hG4bK1;received=192.0.2.9");
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_from_type, "<sip:a@h>;tag=1;tag=2", 0);
    header_refused(&sip_via_type, "SIP/3.0/UDP h", 0);
    header_refused(&sip_via_type, "SIP/2.0/UDP h;ttl=x", 14);
    header_refused(&sip_via_type, "SIP/2.0/UDP h;oc=x", 14);
    header_refused(&sip_via_type, "SIP/2.0/UDP h;oc;oc", 17);
    header_refused(&sip_via_type, "SIP/2.0/UDP h;oc-seq=1.x", 14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_members), cmocka_unit_test(test_build),
        cmocka_unit_test(test_change), cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
