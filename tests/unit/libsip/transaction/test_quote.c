/* What proves that an ICMP error is about a datagram of ours. */
#include "transaction/quote.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const char request[] = "OPTIONS sip:b@192.0.2.2 SIP/2.0\r\n"
                              "Via: SIP/2.0/UDP 192.0.2.1:5060;Branch=z9hG4bK77;rport\r\n"
                              "Max-Forwards: 70\r\n\r\n";

static void test_quote(void **state)
{
    const sip_str sent = SIP_STR(request);
    const size_t end = (size_t)(strstr(request, ";rport") - request);
    char padded[sizeof(request) + 40] = {0};

    (void)state;
    assert_true(sip__quote_is_of(sent, sent));
    assert_true(sip__quote_is_of((sip_str){request, end}, sent));
    /* Anybody knows where we ask for what. */
    assert_false(sip__quote_is_of((sip_str){request, end - 1}, sent));
    assert_false(sip__quote_is_of((sip_str){request, 0}, sent));
    assert_false(sip__quote_is_of((sip_str){NULL, 0}, sent));
    memcpy(padded, request, sent.len);
    assert_true(sip__quote_is_of((sip_str){padded, sizeof(padded)}, sent));
    padded[end - 1] = '8';
    assert_false(sip__quote_is_of((sip_str){padded, sent.len}, sent));
}

static void test_branch(void **state)
{
    const sip_str whole = sip__quote_branch(SIP_STR(request));
    const sip_str cut = sip__quote_branch(SIP_STR("x;branch=z9hG4"));

    (void)state;
    assert_int_equal(whole.len, 9);
    assert_memory_equal(whole.ptr, "z9hG4bK77", 9);
    assert_int_equal(cut.len, 5);
    assert_int_equal(sip__quote_branch(SIP_STR("x;branch=")).len, 0);
    assert_int_equal(sip__quote_branch(SIP_STR("x;branch")).len, 0);
    assert_int_equal(sip__quote_branch((sip_str){NULL, 0}).len, 0);
}

static void test_without_a_branch(void **state)
{
    const sip_str old = SIP_STR("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\n\r\n");
    const sip_str last = SIP_STR("x;branch=1");

    (void)state;
    assert_true(sip__quote_is_of(old, old));
    assert_false(sip__quote_is_of((sip_str){old.ptr, old.len - 1}, old));
    assert_true(sip__quote_is_of(last, last));
    assert_false(sip__quote_is_of(SIP_STR("x;branch="), last));
    assert_false(sip__quote_is_of(SIP_STR("x"), (sip_str){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_branch),
        cmocka_unit_test(test_without_a_branch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
