/* Instants as SIP writes them: "Sat, 13 Nov 2010 23:29:00 GMT" (RFC 3261 20.17), and spans of time
 * as decimal seconds (20.38). */
#ifndef SIP_PARSER_INSTANT_H
#define SIP_PARSER_INSTANT_H

#include <sip/base.h>

/* Read decimal seconds into microseconds; digits beyond are left out. @return 0 or SIP_ESYNTAX */
int sip__us_parse(sip_str text, uint64_t *ret_us);
/* Print microseconds as decimal seconds without needless zeros. @return the length */
size_t sip__us_print(uint64_t us, char out[24]);

#endif
