/* The Via of ours for a request that is printed together with other changes of a proxy's: the same
 * as sip__print_request() puts on top. */
#ifndef SIP_TRANSACTION_VIA_TEXT_H
#define SIP_TRANSACTION_VIA_TEXT_H

#include "base/text_end.h"
#include "message/print.h"

#define SIP__VIA_TEXT_BYTES 480 /* with an advertised name of 255 */

/* The value of the header; empty if it does not fit. */
sip_str sip__via_text(const sip__wire *wire, char out[SIP__VIA_TEXT_BYTES]);

#endif
