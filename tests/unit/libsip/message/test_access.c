/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sip/msg.h>

#include "message_samples.h"

static sip_msg *must_parse(const char *text)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

#define assert_text(slice, text) assert_true(sip_str_equal((slice), (text)))

static void test_invite(void **state)
{
    sip_msg *msg = must_parse(sample_invite);
    uint32_t number = 0;

    (void)state;
    assert_text(sip_msg_from(msg)->tag, "9fxced76sl");
    assert_text(sip_msg_from(msg)->display, "Alice Liddell");
    assert_text(sip_msg_to(msg)->uri.user, "bob");
    assert_text(sip_msg_call_id(msg), "3848276298220188511@atlanta.example.com");
    assert_int_equal(sip_msg_cseq(msg)->number, 2);
    assert_int_equal(sip_msg_cseq(msg)->method, SIP_METHOD_INVITE);
    assert_text(sip_msg_via(msg, 0)->branch, "z9hG4bK74bf9a8f3");
    assert_true(sip_msg_via(msg, 0)->has_rport);
    assert_null(sip_msg_via(msg, 1));
    assert_text(sip_msg_address(msg, SIP_HEADER_CONTACT, 0)->uri.host,
                "client.atlanta.example.com");
    assert_int_equal(sip_msg_number(msg, SIP_HEADER_CONTENT_LENGTH, &number), 0);
    assert_int_equal(number, sip_msg_body(msg)->data.len);
    assert_int_equal(sip_msg_number(msg, SIP_HEADER_SESSION_EXPIRES, &number), 0);
    assert_int_equal(number, 1800);
    assert_int_equal(sip_msg_number(msg, SIP_HEADER_EXPIRES, &number), SIP_ENOENT);
    assert_int_equal(sip_msg_number(msg, SIP_HEADER_SUPPORTED, &number), SIP_ESYNTAX);
    assert_text(sip_msg_request_uri(msg)->host, "biloxi.example.com");
    sip_msg_unref(msg);
}

static void test_values_are_kept(void **state)
{
    sip_msg *msg = must_parse(sample_message);

    (void)state;
    assert_ptr_equal(sip_msg_from(msg), sip_msg_from(msg));
    assert_ptr_equal(sip_msg_from(msg), sip_msg_address(msg, SIP_HEADER_FROM, 0));
    assert_ptr_equal(sip_msg_via(msg, 1), sip_msg_via(msg, 1));
    assert_ptr_equal(sip_msg_address(msg, SIP_HEADER_CONTACT, 2),
                     sip_msg_address(msg, SIP_HEADER_CONTACT, 2));
    assert_ptr_equal(sip_msg_request_uri(msg), sip_msg_request_uri(msg));
    assert_ptr_equal(sip_msg_body(msg), sip_msg_body(msg));
    sip_msg_unref(msg);
}

static void test_lists(void **state)
{
    sip_msg *msg = must_parse(sample_message);
    static const char *const routes[] = {"p1.example.com", "p2.example.com", "p3.example.com"};

    (void)state;
    for (size_t i = 3; i-- > 0;) {
        assert_text(sip_msg_address(msg, SIP_HEADER_ROUTE, i)->uri.host, routes[i]);
    }
    assert_null(sip_msg_address(msg, SIP_HEADER_ROUTE, 3));
    assert_int_equal(sip_msg_address(msg, SIP_HEADER_CONTACT, 0)->q_permille, 500);
    assert_int_equal(sip_msg_address(msg, SIP_HEADER_CONTACT, 0)->expires_s, 60);
    assert_text(sip_msg_address(msg, SIP_HEADER_CONTACT, 2)->uri.host, "h3");
    assert_text(sip_msg_via(msg, 1)->host, "pc.example.com");
    assert_text(sip_msg_via(msg, 0)->host, "[2001:db8::1]");
    assert_text(sip_msg_value(msg, SIP_HEADER_ROUTE, 2), "<sip:p3.example.com;lr>");
    assert_text(sip_msg_value(msg, SIP_HEADER_ROUTE, 0), "<sip:p1.example.com;lr>");
    assert_text(sip_msg_value(msg, SIP_HEADER_SUPPORTED, 1), "timer");
    assert_null(sip_msg_value(msg, SIP_HEADER_SUPPORTED, 2).ptr);
    assert_null(sip_msg_value(msg, SIP_HEADER_SUPPORTED, 3).ptr);
    assert_text(sip_msg_value(msg, SIP_HEADER_SUPPORTED, 0), "100rel");
    assert_text(sip_msg_value(msg, SIP_HEADER_TIMESTAMP, 0), "54.2");
    assert_null(sip_msg_value(msg, SIP_HEADER_TIMESTAMP, 1).ptr);
    assert_null(sip_msg_value(msg, SIP_HEADER_EVENT, 0).ptr);
    assert_true(sip_msg_has_token(msg, SIP_HEADER_SUPPORTED, "TIMER"));
    assert_false(sip_msg_has_token(msg, SIP_HEADER_SUPPORTED, "time"));
    assert_false(sip_msg_has_token(msg, SIP_HEADER_REQUIRE, "timer"));
    assert_text(sip_msg_find(msg, "route", 1), "<sip:p3.example.com;lr>");
    assert_text(sip_msg_find(msg, "Contact", 0),
                "<sip:a@h1>;q=0.5;expires=60, <sip:a@h2>,<sip:a@h3>");
    assert_null(sip_msg_find(msg, "Nothing", 0).ptr);
    sip_msg_unref(msg);
}

