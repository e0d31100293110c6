#include "body_check.h"

#include <sip/headers.h>
#include <sip/sipfrag.h>

#include "support/fail_alloc.h"

#define FRAG &sip_sipfrag_type, "message/sipfrag"

/* The valid parts of RFC 3420 3.1. */
static void test_examples(void **state)
{
    (void)state;
    body_check(FRAG, "INVITE sip:alice@atlanta.com SIP/2.0\r\n", NULL);
    body_check(FRAG, "SIP/2.0 603 Declined\r\n", NULL);
    body_check(FRAG,
               "REGISTER sip:atlanta.com SIP/2.0\r\n"
               "To: sip:alice@atlanta.com\r\n"
               "Contact: <sip:alicepc@atlanta.com>;q=0.9,\r\n"
               "         <sip:alicemobile@atlanta.com>;q=0.1\r\n",
               "REGISTER sip:atlanta.com SIP/2.0\r\n"
               "To: sip:alice@atlanta.com\r\n"
               "Contact: <sip:alicepc@atlanta.com>;q=0.9, <sip:alicemobile@atlanta.com>;q=0.1\r\n");
    body_check(FRAG,
               "SIP/2.0 400 Bad Request\r\n"
               "Warning: 399 atlanta.com Your Event header field was malformed\r\n",
               NULL);
    body_check(FRAG,
               "From: Alice <sip:alice@atlanta.com>\r\n"
               "To: Bob <sip:bob@biloxi.com>\r\n"
               "Contact: <sip:alice@pc33.atlanta.com>\r\n"
               "Date: Thu, 21 Feb 2002 13:02:03 GMT\r\n"
               "Call-ID: a84b4c76e66710\r\n"
               "Cseq: 314159 INVITE\r\n",
               NULL);
    body_check(FRAG,
               "SIP/2.0 200 OK\r\n"
               "Content-Type: application/sdp\r\n"
               "Content-Length: 11\r\n"
               "\r\n"
               "v=0\r\ns=-\r\n\r\n",
               "SIP/2.0 200 OK\r\n"
               "Content-Type: application/sdp\r\n"
               "Content-Length: 11\r\n"
               "\r\n"
               "v=0\r\ns=-\r\n\r");
}

static void test_odd(void **state)
{
    (void)state;
    body_check(FRAG, "SIP/2.0 100 Trying", "SIP/2.0 100 Trying\r\n");
    body_check(FRAG, "SIP/2.0 200 \n", "SIP/2.0 200 OK\r\n");
    body_check(FRAG, "SIP/2.0 200 OK\r\n\r\n", NULL);
    body_check(FRAG, "SIP/2.0 200 OK\r\n\r\n\r\n", NULL);
    body_check(FRAG, "To: a\r\nContent-Length: 5\r\n", NULL);
    body_check(FRAG, "\r\n", NULL);
}

/* RFC 3420 3.2 is about the same: a line that is cut, a body without its headers or blank line. */
static void test_refused(void **state)
{
    (void)state;
    body_check_refused(FRAG, "INVITE\r\n", SIP_ESYNTAX);
    body_check_refused(FRAG, "SIP/3.0 200 OK\r\n", SIP_ESYNTAX);
    body_check_refused(FRAG, "From: a\r\nHi There!\r\n", SIP_ESYNTAX);
    body_check_refused(FRAG, "From: a\r\n\r\nHi There!\r\n", SIP_ESYNTAX);
    body_check_refused(FRAG, "Content-Type: text/plain\r\nContent-Length: 9\r\n\r\nshort",
                       SIP_ESYNTAX);
    body_check_refused(FRAG, "Content-Length: x\r\n", SIP_ESYNTAX);
    body_check_refused(FRAG, "A: b\rc\r\n", SIP_ESYNTAX);
}

