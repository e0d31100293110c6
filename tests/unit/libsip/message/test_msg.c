/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/msg.h>

#include "message_samples.h"
#include "support/fail_alloc.h"
#include "support/msg_walk.h"

static sip_msg *must_parse(const sip_allocator *allocator, sip_str bytes)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(allocator, NULL, bytes, NULL, &msg, NULL), 0);
    return msg;
}

static void test_references(void **state)
{
    fail_alloc fail;
    sip_msg *msg;

    (void)state;
    fail_alloc_init(&fail, 0);
    msg = must_parse(&fail.allocator, SIP_STR(sample_invite));
    assert_int_equal(fail.live, 1);
    assert_ptr_equal(sip_msg_ref(msg), msg);
    assert_null(sip_msg_unref(msg));
    assert_int_equal(fail.live, 1);
    assert_true(sip_str_equal(sip_msg_bytes(msg), sample_invite));
    assert_null(sip_msg_unref(msg));
    assert_int_equal(fail.live, 0);
    assert_null(sip_msg_ref(NULL));
    assert_null(sip_msg_unref(NULL));
}

/* What an INVITE is usually asked for fits into its one block. */
static void test_one_allocation(void **state)
{
    fail_alloc fail;
    sip_msg *msg;

    (void)state;
    fail_alloc_init(&fail, 0);
    msg = must_parse(&fail.allocator, SIP_STR(sample_invite));
    assert_non_null(sip_msg_from(msg));
    assert_non_null(sip_msg_to(msg));
    assert_non_null(sip_msg_cseq(msg));
    assert_non_null(sip_msg_via(msg, 0));
    assert_non_null(sip_msg_address(msg, SIP_HEADER_CONTACT, 0));
    assert_non_null(sip_msg_request_uri(msg));
    assert_non_null(sip_msg_body(msg));
    assert_int_equal(fail.calls, 1);
    sip_msg_unref(msg);
}

static void test_copy(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_SAMPLES; i++) {
        sip_msg *msg = must_parse(NULL, (sip_str){message_samples[i].text, message_samples[i].len});
        uint64_t sum = msg_walk(msg);
        sip_msg *copy = NULL;

        assert_int_equal(sip_msg_copy(msg, &copy), 0);
        sip_msg_unref(msg);
        assert_true(msg_walk(copy) == sum);
        sip_msg_unref(copy);
    }
    assert_int_equal(sip_msg_copy(NULL, NULL), SIP_EINVAL);
}

static void test_copy_without_memory(void **state)
{
    sip_msg *copy = NULL;
    fail_alloc fail;
    sip_msg *msg;

    (void)state;
    fail_alloc_init(&fail, 2);
    msg = must_parse(&fail.allocator, SIP_STR(sample_bye));
    assert_int_equal(sip_msg_copy(msg, &copy), SIP_ENOMEM);
    assert_null(copy);
    assert_int_equal(sip_msg_copy(msg, &copy), 0);
    sip_msg_unref(copy);
    sip_msg_unref(msg);
    assert_int_equal(fail.live, 0);
}

static void test_start_line(void **state)
{
    sip_msg *request = must_parse(NULL, SIP_STR("PING sip:a@b SIP/2.0\r\n\r\n"));
    sip_msg *response = must_parse(NULL, SIP_STR("SIP/2.0 180 \r\n\r\n"));

    (void)state;
    assert_true(sip_msg_is_request(request));
    assert_int_equal(sip_msg_method(request), SIP_METHOD_OTHER);
    assert_true(sip_str_equal(sip_msg_method_text(request), "PING"));
    assert_int_equal(sip_msg_status(request), 0);
    assert_int_equal(sip_msg_phrase(request).len, 0);
    assert_false(sip_msg_is_request(response));
    assert_int_equal(sip_msg_status(response), 180);
    assert_int_equal(sip_msg_phrase(response).len, 0);
    assert_int_equal(sip_msg_method(response), SIP_METHOD_OTHER);
    assert_int_equal(sip_msg_method_text(response).len, 0);
    assert_int_equal(sip_msg_request_uri_text(response).len, 0);
    assert_null(sip_msg_request_uri(response));
    sip_msg_unref(request);
    sip_msg_unref(response);
}

static void test_header_lines(void **state)
{
    sip_msg *msg =
        must_parse(NULL, SIP_STR("OPTIONS sip:a@b SIP/2.0\r\nm: <sip:x>\r\nFoo:\r\n\r\n"));
    sip_str name, value;

    (void)state;
    assert_int_equal(sip_msg_header_lines(msg), 2);
    assert_int_equal(sip_msg_header_line(msg, 0, &name, &value), SIP_HEADER_CONTACT);
    assert_true(sip_str_equal(name, "m"));
    assert_true(sip_str_equal(value, "<sip:x>"));
    assert_int_equal(sip_msg_header_line(msg, 1, &name, &value), SIP_HEADER_OTHER);
    assert_true(sip_str_equal(name, "Foo"));
    assert_int_equal(value.len, 0);
    assert_non_null(value.ptr);
    assert_int_equal(sip_msg_header_line(msg, 2, &name, &value), SIP_HEADER_OTHER);
    assert_null(name.ptr);
    assert_null(value.ptr);
    assert_int_equal(sip_msg_header_line(msg, 0, NULL, NULL), SIP_HEADER_CONTACT);
    sip_msg_unref(msg);
}

static void test_summary(void **state)
{
    sip_msg *request = must_parse(NULL, SIP_STR(sample_bye));
    sip_msg *response =
        must_parse(NULL, SIP_STR("SIP/2.0 200 O\xc3\xa9K\r\nCSeq: 1 INVITE\r\n\r\n"));
    char out[64];
    char tiny[5];

    (void)state;
    assert_string_equal(sip_msg_summary(request, tiny, sizeof(tiny)), "BYE ");
    assert_string_equal(sip_msg_summary(response, out, sizeof(out)), "200 O??K (INVITE)");
    assert_string_equal(sip_msg_summary(NULL, out, sizeof(out)), "");
    assert_ptr_equal(sip_msg_summary(request, out, 0), out);
    sip_msg_unref(request);
    sip_msg_unref(response);
}

static void test_null(void **state)
{
    (void)state;
    assert_null(sip_msg_bytes(NULL).ptr);
    assert_null(sip_msg_source(NULL));
    assert_false(sip_msg_is_request(NULL));
    assert_int_equal(sip_msg_status(NULL), 0);
    assert_int_equal(sip_msg_method(NULL), SIP_METHOD_OTHER);
    assert_null(sip_msg_method_text(NULL).ptr);
    assert_null(sip_msg_phrase(NULL).ptr);
    assert_null(sip_msg_request_uri_text(NULL).ptr);
    assert_int_equal(sip_msg_header_lines(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references), cmocka_unit_test(test_one_allocation),
        cmocka_unit_test(test_copy),       cmocka_unit_test(test_copy_without_memory),
        cmocka_unit_test(test_start_line), cmocka_unit_test(test_header_lines),
        cmocka_unit_test(test_summary),    cmocka_unit_test(test_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
