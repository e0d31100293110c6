/* Domain names as text. */
#ifndef SIP_DNS_DNS_NAME_H
#define SIP_DNS_DNS_NAME_H

#include <sip/base.h>

/* Room for any name with its zero: 253 characters by RFC 1035 2.3.4, and a dot behind. */
#define SIP__NAME_BYTES 256

/* Write `name` in small letters, without a dot at its end, zero-terminated. @return its length, or
 * 0 if it cannot be a name: empty, too long, an empty label, a zero in it, or nothing but the root
 */
size_t sip__dns_name_plain(sip_str name, char out[SIP__NAME_BYTES]);

#endif
