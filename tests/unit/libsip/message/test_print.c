/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "message/msg_internal.h"
#include "message/print.h"
#include "message_samples.h"
#include "support/fail_alloc.h"
#include "support/msg_walk.h"

static sip_msg *must_parse(const char *text)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static sip__wire wire_by(sip_protocol protocol, const char *ip, uint16_t port)
{
    sip__wire wire = {.protocol = protocol, .branch = SIP_STR_INIT("z9hG4bKp1")};

    assert_int_equal(sip_addr_parse(sip_str_of(ip), port, &wire.sent_by), 0);
    return wire;
}

static void assert_parses_back(const sip_msg *msg)
{
    sip_msg *parsed = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_msg_bytes(msg), NULL, &parsed, NULL), 0);
    assert_true(msg_walk(msg) == msg_walk(parsed));
    sip_msg_unref(parsed);
}

static sip_msg *make_invite(const sip_allocator *allocator, const char *uri)
{
    const sip_body body = SIP_BODY_SDP("v=0\r\n");
    sip_build *build = sip_build_request(allocator, SIP_STR("INVITE"), sip_str_of(uri));
    sip_msg *msg = NULL;

    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    sip_build_header(build, SIP_HEADER_ROUTE, SIP_STR("<sip:p;lr>"));
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@h>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@h>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("c"));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("8 INVITE"));
    sip_build_contact(build, SIP_STR("alice"), SIP_STR(";ob"));
    sip_build_header(build, SIP_HEADER_SUPPORTED, SIP_STR("timer"));
    sip_build_body(build, &body);
    (void)sip_build_finish(build, &msg);
    return msg;
}

static void test_request(void **state)
{
    sip__wire wire = wire_by(SIP_PROTOCOL_TCP, "192.0.2.1", 5070);
    sip_msg *msg = make_invite(NULL, "sip:b@h");
    sip_msg *sent = NULL;

    (void)state;
    assert_int_equal(sip__print_request(msg, &wire, &sent), 0);
    assert_true(sip_str_equal(sip_msg_bytes(sent),
                              "INVITE sip:b@h SIP/2.0\r\n"
                              "Via: SIP/2.0/TCP 192.0.2.1:5070;branch=z9hG4bKp1;rport\r\n"
                              "Max-Forwards: 70\r\n"
                              "Route: <sip:p;lr>\r\n"
                              "From: <sip:a@h>;tag=1\r\n"
                              "To: <sip:b@h>\r\n"
                              "Call-ID: c\r\n"
                              "CSeq: 8 INVITE\r\n"
                              "Contact: <sip:alice@192.0.2.1:5070;transport=tcp>;ob\r\n"
                              "Supported: timer\r\n"
                              "Content-Type: application/sdp\r\n"
                              "Content-Length: 5\r\n\r\nv=0\r\n"));
    assert_parses_back(sent);
    assert_int_equal(sip_msg_check(sent, NULL, NULL), 0);
    assert_false(sent->wants_contact);
    assert_true(msg->wants_contact);
    sip_msg_unref(sent);
    sip_msg_unref(msg);
}

