/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "message/msg_internal.h"
#include "message_samples.h"
#include "support/fail_alloc.h"
#include "support/msg_walk.h"

static const char request[] = "INVITE sip:b@h SIP/2.0\r\n"
                              "v:SIP/2.0/UDP  pc ;branch=z9hG4bK1;rport , SIP/2.0/TCP x\r\n"
                              "Via: SIP/2.0/UDP y;branch=z9hG4bK2\r\n"
                              "Route: <sip:p1;lr> , <sip:p2;lr>,<sip:p3;lr>\r\n"
                              "Route:<sip:p4;lr>\r\n"
                              "Max-Forwards :\t9 \r\n"
                              "Subject: folded\r\n  over \r\n\tlines\r\n"
                              "X-Odd:   kept  \r\n"
                              "l: 2\r\n"
                              "\r\nhi";

static sip_msg *must_parse(const char *text)
{
    sip_path source = {.protocol = SIP_PROTOCOL_UDP};
    sip_msg *msg = NULL;

    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.9"), 7, &source.remote), 0);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
    return msg;
}

/* The result has the bytes, and its index says the same as a new parse of them. */
static void finish(sip_edit *edit, const char *expected)
{
    sip_msg *msg = NULL;
    sip_msg *again;

    assert_int_equal(sip_edit_finish(edit, &msg), 0);
    if (!sip_str_equal(sip_msg_bytes(msg), expected)) {
        fail_msg("%.*s", SIP_ARG(sip_msg_bytes(msg)));
    }
    again = must_parse(expected);
    assert_true(msg_walk(msg) == msg_walk(again));
    sip_msg_unref(again);
    sip_msg_unref(msg);
}

static sip_edit *begin(const char *text)
{
    sip_msg *msg = must_parse(text);
    sip_edit *edit = sip_edit_create(msg);

    sip_msg_unref(msg); /* the edit has its own reference */
    return edit;
}

static void test_unchanged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof message_samples / sizeof message_samples[0]; i++) {
        sip_msg *msg = NULL, *same = NULL;
        const sip_str text = {message_samples[i].text, message_samples[i].len};

        assert_int_equal(sip_msg_parse(NULL, NULL, text, NULL, &msg, NULL), 0);
        assert_int_equal(sip_edit_finish(sip_edit_create(msg), &same), 0);
        assert_ptr_equal(same, msg);
        sip_msg_unref(same);
        sip_msg_unref(msg);
    }
}

/* What a proxy does to a request; all the rest keeps its bytes. */
static void test_as_a_proxy(void **state)
{
    sip_edit *edit = begin(request);

    (void)state;
    sip_edit_request_uri(edit, SIP_STR("sip:b@pc;x?y=z"));
    sip_edit_received(edit);
    sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, SIP_STR("<sip:out;lr>"));
    sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, SIP_STR(" <sip:in;lr> "));
    sip_edit_remove_values(edit, SIP_HEADER_ROUTE, 2);
    sip_edit_append_uri(edit, SIP_HEADER_ROUTE, SIP_STR("sip:last"));
    sip_edit_set(edit, SIP_HEADER_MAX_FORWARDS, SIP_STR("8"));
    finish(edit, "INVITE sip:b@pc;x SIP/2.0\r\n"
                 "v: SIP/2.0/UDP  pc;branch=z9hG4bK1;received=192.0.2.9;rport=7, SIP/2.0/TCP x\r\n"
                 "Via: SIP/2.0/UDP y;branch=z9hG4bK2\r\n"
                 "Record-Route: <sip:in;lr>\r\n"
                 "Record-Route: <sip:out;lr>\r\n"
                 "Route: <sip:p3;lr>\r\n"
                 "Route:<sip:p4;lr>\r\n"
                 "Route: <sip:last>\r\n"
                 "Max-Forwards: 8\r\n"
                 "Subject: folded\r\n  over \r\n\tlines\r\n"
                 "X-Odd:   kept  \r\n"
                 "l: 2\r\n"
                 "\r\nhi");
}

static void test_response(void **state)
{
    sip_edit *edit = begin("SIP/2.0 200 Fine\r\nVia: a\r\nVia: b,c\r\nTo: x\r\n\r\nbody");

    (void)state;
    sip_edit_remove_values(edit, SIP_HEADER_VIA, 1);
    finish(edit, "SIP/2.0 200 Fine\r\nVia: b,c\r\nTo: x\r\nContent-Length: 4\r\n\r\nbody");
}

