/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "message_samples.h"
#include "support/fail_alloc.h"
#include "support/msg_walk.h"

static sip_path path_from(const char *ip, uint16_t port)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP};

    assert_int_equal(sip_addr_parse(sip_str_of(ip), port, &path.remote), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.200"), 5080, &path.local), 0);
    return path;
}

static sip_msg *must_parse(const char *text, const sip_path *path)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), path, &msg, NULL), 0);
    return msg;
}

static sip_msg *answer(const sip_msg *request, int status, const char *tag)
{
    sip_msg *response = NULL;

    assert_int_equal(sip_response_create(request, status, sip_str_of(tag), NULL, &response), 0);
    return response;
}

static void test_whole(void **state)
{
    sip_path path = path_from("192.0.2.101", 40000);
    sip_msg *request = must_parse(sample_bye, &path);
    sip_msg *response = answer(request, 200, "ignored");

    (void)state;
    assert_true(
        sip_str_equal(sip_msg_bytes(response),
                      "SIP/2.0 200 OK\r\n"
                      "Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bKnashds9"
                      ";received=192.0.2.101;rport=40000\r\n"
                      "From: \"Alice Liddell\" <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
                      "To: \"Bob\" <sip:bob@biloxi.example.com>;tag=314159\r\n"
                      "Call-ID: 3848276298220188511@atlanta.example.com\r\n"
                      "CSeq: 3 BYE\r\n"
                      "Content-Length: 0\r\n\r\n"));
    assert_int_equal(sip_msg_status(response), 200);
    assert_int_equal(sip_msg_method(response), SIP_METHOD_BYE);
    sip_msg_unref(response);
    sip_msg_unref(request);
}

