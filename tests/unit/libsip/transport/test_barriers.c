#include "transport/barriers.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "support/fail_alloc.h"

static const sip_addr a = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr a_elsewhere = {.ip = {10, 0, 0, 1}, .port = 9, .family = SIP_FAMILY_IP4};
static const sip_addr b = {.ip = {10, 0, 0, 2}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr c = {.ip = {10, 0, 0, 3}, .port = 5060, .family = SIP_FAMILY_IP4};

static void a_cut_keeps_all_others_away(void **state)
{
    sip__barriers barriers;

    (void)state;
    sip__barriers_init(&barriers, sip_allocator_default());
    assert_false(sip__barriers_between(&barriers, &a, &b));
    assert_int_equal(sip__barriers_set(&barriers, SIP__BARRIER_CUT, &a, NULL, true), 0);
    assert_int_equal(sip__barriers_set(&barriers, SIP__BARRIER_CUT, &a_elsewhere, NULL, true), 0);
    assert_true(sip__barriers_between(&barriers, &a_elsewhere, &b));
    assert_true(sip__barriers_between(&barriers, &b, &a));
    assert_false(sip__barriers_between(&barriers, &b, &c));
    assert_int_equal(sip__barriers_set(&barriers, SIP__BARRIER_CUT, &a, NULL, false), 0);
    assert_int_equal(sip__barriers_set(&barriers, SIP__BARRIER_CUT, &a, NULL, false), 0);
    assert_false(sip__barriers_between(&barriers, &a, &b)); /* there was one only */
    sip__barriers_finish(&barriers);
}

static void two_apart_reach_all_others(void **state)
{
    sip__barriers barriers;

    (void)state;
    sip__barriers_init(&barriers, sip_allocator_default());
    assert_int_equal(sip__barriers_set(&barriers, SIP__BARRIER_APART, &a, &b, true), 0);
    assert_int_equal(sip__barriers_set(&barriers, SIP__BARRIER_DEAD, &c, NULL, true), 0);
    assert_true(sip__barriers_between(&barriers, &a, &b));
    assert_true(sip__barriers_between(&barriers, &b, &a));
    assert_false(sip__barriers_between(&barriers, &a, &c));
    assert_true(sip__barriers_has(&barriers, SIP__BARRIER_DEAD, &c, NULL));
    assert_false(sip__barriers_has(&barriers, SIP__BARRIER_DEAD, &a, NULL));
    assert_int_equal(sip__barriers_set(&barriers, SIP__BARRIER_APART, &b, &a, false), 0);
    assert_false(sip__barriers_between(&barriers, &a, &b));
    sip__barriers_finish(&barriers); /* with one still up */
}

static void without_memory_none_stands(void **state)
{
    sip__barriers barriers;
    fail_alloc fail;

    (void)state;
    fail_alloc_init(&fail, 1);
    sip__barriers_init(&barriers, &fail.allocator);
    assert_int_equal(sip__barriers_set(&barriers, SIP__BARRIER_CUT, &a, NULL, true), SIP_ENOMEM);
    assert_false(sip__barriers_between(&barriers, &a, &b));
    sip__barriers_finish(&barriers);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_keeps_all_others_away),
        cmocka_unit_test(two_apart_reach_all_others),
        cmocka_unit_test(without_memory_none_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
