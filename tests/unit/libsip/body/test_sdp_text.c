#include "support/guard_str.h"

#include "body/sdp_text.h"

static void test_words(void **state)
{
    guard_page page;
    sip_str rest = guard_str(&page, "a  bc ");
    sip_str word;

    (void)state;
    assert_true(sip__sdp_take_word(&rest, &word));
    assert_str(word, "a");
    assert_true(sip__sdp_take_word(&rest, &word));
    assert_str(word, "bc");
    assert_false(sip__sdp_take_word(&rest, &word));
    guard_page_finish(&page);
    rest = guard_str(&page, "  x");
    assert_false(sip__sdp_take_word(&(sip_str){rest.ptr, rest.len}, &word));
    assert_true(sip_sdp_word_next(&rest, &word));
    assert_str(word, "x");
    assert_false(sip_sdp_word_next(&rest, &word));
    guard_page_finish(&page);
}

static void test_classes(void **state)
{
    (void)state;
    assert_true(sip__sdp_is_token(SIP_STR("a-b.c!#$%&'*+^_`{|}~")));
    assert_false(sip__sdp_is_token(SIP_STR("")));
    assert_false(sip__sdp_is_token(SIP_STR("a b")));
    assert_false(sip__sdp_is_token(SIP_STR("a/b")));
    assert_false(sip__sdp_is_token(SIP_STR("a=b")));
    assert_false(sip__sdp_is_token(SIP_STR("\x80")));
    assert_true(sip__sdp_is_digits(SIP_STR("09")));
    assert_false(sip__sdp_is_digits(SIP_STR("0a")));
    assert_false(sip__sdp_is_digits(SIP_STR("")));
    assert_true(sip__sdp_is_single_spaced(SIP_STR("a b")));
    assert_false(sip__sdp_is_single_spaced(SIP_STR(" a")));
    assert_false(sip__sdp_is_single_spaced(SIP_STR("a ")));
    assert_false(sip__sdp_is_single_spaced(SIP_STR("a  b")));
}

static void test_numbers(void **state)
{
    uint64_t number = 7;

    (void)state;
    assert_int_equal(sip__sdp_number_parse(SIP_STR("255"), 255, &number), 0);
    assert_int_equal(number, 255);
    assert_int_equal(sip__sdp_number_parse(SIP_STR("256"), 255, &number), SIP_ESYNTAX);
    assert_int_equal(sip__sdp_number_parse(SIP_STR("18446744073709551615"), UINT64_MAX, &number),
                     0);
    assert_true(number == UINT64_MAX);
    assert_int_equal(sip__sdp_number_parse(SIP_STR("18446744073709551616"), UINT64_MAX, &number),
                     SIP_ESYNTAX);
    assert_int_equal(sip__sdp_number_parse(SIP_STR("-1"), 255, &number), SIP_ESYNTAX);
    assert_int_equal(sip__sdp_number_parse(SIP_STR(""), 255, &number), SIP_ESYNTAX);
}

static void test_split(void **state)
{
    sip_str before, after;

    (void)state;
    assert_true(sip__sdp_split(SIP_STR("a:b:c"), ':', &before, &after));
    assert_str(before, "a");
    assert_str(after, "b:c");
    assert_false(sip__sdp_split(SIP_STR("abc"), ':', &before, &after));
    assert_str(before, "abc");
    assert_int_equal(after.len, 0);
    assert_true(sip__sdp_split(SIP_STR(":"), ':', &before, &after));
    assert_int_equal(before.len + after.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_split),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
