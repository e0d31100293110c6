#include "usage/invite/reinvite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void every_state_is_judged(void **state)
{
    (void)state;
    assert_int_equal(dum__reinvite_judge(DUM__RE_IDLE), 0);
    assert_int_equal(dum__reinvite_judge(DUM__RE_BACKOFF), 0);
    assert_int_equal(dum__reinvite_judge(DUM__RE_RECEIVED), 500);
    assert_int_equal(dum__reinvite_judge(DUM__RE_SENT), 491);
    assert_int_equal(dum__reinvite_judge(DUM__RE_ACK_OWED), 491);
    assert_int_equal(dum__reinvite_judge(DUM__RE_ANSWERED), 491);
}

static void pauses_are_within_their_bounds(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint32_t owner = dum__reinvite_backoff_ms(true, sip_random_system());
        uint32_t other = dum__reinvite_backoff_ms(false, sip_random_system());

        assert_in_range(owner, 2100, 4000);
        assert_in_range(other, 0, 2000);
        assert_int_equal(owner % 10 + other % 10, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_judged),
        cmocka_unit_test(pauses_are_within_their_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
