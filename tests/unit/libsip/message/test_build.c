/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "support/fail_alloc.h"
#include "support/msg_walk.h"

static sip_build *begin(const sip_allocator *allocator)
{
    return sip_build_request(allocator, SIP_STR("INVITE"), SIP_STR("sip:bob@example.com"));
}

static sip_msg *must_finish(sip_build *build)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

/* What was built reads the same as what its bytes parse to. */
static void assert_parses_back(const sip_msg *msg)
{
    sip_msg *parsed = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_msg_bytes(msg), NULL, &parsed, NULL), 0);
    assert_true(msg_walk(msg) == msg_walk(parsed));
    sip_msg_unref(parsed);
}

static void test_request(void **state)
{
    sip_build *build = begin(NULL);
    sip_msg *msg;

    (void)state;
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@example.com>;tag=1"));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u %s", 7u, "INVITE");
    sip_build_named(build, SIP_STR("X-Thing"), SIP_STR("  padded\t"));
    sip_build_named(build, SIP_STR("k"), SIP_STR(""));
    msg = must_finish(build);
    assert_true(sip_str_equal(sip_msg_bytes(msg), "INVITE sip:bob@example.com SIP/2.0\r\n"
                                                  "Max-Forwards: 70\r\n"
                                                  "From: <sip:a@example.com>;tag=1\r\n"
                                                  "CSeq: 7 INVITE\r\n"
                                                  "X-Thing: padded\r\n"
                                                  "k: \r\n"
                                                  "Content-Length: 0\r\n\r\n"));
    assert_int_equal(sip_msg_method(msg), SIP_METHOD_INVITE);
    assert_int_equal(sip_msg_source(msg)->protocol, SIP_PROTOCOL_NONE);
    assert_int_equal(sip_msg_cseq(msg)->number, 7);
    assert_true(sip_str_equal(sip_msg_from(msg)->tag, "1"));
    assert_parses_back(msg);
    sip_msg_unref(msg);
}

static void test_request_uri(void **state)
{
    static const struct {
        const char *uri, *line;
    } cases[] = {
        {"sip:b@h;lr?Subject=x&a=b", "OPTIONS sip:b@h;lr SIP/2.0"},
        {"sip:a?b@h", "OPTIONS sip:a?b@h SIP/2.0"},
        {"tel:+1-201-555", "OPTIONS tel:+1-201-555 SIP/2.0"},
        {"http://x/?q", "OPTIONS http://x/?q SIP/2.0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_msg *msg =
            must_finish(sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(cases[i].uri)));
        size_t len = strlen(cases[i].line);

        assert_memory_equal(sip_msg_bytes(msg).ptr, cases[i].line, len);
        assert_int_equal(sip_msg_bytes(msg).ptr[len], '\r');
        sip_msg_unref(msg);
    }
}

static int finish_code(sip_build *build)
{
    sip_msg *msg = NULL;
    int rc = sip_build_finish(build, &msg);

    assert_int_equal(rc != 0, msg == NULL);
    sip_msg_unref(msg);
    return rc;
}

static void test_injection(void **state)
{
    static const sip_str bad[] = {SIP_STR_INIT("a\r\nVia: x"), SIP_STR_INIT("a\n"),
                                  SIP_STR_INIT("\ra"), SIP_STR_INIT("a\0b")};
    sip_build *build;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        build = begin(NULL);
        sip_build_header(build, SIP_HEADER_SUBJECT, bad[i]);
        assert_int_equal(finish_code(build), SIP_EINVAL);
        build = begin(NULL);
        sip_build_named(build, SIP_STR("Subject"), bad[i]);
        assert_int_equal(finish_code(build), SIP_EINVAL);
        build = begin(NULL);
        sip_build_named(build, bad[i], SIP_STR("x"));
        assert_int_equal(finish_code(build), SIP_EINVAL);
        assert_int_equal(finish_code(sip_build_request(NULL, bad[i], SIP_STR("sip:a@b"))),
                         SIP_EINVAL);
        assert_int_equal(finish_code(sip_build_request(NULL, SIP_STR("BYE"), bad[i])), SIP_EINVAL);
    }
    assert_int_equal(finish_code(sip_build_request(NULL, SIP_STR("BYE"), SIP_STR(""))), SIP_EINVAL);
    assert_int_equal(finish_code(sip_build_request(NULL, SIP_STR(""), SIP_STR("a:b"))), SIP_EINVAL);
    build = begin(NULL);
    sip_build_header(build, SIP_HEADER_CONTENT_LENGTH, SIP_STR("5"));
    assert_int_equal(finish_code(build), SIP_EINVAL);
    build = begin(NULL);
    sip_build_named(build, SIP_STR("l"), SIP_STR("5"));
    assert_int_equal(finish_code(build), SIP_EINVAL);
    build = begin(NULL);
    sip_build_header(build, SIP_HEADER_OTHER, SIP_STR("5"));
    assert_int_equal(finish_code(build), SIP_EINVAL);
}

