/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "message_samples.h"
#include "support/fail_alloc.h"

static sip_msg *must_parse(const char *text)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static sip_msg *must_finish(sip_build *build)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

static void test_copy_lines(void **state)
{
    sip_msg *from = must_parse(sample_message);
    sip_build *build = sip_build_request(NULL, SIP_STR("BYE"), SIP_STR("sip:a@b"));
    sip_msg *msg;

    (void)state;
    sip_build_copy(build, from, SIP_HEADER_ROUTE);
    sip_build_copy(build, from, SIP_HEADER_EVENT);
    sip_build_copy(build, from, SIP_HEADER_CONTENT_LENGTH);
    sip_build_copy_named(build, from, SIP_STR("f"));
    msg = must_finish(build);
    assert_true(sip_str_equal(sip_msg_bytes(msg),
                              "BYE sip:a@b SIP/2.0\r\n"
                              "Route: <sip:p1.example.com;lr>,<sip:p2.example.com;lr>\r\n"
                              "Route: <sip:p3.example.com;lr>\r\n"
                              "From: \"A, B\" <sip:a@example.com>;tag=1\r\n"
                              "Content-Length: 0\r\n\r\n"));
    sip_msg_unref(msg);
    sip_msg_unref(from);
}

static void test_skip(void **state)
{
    static const char *const expected[] = {"<sip:p1.example.com;lr>,<sip:p2.example.com;lr>",
                                           "<sip:p2.example.com;lr>", "<sip:p3.example.com;lr>",
                                           NULL, NULL};
    sip_msg *from = must_parse(sample_message);

    (void)state;
    for (size_t skip = 0; skip < 5; skip++) {
        sip_build *build = sip_build_request(NULL, SIP_STR("BYE"), SIP_STR("sip:a@b"));
        sip_msg *msg;

        sip_build_copy_from(build, from, SIP_HEADER_ROUTE, skip);
        sip_build_copy_from(build, from, SIP_HEADER_CALL_ID, skip);
        msg = must_finish(build);
        assert_true(sip_str_equal(sip_msg_find(msg, "Route", 0), expected[skip]));
        assert_int_equal(sip_msg_call_id(msg).len, skip == 0 ? 3 : 0);
        sip_msg_unref(msg);
    }
    sip_msg_unref(from);
}

static void test_unknown_names(void **state)
{
    sip_msg *from = must_parse("BYE sip:a@b SIP/2.0\r\nX-A: 1\r\nx-b: 2\r\nx-a: 3\r\n\r\n");
    sip_build *build = sip_build_request(NULL, SIP_STR("BYE"), SIP_STR("sip:a@b"));
    sip_msg *msg;

    (void)state;
    sip_build_copy_named(build, from, SIP_STR("x-A"));
    sip_build_copy_named(build, from, SIP_STR("nothing"));
    msg = must_finish(build);
    assert_int_equal(sip_msg_header_lines(msg), 3);
    assert_true(sip_str_equal(sip_msg_find(msg, "X-A", 1), "3"));
    sip_msg_unref(msg);
    sip_msg_unref(from);
}

/* As a proxy does it: its own start line, some headers changed, the rest and the body as they came.
 */
static void test_forward(void **state)
{
    static const sip_header_id except[] = {SIP_HEADER_ROUTE, SIP_HEADER_MAX_FORWARDS};
    sip_msg *from = must_parse(sample_message);
    sip_build *build = sip_build_from(from, SIP_STR("sip:bob@192.0.2.5"));
    sip_msg *msg;

    (void)state;
    sip_build_copy_others(build, from, except, 2);
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("69"));
    sip_build_copy_body(build, from);
    msg = must_finish(build);
    assert_true(sip_str_equal(sip_msg_request_uri_text(msg), "sip:bob@192.0.2.5"));
    assert_int_equal(sip_msg_method(msg), SIP_METHOD_MESSAGE);
    assert_null(sip_msg_find(msg, "Route", 0).ptr);
    assert_null(sip_msg_find(msg, "Max-Forwards", 1).ptr);
    assert_true(sip_str_same(sip_msg_body(msg)->data, sip_msg_body(from)->data));
    assert_int_equal(sip_msg_header_lines(msg), sip_msg_header_lines(from) - 2);
    assert_int_equal(sip_msg_check(msg, NULL, NULL), 0);
    sip_msg_unref(msg);

    msg = must_finish(sip_build_from(from, (sip_str){NULL, 0}));
    assert_true(sip_str_same(sip_msg_request_uri_text(msg), sip_msg_request_uri_text(from)));
    sip_msg_unref(msg);
    sip_msg_unref(from);
}

