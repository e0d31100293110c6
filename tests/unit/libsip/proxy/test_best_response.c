#include "proxy/best_response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static sip_msg *response(int status, const char *headers, const char *body)
{
    char text[2048];
    sip_msg *msg = NULL;
    int len = snprintf(text, sizeof text,
                       "SIP/2.0 %d Some Phrase\r\n"
                       "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKours\r\n"
                       "v: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKtheirs\r\n"
                       "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\n"
                       "Call-ID: c\r\nCSeq: 1 INVITE\r\n%sContent-Length: %zu\r\n\r\n%s",
                       status, headers, strlen(body), body);

    assert_int_equal(sip_msg_parse(NULL, NULL, (sip_str){text, (size_t)len}, NULL, &msg, NULL), 0);
    return msg;
}

static int best_status(const int *statuses, size_t n)
{
    sip__candidate candidates[8] = {{0}};
    size_t best;

    for (size_t i = 0; i < n; i++) {
        candidates[i] = (sip__candidate){.status = statuses[i]};
    }
    best = sip__best_response(candidates, n);
    return best == n ? 0 : candidates[best].status;
}

static void the_order_of_16_7_step_6(void **state)
{
    (void)state;
    assert_int_equal(best_status(NULL, 0), 0);
    assert_int_equal(best_status((int[]){486}, 1), 486);
    assert_int_equal(best_status((int[]){302, 603, 404}, 3), 603);
    assert_int_equal(best_status((int[]){500, 404, 302}, 3), 302);
    assert_int_equal(best_status((int[]){500, 404}, 2), 404);
    assert_int_equal(best_status((int[]){404, 407, 486}, 3), 407);
    assert_int_equal(best_status((int[]){404, 401, 407}, 3), 401);
    assert_int_equal(best_status((int[]){404, 415}, 2), 415);
    assert_int_equal(best_status((int[]){486, 420}, 2), 420);
    assert_int_equal(best_status((int[]){486, 484}, 2), 484);
    assert_int_equal(best_status((int[]){408, 487, 404}, 3), 404);
    assert_int_equal(best_status((int[]){408, 487}, 2), 487);
    assert_int_equal(best_status((int[]){503, 500}, 2), 500);
    assert_int_equal(best_status((int[]){503, 408}, 2), 408);
    assert_int_equal(best_status((int[]){604, 600}, 2), 604);
}

static void a_received_one_goes_before_our_own(void **state)
{
    sip_msg *msg = response(408, "", "");
    sip__candidate candidates[] = {{408, NULL}, {408, msg}, {408, NULL}};

    (void)state;
    assert_int_equal(sip__best_response(candidates, 3), 1);
    sip_msg_unref(msg);
}

static void our_via_is_taken_off(void **state)
{
    sip_msg *msg = response(183, "X-Other: kept\r\nContent-Type: text/plain\r\n", "hello");
    sip_msg *copy = NULL;

    (void)state;
    assert_int_equal(sip__response_passed_on(msg, &copy), 0);
    assert_int_equal(sip_msg_status(copy), 183);
    assert_true(sip_str_equal(sip_msg_phrase(copy), "Some Phrase"));
    assert_true(sip_str_equal(sip_msg_via(copy, 0)->branch, "z9hG4bKtheirs"));
    assert_null(sip_msg_via(copy, 1));
    assert_true(sip_str_equal(sip_msg_find(copy, "X-Other", 0), "kept"));
    assert_true(sip_str_equal(sip_msg_to(copy)->tag, "2"));
    assert_true(sip_str_equal(sip_msg_body(copy)->data, "hello"));
    assert_true(sip_str_equal(sip_msg_body(copy)->type, "text/plain"));
    sip_msg_unref(copy);
    sip_msg_unref(msg);
}

static void a_challenge_takes_all_others_along(void **state)
{
    sip_msg *a = response(401, "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\"\r\n", "");
    sip_msg *b = response(407, "Proxy-Authenticate: Digest realm=\"b\", nonce=\"2\"\r\n", "");
    sip_msg *c = response(486, "WWW-Authenticate: Digest realm=\"c\", nonce=\"3\"\r\n", "");
    sip_msg *d = response(401, "WWW-Authenticate: Digest realm=\"d\", nonce=\"4\"\r\n", "");
    sip__candidate candidates[] = {{486, c}, {401, a}, {407, b}, {408, NULL}, {401, d}};
    size_t best = sip__best_response(candidates, 5);
    sip_msg *copy = NULL;

    (void)state;
    assert_int_equal(best, 1);
    assert_int_equal(sip__best_response_print(candidates, 5, best, &copy), 0);
    assert_int_equal(sip_msg_status(copy), 401);
    assert_true(sip_str_equal(sip_msg_auth(copy, SIP_HEADER_WWW_AUTHENTICATE, 0)->realm, "a"));
    assert_true(sip_str_equal(sip_msg_auth(copy, SIP_HEADER_WWW_AUTHENTICATE, 1)->realm, "d"));
    assert_null(sip_msg_auth(copy, SIP_HEADER_WWW_AUTHENTICATE, 2));
    assert_true(sip_str_equal(sip_msg_auth(copy, SIP_HEADER_PROXY_AUTHENTICATE, 0)->realm, "b"));
    sip_msg_unref(copy);
    copy = NULL;
    /* Another kind of answer takes none. */
    assert_int_equal(sip__best_response_print(candidates, 5, 0, &copy), 0);
    assert_null(sip_msg_auth(copy, SIP_HEADER_PROXY_AUTHENTICATE, 0));
    sip_msg_unref(copy);
    sip_msg_unref(a);
    sip_msg_unref(b);
    sip_msg_unref(c);
    sip_msg_unref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_16_7_step_6),
        cmocka_unit_test(a_received_one_goes_before_our_own),
        cmocka_unit_test(our_via_is_taken_off),
        cmocka_unit_test(a_challenge_takes_all_others_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