static void test_via(void **state)
{
    static const struct {
        const char *via, *ip, *expected;
    } cases[] = {
        {"SIP/2.0/UDP 192.0.2.1;branch=b", "192.0.2.1", "SIP/2.0/UDP 192.0.2.1;branch=b"},
        {"SIP/2.0/UDP 192.0.2.1:5060", "192.0.2.2",
         "SIP/2.0/UDP 192.0.2.1:5060;received=192.0.2.2"},
        {"SIP/2.0/UDP h;branch=b", "192.0.2.1", "SIP/2.0/UDP h;branch=b;received=192.0.2.1"},
        {"SIP/2.0/UDP 192.0.2.1;rport;branch=b", "192.0.2.1",
         "SIP/2.0/UDP 192.0.2.1;branch=b;received=192.0.2.1;rport=9"},
        {"SIP/2.0/UDP 192.0.2.1;received=1.2.3.4;rport=7;x=\"y\"", "192.0.2.1",
         "SIP/2.0/UDP 192.0.2.1;x=\"y\";received=192.0.2.1;rport=9"},
        {"SIP/2.0/TCP [2001:db8::1];branch=b", "2001:db8::1", "SIP/2.0/TCP [2001:db8::1];branch=b"},
        {"SIP/2.0/TCP [2001:db8::1];branch=b", "2001:db8::2",
         "SIP/2.0/TCP [2001:db8::1];branch=b;received=2001:db8::2"},
        {"SIP/2.0/UDP h ; branch=b , SIP/2.0/UDP g;rport", "192.0.2.1",
         "SIP/2.0/UDP h;branch=b;received=192.0.2.1, SIP/2.0/UDP g;rport"},
        {"nonsense", "192.0.2.1", "nonsense"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_path path = path_from(cases[i].ip, 9);
        sip_msg *request, *response;
        char text[400];

        snprintf(text, sizeof(text),
                 "OPTIONS sip:a@b SIP/2.0\r\nVia: %s\r\nv: SIP/2.0/UDP second;rport\r\n\r\n",
                 cases[i].via);
        request = must_parse(text, &path);
        response = answer(request, 400, "");
        assert_true(sip_str_equal(sip_msg_find(response, "Via", 0), cases[i].expected));
        assert_true(sip_str_equal(sip_msg_find(response, "Via", 1), "SIP/2.0/UDP second;rport"));
        sip_msg_unref(response);
        sip_msg_unref(request);
    }
}

static void test_via_without_source(void **state)
{
    sip_msg *request = must_parse(sample_bye, NULL);
    sip_msg *response = answer(request, 200, "");

    (void)state;
    assert_true(sip_str_same(sip_msg_find(response, "Via", 0), sip_msg_find(request, "Via", 0)));
    sip_msg_unref(response);
    sip_msg_unref(request);
}

#define REQUEST(method)                                                                            \
    method " sip:a@b SIP/2.0\r\nRecord-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\n"        \
           "To: <sip:a@b>\r\nTimestamp: 5\r\nCSeq: 1 " method "\r\n\r\n"

static void test_what_goes_along(void **state)
{
    static const struct {
        const char *request;
        int status;
        bool has_route, has_tag, has_timestamp;
    } cases[] = {
        {REQUEST("INVITE"), 100, false, false, true},
        {REQUEST("INVITE"), 180, true, true, false},
        {REQUEST("INVITE"), 200, true, true, false},
        {REQUEST("INVITE"), 302, false, true, false},
        {REQUEST("OPTIONS"), 200, false, true, false},
        {REQUEST("SUBSCRIBE"), 202, true, true, false},
        {REQUEST("REFER"), 202, true, true, false},
        {REQUEST("NOTIFY"), 200, true, true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_msg *request = must_parse(cases[i].request, NULL);
        sip_msg *response = answer(request, cases[i].status, "mine");

        assert_int_equal(sip_msg_find(response, "Record-Route", 1).ptr != NULL, cases[i].has_route);
        assert_true(sip_str_equal(sip_msg_to(response)->tag, cases[i].has_tag ? "mine" : NULL));
        assert_int_equal(sip_msg_find(response, "Timestamp", 0).ptr != NULL,
                         cases[i].has_timestamp);
        assert_true(sip_str_same(sip_msg_phrase(response), sip_status_phrase(cases[i].status)));
        sip_msg_unref(response);
        sip_msg_unref(request);
    }
}

static int finish_code(sip_build *build)
{
    sip_msg *msg = NULL;
    int rc = sip_build_finish(build, &msg);

    sip_msg_unref(msg);
    return rc;
}

static void test_refused(void **state)
{
    sip_msg *request = must_parse(sample_bye, NULL);
    sip_msg *response = answer(request, 200, "");
    sip_str none = {NULL, 0};

    (void)state;
    assert_int_equal(finish_code(sip_build_response(request, 99, none, none)), SIP_EINVAL);
    assert_int_equal(finish_code(sip_build_response(request, 700, none, none)), SIP_EINVAL);
    assert_int_equal(finish_code(sip_build_response(request, 200, SIP_STR("a\r\nb"), none)),
                     SIP_EINVAL);
    assert_int_equal(finish_code(sip_build_response(request, 200, none, SIP_STR("a;b"))),
                     SIP_EINVAL);
    assert_int_equal(finish_code(sip_build_response(response, 200, none, none)), SIP_EINVAL);
    assert_null(sip_build_response(NULL, 200, none, none));
    assert_int_equal(sip_response_create(NULL, 200, none, NULL, &response), SIP_EINVAL);
    assert_int_equal(sip_response_create(request, 200, none, NULL, NULL), SIP_EINVAL);
    sip_msg_unref(response);
    sip_msg_unref(request);
}

static void test_contact(void **state)
{
    sip_path path = path_from("192.0.2.1", 9);
    sip_msg *request = must_parse("INVITE sips:a@b SIP/2.0\r\n\r\n", &path);
    sip_msg *blind = must_parse("INVITE sips:a@b SIP/2.0\r\n\r\n", NULL);
    sip_build *build = sip_build_response(request, 200, SIP_STR("Fine"), SIP_STR("t"));
    sip_msg *response = NULL;

    (void)state;
    sip_build_contact(build, SIP_STR("bob"), SIP_STR(";+sip.instance=\"x\""));
    sip_build_header(build, SIP_HEADER_SERVER, SIP_STR("s"));
    assert_int_equal(sip_build_finish(build, &response), 0);
    assert_true(sip_str_equal(sip_msg_phrase(response), "Fine"));
    assert_true(sip_str_equal(sip_msg_find(response, "Contact", 0),
                              "<sips:bob@192.0.2.200:5080>;+sip.instance=\"x\""));
    sip_msg_unref(response);
    build = sip_build_response(blind, 200, SIP_STR(""), SIP_STR("t"));
    sip_build_contact(build, SIP_STR("bob"), SIP_STR(""));
    assert_int_equal(finish_code(build), SIP_EINVAL);
    sip_msg_unref(blind);
    sip_msg_unref(request);
}

static void test_no_memory(void **state)
{
    sip_path path = path_from("192.0.2.1", 9);
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_msg *request = NULL;
        sip_msg *response = NULL;

        fail_alloc_init(&fail, ++n);
        if (sip_msg_parse(&fail.allocator, NULL, SIP_STR(sample_invite), &path, &request, NULL) ==
            0) {
            int rc = sip_response_create(request, 183, SIP_STR("t"), NULL, &response);

            assert_int_equal(rc, fail.failed ? SIP_ENOMEM : 0);
        }
        sip_msg_unref(response);
        sip_msg_unref(request);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(n, 4);
}

/* RFC 3261 8.2.6.1: a 100 says how long it was held back. */
static void test_delay(void **state)
{
    static const struct {
        int status;
        uint32_t delay_ms;
        const char *timestamp;
    } cases[] = {{100, 0, "54.2 0.000"}, {100, 1203, "54.2 1.203"}, {180, 200, NULL}};
    sip_msg *request = NULL;

    (void)state;
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(sample_message), NULL, &request, NULL),
                     0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_build *build =
            sip_build_response(request, cases[i].status, (sip_str){NULL, 0}, (sip_str){NULL, 0});
        sip_msg *msg = NULL;

        sip_build_delay(build, cases[i].delay_ms);
        assert_int_equal(sip_build_finish(build, &msg), 0);
        assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_TIMESTAMP, 0), cases[i].timestamp));
        sip_msg_unref(msg);
    }
    sip_build_delay(NULL, 1);
    sip_msg_unref(request);
}

static void check_no_delay(const char *text, const char *timestamp)
{
    sip_msg *request = NULL, *msg = NULL;
    sip_build *build;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &request, NULL), 0);
    build = sip_build_response(request, 100, (sip_str){NULL, 0}, (sip_str){NULL, 0});
    sip_build_delay(build, 300);
    assert_int_equal(sip_build_finish(build, &msg), 0);
    assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_TIMESTAMP, 0), timestamp));
    sip_msg_unref(msg);
    sip_msg_unref(request);
}

/* A Timestamp says a delay once, and an empty one none. */
static void test_delay_twice(void **state)
{
    (void)state;
    check_no_delay("BYE sip:h SIP/2.0\r\nTimestamp: 54 1.5\r\n\r\n", "54 1.5");
    check_no_delay("BYE sip:h SIP/2.0\r\nTimestamp: \r\n\r\n", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delay),
        cmocka_unit_test(test_delay_twice),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_via),
        cmocka_unit_test(test_via_without_source),
        cmocka_unit_test(test_what_goes_along),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_contact),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
