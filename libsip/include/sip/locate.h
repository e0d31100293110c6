/* Where a URI leads (RFC 3263). */
#ifndef SIP_LOCATE_H
#define SIP_LOCATE_H

#include <sip/net.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A place that a request can be sent to. */
typedef struct sip_hop {
    sip_protocol protocol;
    sip_addr addr;
    uint32_t ttl_s; /**< for how long the answers of name servers say so; UINT32_MAX: for good */
} sip_hop;

#ifdef __cplusplus
}
#endif

#endif
