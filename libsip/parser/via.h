/* One value of a Via header (RFC 3261 20.42, RFC 3581). */
#ifndef SIP_PARSER_VIA_H
#define SIP_PARSER_VIA_H

#include <sip/msg.h>

/** Parse one Via value, as sip__list_next() parts them; white space may stand between its elements.
 * *via is left in disorder by a failure. What stands before `readable`, the end of the value or
 * beyond it, may be looked at.
 * @return 0 or SIP_ESYNTAX, also for a version other than 2.0 */
int sip__via_read(sip_str text, const char *readable, sip_via *via);
/** The same of a value with nothing behind it; white space may stand about it. */
int sip__via_parse(sip_str value, sip_via *via);

#endif
