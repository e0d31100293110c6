#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "usage/register/date.h"

static void assert_date(int64_t unix_s, const char *expected)
{
    char out[DUM__DATE_BYTES];

    dum__date_text(unix_s, out);
    assert_string_equal(out, expected);
}

static void dates(void **state)
{
    (void)state;
    assert_date(0, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_date(-5, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_date(1289690940, "Sat, 13 Nov 2010 23:29:00 GMT");
    assert_date(951782400, "Tue, 29 Feb 2000 00:00:00 GMT");
    assert_date(1704067199, "Sun, 31 Dec 2023 23:59:59 GMT");
    assert_date(INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dates)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
