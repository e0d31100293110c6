/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "message/rules.h"

static void test_texts(void **state)
{
    (void)state;
    for (int rule = SIP_RULE_NONE + 1; rule < SIP_RULE_COUNT; rule++) {
        assert_true(strlen(sip_rule_text((sip_rule)rule)) > 0);
        assert_memory_equal(sip_rule_section((sip_rule)rule), "RFC ", 4);
        assert_in_range(sip_rule_status((sip_rule)rule), 400, 599);
    }
    assert_string_equal(sip_rule_text(SIP_RULE_NONE), "");
    assert_string_equal(sip_rule_section(SIP_RULE_COUNT), "");
    assert_int_equal(sip_rule_status((sip_rule)-1), 0);
}

static void test_presets(void **state)
{
    const sip_msg_policy *lenient = sip_msg_policy_lenient();
    int tolerable = 0;

    (void)state;
    assert_int_equal(sip_msg_policy_strict()->tolerated, 0);
    for (int rule = 0; rule < SIP_RULE_COUNT; rule++) {
        const bool is_tolerated = (lenient->tolerated >> rule & 1) != 0;

        assert_int_equal(is_tolerated, sip_rule_is_tolerable((sip_rule)rule));
        tolerable += is_tolerated ? 1 : 0;
    }
    assert_int_equal(tolerable, 24);
    assert_int_equal(lenient->tolerated >> SIP_RULE_COUNT, 0);
}

static void test_tolerate(void **state)
{
    sip_msg_policy policy = *sip_msg_policy_strict();

    (void)state;
    assert_int_equal(sip_msg_policy_tolerate(&policy, SIP_RULE_BRANCH, true), 0);
    assert_true(policy.tolerated == UINT64_C(1) << SIP_RULE_BRANCH);
    assert_int_equal(sip_msg_policy_tolerate(&policy, SIP_RULE_TAG, true), 0);
    assert_int_equal(sip_msg_policy_tolerate(&policy, SIP_RULE_BRANCH, false), 0);
    assert_true(policy.tolerated == UINT64_C(1) << SIP_RULE_TAG);
    assert_int_equal(sip_msg_policy_tolerate(&policy, SIP_RULE_VIA, true), SIP_EINVAL);
    assert_int_equal(sip_msg_policy_tolerate(&policy, SIP_RULE_NONE, true), SIP_EINVAL);
    assert_int_equal(sip_msg_policy_tolerate(&policy, SIP_RULE_COUNT, true), SIP_EINVAL);
    assert_int_equal(sip_msg_policy_tolerate(NULL, SIP_RULE_TAG, true), SIP_EINVAL);
}

static void test_broken(void **state)
{
    sip_parse_error error;

    (void)state;
    assert_int_equal(sip__rule_broken(SIP_RULE_VERSION, 7, true, &error), SIP_ESYNTAX);
    assert_int_equal(error.offset, 7);
    assert_int_equal(error.status, 505);
    assert_int_equal(error.id, SIP_RULE_VERSION);
    assert_int_equal(sip__rule_broken(SIP_RULE_HEADER_COUNT, 7, false, &error), SIP_ETOOBIG);
    assert_int_equal(error.status, 0);
    assert_int_equal(sip__rule_broken(SIP_RULE_START_LINE_LENGTH, 0, true, &error), SIP_ETOOBIG);
    assert_int_equal(error.status, 414);
    assert_int_equal(sip__rule_broken(SIP_RULE_REQUEST_SCHEME, 0, true, NULL), SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_tolerate),
        cmocka_unit_test(test_broken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
