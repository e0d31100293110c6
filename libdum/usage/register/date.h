/* The Date header (RFC 3261 20.17). */
#ifndef DUM_DATE_H
#define DUM_DATE_H

#include <sip/base.h>

#define DUM__DATE_BYTES 40

/** Write seconds since 1970 as "Sat, 13 Nov 2010 23:29:00 GMT"; zero-terminated. Times before 1970
 * count as 1970, those after the year 9999 as its end. */
sip_str dum__date_text(int64_t unix_s, char out[DUM__DATE_BYTES]);

#endif
