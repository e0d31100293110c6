#include "body_check.h"

#include <sip/multipart.h>

#include <stdio.h>

#define MIXED &sip_multipart_mixed_type

/* RFC 2046 5.1.1. */
#define SIMPLE_TYPE "multipart/mixed; boundary=\"simple boundary\""
#define SIMPLE                                                                                     \
    "This is the preamble.  It is to be ignored, though it\r\n"                                    \
    "is a handy place for composition agents to include an\r\n"                                    \
    "explanatory note to non-MIME conformant readers.\r\n"                                         \
    "\r\n"                                                                                         \
    "--simple boundary\r\n"                                                                        \
    "\r\n"                                                                                         \
    "This is implicitly typed plain US-ASCII text.\r\n"                                            \
    "It does NOT end with a linebreak.\r\n"                                                        \
    "--simple boundary\r\n"                                                                        \
    "Content-Type: text/plain; charset=us-ascii\r\n"                                               \
    "\r\n"                                                                                         \
    "This is explicitly typed plain US-ASCII text.\r\n"                                            \
    "It DOES end with a linebreak.\r\n"                                                            \
    "\r\n"                                                                                         \
    "--simple boundary--\r\n"                                                                      \
    "\r\n"                                                                                         \
    "This is the epilogue.  It is also to be ignored.\r\n"

static void test_simple(void **state)
{
    sip_multipart *multipart = body_check_read(MIXED, SIMPLE_TYPE, SIP_STR(SIMPLE));

    (void)state;
    body_check(MIXED, SIMPLE_TYPE, SIMPLE, NULL);
    assert_str(multipart->subtype, "mixed");
    assert_str(multipart->boundary, "simple boundary");
    assert_int_equal(multipart->n_parts, 2);
    assert_true(multipart->is_closed);
    assert_int_equal(multipart->parts[0].body.type.len, 0);
    assert_null(multipart->parts[0].body.headers);
    assert_str(multipart->parts[0].body.data, "This is implicitly typed plain US-ASCII text.\r\n"
                                              "It does NOT end with a linebreak.");
    assert_str(multipart->parts[1].body.type, "text/plain; charset=us-ascii");
    assert_str(multipart->parts[1].body.data, "This is explicitly typed plain US-ASCII text.\r\n"
                                              "It DOES end with a linebreak.\r\n");
    sip_multipart_free(NULL, multipart);
}

/* As in RFC 5621 and RFC 3261: a description and something that may be ignored. */
static void test_nested(void **state)
{
    static const char text[] = "--b\r\n"
                               "Content-Type: multipart/alternative;boundary=b-b\r\n"
                               "X-Further: yes\r\n"
                               "\r\n"
                               "--b-b\r\n"
                               "Content-Type: application/sdp\r\n"
                               "Content-Disposition: session;handling=required\r\n"
                               "Content-ID: <sdp@h>\r\n"
                               "\r\n"
                               "v=0\r\n"
                               "\r\n"
                               "--b-b--\r\n"
                               "\r\n"
                               "--b--\r\n";
    sip_multipart *multipart = body_check_read(MIXED, "multipart/mixed;boundary=b", SIP_STR(text));
    const sip_part *part = &multipart->parts[0];

    (void)state;
    body_check(MIXED, "multipart/mixed;boundary=b", text, NULL);
    assert_int_equal(multipart->n_parts, 1);
    assert_string_equal(part->body.headers[0].name, "X-Further");
    assert_string_equal(part->body.headers[0].value, "yes");
    assert_null(part->body.headers[1].name);
    assert_str(part->nested->subtype, "alternative");
    assert_int_equal(part->nested->n_parts, 1);
    assert_str(part->nested->parts[0].body.disposition, "session;handling=required");
    assert_str(part->nested->parts[0].id, "sdp@h");
    assert_str(part->nested->parts[0].body.data, "v=0\r\n");
    sip_multipart_free(NULL, multipart);
}

static void test_boundaries(void **state)
{
    (void)state;
    /* One that begins another, white space behind one, one inside a line, LF alone. */
    body_check(MIXED, "multipart/mixed;boundary=a", "--a \t\n\n--ab\n--a--b\nx--a\n--a--",
               "--a\r\n\r\n--ab\n--a--b\nx--a\r\n--a--\r\n");
    body_check(MIXED, "multipart/mixed;boundary=\"a\\\"; b\"",
               "--a\"; b\r\n\r\nx\r\n--a\"; b--\r\n", NULL);
    body_check(MIXED, "multipart/mixed;boundary=a", "--a\r\n--a\r\n\r\n--a--",
               "--a\r\n\r\n\r\n--a\r\n\r\n\r\n--a--\r\n");
    body_check_refused(MIXED, "multipart/mixed", "--a\r\n\r\n--a--", SIP_ESYNTAX);
    body_check_refused(MIXED, "multipart/mixed;boundary=\"\"", "--\r\n\r\n----", SIP_ESYNTAX);
    body_check_refused(MIXED, "multipart/mixed;boundary=\"a \"", "--a \r\n\r\n--a --", SIP_ESYNTAX);
    body_check_refused(MIXED, "multipart/mixed;boundary=a", "", SIP_ESYNTAX);
    body_check_refused(MIXED, "multipart/mixed;boundary=a", "--b\r\n\r\n--b--", SIP_ESYNTAX);
    body_check_refused(MIXED, "multipart/mixed;boundary=a", "--a--\r\n", SIP_ESYNTAX);
    body_check_refused(MIXED, "multipart/mixed;boundary=a", "--a\r\nno header\r\n\r\n--a--",
                       SIP_ESYNTAX);
    body_check_refused(MIXED, "text/plain;boundary=a", "--a\r\n\r\n--a--", SIP_ESYNTAX);
    body_check_refused(
        MIXED,
        "multipart/mixed;boundary="
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
        SIP_ESYNTAX);
}

