/* Tokens that name a flow, for a URI of ours, and that nobody else can make or read (RFC 5626 5.2).
 */
#ifndef SIP_TRANSPORT_FLOW_TOKEN_H
#define SIP_TRANSPORT_FLOW_TOKEN_H

#include <sip/flow.h>

#define SIP__FLOW_KEY_BYTES 32

/* @return the token in `out`; empty: the path has neither flow nor addresses, or there is no
 * memory */
sip_str sip__flow_token_write(const uint8_t key[SIP__FLOW_KEY_BYTES], const sip_path *path,
                              char out[SIP_FLOW_TOKEN_BYTES]);
/* @return 0, or SIP_ESYNTAX: not made by this key, or altered */
int sip__flow_token_parse(const uint8_t key[SIP__FLOW_KEY_BYTES], sip_str token,
                          sip_path *ret_path);

#endif
