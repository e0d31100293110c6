/* Challenges and credentials (RFC 3261 20.7, 20.27, RFC 8760). */
#ifndef SIP_PARSER_AUTH_H
#define SIP_PARSER_AUTH_H

#include <sip/msg.h>

/** Parse one line of WWW-Authenticate, Proxy-Authenticate, Authorization or Proxy-Authorization.
 * Parameters of a scheme other than Digest are kept in `params` only if they are not name=value
 * pairs.
 * @return 0 or SIP_ESYNTAX; a parameter named twice is one */
int sip__auth_parse(sip_str value, sip_auth *ret_auth);
/** Parse the value of Authentication-Info or Proxy-Authentication-Info: as above, without a scheme.
 */
int sip__auth_info_parse(sip_str value, sip_auth *ret_auth);

/** Find a parameter in the comma-separated `params` of a sip_auth, without case and quotes
 * ("nextnonce"). */
bool sip__auth_param(sip_str params, const char *name, sip_str *ret_value);

#endif
