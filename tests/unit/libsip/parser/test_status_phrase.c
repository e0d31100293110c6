#include "support/guard_str.h"

#include <sip/header.h>

static void test_known(void **state)
{
    (void)state;
    assert_str(sip_status_phrase(100), "Trying");
    assert_str(sip_status_phrase(180), "Ringing");
    assert_str(sip_status_phrase(199), "Early Dialog Terminated");
    assert_str(sip_status_phrase(200), "OK");
    assert_str(sip_status_phrase(302), "Moved Temporarily");
    assert_str(sip_status_phrase(481), "Call/Transaction Does Not Exist");
    assert_str(sip_status_phrase(504), "Server Time-out");
    assert_str(sip_status_phrase(608), "Rejected");
}

static void test_unknown_ones_read_as_their_class(void **state)
{
    (void)state;
    assert_str(sip_status_phrase(150), "Trying");
    assert_str(sip_status_phrase(299), "OK");
    assert_str(sip_status_phrase(399), "Multiple Choices");
    assert_str(sip_status_phrase(499), "Bad Request");
    assert_str(sip_status_phrase(599), "Server Internal Error");
    assert_str(sip_status_phrase(699), "Busy Everywhere");
    assert_int_equal(sip_status_phrase(0).len, 0);
    assert_int_equal(sip_status_phrase(99).len, 0);
    assert_int_equal(sip_status_phrase(700).len, 0);
    assert_int_equal(sip_status_phrase(-100).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_unknown_ones_read_as_their_class),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