static void test_first_error_stays(void **state)
{
    sip_build *build = begin(NULL);
    char text[4100];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    sip_build_headerf(build, SIP_HEADER_SUBJECT, "%s", text);
    sip_build_header(build, SIP_HEADER_OTHER, SIP_STR(""));
    sip_build_headerf(build, SIP_HEADER_SUBJECT, "%s", "x");
    sip_build_contact(build, SIP_STR("a"), SIP_STR(""));
    assert_int_equal(finish_code(build), SIP_ETOOBIG);
    build = begin(NULL);
    sip_build_headerf(build, SIP_HEADER_SUBJECT, "%.4000s", text);
    assert_int_equal(finish_code(build), 0);
    assert_int_equal(sip_build_finish(begin(NULL), NULL), SIP_EINVAL);
}

/* Lines and bytes both outgrow the first block, while a body waits at its end. */
static void test_growth(void **state)
{
    const sip_body body = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("the body")};
    sip_build *build = begin(NULL);
    sip_msg *msg;

    (void)state;
    sip_build_body(build, &body);
    for (unsigned i = 0; i < 3000; i++) {
        sip_build_headerf(build, SIP_HEADER_SUPPORTED, "option-%u", i);
    }
    msg = must_finish(build);
    assert_int_equal(sip_msg_header_lines(msg), 3002);
    assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_SUPPORTED, 2999), "option-2999"));
    assert_true(sip_str_equal(sip_msg_body(msg)->data, "the body"));
    assert_true(sip_str_equal(sip_msg_body(msg)->type, "text/plain"));
    sip_msg_unref(msg);
}

static void test_too_many_lines(void **state)
{
    sip_build *build = begin(NULL);

    (void)state;
    for (unsigned i = 0; i < 65534; i++) {
        sip_build_named(build, SIP_STR("X"), SIP_STR(""));
    }
    assert_int_equal(finish_code(build), SIP_ETOOBIG);
}

static void test_null(void **state)
{
    sip_msg *msg = NULL;

    (void)state;
    sip_build_header(NULL, SIP_HEADER_TO, SIP_STR("x"));
    sip_build_headerf(NULL, SIP_HEADER_TO, "x");
    sip_build_named(NULL, SIP_STR("x"), SIP_STR("x"));
    sip_build_discard(NULL);
    assert_int_equal(sip_build_finish(NULL, &msg), SIP_ENOMEM);
    sip_build_discard(begin(NULL));
}

static void build_all(const sip_allocator *allocator, int expected_failure)
{
    const sip_body body = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("hello")};
    sip_build *build = begin(allocator);
    sip_msg *msg = NULL;
    int rc;

    for (unsigned i = 0; i < 60; i++) {
        sip_build_headerf(build, SIP_HEADER_SUBJECT, "%060u", i);
    }
    sip_build_contact(build, SIP_STR("alice"), SIP_STR(";ob"));
    sip_build_contact(build, SIP_STR("bob"), SIP_STR(""));
    sip_build_body(build, &body);
    rc = sip_build_finish(build, &msg);
    assert_true(rc == 0 || rc == expected_failure);
    assert_int_equal(rc == 0, msg != NULL);
    (void)msg_walk(msg);
    sip_msg_unref(msg);
}

static void test_no_memory(void **state)
{
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        fail_alloc_init(&fail, ++n);
        build_all(&fail.allocator, SIP_ENOMEM);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 4);
}

/* RFC 3261 7.3.3, table of 20. */
static void test_compact(void **state)
{
    const sip_body body = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("x")};
    sip_build *build = sip_build_request(NULL, SIP_STR("X"), SIP_STR("sip:h"));
    sip_msg *msg = NULL;

    (void)state;
    assert_false(sip_build_has(build, SIP_HEADER_FROM));
    sip_build_compact(build, true);
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("a"));
    assert_true(sip_build_has(build, SIP_HEADER_FROM));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 X"));
    sip_build_named(build, SIP_STR("Subject"), SIP_STR("s"));
    sip_build_named(build, SIP_STR("X-Mine"), SIP_STR("y"));
    sip_build_compact(build, false);
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("b"));
    sip_build_compact(build, true);
    sip_build_body(build, &body);
    assert_int_equal(sip_build_finish(build, &msg), 0);
    assert_true(sip_str_equal(sip_msg_bytes(msg),
                              "X sip:h SIP/2.0\r\nf: a\r\nCSeq: 1 X\r\ns: s\r\nX-Mine: y\r\n"
                              "To: b\r\nc: text/plain\r\nl: 1\r\n\r\nx"));
    sip_msg_unref(msg);
    sip_build_compact(NULL, true);
    assert_false(sip_build_has(NULL, SIP_HEADER_FROM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compact),           cmocka_unit_test(test_request),
        cmocka_unit_test(test_request_uri),       cmocka_unit_test(test_injection),
        cmocka_unit_test(test_first_error_stays), cmocka_unit_test(test_growth),
        cmocka_unit_test(test_too_many_lines),    cmocka_unit_test(test_null),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