static void test_each_operation(void **state)
{
    static const char text[] = "BYE sip:h SIP/2.0\r\nA: 1\r\nAllow: x\r\nB: 2\r\nAllow: y\r\n"
                               "Content-Length: 0\r\n\r\n";
    sip_edit *edit = begin(text);

    (void)state;
    sip_edit_set(edit, SIP_HEADER_ALLOW, SIP_STR("z"));
    finish(edit, "BYE sip:h SIP/2.0\r\nA: 1\r\nAllow: z\r\nB: 2\r\nContent-Length: 0\r\n\r\n");
    edit = begin(text);
    sip_edit_push(edit, SIP_HEADER_ALLOW, SIP_STR("w"));
    sip_edit_remove(edit, SIP_HEADER_ALLOW);
    finish(edit, "BYE sip:h SIP/2.0\r\nA: 1\r\nB: 2\r\nContent-Length: 0\r\n\r\n");
    edit = begin(text);
    sip_edit_append(edit, SIP_HEADER_DATE, SIP_STR("1"));
    sip_edit_append(edit, SIP_HEADER_ORGANIZATION, SIP_STR("2"));
    sip_edit_push(edit, SIP_HEADER_SUBJECT, SIP_STR("3"));
    sip_edit_line(edit, 0, SIP_STR("one"));
    sip_edit_line(edit, 2, (sip_str){NULL, 0});
    finish(edit, "BYE sip:h SIP/2.0\r\nSubject: 3\r\nA: one\r\nAllow: x\r\nAllow: y\r\n"
                 "Content-Length: 0\r\nDate: 1\r\nOrganization: 2\r\n\r\n");
    edit = begin(text);
    sip_edit_set(edit, SIP_HEADER_DATE, SIP_STR("1"));
    sip_edit_set(edit, SIP_HEADER_DATE, SIP_STR("2"));
    sip_edit_set(edit, SIP_HEADER_ALLOW, SIP_STR("q"));
    sip_edit_set(edit, SIP_HEADER_ALLOW, SIP_STR("r"));
    finish(edit, "BYE sip:h SIP/2.0\r\nDate: 2\r\nA: 1\r\nAllow: r\r\nB: 2\r\n"
                 "Content-Length: 0\r\n\r\n");
    edit = begin(text);
    sip_edit_remove_values(edit, SIP_HEADER_ALLOW, 9);
    sip_edit_received(edit);
    finish(edit, "BYE sip:h SIP/2.0\r\nA: 1\r\nB: 2\r\nContent-Length: 0\r\n\r\n");
}

/* A start line that nobody changed keeps its bytes; the version is sent in upper case (7.1). */
static void test_start_line(void **state)
{
    static const struct {
        const char *before, *after;
    } cases[] = {
        {"BYE  sip:h   SIP/2.0 \r\n", NULL},
        {"SIP/2.0  200 \r\n", NULL},
        {"SIP/2.0 200\r\n", NULL},
        {"SIP/2.0 200  OK  \r\n", NULL},
        {"BYE  sip:h SIP/2.0\n", "BYE  sip:h SIP/2.0\r\n"},
        {"BYE sip:h  sip/2.0\r\n", "BYE sip:h SIP/2.0\r\n"},
        {"BYE sip:h SIP/7.0\r\n", "BYE sip:h SIP/2.0\r\n"},
        {"Sip/2.0 200 OK\r\n", "SIP/2.0 200 OK\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[80], expected[80];
        sip_edit *edit;

        (void)snprintf(text, sizeof text, "%sl: 0\r\n\r\n", cases[i].before);
        (void)snprintf(expected, sizeof expected, "%sSubject: x\r\nl: 0\r\n\r\n",
                       cases[i].after != NULL ? cases[i].after : cases[i].before);
        edit = begin(text);
        sip_edit_push(edit, SIP_HEADER_SUBJECT, SIP_STR("x"));
        finish(edit, expected);
    }
}

static void test_body(void **state)
{
    const sip_body body = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("new")};
    sip_edit *edit = begin(sample_message);
    sip_msg *msg = NULL;

    (void)state;
    sip_edit_body(edit, &body);
    assert_int_equal(sip_edit_finish(edit, &msg), 0);
    assert_true(sip_str_equal(sip_msg_body(msg)->data, "new"));
    assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE, 0), "text/plain"));
    assert_null(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE, 1).ptr);
    assert_null(sip_msg_value(msg, SIP_HEADER_MIME_VERSION, 0).ptr);
    assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_CONTENT_LENGTH, 0), "3"));
    assert_null(sip_msg_value(msg, SIP_HEADER_CONTENT_LENGTH, 1).ptr);
    sip_msg_unref(msg);
    edit = begin("BYE sip:h SIP/2.0\r\nc: x/y\r\nl: 2\r\nA: 1\r\n\r\nhi");
    sip_edit_body(edit, NULL);
    finish(edit, "BYE sip:h SIP/2.0\r\nA: 1\r\nContent-Length: 0\r\n\r\n");
}

