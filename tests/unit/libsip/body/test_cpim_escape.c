#include "support/guard_str.h"

#include <sip/cpim.h>

#include "body/body_box.h"
#include "body/cpim_escape.h"

#include "support/fail_alloc.h"

static void assert_undone(const char *text, const char *expected)
{
    char out[100];
    guard_page page;
    const int len = sip_cpim_unescape(guard_str(&page, text), out);

    assert_true(len >= 0 && len <= (int)strlen(text));
    assert_str(((sip_str){out, (size_t)len}), expected);
    guard_page_finish(&page);
}

static void test_unescape(void **state)
{
    static const char *const bad[] = {"\\",         "\\x",     "\\u12",    "\\u12g4",
                                      "\\uD800",    "\\udc00", "\\ud83dx", "\\ud83d\\u0041",
                                      "\\ud83d\\u", "\\0"};
    char out[100];

    (void)state;
    assert_undone("", "");
    assert_undone("plain", "plain");
    assert_undone("\\b\\t\\n\\r\\\"\\'\\\\", "\b\t\n\r\"'\\");
    assert_undone("\\u0041\\u00e9\\u20AC\\ud83d\\uDE00", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        guard_page page;

        assert_int_equal(sip_cpim_unescape(guard_str(&page, bad[i]), out), SIP_ESYNTAX);
        guard_page_finish(&page);
    }
}

static void assert_put(const char *text, bool in_quotes, const char *expected)
{
    char printed[100];
    sip__body_out out = {.at = printed, .size = sizeof printed};
    void *box = sip__body_box_create(NULL, 1);
    sip_str again;

    sip__cpim_put_escaped(&out, sip_str_of(text), in_quotes);
    assert_true(sip__body_out_end(&out) >= 0);
    assert_string_equal(printed, expected);
    assert_int_equal(sip__cpim_unescaped(sip__body_box_arena(box), sip_str_of(printed), &again), 0);
    assert_str(again, text);
    sip__body_box_free(NULL, box);
}

static void test_put(void **state)
{
    (void)state;
    assert_put("", false, "");
    assert_put("a \"b\"", false, "a \"b\"");
    assert_put("a \"b\"", true, "a \\\"b\\\"");
    assert_put("\\\t\x7f", false, "\\\\\\u0009\\u007f");
    assert_put(" a ", false, "\\u0020a\\u0020");
}

static void test_without_memory(void **state)
{
    char text[2000];
    sip_str again = {NULL, 0};
    fail_alloc fail;
    void *box;

    (void)state;
    memset(text, '\\', sizeof text);
    fail_alloc_init(&fail, 2);
    box = sip__body_box_create(&fail.allocator, 1);
    assert_int_equal(
        sip__cpim_unescaped(sip__body_box_arena(box), (sip_str){text, sizeof text}, &again),
        SIP_ENOMEM);
    assert_int_equal(sip__cpim_unescaped(sip__body_box_arena(box), SIP_STR("\\"), &again),
                     SIP_ESYNTAX);
    assert_null(again.ptr);
    sip__body_box_free(&fail.allocator, box);
    assert_int_equal(fail.live, 0);
}

static void test_names(void **state)
{
    (void)state;
    assert_true(sip__cpim_is_name(SIP_STR("Message-ID")));
    assert_true(sip__cpim_is_name(SIP_STR("a!#$%&'*+-^_`|~9")));
    assert_false(sip__cpim_is_name(SIP_STR("")));
    assert_false(sip__cpim_is_name(SIP_STR("a.b")));
    assert_false(sip__cpim_is_name(SIP_STR("a b")));
    assert_false(sip__cpim_is_name(SIP_STR("\xc3\xa9")));
    assert_true(sip__cpim_is_dotted(SIP_STR("a.b")));
    assert_false(sip__cpim_is_dotted(SIP_STR("a,b")));
    assert_false(sip__cpim_is_dotted(SIP_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unescape),
        cmocka_unit_test(test_put),
        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
