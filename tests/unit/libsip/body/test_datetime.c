#include "support/guard_str.h"

#include <sip/datetime.h>

static sip_datetime must_parse(const char *text)
{
    guard_page page;
    sip_datetime at;

    memset(&at, 0xff, sizeof at);
    assert_int_equal(sip_datetime_parse(guard_str(&page, text), &at), 0);
    guard_page_finish(&page);
    return at;
}

static void assert_round(const char *text, const char *printed)
{
    const sip_datetime at = must_parse(text);
    char out[SIP_DATETIME_BYTES];

    assert_int_equal(sip_datetime_print(&at, out, sizeof out), strlen(printed));
    assert_string_equal(out, printed);
}

static void test_round(void **state)
{
    (void)state;
    assert_round("2001-10-27T16:49:29Z", "2001-10-27T16:49:29Z");
    assert_round(" \r\n2003-01-27T10:43:00+05:30\t", "2003-01-27T10:43:00+05:30");
    assert_round("2003-01-27T10:43:00.50-08:00", "2003-01-27T10:43:00.50-08:00");
    assert_round("2015-02-17T06:54:27.8730740Z", "2015-02-17T06:54:27.8730740Z");
    assert_round("2015-02-17t06:54:27.1234567891z", "2015-02-17T06:54:27.123456789Z");
    assert_round("12004-02-29T24:00:00", "12004-02-29T24:00:00");
    assert_round("2016-12-31T23:59:60-00:00", "2016-12-31T23:59:60Z");
    assert_round("0001-01-01T00:00:00-14:00", "0001-01-01T00:00:00-14:00");
}

static void test_values(void **state)
{
    const sip_datetime at = must_parse("2004-02-29T16:49:29.25-03:30");

    (void)state;
    assert_int_equal(at.year, 2004);
    assert_int_equal(at.month, 2);
    assert_int_equal(at.day, 29);
    assert_int_equal(at.hour, 16);
    assert_int_equal(at.minute, 49);
    assert_int_equal(at.second, 29);
    assert_int_equal(at.nanosecond, 250000000);
    assert_int_equal(at.fraction_digits, 2);
    assert_true(at.has_zone);
    assert_int_equal(at.zone_minutes, -210);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "2001",
        "2001-10-27",
        "2001-10-27 16:49:29Z",
        "201-10-27T16:49:29Z",
        "1000000-10-27T16:49:29Z",
        "2001-00-27T16:49:29Z",
        "2001-13-27T16:49:29Z",
        "2001-02-29T16:49:29Z",
        "1900-02-29T16:49:29Z",
        "2001-10-00T16:49:29Z",
        "2001-10-27T25:00:00Z",
        "2001-10-27T24:00:01Z",
        "2001-10-27T16:60:29Z",
        "2001-10-27T16:49:61Z",
        "2001-10-27T16:49:29.Z",
        "2001-10-27T16:49:29ZZ",
        "2001-10-27T16:49:29+1:00",
        "2001-10-27T16:49:29+01:60",
        "2001-10-27T16:49:29+14:01",
        "2001-10-27T16:49:29 01:00",
        "0000-10-27T16:49:29Z",
        "-001-10-27T16:49:29Z",
        "2001-1\xb2-27T16:49:29Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_datetime at = {.year = 7};

        assert_int_equal(sip_datetime_parse(guard_str(&page, texts[i]), &at), SIP_ESYNTAX);
        assert_int_equal(at.year, 7);
        guard_page_finish(&page);
    }
}

static void test_every_prefix(void **state)
{
    const char *text = "2003-01-27T10:43:00.5+05:30";
    sip_datetime at;

    (void)state;
    for (size_t len = 0; len < strlen(text); len++) {
        guard_page page;
        const int err = sip_datetime_parse(guard_bytes(&page, text, len), &at);

        /* Without a zone, with and without a fraction. */
        assert_int_equal(err, len == 19 || len == 21 ? 0 : SIP_ESYNTAX);
        guard_page_finish(&page);
    }
}

static void test_print_refused_and_cut(void **state)
{
    sip_datetime at = must_parse("2001-10-27T16:49:29Z");
    char out[11];

    (void)state;
    assert_int_equal(sip_datetime_print(&at, NULL, 0), 20);
    assert_int_equal(sip_datetime_print(&at, out, sizeof out), 20);
    assert_string_equal(out, "2001-10-27");
    at.month = 13;
    assert_int_equal(sip_datetime_print(&at, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_datetime_print(NULL, out, sizeof out), SIP_EINVAL);
    at.month = 0;
    assert_false(sip_datetime_is_valid(&at));
}

static void assert_unix(const char *text, int64_t unix_ms)
{
    const sip_datetime at = must_parse(text);
    sip_datetime again;
    int64_t got = 0, got_again = 0;

    assert_int_equal(sip_datetime_to_unix_ms(&at, &got), 0);
    assert_true(got == unix_ms);
    again = sip_datetime_of_unix_ms(unix_ms, at.zone_minutes);
    assert_int_equal(sip_datetime_to_unix_ms(&again, &got_again), 0);
    assert_true(got_again == unix_ms);
    assert_int_equal(again.year, at.year);
    assert_int_equal(again.month, at.month);
    assert_int_equal(again.day, at.day);
    assert_int_equal(again.hour, at.hour);
}

static void test_unix(void **state)
{
    int64_t unused;

    (void)state;
    assert_unix("1970-01-01T00:00:00Z", 0);
    assert_unix("1969-12-31T23:59:59.999Z", -1);
    assert_unix("2001-09-09T01:46:40Z", 1000000000000);
    assert_unix("2001-09-09T03:46:40.125+02:00", 1000000000125);
    assert_unix("2000-02-29T23:59:59-05:00", 951886799000);
    assert_unix("0001-01-01T00:00:00Z", -62135596800000);
    assert_unix("999999-12-31T23:59:59Z", 31494784780799000);
    assert_int_equal(sip_datetime_to_unix_ms(&(sip_datetime){0}, &unused), SIP_EINVAL);
    assert_int_equal(sip_datetime_of_unix_ms(-62135596800001, 0).month, 0);
    assert_int_equal(sip_datetime_of_unix_ms(31494784780800000, 0).month, 0);
    assert_int_equal(sip_datetime_of_unix_ms(INT64_MAX, 0).month, 0);
    assert_int_equal(sip_datetime_of_unix_ms(INT64_MIN, 0).month, 0);
    assert_int_equal(sip_datetime_of_unix_ms(0, 841).month, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_print_refused_and_cut),
        cmocka_unit_test(test_unix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
