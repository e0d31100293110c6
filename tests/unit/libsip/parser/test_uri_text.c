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

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define UNRESERVED ALNUM "-_.!~*'()"

/* The table, from the text of the grammars. */
static void test_classes(void **state)
{
    static const struct {
        unsigned bit;
        const char *chars;
    } classes[] = {
        {SIP__URI_USER, UNRESERVED "&=+$,;?/"},
        {SIP__URI_PASSWORD, UNRESERVED "&=+$,"},
        {SIP__URI_PARAM, UNRESERVED "[]/:&+$"},
        {SIP__URI_HEADER, UNRESERVED "[]/?:+$"},
        {SIP__URI_HOST, ALNUM "-._"},
        {SIP__URI_SCHEME, ALNUM "+-."},
        {SIP__URI_NUMBER, "0123456789ABCDEFabcdef*#-.()+"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        for (int c = 0; c < 256; c++) {
            const bool expected = c != 0 && strchr(classes[i].chars, c) != NULL;

            assert_int_equal(sip__is_uri_char((char)c, classes[i].bit), expected);
        }
    }
    for (int c = 0; c < 256; c++) {
        const bool expected = c > ' ' && c < 0x7f && strchr("<>\"", c) == NULL;

        assert_int_equal(sip__is_uri_char((char)c, SIP__URI_OPAQUE), expected);
    }
}

static void check_escape(const char *text, sip_escape_place place, const char *expected)
{
    char out[128];
    const size_t n = sip_escape(sip_str_of(text), place, out, sizeof out);

    assert_str(((sip_str){out, n}), expected);
}

static void test_escape(void **state)
{
    char out[4] = "zzz";

    (void)state;
    check_escape("alice@home;x=1:2?#", SIP_ESCAPE_USER, "alice%40home;x=1%3A2?%23");
    check_escape("p;w:&=+$,", SIP_ESCAPE_PASSWORD, "p%3Bw%3A&=+$,");
    check_escape("a=b;c[::1]", SIP_ESCAPE_PARAM, "a%3Db%3Bc[::1]");
    check_escape("<sip:a@h;lr>&=,", SIP_ESCAPE_HEADER, "%3Csip:a%40h%3Blr%3E%26%3D%2C");
    check_escape("\xc3\xa9 %41", SIP_ESCAPE_USER, "%C3%A9%20%2541");
    check_escape("@", (sip_escape_place)99, "%40");
    assert_int_equal(sip_escape(SIP_STR("a@"), SIP_ESCAPE_USER, out, 2), 4);
    assert_memory_equal(out, "a%z", 3);
    assert_int_equal(sip_escape((sip_str){"null\0", 5}, SIP_ESCAPE_USER, out, 0), 7);
    assert_int_equal(sip_escape((sip_str){NULL, 0}, SIP_ESCAPE_USER, NULL, 0), 0);
}

static void test_skip(void **state)
{
    guard_page page;
    sip_str text = guard_str(&page, "ab%41c%4");

    (void)state;
    assert_ptr_equal(sip__uri_skip(text.ptr, text.ptr + text.len, SIP__URI_USER), text.ptr + 2);
    assert_ptr_equal(sip__uri_skip_escaped(text.ptr, text.ptr + text.len, SIP__URI_USER),
                     text.ptr + 6);
    guard_page_finish(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),   cmocka_unit_test(test_chars),
        cmocka_unit_test(test_same),    cmocka_unit_test(test_unescape),
        cmocka_unit_test(test_classes), cmocka_unit_test(test_escape),
        cmocka_unit_test(test_skip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
