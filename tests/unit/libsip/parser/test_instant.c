#include "support/guard_str.h"

#include "parser/instant.h"

#include <sip/headers.h>

static const struct {
    const char *text;
    int64_t unix_s;
} dates[] = {
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
    {"Sat, 13 Nov 2010 23:29:00 GMT", 1289690940},
    {"Tue, 29 Feb 2000 12:00:01 GMT", 951825601},
    {"Wed, 01 Mar 2000 00:00:00 GMT", 951868800},
    {"Mon, 31 Dec 2012 23:59:59 GMT", 1356998399},
    {"Thu, 01 Mar 1900 00:00:00 GMT", -2203891200},
    {"Mon, 01 Jan 0001 00:00:00 GMT", -62135596800},
    {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
    {"Tue, 19 Jan 2038 03:14:08 GMT", 2147483648},
};

static void test_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        guard_page page;
        char text[SIP_DATE_BYTES];
        int64_t unix_s = 42;

        assert_int_equal(sip_date_parse(guard_str(&page, dates[i].text), &unix_s), 0);
        guard_page_finish(&page);
        assert_int_equal(sip_date_print(dates[i].unix_s, text), 0);
        assert_string_equal(text, dates[i].text);
        assert_int_equal(unix_s, dates[i].unix_s);
    }
}

/* Every day of nine hundred years comes back. */
static void test_every_day(void **state)
{
    (void)state;
    for (int64_t day = -160000; day < 170000; day += 7) {
        char text[SIP_DATE_BYTES];
        int64_t unix_s;

        assert_int_equal(sip_date_print(day * 86400 + 3661, text), 0);
        assert_int_equal(sip_date_parse(sip_str_of(text), &unix_s), 0);
        assert_int_equal(unix_s, day * 86400 + 3661);
        assert_memory_equal(text, "Thu", 3 * (day % 7 == 0));
    }
}

static void test_refused_dates(void **state)
{
    static const char *const texts[] = {
        "",
        "Fri, 01 Jan 2010 16:00:00 EST",
        "Fri, 01 Jan 2010 16:00:00 GMT ",
        "Fri, 1 Jan 2010 16:00:00 GMT",
        "Xxx, 01 Jan 2010 16:00:00 GMT",
        "Fri, 01 Xxx 2010 16:00:00 GMT",
        "fri, 01 jan 2010 16:00:00 gmt",
        "Fri, 00 Jan 2010 16:00:00 GMT",
        "Fri, 32 Jan 2010 16:00:00 GMT",
        "Mon, 29 Feb 2010 16:00:00 GMT",
        "Mon, 29 Feb 1900 16:00:00 GMT",
        "Fri, 01 Jan 0000 16:00:00 GMT",
        "Fri, 01 Jan 2010 24:00:00 GMT",
        "Fri, 01 Jan 2010 16:60:00 GMT",
        "Fri, 01 Jan 2010 16:00:61 GMT",
        "Fri, 01 Jan 2010 1a:00:00 GMT",
        "Fri, 01 Jan 2010 16-00-00 GMT",
        "Friday, 01-Jan-10 16:00:00 GMT",
        "Fri Jan  1 16:00:00 2010",
    };
    char text[SIP_DATE_BYTES] = "kept";

    (void)state;
    assert_int_equal(sip_date_parse(SIP_STR("Fri, 01 Jan 2010 16:00:00 GMT"), NULL), SIP_EINVAL);
    assert_int_equal(sip_date_print(0, NULL), SIP_EINVAL);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        int64_t unix_s = 42;

        assert_int_equal(sip_date_parse(guard_str(&page, texts[i]), &unix_s), SIP_ESYNTAX);
        assert_int_equal(unix_s, 42);
        guard_page_finish(&page);
    }
    assert_int_equal(sip_date_print(253402300800, text), SIP_EINVAL);
    assert_int_equal(sip_date_print(-62135596801, text), SIP_EINVAL);
    assert_int_equal(sip_date_print(INT64_MIN, text), SIP_EINVAL);
    assert_int_equal(sip_date_print(INT64_MAX, text), SIP_EINVAL);
    assert_string_equal(text, "kept");
}

static void test_spans(void **state)
{
    static const struct {
        const char *text;
        uint64_t us;
        const char *printed;
    } rows[] = {
        {"0", 0, "0"},
        {"54", 54000000, "54"},
        {"54.21", 54210000, "54.21"},
        {"54.", 54000000, "54"},
        {".5", 500000, "0.5"},
        {"1282321615.782", 1282321615782000, "1282321615.782"},
        {"0.0000019", 1, "0.000001"},
        {"00.100", 100000, "0.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        guard_page page;
        char text[24];
        uint64_t us = 42;

        assert_int_equal(sip__us_parse(guard_str(&page, rows[i].text), &us), 0);
        assert_int_equal(us, rows[i].us);
        assert_str(((sip_str){text, sip__us_print(us, text)}), rows[i].printed);
        guard_page_finish(&page);
    }
}

static void test_odd_spans(void **state)
{
    static const char *const texts[] = {"", ".", "a", "1a", "1.a", "1.2.3", "-1", "1,5"};
    char text[24];
    uint64_t us = 42;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(sip__us_parse(sip_str_of(texts[i]), &us), SIP_ESYNTAX);
        assert_int_equal(us, 42);
    }
    assert_int_equal(sip__us_parse(SIP_STR("99999999999999999999999999"), &us), 0);
    assert_true(us > UINT64_MAX / 11);
    assert_str(((sip_str){text, sip__us_print(UINT64_MAX, text)}), "18446744073709.551615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),         cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_refused_dates), cmocka_unit_test(test_spans),
        cmocka_unit_test(test_odd_spans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
