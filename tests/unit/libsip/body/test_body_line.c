#include "support/guard_str.h"

#include "body/body_box.h"
#include "body/body_line.h"

#include <limits.h>

#include <sip/body.h>

static void test_lines(void **state)
{
    guard_page page;
    sip_str rest = guard_str(&page, "a\r\n\nb\r\nc");
    sip_str line;

    (void)state;
    assert_true(sip__body_line_take(&rest, &line));
    assert_str(line, "a");
    assert_true(sip__body_line_take(&rest, &line));
    assert_str(line, "");
    assert_true(sip__body_line_take(&rest, &line));
    assert_str(line, "b");
    assert_true(sip__body_line_take(&rest, &line));
    assert_str(line, "c");
    assert_false(sip__body_line_take(&rest, &line));
    guard_page_finish(&page);
}

static void test_headers(void **state)
{
    guard_page page;
    sip_str rest = guard_str(&page, "a:b\r\nc \t: d \r\n  e\n\tf\ng:\r\n\r\nx");
    void *box = sip__body_box_create(NULL, 1);
    sip_str name, value;

    (void)state;
    assert_int_equal(sip__body_count_headers(rest), 3);
    assert_int_equal(sip__body_header_take(&rest, &name, &value), SIP__BODY_HEADER);
    assert_str(name, "a");
    assert_str(value, "b");
    assert_int_equal(sip__body_header_take(&rest, &name, &value), SIP__BODY_HEADER);
    assert_str(name, "c");
    assert_true(sip__body_unfold(sip__body_box_arena(box), value, &value));
    assert_str(value, "d e f");
    assert_int_equal(sip__body_header_take(&rest, &name, &value), SIP__BODY_HEADER);
    assert_str(value, "");
    assert_int_equal(sip__body_header_take(&rest, &name, &value), SIP__BODY_BLANK);
    assert_int_equal(sip__body_header_take(&rest, &name, &value), SIP__BODY_BAD);
    assert_str(rest, "x");
    rest.len = 0;
    assert_int_equal(sip__body_header_take(&rest, &name, &value), SIP__BODY_END);
    sip__body_box_free(NULL, box);
    guard_page_finish(&page);
}

static void test_bad_headers(void **state)
{
    static const char *const bad[] = {" a: b",   ": b",        "a b: c",      "a",
                                      "a: b\rc", "a: b\r\r\n", "a: \r\n b\rc"};
    sip_str name, value;
    sip_str nul = {"a: \0", 4};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        guard_page page;
        sip_str rest = guard_str(&page, bad[i]);

        assert_int_equal(sip__body_header_take(&rest, &name, &value), SIP__BODY_BAD);
        guard_page_finish(&page);
    }
    assert_int_equal(sip__body_header_take(&nul, &name, &value), SIP__BODY_BAD);
}

static void test_out(void **state)
{
    const sip_body body = {.data = SIP_STR_INIT("data")};
    char text[12];
    sip__body_out out = {.at = text, .size = sizeof text};
    sip__body_out huge = {.len = (size_t)INT_MAX + 1};

    (void)state;
    sip__body_put_header(&out, SIP_STR("a"), SIP_STR("b"));
    sip__body_put_number(&out, 0);
    sip__body_put_number(&out, UINT32_MAX);
    sip__body_put_data(&out, &body);
    assert_int_equal(sip__body_out_end(&out), 6 + 1 + 10 + 4);
    assert_string_equal(text, "a: b\r\n04294");
    sip__body_put_header(&out, SIP_STR("a b"), SIP_STR(""));
    assert_int_equal(sip__body_out_end(&out), SIP_EINVAL);
    assert_int_equal(sip__body_out_end(&huge), SIP_ETOOBIG);
    assert_false(sip__body_is_one_line(SIP_STR("a\rb")));
    assert_true(sip__body_is_one_line(SIP_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_bad_headers),
        cmocka_unit_test(test_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