static void test_contact_forms(void **state)
{
    static const struct {
        const char *uri;
        sip_protocol protocol;
        const char *ip;
        uint16_t port;
        const char *contact;
    } cases[] = {
        {"sip:b", SIP_PROTOCOL_UDP, "192.0.2.1", 5060, "<sip:alice@192.0.2.1:5060>;ob"},
        {"sip:b", SIP_PROTOCOL_UDP, "2001:db8::1", 9, "<sip:alice@[2001:db8::1]:9>;ob"},
        {"sip:b", SIP_PROTOCOL_TLS, "192.0.2.1", 0, "<sip:alice@192.0.2.1;transport=tls>;ob"},
        {"sips:b", SIP_PROTOCOL_TLS, "192.0.2.1", 7, "<sips:alice@192.0.2.1:7;transport=tcp>;ob"},
        {"sip:b", SIP_PROTOCOL_WS, "192.0.2.1", 7, "<sip:alice@192.0.2.1:7;transport=ws>;ob"},
        {"sips:b", SIP_PROTOCOL_WSS, "192.0.2.1", 7, "<sips:alice@192.0.2.1:7;transport=ws>;ob"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip__wire wire = wire_by(cases[i].protocol, cases[i].ip, cases[i].port);
        sip_msg *msg = make_invite(NULL, cases[i].uri);
        sip_msg *sent = NULL;

        assert_int_equal(sip__print_request(msg, &wire, &sent), 0);
        assert_true(sip_str_equal(sip_msg_value(sent, SIP_HEADER_CONTACT, 0), cases[i].contact));
        assert_non_null(sip_msg_address(sent, SIP_HEADER_CONTACT, 0));
        sip_msg_unref(sent);
        sip_msg_unref(msg);
    }
}

static void test_host_name_in_via(void **state)
{
    sip__wire wire = wire_by(SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    sip_msg *msg = make_invite(NULL, "sip:b@h");
    sip_msg *sent = NULL;

    (void)state;
    wire.sent_by_host = SIP_STR("pc.example.com");
    assert_int_equal(sip__print_request(msg, &wire, &sent), 0);
    assert_true(sip_str_equal(sip_msg_value(sent, SIP_HEADER_VIA, 0),
                              "SIP/2.0/UDP pc.example.com:5060;branch=z9hG4bKp1;rport"));
    sip_msg_unref(sent);
    sip_msg_unref(msg);
}

/* What was learnt of a NAT is for Contact alone; a name that is advertised is for both. */
static void test_contact_elsewhere(void **state)
{
    sip__wire wire = wire_by(SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    sip_addr group;
    sip_msg *msg = make_invite(NULL, "sip:b@h");
    sip_msg *sent = NULL;

    (void)state;
    wire.sent_by_host = SIP_STR("pc.example.com");
    assert_int_equal(sip__print_request(msg, &wire, &sent), 0);
    assert_true(sip_str_equal(sip_msg_value(sent, SIP_HEADER_CONTACT, 0),
                              "<sip:alice@pc.example.com:5060>;ob"));
    sip_msg_unref(sent);
    assert_int_equal(sip_addr_parse(SIP_STR("203.0.113.1"), 4000, &wire.contact), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("ff05::7"), 0, &group), 0);
    wire.maddr = &group;
    assert_int_equal(sip__print_request(msg, &wire, &sent), 0);
    assert_true(sip_str_equal(sip_msg_value(sent, SIP_HEADER_CONTACT, 0),
                              "<sip:alice@203.0.113.1:4000>;ob"));
    assert_true(
        sip_str_equal(sip_msg_value(sent, SIP_HEADER_VIA, 0),
                      "SIP/2.0/UDP pc.example.com:5060;branch=z9hG4bKp1;rport;maddr=[ff05::7]"));
    assert_parses_back(sent);
    sip_msg_unref(sent);
    sip_msg_unref(msg);
}

/* Where its sender sees us stays with a request and its copies, and is what the answer says. */
static void test_seen(void **state)
{
    fail_alloc memory;
    sip_path path = {.protocol = SIP_PROTOCOL_UDP};
    sip_msg *msg = NULL;
    size_t n;

    (void)state;
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.1"), 5060, &path.local), 0);
    path.remote = path.local;
    for (n = 0; n < 200; n++) {
        sip_msg *copy = NULL, *response = NULL;
        sip_build *build;
        int err;

        fail_alloc_init(&memory, n);
        if (sip_msg_parse(&memory.allocator, NULL, sip_str_of(sample_invite), &path, &msg, NULL) !=
            0) {
            continue;
        }
        err = sip__msg_set_seen(msg, SIP_STR("pbx.example.com"), 5099);
        err = err != 0 ? err : sip_msg_copy(msg, &copy);
        sip_msg_unref(msg);
        if (err == 0) {
            build = sip_build_response(copy, 200, (sip_str){0}, SIP_STR("t"));
            sip_build_contact(build, SIP_STR("bob"), (sip_str){0});
            err = sip_build_finish(build, &response);
            sip_msg_unref(copy);
        }
        assert_true(err == 0 || err == SIP_ENOMEM);
        if (err == 0) {
            assert_true(sip_str_equal(sip_msg_value(response, SIP_HEADER_CONTACT, 0),
                                      "<sip:bob@pbx.example.com:5099>"));
        }
        sip_msg_unref(response);
        assert_int_equal(memory.live, 0);
    }
}

/* A received request sent on: its Vias stay below ours, folded lines become straight ones. */
static void test_received_request(void **state)
{
    sip__wire wire = wire_by(SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    static const char *const texts[] = {sample_tortuous, sample_message, sample_invite};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        sip_msg *msg = must_parse(texts[i]);
        sip_msg *sent = NULL;

        assert_int_equal(sip__print_request(msg, &wire, &sent), 0);
        assert_parses_back(sent);
        assert_true(sip_str_equal(sip_msg_via(sent, 0)->branch, "z9hG4bKp1"));
        assert_true(sip_str_same(sip_msg_via(sent, 1)->host, sip_msg_via(msg, 0)->host));
        assert_true(sip_str_same(sip_msg_body(sent)->data, sip_msg_body(msg)->data));
        sip_msg_unref(sent);
        sip_msg_unref(msg);
    }
}

static void test_only_requests(void **state)
{
    sip__wire wire = wire_by(SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    sip_msg *response = must_parse(sample_200);
    sip_msg *sent = NULL;

    (void)state;
    assert_int_equal(sip__print_request(response, &wire, &sent), SIP_EINVAL);
    assert_int_equal(sip__print_request(NULL, &wire, &sent), SIP_EINVAL);
    assert_null(sent);
    sip_msg_unref(response);
}

static void test_source(void **state)
{
    sip_path path = {.protocol = SIP_PROTOCOL_TCP, .flow = 3};
    sip_msg *msg = must_parse(sample_bye);

    (void)state;
    sip__msg_set_source(msg, &path);
    sip__msg_set_source(msg, NULL);
    sip__msg_set_source(NULL, &path);
    assert_int_equal(sip_msg_source(msg)->flow, 3);
    sip_msg_unref(msg);
}

static void test_no_memory(void **state)
{
    sip__wire wire = wire_by(SIP_PROTOCOL_UDP, "192.0.2.1", 5060);
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_msg *sent = NULL;
        sip_msg *msg;

        fail_alloc_init(&fail, ++n);
        msg = make_invite(&fail.allocator, "sip:b@h");
        if (msg != NULL) {
            int rc = sip__print_request(msg, &wire, &sent);

            assert_true(rc == 0 || (rc == SIP_ENOMEM && fail.failed));
        }
        sip_msg_unref(sent);
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    /* Builder, message and Contact; then one block for the printed message. */
    assert_int_equal(n, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_contact_forms),
        cmocka_unit_test(test_host_name_in_via),
        cmocka_unit_test(test_contact_elsewhere),
        cmocka_unit_test(test_seen),
        cmocka_unit_test(test_received_request),
        cmocka_unit_test(test_only_requests),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
