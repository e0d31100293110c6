#include "body_check.h"

#include <sip/dtmf.h>

static void test_relay(void **state)
{
    sip_dtmf dtmf;

    (void)state;
    body_check(&sip_dtmf_relay_type, "", "Signal=5\r\nDuration=160\r\n", NULL);
    body_check(&sip_dtmf_relay_type, "", "Signal= 5\r\nDuration= 160",
               "Signal=5\r\nDuration=160\r\n");
    body_check(&sip_dtmf_relay_type, "", "duration : 7\nX=y\n\nsignal:d\n",
               "Signal=D\r\nDuration=7\r\n");
    body_check(&sip_dtmf_relay_type, "", "Signal=*", "Signal=*\r\n");
    assert_int_equal(sip_dtmf_relay_parse(SIP_STR("Signal=#\r\nDuration=0\r\n"), &dtmf), 0);
    assert_int_equal(dtmf.signal, '#');
    assert_true(dtmf.has_duration);
    assert_int_equal(dtmf.duration_ms, 0);
    assert_int_equal(sip_dtmf_relay_parse(SIP_STR("Signal=11"), &dtmf), 0);
    assert_int_equal(dtmf.signal, '#');
    assert_int_equal(sip_dtmf_relay_parse(SIP_STR("Signal=16"), &dtmf), 0);
    assert_int_equal(dtmf.signal, '!');
    assert_int_equal(sip_dtmf_relay_parse(SIP_STR("Signal=hf"), &dtmf), 0);
    assert_int_equal(dtmf.signal, '!');
    assert_false(dtmf.has_duration);
}

static void test_relay_refused(void **state)
{
    (void)state;
    body_check_refused(&sip_dtmf_relay_type, "", "", SIP_ESYNTAX);
    body_check_refused(&sip_dtmf_relay_type, "", "Duration=160", SIP_ESYNTAX);
    body_check_refused(&sip_dtmf_relay_type, "", "Signal=17", SIP_ESYNTAX);
    body_check_refused(&sip_dtmf_relay_type, "", "Signal=E", SIP_ESYNTAX);
    body_check_refused(&sip_dtmf_relay_type, "", "Signal=", SIP_ESYNTAX);
    body_check_refused(&sip_dtmf_relay_type, "", "Signal 5", SIP_ESYNTAX);
    body_check_refused(&sip_dtmf_relay_type, "", "Signal=5\r\nDuration=4294967296", SIP_ESYNTAX);
}

static void test_key(void **state)
{
    (void)state;
    body_check(&sip_dtmf_type, "", "5", NULL);
    body_check(&sip_dtmf_type, "", " a\r\n", "A");
    body_check_refused(&sip_dtmf_type, "", "", SIP_ESYNTAX);
    body_check_refused(&sip_dtmf_type, "", "55", SIP_ESYNTAX);
}

static void test_print_refuses(void **state)
{
    const sip_dtmf none = {.signal = 'x'};
    const sip_dtmf zero = {.signal = '\0'};

    (void)state;
    assert_int_equal(sip_dtmf_relay_print(&none, NULL, 0), SIP_EINVAL);
    assert_int_equal(sip_dtmf_print(&zero, NULL, 0), SIP_EINVAL);
    assert_int_equal(sip_dtmf_print(NULL, NULL, 0), SIP_EINVAL);
    assert_int_equal(sip_dtmf_print(&(sip_dtmf){.signal = '1'}, NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_dtmf_relay_print(&(sip_dtmf){.signal = '1'}, NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_dtmf_relay_print(NULL, NULL, 0), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relay),
        cmocka_unit_test(test_relay_refused),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_print_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
