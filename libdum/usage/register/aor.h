/* The canonical form of an address of record, under which bindings are kept. */
#ifndef DUM_AOR_H
#define DUM_AOR_H

#include <sip/uri.h>

#define DUM__AOR_BYTES 512

/**
 * Write "sip:user@host" (RFC 3261 10.3 step 5): user unescaped, host in lower case, no port, no
 * parameters; sips: is the same AOR as sip:. Not zero-terminated.
 * @return the length; SIP_EINVAL (no sip or sips URI, or no user), SIP_ESYNTAX (bad escape),
 * SIP_ETOOBIG
 */
int dum__aor_canonical(const sip_uri *uri, char out[DUM__AOR_BYTES]);

#endif
