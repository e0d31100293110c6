#include "support/guard_str.h"

#include <sip/uri.h>

#include "parser/uri_text.h"

static void test_pairs(void **state)
{
    guard_page page;
    sip_str rest = guard_str(&page, "a=b=c;d;;=e");
    sip_str name, value;

    (void)state;
    assert_true(sip__uri_pair_next(&rest, ';', &name, &value));
    assert_str(name, "a");
    assert_str(value, "b=c");
    assert_true(sip__uri_pair_next(&rest, ';', &name, &value));
    assert_str(name, "d");
    assert_int_equal(value.len, 0);
    assert_true(sip__uri_pair_next(&rest, ';', &name, &value));
    assert_int_equal(name.len, 0);
    assert_true(sip__uri_pair_next(&rest, ';', &name, &value));
    assert_int_equal(name.len, 0);
    assert_str(value, "e");
    assert_false(sip__uri_pair_next(&rest, ';', &name, &value));
    guard_page_finish(&page);
}

static void test_chars(void **state)
{
    guard_page page;
    sip_str rest = guard_str(&page, "A%41%3b%00%4");

    (void)state;
    assert_int_equal(sip__uri_char_next(&rest, true, false), 'a');
    assert_int_equal(sip__uri_char_next(&rest, false, false), 'A');
    assert_int_equal(sip__uri_char_next(&rest, false, false), ';' + 256);
    assert_int_equal(sip__uri_char_next(&rest, false, false), 0);
    assert_int_equal(sip__uri_char_next(&rest, false, false), '%');
    assert_int_equal(sip__uri_char_next(&rest, false, false), '4');
    assert_int_equal(sip__uri_char_next(&rest, false, false), -1);
    guard_page_finish(&page);
}

static void test_same(void **state)
{
    (void)state;
    assert_true(sip__uri_text_same(SIP_STR("%61lice"), SIP_STR("alice"), false, false));
    assert_false(sip__uri_text_same(SIP_STR("Alice"), SIP_STR("alice"), false, false));
    assert_true(sip__uri_text_same(SIP_STR("Alice"), SIP_STR("alice"), true, false));
    assert_false(sip__uri_text_same(SIP_STR("a%3Bb"), SIP_STR("a;b"), false, false));
    assert_true(sip__uri_text_same(SIP_STR("a%3Bb"), SIP_STR("a%3bb"), false, false));
    assert_true(sip__uri_text_same(SIP_STR("a%3Bb"), SIP_STR("a;b"), false, true));
    assert_false(sip__uri_text_same(SIP_STR("ab"), SIP_STR("a"), false, false));
    assert_false(sip__uri_text_same(SIP_STR("a"), SIP_STR("ab"), false, false));
}

static void test_unescape(void **state)
{
    guard_page page;
    char out[32];

    (void)state;
    assert_int_equal(sip_unescape(guard_str(&page, "sips%3Auser%40h%2E"), out), 12);
    assert_memory_equal(out, "sips:user@h.", 12);
    guard_page_finish(&page);
    assert_int_equal(sip_unescape(guard_str(&page, "null-%00-null"), out), 11);
    assert_memory_equal(out, "null-\0-null", 11);
    guard_page_finish(&page);
    assert_int_equal(sip_unescape(SIP_STR(""), out), 0);
    assert_int_equal(sip_unescape(guard_str(&page, "a%4"), out), SIP_ESYNTAX);
    guard_page_finish(&page);
    assert_int_equal(sip_unescape(guard_str(&page, "%g0x"), out), SIP_ESYNTAX);
    guard_page_finish(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_chars),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_unescape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
