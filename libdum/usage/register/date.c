#include "usage/register/date.h"

#include <stdio.h>

#define DAY_S 86400
#define LAST_S INT64_C(253402300799)

/* Year, month and day of a day number counted from 1970-01-01. The C library's gmtime() is not safe
 * between threads, and gmtime_r() is no C11. Years are counted from March here, so that the leap
 * day is their last one. */
static void civil(int64_t day, int *year, int *month, int *mday)
{
    int64_t from_0 = day + 719468; /* days since 0000-03-01 */
    int64_t era = from_0 / 146097, in_era = from_0 % 146097;
    int64_t year_in_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
    int64_t from_march = (5 * in_year + 2) / 153;

    *mday = (int)(in_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 2 : from_march - 10);
    *year = (int)(year_in_era + era * 400 + (*month <= 1 ? 1 : 0));
}

sip_str dum__date_text(int64_t unix_s, char out[DUM__DATE_BYTES])
{
    static const char *const weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int year, month, mday, second;

    unix_s = unix_s < 0 ? 0 : unix_s > LAST_S ? LAST_S : unix_s;
    second = (int)(unix_s % DAY_S);
    civil(unix_s / DAY_S, &year, &month, &mday);
    snprintf(out, DUM__DATE_BYTES, "%s, %02d %s %04d %02d:%02d:%02d GMT",
             weekdays[unix_s / DAY_S % 7], mday, months[month], year, second / 3600,
             second / 60 % 60, second % 60);
    return sip_str_of(out);
}