static void test_limit(void **state)
{
    sip_body_counts counts = {0};
    const sip_body_registry registry = {
        .base = &sip_body_registry_all, .limits = {.headers = 2}, .counts = &counts};
    sip_body body = {.type = SIP_STR_INIT("message/sipfrag"),
                     .data = SIP_STR_INIT("a:b\r\nc:d\r\n")};
    void *object;

    (void)state;
    assert_int_equal(sip_body_read(NULL, &body, &registry, NULL, &object), 0);
    sip_sipfrag_free(NULL, object);
    body.data = SIP_STR("a:b\r\nc:d\r\ne:f\r\n");
    assert_int_equal(sip_body_read(NULL, &body, &registry, NULL, &object), SIP_ETOOBIG);
    assert_int_equal(counts.read, 1);
    assert_int_equal(counts.too_many_headers, 1);
    assert_int_equal(counts.too_big, 0);
}

/* The words of Call-IDs hide no comma. */
static void test_call_ids(void **state)
{
    sip_sipfrag *frag = body_check_read(FRAG, SIP_STR("In-Reply-To: a<b, \"c\r\n"));
    sip_header_text id;

    (void)state;
    assert_int_equal(sip_sipfrag_typed(frag, &sip_in_reply_to_type, 1, &id), 0);
    assert_str(id.text, "\"c");
    sip_sipfrag_free(NULL, frag);
}

static void test_values(void **state)
{
    sip_sipfrag *frag = body_check_read(
        FRAG, SIP_STR("SIP/2.0 302 Moved\r\nm: <sip:a@b>;q=0.5, <sip:c@d>\r\nX-Y: 1\r\nx-y: 2\r\n"
                      "Contact: <sip:e@f>\r\nRetry-After: 18\r\nc: text/plain\r\n"
                      "Content-Disposition: render\r\n\r\nhi"));
    sip_retry_after retry;
    sip_contact contact;
    sip_body body;

    (void)state;
    assert_int_equal(frag->start, SIP_SIPFRAG_RESPONSE);
    assert_int_equal(frag->status, 302);
    assert_str(frag->phrase, "Moved");
    assert_str(sip_sipfrag_find(frag, "Contact", 1), "<sip:e@f>");
    assert_str(sip_sipfrag_find(frag, "X-Y", 1), "2");
    assert_null(sip_sipfrag_find(frag, "X-Y", 2).ptr);
    assert_null(sip_sipfrag_find(NULL, "X-Y", 0).ptr);
    assert_int_equal(sip_sipfrag_typed(frag, &sip_contact_type, 2, &contact), 0);
    assert_str(contact.address.uri.text, "sip:e@f");
    assert_int_equal(sip_sipfrag_typed(frag, &sip_contact_type, 1, &contact), 0);
    assert_str(contact.address.uri.text, "sip:c@d");
    assert_int_equal(sip_sipfrag_typed(frag, &sip_contact_type, 3, &contact), SIP_ENOENT);
    assert_int_equal(sip_sipfrag_typed(frag, &sip_retry_after_type, 0, &retry), 0);
    assert_int_equal(retry.after_s, 18);
    assert_int_equal(sip_sipfrag_typed(frag, &sip_retry_after_type, 1, &retry), SIP_ENOENT);
    assert_int_equal(sip_sipfrag_typed(NULL, &sip_retry_after_type, 0, &retry), SIP_EINVAL);
    body = sip_sipfrag_body(frag);
    assert_str(body.type, "text/plain");
    assert_str(body.disposition, "render");
    assert_str(body.data, "hi");
    assert_int_equal(sip_sipfrag_body(NULL).data.len, 0);
    sip_sipfrag_free(NULL, frag);
}

#define MESSAGE                                                                                    \
    "SIP/2.0 200 OK\r\nv: SIP/2.0/UDP h\r\nFrom: <sip:a@b>\r\nCall-ID: c\r\nContent-Type: a/b\r\n" \
    "l: 3\r\n\r\nxyz"