/* What was added about the old body goes with it. */
static void test_body_after_its_headers(void **state)
{
    const sip_body body = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("new")};
    sip_edit *edit = begin("BYE sip:h SIP/2.0\r\nc: x/y\r\nl: 2\r\n\r\nhi");

    (void)state;
    sip_edit_push(edit, SIP_HEADER_CONTENT_TYPE, SIP_STR("a/b"));
    sip_edit_append(edit, SIP_HEADER_MIME_VERSION, SIP_STR("1.0"));
    sip_edit_append(edit, SIP_HEADER_SUBJECT, SIP_STR("x"));
    sip_edit_body(edit, &body);
    finish(edit, "BYE sip:h SIP/2.0\r\nSubject: x\r\nContent-Type: text/plain\r\n"
                 "Content-Length: 3\r\n\r\nnew");
}

/* The values of folded lines have room behind a body of any size. */
static void test_body_and_long_folds(void **state)
{
    static const char head[] = "BYE sip:h SIP/2.0\r\nSubject: a\r\n ";
    static char text[6100], data[60000];
    const sip_body body = {.type = SIP_STR_INIT("text/plain"), .data = {data, sizeof data}};
    sip_edit *edit;
    sip_msg *msg = NULL;

    (void)state;
    memset(data, 'y', sizeof data);
    memcpy(text, head, sizeof head - 1);
    memset(text + sizeof head - 1, 'x', 6000);
    memcpy(text + sizeof head - 1 + 6000, "\r\n\r\n", 5);
    edit = begin(text);
    sip_edit_body(edit, &body);
    assert_int_equal(sip_edit_finish(edit, &msg), 0);
    assert_int_equal(sip_msg_value(msg, SIP_HEADER_SUBJECT, 0).len, 6002);
    assert_true(sip_str_same(sip_msg_body(msg)->data, body.data));
    sip_msg_unref(msg);
}

/* The index counts lines in 16 bits. */
static void test_too_many_lines(void **state)
{
    const size_t most = SIP__MSG_MAX_LINES - 3;
    sip_msg *msg = NULL, *more = NULL;
    sip_build *build = sip_build_request(NULL, SIP_STR("BYE"), SIP_STR("sip:h"));
    sip_edit *edit;

    (void)state;
    for (size_t i = 0; i < most; i++) {
        sip_build_named(build, SIP_STR("A"), SIP_STR("1"));
    }
    assert_int_equal(sip_build_finish(build, &msg), 0);
    for (int n = 2; n <= 3; n++) {
        edit = sip_edit_create(msg);
        for (int i = 0; i < n; i++) {
            sip_edit_append(edit, SIP_HEADER_ROUTE, SIP_STR("<sip:p;lr>"));
        }
        assert_int_equal(sip_edit_finish(edit, &more), n == 2 ? 0 : SIP_ETOOBIG);
    }
    assert_true(sip_str_equal(sip_msg_value(more, SIP_HEADER_ROUTE, 1), "<sip:p;lr>"));
    sip_msg_unref(more);
    sip_msg_unref(msg);
}

/* Lines that end with a lone LF are printed anew, the others stay. */
static void test_lone_line_feeds(void **state)
{
    sip_edit *edit = begin("BYE sip:h SIP/2.0\nA:1\r\nB:2\nC:3\nD:4\r\n\nbody");

    (void)state;
    sip_edit_append(edit, SIP_HEADER_SUBJECT, SIP_STR("x"));
    finish(edit, "BYE sip:h SIP/2.0\r\nA:1\r\nB: 2\r\nC: 3\r\nD:4\r\nSubject: x\r\n"
                 "Content-Length: 4\r\n\r\nbody");
    edit = begin("BYE sip:h SIP/2.0\n\nbody");
    sip_edit_push(edit, SIP_HEADER_SUBJECT, SIP_STR("x"));
    finish(edit, "BYE sip:h SIP/2.0\r\nSubject: x\r\nContent-Length: 4\r\n\r\nbody");
}

/* An edited message can be edited and copied again: folded lines keep their value. */
static void test_twice(void **state)
{
    sip_edit *edit = begin(request);
    sip_msg *once = NULL, *copy = NULL, *twice = NULL;

    (void)state;
    sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, SIP_STR("<sip:p0000000000000000000;lr>"));
    assert_int_equal(sip_edit_finish(edit, &once), 0);
    assert_int_equal(sip_msg_copy(once, &copy), 0);
    edit = sip_edit_create(copy);
    sip_edit_remove(edit, SIP_HEADER_RECORD_ROUTE);
    assert_int_equal(sip_edit_finish(edit, &twice), 0);
    assert_true(sip_str_equal(sip_msg_value(twice, SIP_HEADER_SUBJECT, 0), "folded over lines"));
    assert_true(sip_str_equal(sip_msg_bytes(twice), request));
    sip_msg_unref(twice);
    sip_msg_unref(copy);
    sip_msg_unref(once);
}