/* A folded line goes out on one line. */
static void test_forward_folded(void **state)
{
    sip_msg *from = must_parse(sample_tortuous);
    sip_build *build = sip_build_from(from, (sip_str){NULL, 0});
    sip_msg *msg;

    (void)state;
    sip_build_copy_others(build, from, NULL, 0);
    sip_build_copy_body(build, from);
    msg = must_finish(build);
    assert_true(sip_str_equal(sip_msg_find(msg, "NewFangledHeader", 0),
                              "newfangled value continued newfangled value"));
    assert_int_equal(sip_msg_check(msg, NULL, NULL), 0);
    sip_msg_unref(msg);
    sip_msg_unref(from);
}

static void test_forward_response(void **state)
{
    sip_msg *from = must_parse(sample_200);
    sip_build *build = sip_build_from(from, SIP_STR("sip:ignored"));
    sip_msg *msg;

    (void)state;
    sip_build_copy_from(build, from, SIP_HEADER_VIA, 1);
    msg = must_finish(build);
    assert_int_equal(sip_msg_status(msg), 200);
    assert_true(sip_str_equal(sip_msg_phrase(msg), "OK"));
    assert_true(sip_str_equal(sip_msg_via(msg, 0)->host, "ss1.atlanta.example.com"));
    assert_null(sip_msg_via(msg, 2));
    sip_msg_unref(msg);
    sip_msg_unref(from);
}

static void test_refused(void **state)
{
    sip_msg *from = must_parse(sample_bye);
    sip_build *build = sip_build_from(from, (sip_str){NULL, 0});
    sip_msg *msg = NULL;

    (void)state;
    sip_build_copy(build, from, SIP_HEADER_OTHER);
    assert_int_equal(sip_build_finish(build, &msg), SIP_EINVAL);
    build = sip_build_from(from, (sip_str){NULL, 0});
    sip_build_copy_from(build, from, SIP_HEADER_COUNT, 0);
    assert_int_equal(sip_build_finish(build, &msg), SIP_EINVAL);
    assert_int_equal(sip_build_finish(sip_build_from(from, SIP_STR("sip: a")), &msg), SIP_EINVAL);
    assert_null(sip_build_from(NULL, (sip_str){NULL, 0}));
    sip_build_copy(NULL, from, SIP_HEADER_VIA);
    sip_build_copy(NULL, from, SIP_HEADER_OTHER);
    sip_build_copy_named(NULL, from, SIP_STR("Via"));
    sip_build_copy_others(NULL, from, NULL, 0);
    sip_msg_unref(from);
}

static void test_no_memory(void **state)
{
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_msg *from = NULL;
        sip_msg *msg = NULL;

        fail_alloc_init(&fail, ++n);
        if (sip_msg_parse(&fail.allocator, NULL, SIP_STR(sample_200), NULL, &from, NULL) == 0) {
            sip_build *build = sip_build_from(from, (sip_str){NULL, 0});

            for (int i = 0; i < 10; i++) {
                sip_build_copy_others(build, from, NULL, 0);
            }
            sip_build_copy_body(build, from);
            assert_int_equal(sip_build_finish(build, &msg), fail.failed ? SIP_ENOMEM : 0);
        }
        sip_msg_unref(msg);
        sip_msg_unref(from);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy_lines),     cmocka_unit_test(test_skip),
        cmocka_unit_test(test_unknown_names),  cmocka_unit_test(test_forward),
        cmocka_unit_test(test_forward_folded), cmocka_unit_test(test_forward_response),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
