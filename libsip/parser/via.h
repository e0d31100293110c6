/* One value of a Via header (RFC 3261 20.42, RFC 3581). */
#ifndef SIP_PARSER_VIA_H
#define SIP_PARSER_VIA_H

#include <sip/msg.h>

/** Parse one Via value, as sip__list_next() parts them; white space may stand between its elements.
 * *via is left in disorder by a failure.
 * @return 0 or SIP_ESYNTAX, also for a version other than 2.0 */
int sip__via_read(sip_str text, sip_via *via);
/** The same; white space may stand about the value. */
int sip__via_parse(sip_str value, sip_via *via);

#endif
