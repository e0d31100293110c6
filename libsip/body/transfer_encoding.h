/* Content-Transfer-Encoding (RFC 2045 6): undone and done. */
#ifndef SIP_BODY_TRANSFER_ENCODING_H
#define SIP_BODY_TRANSFER_ENCODING_H

#include <sip/multipart.h>

#include "body/body_line.h"

/* The encoding of a header's value. */
sip_transfer_encoding sip__transfer_encoding_of(sip_str value);
/* Undo BASE64 or QUOTED_PRINTABLE. @return 0, SIP_ESYNTAX, SIP_ENOMEM */
int sip__transfer_decode(sip__arena *arena, sip_transfer_encoding encoding, sip_str text,
                         sip_str *ret_data);
/* Put data encoded, in lines of at most 76 bytes; for NONE and OTHER as it is. */
void sip__transfer_put(sip__body_out *out, sip_transfer_encoding encoding, sip_str data);

#endif
