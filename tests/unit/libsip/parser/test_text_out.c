#include "support/guard_str.h"

#include "parser/text_out.h"

#include <string.h>

static void test_pieces(void **state)
{
    char text[64];
    sip__text_out out = {.at = text, .size = sizeof text};

    (void)state;
    sip__out_put(&out, SIP_STR("a="));
    sip__out_number(&out, 0);
    sip__out_char(&out, ';');
    sip__out_number(&out, UINT64_MAX);
    sip__out_put(&out, (sip_str){NULL, 0});
    assert_int_equal(sip__out_end(&out), 24);
    assert_string_equal(text, "a=0;18446744073709551615");
}

static void test_room(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 8; size++) {
        guard_page page;
        sip__text_out out = {.size = size};

        guard_page_init(&page, "xxxxxxxx", size);
        out.at = size > 0 ? page.bytes : NULL;
        sip__out_put(&out, SIP_STR("abc"));
        sip__out_put(&out, SIP_STR("defg"));
        assert_int_equal(sip__out_end(&out), 7);
        if (size > 0) {
            assert_int_equal(strlen(page.bytes), size - 1);
            assert_memory_equal(page.bytes, "abcdefg", size - 1);
        }
        guard_page_finish(&page);
    }
}

static void test_bad(void **state)
{
    static const char bytes[] = {'\r', '\n', '\0'};

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        char text[8];
        sip__text_out out = {.at = text, .size = sizeof text};

        sip__out_char(&out, bytes[i]);
        sip__out_char(&out, 'a');
        assert_int_equal(sip__out_end(&out), SIP_EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_bad),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