static void test_of_message(void **state)
{
    static const sip_header_id ids[] = {SIP_HEADER_CALL_ID, SIP_HEADER_FROM};
    const sip_sipfrag_choice all = {
        .start_line = true, .body = true, .headers = ids, .n_headers = 2};
    const sip_sipfrag_choice few = {.headers = ids, .n_headers = 1};
    sip_sipfrag *frag = NULL;
    sip_msg *msg = NULL;
    char text[500];
    fail_alloc fail;

    (void)state;
    assert_int_equal(sip_msg_parse(NULL, NULL, SIP_STR(MESSAGE), NULL, &msg, NULL), 0);
    assert_int_equal(sip_sipfrag_of(NULL, msg, &all, &frag), 0);
    assert_true(sip_sipfrag_print(frag, text, sizeof text) > 0);
    assert_string_equal(text, "SIP/2.0 200 OK\r\nFrom: <sip:a@b>\r\nCall-ID: c\r\n"
                              "Content-Type: a/b\r\nl: 3\r\n\r\nxyz");
    sip_sipfrag_free(NULL, frag);
    assert_int_equal(sip_sipfrag_of(NULL, msg, &few, &frag), 0);
    assert_true(sip_sipfrag_print(frag, text, sizeof text) > 0);
    assert_string_equal(text, "Call-ID: c\r\n");
    sip_sipfrag_free(NULL, frag);
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip_sipfrag_of(&fail.allocator, msg, &all, &frag), SIP_ENOMEM);
    assert_int_equal(sip_sipfrag_of(NULL, NULL, &all, &frag), SIP_EINVAL);
    assert_int_equal(sip_sipfrag_of(NULL, msg, NULL, &frag), SIP_EINVAL);
    sip_msg_unref(msg);
    assert_int_equal(
        sip_msg_parse(NULL, NULL, SIP_STR("A sip:b SIP/2.0\r\n\r\n"), NULL, &msg, NULL), 0);
    assert_int_equal(sip_sipfrag_of(NULL, msg, &all, &frag), 0);
    assert_true(sip_sipfrag_print(frag, text, sizeof text) > 0);
    assert_string_equal(text, "A sip:b SIP/2.0\r\n");
    sip_sipfrag_free(NULL, frag);
    sip_msg_unref(msg);
}

static void test_print_refuses(void **state)
{
    const sip_sipfrag_header header = {.name = SIP_STR_INIT("A b"), .value = SIP_STR_INIT("c")};
    const sip_sipfrag bad[] = {
        {.start = SIP_SIPFRAG_RESPONSE, .status = 99},
        {.start = SIP_SIPFRAG_RESPONSE, .status = 700},
        {.start = SIP_SIPFRAG_RESPONSE, .status = 200, .phrase = SIP_STR_INIT("a\nb")},
        {.start = SIP_SIPFRAG_REQUEST, .uri = SIP_STR_INIT("sip:a")},
        {.start = SIP_SIPFRAG_REQUEST, .method_text = SIP_STR_INIT("A")},
        {.start = SIP_SIPFRAG_REQUEST,
         .method_text = SIP_STR_INIT("A"),
         .uri = SIP_STR_INIT("sip:a b")},
        {.headers = &header, .n_headers = 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(sip_sipfrag_print(&bad[i], NULL, 0), SIP_EINVAL);
    }
    assert_int_equal(sip_sipfrag_print(NULL, NULL, 0), SIP_EINVAL);
    assert_int_equal(sip_sipfrag_print(&bad[0], NULL, 1), SIP_EINVAL);
}

static void test_whole_message(void **state)
{
    (void)state;
    body_check(&sip_message_sip_type, "message/sip",
               "INVITE sip:bob@biloxi.com SIP/2.0\r\nCall-ID: a\r\nContent-Length: 1\r\n\r\nx",
               NULL);
    body_check_refused(&sip_message_sip_type, "message/sip", "INVITE\r\n\r\n", SIP_ESYNTAX);
    body_check_refused(&sip_message_sip_type, "message/sip", "\r\n", SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),      cmocka_unit_test(test_odd),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_limit),
        cmocka_unit_test(test_values),        cmocka_unit_test(test_call_ids),
        cmocka_unit_test(test_of_message),    cmocka_unit_test(test_print_refuses),
        cmocka_unit_test(test_whole_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
