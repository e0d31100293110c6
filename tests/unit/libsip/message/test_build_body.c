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

static sip_build *begin(const sip_allocator *allocator)
{
    return sip_build_request(allocator, SIP_STR("MESSAGE"), SIP_STR("sip:b@h"));
}

static sip_msg *must_finish(sip_build *build)
{
    sip_msg *msg = NULL;
    sip_msg *parsed = NULL;

    assert_int_equal(sip_build_finish(build, &msg), 0);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_msg_bytes(msg), NULL, &parsed, NULL), 0);
    assert_true(msg_walk(msg) == msg_walk(parsed));
    sip_msg_unref(parsed);
    return msg;
}

static void test_body(void **state)
{
    static const sip_header further[] = {
        {"Content-Language", "en"}, {"X-Note", " n "}, {NULL, NULL}};
    const sip_body body = {.type = SIP_STR_INIT("text/plain"),
                           .data = SIP_STR_INIT("hi\r\n"),
                           .disposition = SIP_STR_INIT("render"),
                           .headers = further};
    sip_build *build = begin(NULL);
    sip_msg *msg;

    (void)state;
    sip_build_body(build, &body);
    sip_build_header(build, SIP_HEADER_SUBJECT, SIP_STR("s"));
    msg = must_finish(build);
    assert_true(sip_str_equal(sip_msg_bytes(msg), "MESSAGE sip:b@h SIP/2.0\r\n"
                                                  "Subject: s\r\n"
                                                  "Content-Type: text/plain\r\n"
                                                  "Content-Disposition: render\r\n"
                                                  "Content-Language: en\r\n"
                                                  "X-Note: n\r\n"
                                                  "Content-Length: 4\r\n\r\nhi\r\n"));
    sip_msg_unref(msg);
}

static void test_later_replaces(void **state)
{
    const sip_body one = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("one")};
    const sip_body two = {.type = SIP_STR_INIT("text/html"), .data = SIP_STR_INIT("second")};
    const sip_body empty = {.type = SIP_STR_INIT("text/html")};
    sip_build *build = begin(NULL);
    sip_msg *msg;

    (void)state;
    sip_build_body(build, &one);
    sip_build_body(build, &two);
    msg = must_finish(build);
    assert_true(sip_str_equal(sip_msg_body(msg)->data, "second"));
    assert_true(sip_str_equal(sip_msg_body(msg)->type, "text/html"));
    assert_null(sip_msg_find(msg, "Content-Type", 1).ptr);
    sip_msg_unref(msg);

    build = begin(NULL);
    sip_build_body(build, &one);
    sip_build_body(build, &empty);
    msg = must_finish(build);
    assert_null(sip_msg_body(msg));
    assert_int_equal(sip_msg_header_lines(msg), 1);
    sip_msg_unref(msg);
    build = begin(NULL);
    sip_build_body(build, &one);
    sip_build_body(build, NULL);
    msg = must_finish(build);
    assert_null(sip_msg_body(msg));
    sip_msg_unref(msg);
}

/* Prints as many x as the object says; negative: that error. */
static int print_many(const void *object, char *out, size_t size)
{
    int count = *(const int *)object;

    for (int i = 0; i < count && (size_t)i + 1 < size; i++) {
        out[i] = 'x';
    }
    if (count >= 0 && size > 0) {
        out[(size_t)count < size ? (size_t)count : size - 1] = '\0';
    }
    return count;
}

static const sip_body_codec many = {"text/many", print_many};

static void test_codec(void **state)
{
    static const int counts[] = {0, 1, 100, 1400, 1600, 3000, 60000};

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        const sip_body body = {.codec = &many, .object = &counts[i]};
        sip_build *build = begin(NULL);
        sip_msg *msg;

        sip_build_body(build, &body);
        sip_build_header(build, SIP_HEADER_SUBJECT, SIP_STR("s"));
        msg = must_finish(build);
        if (counts[i] == 0) {
            assert_null(sip_msg_body(msg));
        } else {
            assert_int_equal(sip_msg_body(msg)->data.len, counts[i]);
            assert_int_equal(sip_msg_body(msg)->data.ptr[counts[i] - 1], 'x');
            assert_true(sip_str_equal(sip_msg_body(msg)->type, "text/many"));
        }
        sip_msg_unref(msg);
    }
}

