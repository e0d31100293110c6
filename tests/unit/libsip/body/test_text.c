#include "body_check.h"

#include <sip/text.h>

#include "support/fail_alloc.h"

static void test_read(void **state)
{
    const sip_body bad = {.type = SIP_STR_INIT("text"), .data = SIP_STR_INIT("x")};
    sip_text *text = NULL;

    (void)state;
    body_check(&sip_text_type, "text/plain", "Watson, come here.", NULL);
    body_check(&sip_text_type, "", "gr\xc3\xbc\xc3\x9f", NULL);
    body_check(&sip_text_type, "text/plain;charset=koi8-r", "\xd0\xd2", NULL);
    assert_int_equal(sip_text_read(NULL, &bad, &text), SIP_ESYNTAX);
    assert_int_equal(sip_text_read(NULL, NULL, &text), SIP_EINVAL);
    assert_int_equal(sip_text_read(NULL, &bad, NULL), SIP_EINVAL);
    sip_text_free(NULL, NULL);
}

static void assert_reads(const char *type, const char *bytes, const char *expected, bool is_utf8)
{
    sip_text *text = body_check_read(&sip_text_type, type, sip_str_of(bytes));

    assert_str(text->text, expected);
    assert_int_equal(text->is_utf8, is_utf8);
    sip_text_free(NULL, text);
}

static void test_charsets(void **state)
{
    sip_text *text;

    (void)state;
    assert_reads("text/plain;charset=\"UTF-8\"", "\xc3\xa9", "\xc3\xa9", true);
    assert_reads("text/plain;charset=utf-8", "\xe9", "\xe9", false);
    assert_reads("text/plain;charset=US-ASCII", "e", "e", true);
    assert_reads("text/plain;charset=ISO-8859-1", "caf\xe9", "caf\xc3\xa9", true);
    assert_reads("text/plain;charset=utf-16", "e", "e", false);
    text = body_check_read(&sip_text_type, "text/plain;charset=utf-16", SIP_STR("e"));
    assert_str(text->charset, "utf-16");
    sip_text_free(NULL, text);
}

static void test_without_memory(void **state)
{
    char latin[1000];
    const sip_body body = {.type = SIP_STR_INIT("text/plain;charset=iso-8859-1"),
                           .data = {latin, sizeof latin}};
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    memset(latin, 0xe9, sizeof latin);
    do {
        sip_text *text = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        err = sip_text_read(&fail.allocator, &body, &text);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        assert_true(err != 0 || text->text.len == 2000);
        sip_text_free(&fail.allocator, text);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(n, 3);
}

static void test_utf8(void **state)
{
    static const char *const good[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xe2\x82",
                                      "\xe2\x82z",
                                      "\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(sip_text_is_utf8(sip_str_of(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        guard_page page;

        assert_false(sip_text_is_utf8(guard_str(&page, bad[i])));
        guard_page_finish(&page);
    }
}

static void test_print(void **state)
{
    const sip_text text = {.text = SIP_STR_INIT("a")};
    char out[2];

    (void)state;
    assert_int_equal(sip_text_type.codec.print(&text, out, sizeof out), 1);
    assert_string_equal(out, "a");
    assert_int_equal(sip_text_type.codec.print(&text, NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_text_type.codec.print(NULL, out, sizeof out), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),           cmocka_unit_test(test_charsets),
        cmocka_unit_test(test_without_memory), cmocka_unit_test(test_print),
        cmocka_unit_test(test_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
