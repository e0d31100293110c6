#include "support/guard_str.h"

#include "body/sdp_grammar.h"

static bool in_order(const char *types)
{
    struct sip__sdp_order order = {0};

    for (; *types != '\0'; types++) {
        if (!sip__sdp_order_step(&order, *types)) {
            return false;
        }
    }
    return true;
}

static void test_order(void **state)
{
    static const char *const good[] = {
        "vost", "vosiueeppcbbtrrztrztka", "vostmicbbkaa", "vostmmcam", "vostrzka", "vostmccba"};
    static const char *const bad[] = {"ov",    "vosst",  "vosr",    "vosz",    "vostc",   "vostas",
                                      "voss",  "vostkk", "vostmt",  "vostmac", "vostmii", "vostx",
                                      "vosuu", "vostz",  "vostrzz", "vostrzr"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!in_order(good[i])) {
            fail_msg("refused: %s", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (in_order(bad[i])) {
            fail_msg("taken: %s", bad[i]);
        }
    }
}

static bool is_strict(char type, const char *value)
{
    const sip_sdp_line line = {type, sip_str_of(value)};

    return sip__sdp_value_is_strict(&line);
}

static void test_values(void **state)
{
    (void)state;
    assert_true(is_strict('c', "IN IP6 ff15::101/3"));
    assert_false(is_strict('c', "IN IP6 2001:db8::1/3"));
    assert_true(is_strict('c', "IN IP4 host.example.com"));
    assert_true(is_strict('z', "1 -1h 2 0"));
    assert_true(is_strict('k', "prompt"));
    assert_false(is_strict('k', ""));
    assert_true(is_strict('a', "x"));
    assert_false(is_strict('a', "x y"));
    assert_true(is_strict('m', "audio 9 UDP/TLS/RTP/SAVPF 0 *"));
    assert_false(is_strict('m', "audio/x 9 RTP/AVP 0"));
}

static void test_names(void **state)
{
    const char *rule, *section;

    (void)state;
    sip__sdp_rule_of('z', &rule, &section);
    assert_string_equal(rule, "zone-field");
    assert_string_equal(section, "RFC 8866 5.11");
    sip__sdp_rule_of('?', &rule, &section);
    assert_string_equal(rule, "line type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
