#include "parser/instant.h"

#include "parser/cursor.h"

#include <sip/headers.h>

#include <string.h>

#define DAY_S 86400
#define US_PER_S UINT64_C(1000000)
#define MAX_SECONDS (UINT64_MAX / US_PER_S - 1)

static const char day_names[] = "ThuFriSatSunMonTueWed"; /* 1970 began on a Thursday */
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** Days from 1970 to the first of March of `year` less those before that month: the year is taken
 * to begin in March, so that the leap day is its last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t m = month <= 2 ? month + 9 : month - 3;

    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t month_days(int64_t year, int64_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/** The index of the three letters at text.ptr[at] among `names`, or -1. */
static int name_at(sip_str text, size_t at, const char *names)
{
    for (int i = 0; names[3 * i] != '\0'; i++) {
        if (memcmp(text.ptr + at, names + 3 * i, 3) == 0) {
            return i;
        }
    }
    return -1;
}

/** The number of `digits` digits at text.ptr[at], or -1. */
static int64_t number_at(sip_str text, size_t at, size_t digits)
{
    int64_t number = 0;

    for (size_t i = at; i < at + digits; i++) {
        if (!sip__is_char(text.ptr[i], SIP__CHAR_DIGIT)) {
            return -1;
        }
        number = number * 10 + (text.ptr[i] - '0');
    }
    return number;
}

/** True if the marks of "Sat, 13 Nov 2010 23:29:00 GMT" stand where they must. */
static bool has_marks(sip_str text)
{
    static const char form[] = "___, __ ___ ____ __:__:__ GMT";

    if (text.len != sizeof form - 1) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (form[i] != '_' && form[i] != text.ptr[i]) {
            return false;
        }
    }
    return true;
}

int sip_date_parse(sip_str text, int64_t *ret_unix_s)
{
    int64_t year, day, hour, minute, second;
    int month;

    if (ret_unix_s == NULL) {
        return SIP_EINVAL;
    }
    if (!has_marks(text) || name_at(text, 0, day_names) < 0) {
        return SIP_ESYNTAX;
    }
    month = name_at(text, 8, month_names) + 1;
    year = number_at(text, 12, 4);
    day = number_at(text, 5, 2);
    hour = number_at(text, 17, 2);
    minute = number_at(text, 20, 2);
    second = number_at(text, 23, 2);
    if (month < 1 || year < 1 || day < 1 || day > month_days(year, month) || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
        return SIP_ESYNTAX;
    }
    *ret_unix_s = days_of(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
    return 0;
}

static void put_digits(char *out, int64_t number, size_t digits)
{
    while (digits > 0) {
        out[--digits] = (char)('0' + number % 10);
        number /= 10;
    }
}

int sip_date_print(int64_t unix_s, char out[SIP_DATE_BYTES])
{
    int64_t days, second, year;
    int64_t month = 1;

    if (out == NULL || unix_s < days_of(1, 1, 1) * DAY_S ||
        unix_s >= days_of(10000, 1, 1) * DAY_S) {
        return SIP_EINVAL;
    }
    second = (unix_s % DAY_S + DAY_S) % DAY_S;
    days = (unix_s - second) / DAY_S;
    year = 1970 + (days >= 0 ? days / 366 : days / 365) - 2;
    year = year < 1 ? 1 : year;
    while (days_of(year + 1, 1, 1) <= days) {
        year++;
    }
    while (month < 12 && days_of(year, month + 1, 1) <= days) {
        month++;
    }
    memcpy(out, "___, __ ___ ____ __:__:__ GMT", SIP_DATE_BYTES);
    memcpy(out, day_names + 3 * ((days % 7 + 7) % 7), 3);
    put_digits(out + 5, days - days_of(year, month, 1) + 1, 2);
    memcpy(out + 8, month_names + 3 * (month - 1), 3);
    put_digits(out + 12, year, 4);
    put_digits(out + 17, second / 3600, 2);
    put_digits(out + 20, second / 60 % 60, 2);
    put_digits(out + 23, second % 60, 2);
    return 0;
}

int sip__us_parse(sip_str text, uint64_t *ret_us)
{
    uint64_t seconds = 0;
    uint64_t us = 0;
    uint64_t unit = US_PER_S;
    sip_str rest = sip_str_trim(text);
    const sip_str whole = sip__take_class(&rest, SIP__CHAR_DIGIT);

    if (whole.len == 0 && rest.len < 2) {
        return SIP_ESYNTAX;
    }
    for (size_t i = 0; i < whole.len; i++) {
        seconds = seconds * 10 + (uint64_t)(whole.ptr[i] - '0');
        seconds = seconds < MAX_SECONDS / 10 ? seconds : MAX_SECONDS / 10;
    }
    if (rest.len > 0) {
        if (*rest.ptr != '.') {
            return SIP_ESYNTAX;
        }
        for (sip__advance(&rest, 1); rest.len > 0; sip__advance(&rest, 1)) {
            if (!sip__is_char(*rest.ptr, SIP__CHAR_DIGIT)) {
                return SIP_ESYNTAX;
            }
            unit /= 10;
            us += (uint64_t)(*rest.ptr - '0') * unit;
        }
    }
    *ret_us = seconds * US_PER_S + us;
    return 0;
}

size_t sip__us_print(uint64_t us, char out[24])
{
    char digits[24];
    size_t n = 0;
    size_t len = 0;
    uint64_t rest = us;

    while (n <= 6 || rest > 0) {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    while (n > 6) {
        out[len++] = digits[--n];
    }
    if (us % US_PER_S != 0) {
        size_t least = 0;

        while (digits[least] == '0') {
            least++;
        }
        out[len++] = '.';
        while (n > least) {
            out[len++] = digits[--n];
        }
    }
    return len;
}
