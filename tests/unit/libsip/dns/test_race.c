#include "dns/race.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void families_take_turns(void **state)
{
    sip_addr six[3] = {{.ip = {1}, .family = SIP_FAMILY_IP6},
                       {.ip = {2}, .family = SIP_FAMILY_IP6},
                       {.ip = {3}, .family = SIP_FAMILY_IP6}};
    sip_addr four[1] = {{.ip = {9}, .family = SIP_FAMILY_IP4}};
    sip_addr out[4];

    (void)state;
    assert_int_equal(sip__race_interleave(six, 3, four, 1, out), 4);
    assert_int_equal(out[0].ip[0], 1);
    assert_int_equal(out[1].ip[0], 9);
    assert_int_equal(out[2].ip[0], 2);
    assert_int_equal(out[3].ip[0], 3);
    assert_int_equal(sip__race_interleave(six, 0, four, 1, out), 1);
    assert_int_equal(out[0].ip[0], 9);
    assert_int_equal(sip__race_interleave(NULL, 0, NULL, 0, out), 0);
}

static void one_every_quarter_of_a_second(void **state)
{
    sip__race race;
    sip_time_ms due_ms = 0;
    size_t runner = 99;

    (void)state;
    sip__race_init(&race, 3, 1000);
    assert_true(sip__race_next(&race, 1000, &runner, &due_ms));
    assert_int_equal(runner, 0);
    assert_false(sip__race_next(&race, 1000, &runner, &due_ms));
    assert_int_equal(due_ms, 1250);
    assert_false(sip__race_next(&race, 1249, &runner, &due_ms));
    assert_true(sip__race_next(&race, 1250, &runner, &due_ms));
    assert_int_equal(runner, 1);
    /* One fell: the next starts at once. */
    sip__race_fail(&race, 1300);
    assert_true(sip__race_next(&race, 1300, &runner, &due_ms));
    assert_int_equal(runner, 2);
    assert_false(sip__race_next(&race, 9999, &runner, &due_ms));
    assert_int_equal(due_ms, UINT64_MAX);
    assert_false(sip__race_is_lost(&race));
    sip__race_fail(&race, 1400);
    sip__race_fail(&race, 1400);
    assert_true(sip__race_is_lost(&race));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_take_turns),
        cmocka_unit_test(one_every_quarter_of_a_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
