#include "support/guard_str.h"

#include <ctype.h>

#include <sip/header.h>

static const struct {
    const char *name;
    char compact;
    sip_header_id id;
} headers[] = {
#define HEADER_ROW(id, name, compact, list) {name, compact, SIP_HEADER_##id},
    SIP_HEADER_MAP(HEADER_ROW)
#undef HEADER_ROW
};

#define N_HEADERS (sizeof headers / sizeof headers[0])

static void test_every_name(void **state)
{
    (void)state;
    assert_int_equal(N_HEADERS, SIP_HEADER_COUNT - 1);
    for (size_t i = 0; i < N_HEADERS; i++) {
        guard_page page;
        const sip_str name = guard_str(&page, headers[i].name);

        assert_int_equal(sip_header_id_of(name), headers[i].id);
        assert_str(sip_header_name(headers[i].id), headers[i].name);
        for (size_t k = 0; k < name.len; k++) {
            page.bytes[k] = (char)(k % 2 == 0 ? tolower((unsigned char)page.bytes[k])
                                              : toupper((unsigned char)page.bytes[k]));
        }
        assert_int_equal(sip_header_id_of(name), headers[i].id);
        page.bytes[name.len - 1] = '!';
        assert_int_equal(sip_header_id_of(name), SIP_HEADER_OTHER);
        guard_page_finish(&page);
    }
}

static void test_every_compact_form(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        const char letter = (char)c;
        sip_header_id expected = SIP_HEADER_OTHER;

        for (size_t i = 0; i < N_HEADERS; i++) {
            if (headers[i].compact != 0 && headers[i].compact == tolower(c)) {
                expected = headers[i].id;
            }
        }
        assert_int_equal(sip_header_id_of((sip_str){&letter, 1}), expected);
    }
}

static void test_unknown_names(void **state)
{
    (void)state;
    assert_int_equal(sip_header_id_of((sip_str){NULL, 0}), SIP_HEADER_OTHER);
    assert_int_equal(sip_header_id_of(SIP_STR("NewFangledHeader")), SIP_HEADER_OTHER);
    assert_int_equal(sip_header_id_of(SIP_STR("Call ID")), SIP_HEADER_OTHER);
    assert_int_equal(sip_header_id_of(SIP_STR("Call\rID")), SIP_HEADER_OTHER);
    assert_int_equal(sip_header_id_of(SIP_STR("A-Header-Whose-Name-Is-Longer-Than-Any")),
                     SIP_HEADER_OTHER);
    assert_int_equal(sip_header_name(SIP_HEADER_OTHER).len, 0);
    assert_int_equal(sip_header_name(SIP_HEADER_COUNT).len, 0);
}

static void test_methods(void **state)
{
    (void)state;
    for (int i = 1; i < SIP_METHOD_COUNT; i++) {
        const sip_str name = sip_method_name((sip_method)i);

        assert_true(name.len > 0);
        assert_int_equal(sip_method_of(name), i);
    }
    assert_str(sip_method_name(SIP_METHOD_REFER), "REFER");
    assert_int_equal(sip_method_of(SIP_STR("invite")), SIP_METHOD_OTHER);
    assert_int_equal(sip_method_of(SIP_STR("INVITES")), SIP_METHOD_OTHER);
    assert_int_equal(sip_method_of(SIP_STR("INVIT")), SIP_METHOD_OTHER);
    assert_int_equal(sip_method_of((sip_str){NULL, 0}), SIP_METHOD_OTHER);
    assert_int_equal(sip_method_name(SIP_METHOD_OTHER).len, 0);
    assert_int_equal(sip_method_name(SIP_METHOD_COUNT).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name),
        cmocka_unit_test(test_every_compact_form),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_methods),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
