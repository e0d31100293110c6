/* Dates and times as XML documents and CPIM write them: xs:dateTime, of which RFC 3339 is a part.
 */
#ifndef SIP_DATETIME_H
#define SIP_DATETIME_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A point in time as it was written, its zone kept. All zero: not set. */
typedef struct sip_datetime {
    int32_t year;            /**< 1 … 999999 */
    uint8_t month, day;      /**< from 1; month 0: no time is set */
    uint8_t hour;            /**< 0 … 24; 24 only as 24:00:00 */
    uint8_t minute, second;  /**< second 60: a leap second */
    uint8_t fraction_digits; /**< 0 … 9: how many digits of the second's fraction were written */
    uint32_t nanosecond;
    bool has_zone;        /**< false: local time of nobody knows where */
    int16_t zone_minutes; /**< east of Greenwich, -840 … 840; 0 is printed as Z */
} sip_datetime;

/** What a printed sip_datetime takes at most, its zero included. */
#define SIP_DATETIME_BYTES 40

/** Read "2001-10-27T16:49:29.5+09:00"; white space around it is skipped, digits of the fraction
 * after the ninth are dropped.
 * @return 0 or SIP_ESYNTAX */
SIP_API int sip_datetime_parse(sip_str text, sip_datetime *ret_datetime);
/** Print as snprintf() does: the length needed, cut to `size`, which may be 0.
 * @return the length, or SIP_EINVAL for a value outside its ranges */
SIP_API int sip_datetime_print(const sip_datetime *datetime, char *out, size_t size);
/** True if there is such a day and time. */
SIP_API bool sip_datetime_is_valid(const sip_datetime *datetime);
/** Milliseconds since 1970-01-01T00:00:00Z; a time without a zone counts as UTC.
 * @return 0 or SIP_EINVAL */
SIP_API int sip_datetime_to_unix_ms(const sip_datetime *datetime, int64_t *ret_unix_ms);
/** The time in the zone given, with three digits of a fraction where there is one. Before year 1
 * and after 999999: all zero. */
SIP_API sip_datetime sip_datetime_of_unix_ms(int64_t unix_ms, int16_t zone_minutes);

#ifdef __cplusplus
}
#endif

#endif
