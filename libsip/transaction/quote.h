/* What an ICMP error quotes of the datagram that it is about: whoever is not on the way cannot know
 * how that went on, and proves nothing. */
#ifndef SIP_TRANSACTION_QUOTE_H
#define SIP_TRANSACTION_QUOTE_H

#include <sip/base.h>

/* True if `sent`, a message in print, begins with `quoted` up to and with its branch at least; what
 * is quoted beyond its end is padding. */
bool sip__quote_is_of(sip_str quoted, sip_str sent);
/* The first branch of what is quoted, as far as it is; empty: there is none. */
sip_str sip__quote_branch(sip_str quoted);

#endif
