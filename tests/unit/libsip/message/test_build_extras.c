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

static sip_msg *must_parse(const char *text)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static sip_build *begin(void)
{
    return sip_build_request(NULL, SIP_STR("BYE"), SIP_STR("sip:a@b"));
}

static sip_msg *must_finish(sip_build *build)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

static int finish_code(sip_build *build)
{
    sip_msg *msg = NULL;
    int rc = sip_build_finish(build, &msg);

    sip_msg_unref(msg);
    return rc;
}

static void test_all(void **state)
{
    static const sip_header headers[] = {
        {"Reason", "SIP;cause=200"}, {"X-Empty", ""}, {"X-Null", NULL}, {NULL, NULL}};
    const sip_body body = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("x")};
    sip_msg *from = must_parse(sample_message);
    const sip_extras extras = {.headers = headers,
                               .body = &body,
                               .copy_from = from,
                               .copy = " supported,,Timestamp , Nothing,Content-Length,"};
    sip_build *build = begin();
    sip_msg *msg;

    (void)state;
    sip_build_extras(build, &extras);
    msg = must_finish(build);
    assert_true(sip_str_equal(sip_msg_bytes(msg), "BYE sip:a@b SIP/2.0\r\n"
                                                  "Reason: SIP;cause=200\r\n"
                                                  "X-Empty: \r\n"
                                                  "X-Null: \r\n"
                                                  "Supported: 100rel, timer\r\n"
                                                  "Timestamp: 54.2\r\n"
                                                  "Content-Type: text/plain\r\n"
                                                  "Content-Length: 1\r\n\r\nx"));
    sip_msg_unref(msg);
    sip_msg_unref(from);
}

static void test_nothing(void **state)
{
    const sip_extras none = {.copy = "Via"};
    sip_build *build = begin();
    sip_msg *msg;

    (void)state;
    sip_build_extras(build, NULL);
    sip_build_extras(build, &none);
    sip_build_extras(NULL, &none);
    msg = must_finish(build);
    assert_int_equal(sip_msg_header_lines(msg), 1);
    sip_msg_unref(msg);
}

static void test_injection(void **state)
{
    static const sip_header headers[] = {{"Reason", "x\r\nVia: y"}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    sip_build *build = begin();

    (void)state;
    sip_build_extras(build, &extras);
    assert_int_equal(finish_code(build), SIP_EINVAL);
}

/* The Contact is only asked for: the bytes do not have it yet. */
static void test_contact_waits(void **state)
{
    sip_build *build = begin();
    sip_msg *copy = NULL;
    sip_msg *msg;

    (void)state;
    sip_build_contact(build, SIP_STR("alice"), SIP_STR(";ob"));
    msg = must_finish(build);
    assert_true(msg->wants_contact);
    assert_null(sip_msg_address(msg, SIP_HEADER_CONTACT, 0));
    assert_true(
        sip_str_equal(sip_msg_bytes(msg), "BYE sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n"));
    assert_int_equal(sip_msg_copy(msg, &copy), 0);
    assert_true(copy->wants_contact);
    sip_msg_unref(copy);
    sip_msg_unref(msg);
    sip_build_contact(NULL, SIP_STR("alice"), SIP_STR(""));
}

static void test_bad_contacts(void **state)
{
    static const struct {
        sip_str user, params;
    } cases[] = {
        {SIP_STR_INIT("a b"), SIP_STR_INIT("")},  {SIP_STR_INIT("a>"), SIP_STR_INIT("")},
        {SIP_STR_INIT("a@b"), SIP_STR_INIT("")},  {SIP_STR_INIT("a\n"), SIP_STR_INIT("")},
        {SIP_STR_INIT("a"), SIP_STR_INIT("x=y")}, {SIP_STR_INIT("a"), SIP_STR_INIT(";x\r\nB: c")},
        {SIP_STR_INIT("\"a"), SIP_STR_INIT("")},  {SIP_STR_INIT("\xc3"), SIP_STR_INIT("")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_build *build = begin();

        sip_build_contact(build, cases[i].user, cases[i].params);
        assert_int_equal(finish_code(build), SIP_EINVAL);
    }
}

/* In a response the Contact is there at once: the address that the request came to. */
static void test_contact_of_response(void **state)
{
    static const struct {
        sip_protocol protocol;
        const char *request, *user, *contact;
    } cases[] = {
        {SIP_PROTOCOL_UDP, "INVITE sip:b@h SIP/2.0\r\n\r\n", "b", "<sip:b@[::1]:5070>"},
        {SIP_PROTOCOL_TCP, "INVITE sip:b@h SIP/2.0\r\n\r\n", "", "<sip:[::1]:5070;transport=tcp>"},
        {SIP_PROTOCOL_TLS, "INVITE sips:b@h SIP/2.0\r\n\r\n", "b",
         "<sips:b@[::1]:5070;transport=tcp>"},
        {SIP_PROTOCOL_WS, "INVITE sip:b@h SIP/2.0\r\n\r\n", "b", "<sip:b@[::1]:5070;transport=ws>"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_path path = {.protocol = cases[i].protocol};
        sip_msg *request = must_parse(cases[i].request);
        sip_build *build;
        sip_msg *response;

        assert_int_equal(sip_addr_parse(SIP_STR("::1"), 5070, &path.local), 0);
        sip__msg_set_source(request, &path);
        build = sip_build_response(request, 200, SIP_STR(""), SIP_STR("t"));
        sip_build_contact(build, sip_str_of(cases[i].user), SIP_STR(""));
        response = must_finish(build);
        assert_true(
            sip_str_equal(sip_msg_value(response, SIP_HEADER_CONTACT, 0), cases[i].contact));
        assert_false(response->wants_contact);
        sip_msg_unref(response);
        sip_msg_unref(request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),          cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_injection),    cmocka_unit_test(test_contact_waits),
        cmocka_unit_test(test_bad_contacts), cmocka_unit_test(test_contact_of_response),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