static void test_auth(void **state)
{
    sip_msg *challenge = must_parse(sample_challenge);
    sip_msg *credentials = must_parse(sample_register);
    uint32_t number = 0;

    (void)state;
    assert_text(sip_msg_auth(challenge, SIP_HEADER_WWW_AUTHENTICATE, 0)->realm,
                "atlanta.example.com");
    assert_null(sip_msg_auth(challenge, SIP_HEADER_WWW_AUTHENTICATE, 1));
    assert_null(sip_msg_auth(challenge, SIP_HEADER_PROXY_AUTHENTICATE, 0));
    assert_null(sip_msg_auth(challenge, SIP_HEADER_FROM, 0));
    assert_null(sip_msg_address(challenge, SIP_HEADER_WWW_AUTHENTICATE, 0));
    assert_text(sip_msg_auth(credentials, SIP_HEADER_AUTHORIZATION, 0)->username, "bob");
    assert_int_equal(sip_msg_number(challenge, SIP_HEADER_RETRY_AFTER, &number), 0);
    assert_int_equal(number, 120);
    assert_int_equal(sip_msg_method(challenge), SIP_METHOD_REGISTER);
    assert_text(sip_msg_method_text(challenge), "REGISTER");
    assert_int_equal(sip_msg_status(challenge), 401);
    sip_msg_unref(challenge);
    sip_msg_unref(credentials);
}

static void test_malformed_reads_as_absent(void **state)
{
    sip_msg *msg =
        must_parse("OPTIONS <sip:a@b> SIP/2.0\r\nVia: nonsense\r\nFrom: \"x <sip:a@b>\r\n"
                   "CSeq: x\r\nContact: <sip:a@b>, <, <sip:c@d>\r\nExpires: soon\r\n"
                   "Authorization: \r\n\r\n");
    uint32_t number = 5;

    (void)state;
    for (int again = 0; again < 2; again++) {
        assert_null(sip_msg_via(msg, 0));
        assert_null(sip_msg_from(msg));
        assert_null(sip_msg_to(msg));
        assert_null(sip_msg_cseq(msg));
        assert_null(sip_msg_request_uri(msg));
        assert_null(sip_msg_auth(msg, SIP_HEADER_AUTHORIZATION, 0));
        assert_non_null(sip_msg_address(msg, SIP_HEADER_CONTACT, 0));
        assert_null(sip_msg_address(msg, SIP_HEADER_CONTACT, 1));
    }
    assert_text(sip_msg_request_uri_text(msg), "<sip:a@b>");
    assert_int_equal(sip_msg_number(msg, SIP_HEADER_EXPIRES, &number), SIP_ESYNTAX);
    assert_int_equal(number, 5);
    assert_null(sip_msg_call_id(msg).ptr);
    sip_msg_unref(msg);
}

static void test_null_and_unknown(void **state)
{
    sip_msg *msg = must_parse(sample_bye);
    uint32_t number;

    (void)state;
    assert_null(sip_msg_via(NULL, 0));
    assert_null(sip_msg_from(NULL));
    assert_null(sip_msg_cseq(NULL));
    assert_null(sip_msg_auth(NULL, SIP_HEADER_AUTHORIZATION, 0));
    assert_null(sip_msg_request_uri(NULL));
    assert_null(sip_msg_call_id(NULL).ptr);
    assert_null(sip_msg_value(NULL, SIP_HEADER_VIA, 0).ptr);
    assert_null(sip_msg_find(NULL, "Via", 0).ptr);
    assert_null(sip_msg_find(msg, NULL, 0).ptr);
    assert_false(sip_msg_has_token(NULL, SIP_HEADER_ALLOW, "x"));
    assert_false(sip_msg_has_token(msg, SIP_HEADER_ALLOW, NULL));
    assert_int_equal(sip_msg_number(NULL, SIP_HEADER_EXPIRES, &number), SIP_ENOENT);
    assert_null(sip_msg_address(msg, SIP_HEADER_COUNT, 0));
    assert_null(sip_msg_value(msg, SIP_HEADER_COUNT, 0).ptr);
    assert_null(sip_msg_body(msg));
    sip_msg_unref(msg);
}

/* A hostile message: thousands of values. The arena's bound ends it, and nothing takes quadratic
 * time. */
static void test_very_many_values(void **state)
{
    const size_t count = 10000;
    char *text = malloc(count * 2 + 2000);
    size_t n = 0;
    sip_msg *msg;
    char *at;

    (void)state;
    assert_non_null(text);
    at = text + sprintf(text, "OPTIONS sip:a@b SIP/2.0\r\n");
    for (size_t line = 0; line < 4; line++) {
        at += sprintf(at, "Contact: *");
        for (size_t i = 1; i < count / 4; i++) {
            at += sprintf(at, ",*");
        }
        at += sprintf(at, "\r\n");
    }
    sprintf(at, "\r\n");
    msg = must_parse(text);
    while (sip_msg_value(msg, SIP_HEADER_CONTACT, n).ptr != NULL) {
        n++;
    }
    assert_int_equal(n, count);
    for (n = 0; sip_msg_address(msg, SIP_HEADER_CONTACT, n) != NULL; n++) {
        assert_true(sip_msg_address(msg, SIP_HEADER_CONTACT, n)->is_star);
    }
    assert_in_range(n, 10, count / 10);
    sip_msg_unref(msg);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invite),
        cmocka_unit_test(test_values_are_kept),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_auth),
        cmocka_unit_test(test_null_and_unknown),
        cmocka_unit_test(test_malformed_reads_as_absent),
        cmocka_unit_test(test_very_many_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
