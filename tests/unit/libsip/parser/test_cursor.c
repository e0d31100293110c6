#include "support/guard_str.h"

#include "parser/cursor.h"

/* RFC 3261 25.1, rule by rule. */
#define ALPHAS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define UNRESERVED ALPHAS DIGITS "-_.!~*'()"

static void test_char_classes(void **state)
{
    static const struct {
        const char *chars;
        unsigned class;
    } rules[] = {
        {ALPHAS DIGITS "-.!%*_+`'~", SIP__CHAR_TOKEN},
        {" \t\r\n", SIP__CHAR_SPACE},
        {DIGITS, SIP__CHAR_DIGIT},
        {DIGITS "abcdefABCDEF", SIP__CHAR_HEX},
        {ALPHAS, SIP__CHAR_ALPHA},
        {ALPHAS DIGITS "-._", SIP__CHAR_HOST},
        {ALPHAS DIGITS "!#$%&'()*+-./:=?@[]^_`{|}~", SIP__CHAR_VALUE},
        {UNRESERVED "[]/?:+$", SIP__CHAR_URI_HEADER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        for (int c = 0; c < 256; c++) {
            assert_int_equal(sip__is_char((char)c, rules[i].class),
                             c != 0 && strchr(rules[i].chars, c) != NULL);
        }
    }
}

static void test_is_token(void **state)
{
    (void)state;
    assert_true(sip__is_token(SIP_STR("INVITE")));
    assert_true(sip__is_token(SIP_STR("!int-Method0_*+`.%'~")));
    assert_false(sip__is_token(SIP_STR("")));
    assert_false(sip__is_token((sip_str){NULL, 0}));
    assert_false(sip__is_token(SIP_STR("a b")));
    assert_false(sip__is_token(SIP_STR("a@b")));
}

static void test_take(void **state)
{
    guard_page page;
    sip_str rest = guard_str(&page, "  name = value/");
    sip_str taken;

    (void)state;
    assert_false(sip__take_token(&rest, &taken));
    sip__skip_space(&rest);
    assert_true(sip__take_token(&rest, &taken));
    assert_str(taken, "name");
    assert_false(sip__take_char(&rest, ';'));
    assert_str(rest, " = value/");
    assert_true(sip__take_char(&rest, '='));
    assert_str(sip__take_class(&rest, SIP__CHAR_ALPHA), "value");
    assert_int_equal(sip__take_class(&rest, SIP__CHAR_ALPHA).len, 0);
    assert_true(sip__take_char(&rest, '/'));
    assert_int_equal(rest.len, 0);
    assert_false(sip__take_char(&rest, '/'));
    sip__skip_space(&rest);
    guard_page_finish(&page);
}

static void test_take_quoted(void **state)
{
    static const struct {
        const char *text;
        const char *inner; /* NULL: refused */
        const char *rest;
    } cases[] = {
        {"\"\"", "", ""},
        {"\"a b\" <", "a b", " <"},
        {"\"a \\\"b\\\\\"x", "a \\\"b\\\\", "x"},
        {"\"unended", NULL, "\"unended"},
        {"\"unended\\\"", NULL, "\"unended\\\""},
        {"\"\\", NULL, "\"\\"},
        {"\"", NULL, "\""},
        {"token", NULL, "token"},
        {"", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        sip_str rest = guard_str(&page, cases[i].text);
        sip_str inner = {NULL, 0};

        assert_int_equal(sip__take_quoted(&rest, &inner), cases[i].inner != NULL);
        assert_str(inner, cases[i].inner);
        assert_str(rest, cases[i].rest);
        guard_page_finish(&page);
    }
}

static void test_take_angled(void **state)
{
    static const struct {
        const char *text;
        const char *inner; /* NULL: refused */
        const char *rest;
    } cases[] = {
        {"<>", "", ""},   {"<a;b>;c", "a;b", ";c"}, {"<a<b>>", "a<b", ">"}, {"<a", NULL, "<a"},
        {"<", NULL, "<"}, {"a>", NULL, "a>"},       {" <a>", NULL, " <a>"}, {"", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        sip_str rest = guard_str(&page, cases[i].text);
        sip_str inner = {NULL, 0};

        assert_int_equal(sip__take_angled(&rest, &inner), cases[i].inner != NULL);
        assert_str(inner, cases[i].inner);
        assert_str(rest, cases[i].rest);
        guard_page_finish(&page);
    }
}

static void test_take_host(void **state)
{
    static const struct {
        const char *text;
        const char *host; /* NULL: refused */
    } cases[] = {
        {"example.com:5060", "example.com"},
        {"192.0.2.1", "192.0.2.1"},
        {"under_score-1.h.;x", "under_score-1.h."},
        {"[2001:db8::1]:5060", "[2001:db8::1]"},
        {"[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]"},
        {"[2001:db8:::192.0.2.1]", "[2001:db8:::192.0.2.1]"},
        {"[]", NULL},
        {"[::1", NULL},
        {"[", NULL},
        {"[host]", NULL},
        {":5060", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        sip_str rest = guard_str(&page, cases[i].text);
        sip_str host = {NULL, 0};

        assert_int_equal(sip__take_host(&rest, &host), cases[i].host != NULL);
        assert_str(host, cases[i].host);
        assert_int_equal(rest.len, strlen(cases[i].text) - host.len);
        guard_page_finish(&page);
    }
}

static void test_list(void **state)
{
    guard_page page;
    sip_str rest = guard_str(&page, " a ,, \"b,\\\",\" <sip:c,d@h>;x=\"<,\"\r\n , <e,f>, g,");
    sip_str value;

    (void)state;
    assert_true(sip__list_next(&rest, &value));
    assert_str(value, "a");
    assert_true(sip__list_next(&rest, &value));
    assert_str(value, "\"b,\\\",\" <sip:c,d@h>;x=\"<,\"");
    assert_true(sip__list_next(&rest, &value));
    assert_str(value, "<e,f>");
    assert_true(sip__list_next(&rest, &value));
    assert_str(value, "g");
    assert_false(sip__list_next(&rest, &value));
    guard_page_finish(&page);
}

static void test_list_with_what_does_not_end(void **state)
{
    static const char *const texts[] = {"\"a, b", "<a, b", "\"a, b\\", "\"a, b\\\""};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_str rest = guard_str(&page, texts[i]);
        sip_str value;

        assert_true(sip__list_next(&rest, &value));
        assert_str(value, texts[i]);
        assert_false(sip__list_next(&rest, &value));
        guard_page_finish(&page);
    }
}

/* Quotes and angle brackets hide nothing here. */
static void test_comma_list(void **state)
{
    static const char *const values[] = {"a<b@h", "\"c@h", "d>"};
    guard_page page;
    sip_str rest = guard_str(&page, " a<b@h ,, \"c@h, d>");
    sip_str value;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(sip__comma_list_next(&rest, &value));
        assert_str(value, values[i]);
    }
    assert_false(sip__comma_list_next(&rest, &value));
    guard_page_finish(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_char_classes), cmocka_unit_test(test_is_token),
        cmocka_unit_test(test_take),         cmocka_unit_test(test_take_quoted),
        cmocka_unit_test(test_take_angled),  cmocka_unit_test(test_take_host),
        cmocka_unit_test(test_list),         cmocka_unit_test(test_list_with_what_does_not_end),
        cmocka_unit_test(test_comma_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
