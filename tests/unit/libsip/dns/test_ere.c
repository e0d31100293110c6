#include "dns/ere.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static sip__ere ere;

/* What matched, and the first two groups: "match|one|two"; "-" for no match. */
static const char *try_match(const char *pattern, const char *text, bool fold)
{
    static char out[600];
    sip__ere_span groups[SIP__ERE_GROUPS];
    size_t len = 0;

    assert_int_equal(sip__ere_compile(&ere, sip_str_of(pattern), fold), 0);
    if (!sip__ere_match(&ere, sip_str_of(text), groups)) {
        return "-";
    }
    for (size_t i = 0; i < 3; i++) {
        if (groups[i].begin >= 0) {
            assert_in_range(groups[i].end, groups[i].begin, strlen(text));
            memcpy(out + len, text + groups[i].begin, (size_t)(groups[i].end - groups[i].begin));
            len += (size_t)(groups[i].end - groups[i].begin);
        }
        out[len++] = '|';
    }
    out[len - 1] = '\0';
    return out;
}

static void matches(void **state)
{
    static const struct {
        const char *pattern, *text, *result;
    } cases[] = {
        {"^.*$", "+441632960083", "+441632960083||"},
        {"^\\+44(.*)$", "+441632960083", "+441632960083|1632960083|"},
        {"^\\+1([0-9]{3})([0-9]+)$", "+15551234", "+15551234|555|1234"},
        {"1234", "+15551234", "1234||"},
        {"5+", "+15551234", "555||"},
        {"5{2}", "+15551234", "55||"},
        {"5{2,}", "+15551234", "555||"},
        {"5{0,1}1", "+15551234", "1||"},
        {"5{4}", "+15551234", "-"},
        {"x{0}5", "+15551234", "5||"},
        {"^(a|b|cd)*(e?)", "abcde", "abcde|cd|e"},
        {"(ab|cd|ef)(gh|ij)", "xcdij", "cdij|cd|ij"},
        {"a|", "b", "||"},
        {"(a|(b))$", "b", "b|b|b"},
        {"(a*)*b", "aaab", "aaab|aaa|"},
        {"(a*)+$", "aaaa", "aaaa|aaaa|"},
        {"[^0-9]+", "12ab3", "ab||"},
        {"[]x]+", "a]x]", "]x]||"},
        {"[a-]+", "b-a-", "-a-||"},
        {"[[:digit:]]+[[:alpha:]]", "a12b", "12b||"},
        {"\\.\\*", "a.*", ".*||"},
        {"a.c", "abc", "abc||"},
        {"b^", "b", "-"},
        {"$a", "a", "-"},
        {"()", "", "||"},
        {"A", "a", "-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(try_match(cases[i].pattern, cases[i].text, false), cases[i].result);
    }
    assert_string_equal(try_match("aB[c-d]", "AbD", true), "AbD||");
    assert_string_equal(try_match("[^a]", "A", true), "-");
}

static void refused(void **state)
{
    static const struct {
        const char *pattern;
        int err;
    } cases[] = {
        {"(", SIP_ESYNTAX},
        {")", 0 /* as it is, POSIX allows */},
        {"(a", SIP_ESYNTAX},
        {"a)b(", SIP_ESYNTAX},
        {"*a", SIP_ESYNTAX},
        {"(|*)", SIP_ESYNTAX},
        {"a{", SIP_ESYNTAX},
        {"a{1", SIP_ESYNTAX},
        {"a{2,1}", SIP_ESYNTAX},
        {"a{1,x}", SIP_ESYNTAX},
        {"a{300}", SIP_ESYNTAX},
        {"{1}", SIP_ESYNTAX},
        {"[a", SIP_ESYNTAX},
        {"[", SIP_ESYNTAX},
        {"[b-a]", SIP_ESYNTAX},
        {"[[:nope:]]", SIP_ESYNTAX},
        {"[[.a.]]", SIP_ESYNTAX},
        {"\\", SIP_ESYNTAX},
        {"(a)\\1", SIP_ESYNTAX},
        {"(((a{9}){9}){9}){9}", SIP_ETOOBIG},
        {"a{255}", SIP_ETOOBIG},
        {"(((((((((((a)))))))))))", SIP_ETOOBIG},
        {"[a][a][a][a][a][a][a][a][a][a][a][a][a][a][a][a][a]", SIP_ETOOBIG},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(sip__ere_compile(&ere, sip_str_of(cases[i].pattern), false), cases[i].err);
    }
}

/* What takes others exponential time. */
static void hostile_ones_are_fast(void **state)
{
    char text[256];
    sip__ere_span groups[SIP__ERE_GROUPS];

    (void)state;
    memset(text, 'a', sizeof(text));
    assert_int_equal(sip__ere_compile(&ere, SIP_STR("^((a*)*)*(a|a?)+(aa|a)*b$"), false), 0);
    for (size_t i = 0; i < 100; i++) {
        assert_false(sip__ere_match(&ere, (sip_str){text, 255}, groups));
    }
    assert_false(sip__ere_match(&ere, (sip_str){text, 256}, groups));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches),
        cmocka_unit_test(refused),
        cmocka_unit_test(hostile_ones_are_fast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
