/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/msg.h>

#include "support/fail_alloc.h"

#define HEAD "MESSAGE sip:b@h SIP/2.0\r\n"

static sip_msg *must_parse(const sip_allocator *allocator, const char *text)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(allocator, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static void test_plain(void **state)
{
    sip_msg *msg = must_parse(NULL, HEAD "c: text/plain;charset=utf-8\r\nl: 2\r\n\r\nhello");
    const sip_body *body = sip_msg_body(msg);

    (void)state;
    assert_true(sip_str_equal(body->type, "text/plain;charset=utf-8"));
    assert_true(sip_str_equal(body->data, "he"));
    assert_int_equal(body->disposition.len, 0);
    assert_null(body->headers);
    assert_null(body->codec);
    assert_ptr_equal(sip_body_msg(body), msg);
    sip_msg_unref(msg);
}

static void test_without_type(void **state)
{
    sip_msg *msg = must_parse(NULL, HEAD "\r\nhello");

    (void)state;
    assert_int_equal(sip_msg_body(msg)->type.len, 0);
    assert_true(sip_str_equal(sip_msg_body(msg)->data, "hello"));
    sip_msg_unref(msg);
}

static void test_none(void **state)
{
    sip_msg *msg = must_parse(NULL, HEAD "c: text/plain\r\n\r\n");
    const sip_body own = {.data = SIP_STR_INIT("x")};

    (void)state;
    assert_null(sip_msg_body(msg));
    assert_null(sip_msg_body(NULL));
    assert_null(sip_body_msg(NULL));
    assert_null(sip_body_msg(&own));
    sip_msg_unref(msg);
}

#define FULL                                                                                       \
    HEAD "Content-Type: a/b\r\nContent-Disposition: render\r\ne: gzip\r\nContent-Encoding: x\r\n"  \
         "MIME-Version: 1.0\r\n\r\nz"

static void test_further_headers(void **state)
{
    sip_msg *msg = must_parse(NULL, FULL);
    const sip_body *body = sip_msg_body(msg);

    (void)state;
    assert_true(sip_str_equal(body->disposition, "render"));
    assert_string_equal(body->headers[0].name, "Content-Encoding");
    assert_string_equal(body->headers[0].value, "gzip");
    assert_string_equal(body->headers[1].value, "x");
    assert_string_equal(body->headers[2].name, "MIME-Version");
    assert_null(body->headers[3].name);
    sip_msg_unref(msg);
}

/* The room is used up by Contacts first, so that the body's headers need a block of their own. */
static void test_no_memory(void **state)
{
    sip_msg *msg = NULL;
    fail_alloc fail;

    (void)state;
    for (size_t contacts = 0; contacts < 12; contacts++) {
        fail_alloc_init(&fail, 0);
        msg = must_parse(&fail.allocator, HEAD
                         "m: <sip:a>,<sip:b>,<sip:c>,<sip:d>,<sip:e>,<sip:f>,<sip:g>,<sip:h>\r\n"
                         "e: 0123456789012345678901234567890123456789012345678901234567890123"
                         "0123456789012345678901234567890123456789012345678901234567890123"
                         "0123456789012345678901234567890123456789012345678901234567890123"
                         "0123456789012345678901234567890123456789012345678901234567890123\r\n"
                         "\r\nz");
        (void)sip_msg_address(msg, SIP_HEADER_CONTACT, contacts);
        fail.fail_at = fail.calls + 1;
        assert_true(sip_msg_body(msg) == NULL || !fail.failed);
        assert_non_null(sip_msg_body(msg));
        assert_int_equal(strlen(sip_msg_body(msg)->headers[0].value), 256);
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),     cmocka_unit_test(test_without_type),
        cmocka_unit_test(test_none),      cmocka_unit_test(test_further_headers),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