static int print_growing(const void *object, char *out, size_t size)
{
    (void)object;
    (void)out;
    return (int)size + 1;
}

static int finish_with(const sip_body *body)
{
    sip_build *build = begin(NULL);
    sip_msg *msg = NULL;
    int rc;

    sip_build_body(build, body);
    rc = sip_build_finish(build, &msg);
    sip_msg_unref(msg);
    return rc;
}

static void test_refused(void **state)
{
    static const sip_body_codec growing = {"a/b", print_growing};
    static const sip_header bad_name[] = {{"a b", "c"}, {NULL, NULL}};
    static const sip_header bad_value[] = {{"a", "c\r\nVia: x"}, {NULL, NULL}};
    static const sip_header length[] = {{"l", "99"}, {NULL, NULL}};
    const int error = SIP_ESYNTAX;
    const sip_body bodies[] = {
        {.type = SIP_STR_INIT("a/b\r\n"), .data = SIP_STR_INIT("x")},
        {.disposition = SIP_STR_INIT("a\nb"), .data = SIP_STR_INIT("x")},
        {.headers = bad_name, .data = SIP_STR_INIT("x")},
        {.headers = bad_value, .data = SIP_STR_INIT("x")},
        {.headers = length, .data = SIP_STR_INIT("x")},
        {.codec = &growing},
    };
    const sip_body failing = {.codec = &many, .object = &error};

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_int_equal(finish_with(&bodies[i]), SIP_EINVAL);
    }
    assert_int_equal(finish_with(&failing), SIP_ESYNTAX);
    sip_build_body(NULL, &failing);
    sip_build_copy_body(NULL, NULL);
}

static void test_copy_and_relay(void **state)
{
    sip_msg *from = NULL;
    sip_build *build;
    sip_msg *copied, *relayed;

    (void)state;
    assert_int_equal(sip_msg_parse(NULL, NULL, SIP_STR(sample_message), NULL, &from, NULL), 0);
    build = begin(NULL);
    sip_build_copy_body(build, from);
    copied = must_finish(build);
    assert_true(sip_str_equal(sip_msg_body(copied)->data, "hello"));
    assert_true(sip_str_equal(sip_msg_find(copied, "MIME-Version", 0), "1.0"));
    assert_true(sip_str_equal(sip_msg_find(copied, "Content-Language", 0), "en, de"));
    assert_int_equal(sip_msg_header_lines(copied), 5);

    /* A received body is a value that can be given on as it is. */
    build = begin(NULL);
    sip_build_body(build, sip_msg_body(from));
    relayed = must_finish(build);
    assert_true(sip_str_same(sip_msg_body(relayed)->type, sip_msg_body(from)->type));
    assert_true(sip_str_equal(sip_msg_find(relayed, "MIME-Version", 0), "1.0"));
    assert_int_equal(sip_msg_header_lines(relayed), 5);
    assert_ptr_equal(sip_body_msg(sip_msg_body(relayed)), relayed);
    sip_msg_unref(relayed);
    sip_msg_unref(copied);
    sip_msg_unref(from);
}

static void test_no_memory(void **state)
{
    const int count = 5000;
    const sip_body body = {.codec = &many, .object = &count};
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_msg *msg = NULL;
        sip_build *build;

        fail_alloc_init(&fail, ++n);
        build = begin(&fail.allocator);
        sip_build_body(build, &body);
        assert_int_equal(sip_build_finish(build, &msg), fail.failed ? SIP_ENOMEM : 0);
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(n, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body),           cmocka_unit_test(test_later_replaces),
        cmocka_unit_test(test_codec),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_copy_and_relay), cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
