#include "support/guard_str.h"

#include <sip/datetime.h>

#include "body/xml_table.h"

static const char *const names[] = {NULL, "one", "two", NULL};

static bool try_read(unsigned kind, const char *text, void *member)
{
    const struct sip__xml_row row = {.kind = (uint8_t)kind, .names = names};
    guard_page page;
    const bool read = sip__xml_value_read(&row, guard_str(&page, text), member);

    guard_page_finish(&page);
    return read;
}

static bool try_print(unsigned kind, const void *member, const char *expected)
{
    const struct sip__xml_row row = {.kind = (uint8_t)kind, .names = names};
    char room[SIP__XML_VALUE_BYTES];
    sip_str text;

    if (!sip__xml_value_print(&row, member, room, &text)) {
        return false;
    }
    if (expected == NULL) {
        assert_null(text.ptr);
    } else {
        assert_non_null(text.ptr);
        assert_str(text, expected);
    }
    return true;
}

static void test_uint(void **state)
{
    static const char *const bad[] = {"",   "-1", "+", "1a", "a", "1 2", "18446744073709551616",
                                      "1.0"};
    sip_xml_uint number = {false, 7};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(try_read(SIP__XML_UINT, bad[i], &number));
        assert_false(number.is_set);
    }
    assert_true(try_print(SIP__XML_UINT, &number, NULL));
    assert_true(try_read(SIP__XML_UINT, " 18446744073709551615\n", &number));
    assert_true(number.is_set && number.value == UINT64_MAX);
    assert_true(try_print(SIP__XML_UINT, &number, "18446744073709551615"));
    assert_true(try_read(SIP__XML_UINT, "+007", &number));
    assert_true(try_print(SIP__XML_UINT, &number, "7"));
    assert_true(try_read(SIP__XML_UINT, "-0", &number));
    assert_true(try_print(SIP__XML_UINT, &number, "0"));
}

static void test_int(void **state)
{
    static const char *const bad[] = {
        "", "-", "--1", "9223372036854775808", "-9223372036854775809", "1e3"};
    sip_xml_int number = {false, 7};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(try_read(SIP__XML_INT, bad[i], &number));
        assert_false(number.is_set);
    }
    assert_true(try_print(SIP__XML_INT, &number, NULL));
    assert_true(try_read(SIP__XML_INT, "-9223372036854775807", &number));
    assert_true(try_print(SIP__XML_INT, &number, "-9223372036854775807"));
    assert_true(try_read(SIP__XML_INT, "-9223372036854775808", &number));
    assert_true(number.value == INT64_MIN);
    assert_true(try_print(SIP__XML_INT, &number, "-9223372036854775808"));
    assert_true(try_read(SIP__XML_INT, "-0", &number));
    assert_int_equal(number.value, 0);
    assert_true(try_read(SIP__XML_INT, "+12", &number));
    assert_true(try_print(SIP__XML_INT, &number, "12"));
}

static void test_q(void **state)
{
    static const char *const bad[] = {"", "2", "1.001", "0.1234", ".5", "0,5", "0.a", "-0", "00.1"};
    static const struct {
        const char *text;
        unsigned value;
        const char *printed;
    } good[] = {
        {"0", 0, "0.0"},       {"1", 1000, "1.0"},    {"1.000", 1000, "1.0"}, {"0.8", 800, "0.8"},
        {"0.75", 750, "0.75"}, {"0.001", 1, "0.001"}, {"0.", 0, "0.0"},       {"0.010", 10, "0.01"},
    };
    sip_xml_uint q = {false, 7};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(try_read(SIP__XML_Q, bad[i], &q));
        assert_false(q.is_set);
    }
    assert_true(try_print(SIP__XML_Q, &q, NULL));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(try_read(SIP__XML_Q, good[i].text, &q));
        assert_int_equal(q.value, good[i].value);
        assert_true(try_print(SIP__XML_Q, &q, good[i].printed));
    }
    q.value = 1001;
    assert_false(try_print(SIP__XML_Q, &q, NULL));
}

static void test_bool(void **state)
{
    sip_switch value = SIP_DEFAULT;

    (void)state;
    assert_false(try_read(SIP__XML_BOOL, "yes", &value));
    assert_false(try_read(SIP__XML_BOOL, "", &value));
    assert_true(try_print(SIP__XML_BOOL, &value, NULL));
    assert_true(try_read(SIP__XML_BOOL, " 1 ", &value));
    assert_true(try_print(SIP__XML_BOOL, &value, "true"));
    assert_true(try_read(SIP__XML_BOOL, "false", &value));
    assert_true(try_print(SIP__XML_BOOL, &value, "false"));
}

static void test_enum(void **state)
{
    unsigned value = 0;

    (void)state;
    assert_false(try_read(SIP__XML_ENUM, "three", &value));
    assert_false(try_read(SIP__XML_ENUM, "", &value));
    assert_true(try_print(SIP__XML_ENUM, &value, NULL));
    assert_true(try_read(SIP__XML_ENUM, " two", &value));
    assert_int_equal(value, 2);
    assert_true(try_print(SIP__XML_ENUM, &value, "two"));
    value = 3;
    assert_false(try_print(SIP__XML_ENUM, &value, NULL));
}

static void test_text(void **state)
{
    sip_str text = {NULL, 0};

    (void)state;
    assert_true(try_print(SIP__XML_TEXT, &text, NULL));
    assert_true(try_read(SIP__XML_TEXT, "", &text));
    assert_true(try_print(SIP__XML_TEXT, &text, ""));
    assert_true(try_read(SIP__XML_TOKEN, " \n", &text));
    assert_true(try_print(SIP__XML_TOKEN, &text, ""));
    text = SIP_STR(" a b ");
    assert_true(try_print(SIP__XML_TOKEN, &text, " a b "));
    assert_true(sip__xml_value_read(&(struct sip__xml_row){.kind = SIP__XML_TEXT},
                                    (sip_str){NULL, 0}, &text));
    assert_non_null(text.ptr);
}

static void test_datetime(void **state)
{
    sip_datetime at = {0};

    (void)state;
    assert_true(try_print(SIP__XML_DATETIME, &at, NULL));
    assert_false(try_read(SIP__XML_DATETIME, "2001-10-27", &at));
    assert_true(try_read(SIP__XML_DATETIME, "999999-10-27T16:49:29.123456789-13:59", &at));
    assert_true(try_print(SIP__XML_DATETIME, &at, "999999-10-27T16:49:29.123456789-13:59"));
    at.day = 32;
    assert_false(try_print(SIP__XML_DATETIME, &at, NULL));
}

/* Structs are not values. */
static void test_struct(void **state)
{
    void *member = NULL;

    (void)state;
    assert_false(try_read(SIP__XML_STRUCT, "a", &member));
    assert_true(try_print(SIP__XML_LIST, &member, NULL));
    assert_null(member);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uint),     cmocka_unit_test(test_int),    cmocka_unit_test(test_q),
        cmocka_unit_test(test_bool),     cmocka_unit_test(test_enum),   cmocka_unit_test(test_text),
        cmocka_unit_test(test_datetime), cmocka_unit_test(test_struct),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