static void test_without_last_boundary(void **state)
{
    sip_multipart *multipart = body_check_read(MIXED, "multipart/mixed;boundary=a",
                                               SIP_STR("--a\r\n\r\nx\r\n--a\r\n\r\ny\r\n"));

    (void)state;
    assert_false(multipart->is_closed);
    assert_int_equal(multipart->n_parts, 2);
    assert_str(multipart->parts[1].body.data, "y\r\n");
    assert_int_equal(multipart->epilogue.len, 0);
    sip_multipart_free(NULL, multipart);
}

static void test_unsound_inside(void **state)
{
    sip_multipart *multipart =
        body_check_read(MIXED, "multipart/mixed;boundary=a",
                        SIP_STR("--a\r\nContent-Type: multipart/mixed\r\n\r\nx\r\n"
                                "--a\r\nContent-Type: multipart/mixed;boundary=c\r\n"
                                "Content-Transfer-Encoding: base64\r\n\r\nLS1jDQoNCi0tYy0t\r\n"
                                "--a\r\nContent-Type: multipart/mixed;boundary=c\r\n"
                                "Content-Encoding: gzip\r\n\r\n--c\r\n\r\n--c--\r\n"
                                "--a--"));

    (void)state;
    assert_int_equal(multipart->n_parts, 3);
    assert_null(multipart->parts[0].nested);
    assert_null(multipart->parts[1].nested);
    assert_str(multipart->parts[1].body.data, "--c\r\n\r\n--c--");
    assert_null(multipart->parts[2].nested);
    sip_multipart_free(NULL, multipart);
}

static int read_limited(sip_body_limits limits, sip_body_counts *counts)
{
    static const sip_body body = {
        .type = SIP_STR_INIT("multipart/mixed;boundary=a"),
        .data = SIP_STR_INIT("--a\r\nContent-Type: multipart/mixed;boundary=b\r\nX: y\r\n\r\n"
                             "--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\n"
                             "--a\r\n\r\n3\r\n--a--\r\n")};
    const sip_body_registry registry = {
        .base = &sip_body_registry_all, .limits = limits, .counts = counts};
    void *object = NULL;
    const int err = sip_body_read(NULL, &body, &registry, NULL, &object);

    sip_multipart_free(NULL, object);
    return err;
}

static void test_limits(void **state)
{
    sip_body_counts counts = {0};

    (void)state;
    assert_int_equal(read_limited((sip_body_limits){.parts = 4, .depth = 2, .headers = 2}, &counts),
                     0);
    assert_int_equal(read_limited((sip_body_limits){.parts = 3}, &counts), SIP_ETOOBIG);
    assert_int_equal(read_limited((sip_body_limits){.parts = 1}, &counts), SIP_ETOOBIG);
    assert_int_equal(read_limited((sip_body_limits){.depth = 1}, &counts), SIP_ETOOBIG);
    assert_int_equal(read_limited((sip_body_limits){.headers = 1}, &counts), SIP_ETOOBIG);
    assert_int_equal(counts.read, 1);
    assert_int_equal(counts.too_many_parts, 2);
    assert_int_equal(counts.too_deep, 1);
    assert_int_equal(counts.too_many_headers, 1);
    assert_int_equal(counts.too_big, 0);
    assert_int_equal(read_limited((sip_body_limits){.parts = 3}, NULL), SIP_ETOOBIG);
}

/* 65 parts by default, and multiparts nested 200 deep. */
static void test_default_limits(void **state)
{
    static char text[40000];
    sip_body body = {.type = SIP_STR_INIT("multipart/mixed;boundary=a")};
    sip_multipart *multipart = NULL;
    size_t len = 0;

    (void)state;
    for (int i = 0; i < 65; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "--a\r\n\r\n\r\n");
    }
    body.data = (sip_str){text, len - 9};
    assert_int_equal(sip_multipart_read(NULL, &body, NULL, &multipart), 0);
    assert_int_equal(multipart->n_parts, 64);
    sip_multipart_free(NULL, multipart);
    body.data.len = len;
    assert_int_equal(sip_multipart_read(NULL, &body, NULL, &multipart), SIP_ETOOBIG);
    len = 0;
    for (int i = 0; i < 200; i++) {
        len += (size_t)snprintf(
            text + len, sizeof text - len,
            "--a%.*s\r\nContent-Type: multipart/mixed;boundary=a%.*s\r\n\r\n", i % 60,
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", (i + 1) % 60,
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    }
    body.data.len = len;
    assert_int_equal(sip_multipart_read(NULL, &body, NULL, &multipart), SIP_ETOOBIG);
    assert_int_equal(sip_multipart_read(NULL, NULL, NULL, &multipart), SIP_EINVAL);
    assert_int_equal(sip_multipart_read(NULL, &body, NULL, NULL), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_simple),         cmocka_unit_test(test_nested),
        cmocka_unit_test(test_boundaries),     cmocka_unit_test(test_without_last_boundary),
        cmocka_unit_test(test_unsound_inside), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_default_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
