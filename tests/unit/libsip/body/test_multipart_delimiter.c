#include "support/guard_str.h"

#include "body/multipart_delimiter.h"

static void test_sound(void **state)
{
    (void)state;
    assert_true(sip__boundary_is_sound(SIP_STR("a b'()+_,-./:=?")));
    assert_false(sip__boundary_is_sound(SIP_STR("")));
    assert_false(sip__boundary_is_sound(SIP_STR("a ")));
    assert_false(sip__boundary_is_sound(SIP_STR("a\r\nb")));
    assert_false(sip__boundary_is_sound(SIP_STR("a\x7f")));
}

static void test_find(void **state)
{
    guard_page page;
    const sip_str data = guard_str(&page, "a\r\n--b\r\nc\n--b-- \t");
    sip__delimiter delimiter;

    (void)state;
    assert_true(sip__delimiter_find(data, 0, SIP_STR("b"), &delimiter));
    assert_int_equal(delimiter.at, 1);
    assert_int_equal(delimiter.after, 8);
    assert_false(delimiter.is_last);
    assert_true(sip__delimiter_find(data, 8, SIP_STR("b"), &delimiter));
    assert_int_equal(delimiter.at, 9);
    assert_int_equal(delimiter.after, data.len);
    assert_true(delimiter.is_last);
    assert_false(sip__delimiter_find(data, data.len, SIP_STR("b"), &delimiter));
    assert_false(sip__delimiter_find(data, 0, SIP_STR("c"), &delimiter));
    /* The line end before belongs to what was taken before. */
    assert_true(sip__delimiter_find(data, 3, SIP_STR("b"), &delimiter));
    assert_int_equal(delimiter.at, 3);
    guard_page_finish(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_find),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
