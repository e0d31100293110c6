#include <sip/datetime.h>

#include "parser/cursor.h"

#include <stdio.h>

#define MAX_YEAR 999999
#define MAX_ZONE_MINUTES 840
#define DAY_MS 86400000

/* Days before the first of a month, in a year that begins in March. */
static int64_t days_of_civil(int64_t year, int month, int day)
{
    const int64_t shifted = month > 2 ? year : year - 1;
    const int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    const int64_t year_of_era = shifted - era * 400;
    const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static int days_in_month(int32_t year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

bool sip_datetime_is_valid(const sip_datetime *at)
{
    if (at == NULL || at->year < 1 || at->year > MAX_YEAR || at->month < 1 || at->month > 12 ||
        at->day < 1 || at->day > days_in_month(at->year, at->month)) {
        return false;
    }
    if (at->hour > 23 &&
        (at->hour > 24 || at->minute != 0 || at->second != 0 || at->nanosecond != 0)) {
        return false;
    }
    return at->minute < 60 && at->second <= 60 && at->nanosecond < 1000000000 &&
           at->fraction_digits <= 9 && at->zone_minutes >= -MAX_ZONE_MINUTES &&
           at->zone_minutes <= MAX_ZONE_MINUTES;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly `digits` digits. */
static bool take_number(sip_str *rest, size_t digits, int32_t *ret_number)
{
    int32_t number = 0;

    if (rest->len < digits) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        if (!is_digit(rest->ptr[i])) {
            return false;
        }
        number = number * 10 + (rest->ptr[i] - '0');
    }
    sip__advance(rest, digits);
    *ret_number = number;
    return true;
}

static bool take_char(sip_str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c) {
        return false;
    }
    sip__advance(rest, 1);
    return true;
}

static bool take_two(sip_str *rest, uint8_t *ret_number)
{
    int32_t number;

    if (!take_number(rest, 2, &number)) {
        return false;
    }
    *ret_number = (uint8_t)number;
    return true;
}

static bool take_date(sip_str *rest, sip_datetime *at)
{
    size_t digits = 0;

    while (digits < rest->len && is_digit(rest->ptr[digits])) {
        digits++;
    }
    return digits >= 4 && digits <= 6 && take_number(rest, digits, &at->year) &&
           take_char(rest, '-') && take_two(rest, &at->month) && take_char(rest, '-') &&
           take_two(rest, &at->day);
}

static bool take_fraction(sip_str *rest, sip_datetime *at)
{
    uint32_t scale = 100000000;

    if (!take_char(rest, '.')) {
        return true;
    }
    if (rest->len == 0 || !is_digit(rest->ptr[0])) {
        return false;
    }
    while (rest->len > 0 && is_digit(rest->ptr[0])) {
        if (scale > 0) {
            at->nanosecond += (uint32_t)(rest->ptr[0] - '0') * scale;
            at->fraction_digits++;
            scale /= 10;
        }
        sip__advance(rest, 1);
    }
    return true;
}

static bool take_zone(sip_str *rest, sip_datetime *at)
{
    uint8_t hours, minutes;
    bool west;

    if (rest->len == 0) {
        return true;
    }
    at->has_zone = true;
    if (take_char(rest, 'Z') || take_char(rest, 'z')) {
        return rest->len == 0;
    }
    west = rest->ptr[0] == '-';
    if ((!west && rest->ptr[0] != '+') || !take_char(rest, rest->ptr[0]) ||
        !take_two(rest, &hours) || !take_char(rest, ':') || !take_two(rest, &minutes) ||
        minutes > 59 || rest->len > 0) {
        return false;
    }
    at->zone_minutes = (int16_t)((hours * 60 + minutes) * (west ? -1 : 1));
    return true;
}

int sip_datetime_parse(sip_str text, sip_datetime *ret_datetime)
{
    sip_str rest = sip_str_trim(text);
    sip_datetime at = {0};

    if (!take_date(&rest, &at) || !(take_char(&rest, 'T') || take_char(&rest, 't')) ||
        !take_two(&rest, &at.hour) || !take_char(&rest, ':') || !take_two(&rest, &at.minute) ||
        !take_char(&rest, ':') || !take_two(&rest, &at.second) || !take_fraction(&rest, &at) ||
        !take_zone(&rest, &at) || !sip_datetime_is_valid(&at)) {
        return SIP_ESYNTAX;
    }
    *ret_datetime = at;
    return 0;
}

int sip_datetime_print(const sip_datetime *at, char *out, size_t size)
{
    char fraction[16] = "";
    char zone[16] = "";

    if (!sip_datetime_is_valid(at)) {
        return SIP_EINVAL;
    }
    if (at->fraction_digits > 0) {
        snprintf(fraction, sizeof fraction, ".%09u", (unsigned)at->nanosecond);
        fraction[1 + at->fraction_digits] = '\0';
    }
    if (at->has_zone && at->zone_minutes == 0) {
        zone[0] = 'Z';
    } else if (at->has_zone) {
        const int minutes = at->zone_minutes < 0 ? -at->zone_minutes : at->zone_minutes;

        snprintf(zone, sizeof zone, "%c%02d:%02d", at->zone_minutes < 0 ? '-' : '+', minutes / 60,
                 minutes % 60);
    }
    return snprintf(out, size, "%04d-%02u-%02uT%02u:%02u:%02u%s%s", (int)at->year,
                    (unsigned)at->month, (unsigned)at->day, (unsigned)at->hour,
                    (unsigned)at->minute, (unsigned)at->second, fraction, zone);
}

int sip_datetime_to_unix_ms(const sip_datetime *at, int64_t *ret_unix_ms)
{
    int64_t minutes;

    if (!sip_datetime_is_valid(at)) {
        return SIP_EINVAL;
    }
    minutes = (days_of_civil(at->year, at->month, at->day) * 24 + at->hour) * 60 + at->minute -
              at->zone_minutes;
    *ret_unix_ms = (minutes * 60 + at->second) * 1000 + at->nanosecond / 1000000;
    return 0;
}

sip_datetime sip_datetime_of_unix_ms(int64_t unix_ms, int16_t zone_minutes)
{
    const int64_t limit_ms = (int64_t)MAX_YEAR * 366 * DAY_MS;
    sip_datetime at = {.has_zone = true, .zone_minutes = zone_minutes};
    int64_t local_ms, days, left;

    if (unix_ms > limit_ms || unix_ms < -limit_ms) {
        return (sip_datetime){0};
    }
    local_ms = unix_ms + (int64_t)zone_minutes * 60000;
    days = (local_ms >= 0 ? local_ms : local_ms - (DAY_MS - 1)) / DAY_MS;
    left = local_ms - days * DAY_MS;
    at.year = (int32_t)(1970 + days / 366);
    while (days_of_civil(at.year + 1, 1, 1) <= days) {
        at.year++;
    }
    while (days_of_civil(at.year, 1, 1) > days) {
        at.year--;
    }
    at.month = 12;
    while (days_of_civil(at.year, at.month, 1) > days) {
        at.month--;
    }
    at.day = (uint8_t)(days - days_of_civil(at.year, at.month, 1) + 1);
    at.hour = (uint8_t)(left / 3600000);
    at.minute = (uint8_t)(left / 60000 % 60);
    at.second = (uint8_t)(left / 1000 % 60);
    at.nanosecond = (uint32_t)(left % 1000) * 1000000;
    at.fraction_digits = at.nanosecond != 0 ? 3 : 0;
    return sip_datetime_is_valid(&at) ? at : (sip_datetime){0};
}
