/* Keep-alives: datagrams of nothing, and the pings of a stream. */
#include "transport/keepalive.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_datagrams(void **state)
{
    static const char zeros[4] = {0, 0, 0, 0};
    sip_str four = {zeros, sizeof(zeros)};

    (void)state;
    assert_true(sip__keepalive_is_datagram(SIP_STR("\r\n\r\n")));
    assert_true(sip__keepalive_is_datagram(SIP_STR(" \t\r\n")));
    assert_true(sip__keepalive_is_datagram(four));
    assert_false(sip__keepalive_is_datagram(SIP_STR("")));
    assert_false(sip__keepalive_is_datagram(SIP_STR("\r\nOPTIONS")));
}

static void test_never(void **state)
{
    sip__keepalive keepalive;

    (void)state;
    sip__keepalive_init(&keepalive, 5);
    assert_int_equal(sip__keepalive_check(&keepalive, 1000000, 0), SIP__KEEPALIVE_NOTHING);
}

static void test_ping_and_answer(void **state)
{
    sip__keepalive keepalive;

    (void)state;
    sip__keepalive_init(&keepalive, 0);
    assert_int_equal(sip__keepalive_check(&keepalive, 29999, 30000), SIP__KEEPALIVE_NOTHING);
    assert_int_equal(sip__keepalive_check(&keepalive, 30000, 30000), SIP__KEEPALIVE_PING);
    assert_int_equal(sip__keepalive_check(&keepalive, 30001, 30000), SIP__KEEPALIVE_NOTHING);
    sip__keepalive_heard(&keepalive, 31000);
    assert_int_equal(sip__keepalive_check(&keepalive, 45000, 30000), SIP__KEEPALIVE_NOTHING);
    assert_int_equal(sip__keepalive_check(&keepalive, 61000, 30000), SIP__KEEPALIVE_PING);
    assert_int_equal(sip__keepalive_check(&keepalive, 70999, 30000), SIP__KEEPALIVE_NOTHING);
    assert_int_equal(sip__keepalive_check(&keepalive, 71000, 30000), SIP__KEEPALIVE_DEAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_never),
        cmocka_unit_test(test_ping_and_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
