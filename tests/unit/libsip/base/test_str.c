#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sip/base.h>

#include "support/guard_page.h"

static void equality_counts_every_byte(void **state)
{
    (void)state;
    assert_true(sip_str_equal(SIP_STR("tag"), "tag"));
    assert_false(sip_str_equal(SIP_STR("tag"), "Tag"));
    assert_false(sip_str_equal(SIP_STR("tag"), "tags"));
    assert_false(sip_str_equal(SIP_STR("tags"), "tag"));
    assert_true(sip_str_same(SIP_STR("a\0b"), SIP_STR("a\0b")));
    assert_false(sip_str_same(SIP_STR("a\0b"), SIP_STR("a\0c")));
}

static void empty_slices_are_equal_whatever_they_point_to(void **state)
{
    (void)state;
    assert_true(sip_str_equal((sip_str){NULL, 0}, NULL));
    assert_true(sip_str_equal((sip_str){"x", 0}, ""));
    assert_true(sip_str_same((sip_str){NULL, 0}, (sip_str){"x", 0}));
    assert_true(sip_str_same_nocase((sip_str){NULL, 0}, (sip_str){"x", 0}));
    assert_false(sip_str_equal(SIP_STR("x"), NULL));
}

static void case_is_folded_for_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(sip_str_equal_nocase(SIP_STR("Content-LENGTH"), "content-length"));
    assert_true(sip_str_same_nocase(SIP_STR("AZaz"), SIP_STR("azAZ")));
    assert_false(sip_str_same_nocase(SIP_STR("["), SIP_STR("{")));
    assert_false(sip_str_same_nocase(SIP_STR("@"), SIP_STR("`")));
    assert_false(sip_str_same_nocase(SIP_STR("\xc4"), SIP_STR("\xe4")));
    assert_false(sip_str_equal_nocase(SIP_STR("ab"), "abc"));
}

static void of_takes_null(void **state)
{
    (void)state;
    assert_int_equal(sip_str_of("abc").len, 3);
    assert_int_equal(sip_str_of(NULL).len, 0);
    assert_null(sip_str_of(NULL).ptr);
}

static void trim_takes_white_space_off_both_ends(void **state)
{
    guard_page page;

    (void)state;
    assert_true(sip_str_equal(sip_str_trim(SIP_STR(" \t\r\n a b \t\r\n")), "a b"));
    assert_int_equal(sip_str_trim(SIP_STR(" \t ")).len, 0);
    assert_int_equal(sip_str_trim((sip_str){NULL, 0}).len, 0);
    assert_true(sip_str_equal(sip_str_trim(SIP_STR("\va")), "\va"));
    guard_page_init(&page, "   ", 3);
    assert_int_equal(sip_str_trim((sip_str){page.bytes, page.len}).len, 0);
    guard_page_finish(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_counts_every_byte),
        cmocka_unit_test(empty_slices_are_equal_whatever_they_point_to),
        cmocka_unit_test(case_is_folded_for_ascii_letters_only),
        cmocka_unit_test(of_takes_null),
        cmocka_unit_test(trim_takes_white_space_off_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