static void test_refused(void **state)
{
    sip_msg *msg = NULL, *built = NULL;
    sip_build *build = sip_build_request(NULL, SIP_STR("X"), SIP_STR("sip:h"));
    sip_edit *edit;

    (void)state;
    sip_build_contact(build, SIP_STR("a"), (sip_str){NULL, 0});
    assert_int_equal(sip_build_finish(build, &built), 0);
    assert_int_equal(sip_edit_finish(sip_edit_create(built), &msg), SIP_EINVAL);
    sip_msg_unref(built);
    assert_null(sip_edit_create(NULL));
    assert_int_equal(sip_edit_finish(NULL, &msg), SIP_ENOMEM);
    assert_int_equal(sip_edit_finish(begin(request), NULL), SIP_EINVAL);
    sip_edit_discard(NULL);
    sip_edit_discard(begin(request));
    for (int i = 0; i < 8; i++) {
        edit = begin(i == 7 ? "SIP/2.0 200 OK\r\n\r\n" : request);
        if (i == 0) {
            sip_edit_push(edit, SIP_HEADER_OTHER, SIP_STR("x"));
        } else if (i == 1) {
            sip_edit_push(edit, SIP_HEADER_SUBJECT, SIP_STR("x\r\nVia: y"));
        } else if (i == 2) {
            sip_edit_set(edit, SIP_HEADER_CONTENT_LENGTH, SIP_STR("9"));
        } else if (i == 3) {
            sip_edit_line(edit, 8, SIP_STR("x"));
        } else if (i == 4) {
            sip_edit_line(edit, 7, SIP_STR("9"));
        } else if (i == 5) {
            sip_edit_request_uri(edit, SIP_STR("sip:a b"));
        } else if (i == 6) {
            sip_edit_append_uri(edit, SIP_HEADER_ROUTE, SIP_STR("sip:a>;b"));
        } else {
            sip_edit_request_uri(edit, SIP_STR("sip:a"));
        }
        sip_edit_remove(edit, SIP_HEADER_SUBJECT); /* without effect now */
        sip_edit_remove_values(edit, SIP_HEADER_SUBJECT, 1);
        sip_edit_append(edit, SIP_HEADER_SUBJECT, SIP_STR("x"));
        sip_edit_line(edit, 0, SIP_STR("x"));
        sip_edit_request_uri(edit, SIP_STR("sip:x"));
        sip_edit_body(edit, NULL);
        assert_int_equal(sip_edit_finish(edit, &msg), SIP_EINVAL);
        assert_null(msg);
    }
    sip_edit_push(NULL, SIP_HEADER_SUBJECT, SIP_STR("x"));
    sip_edit_append(NULL, SIP_HEADER_SUBJECT, SIP_STR("x"));
    sip_edit_append_uri(NULL, SIP_HEADER_ROUTE, SIP_STR("sip:x"));
    sip_edit_set(NULL, SIP_HEADER_SUBJECT, SIP_STR("x"));
    sip_edit_remove(NULL, SIP_HEADER_SUBJECT);
    sip_edit_remove_values(NULL, SIP_HEADER_SUBJECT, 1);
    sip_edit_line(NULL, 0, SIP_STR("x"));
    sip_edit_request_uri(NULL, SIP_STR("sip:x"));
    sip_edit_received(NULL);
    sip_edit_body(NULL, NULL);
}

static void test_no_memory(void **state)
{
    static char big[1500];
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    memset(big, 'x', sizeof big);
    do {
        sip_msg *msg = NULL, *edited = NULL;
        sip_edit *edit;
        int rc;

        fail_alloc_init(&fail, ++n);
        if (sip_msg_parse(&fail.allocator, NULL, sip_str_of(request), NULL, &msg, NULL) == 0) {
            edit = sip_edit_create(msg);
            sip_edit_set(edit, SIP_HEADER_SUBJECT, (sip_str){big, sizeof big});
            sip_edit_push(edit, SIP_HEADER_WARNING, (sip_str){big, sizeof big});
            sip_edit_remove(edit, SIP_HEADER_ROUTE);
            sip_edit_request_uri(edit, (sip_str){big, sizeof big});
            rc = sip_edit_finish(edit, &edited);
            assert_true(rc == 0 || (rc == SIP_ENOMEM && fail.failed));
        }
        sip_msg_unref(edited);
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unchanged),
        cmocka_unit_test(test_as_a_proxy),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_each_operation),
        cmocka_unit_test(test_start_line),
        cmocka_unit_test(test_body),
        cmocka_unit_test(test_lone_line_feeds),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_body_after_its_headers),
        cmocka_unit_test(test_body_and_long_folds),
        cmocka_unit_test(test_too_many_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
