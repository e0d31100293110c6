/* What a URI says of its own about where it leads, before any look-up (RFC 3263 4.1, 4.2). */
#ifndef SIP_DNS_LOCATE_RULE_H
#define SIP_DNS_LOCATE_RULE_H

#include <sip/uri.h>

/* Protocols and families that we can send with, as masks of 1 << sip_protocol and 1 << sip_family.
 */
typedef struct sip__locate_can {
    unsigned protocols, families;
    sip_protocol preferred; /* where neither URI nor records say; NONE: UDP, then TCP */
} sip__locate_can;

typedef struct sip__locate_rule {
    sip_str host;          /* "TARGET": maddr, or the host */
    uint16_t port;         /* 0: not given */
    bool secure;           /* sips */
    sip_protocol protocol; /* the transport parameter's; NONE: not given */
    sip_protocol standard; /* that, or what is used where no record says; NONE: there is none */
    bool either;           /* WebSocket with TLS or without it, as far as anybody can tell */
} sip__locate_rule;

/* @return 0, SIP_EUNSUPPORTED (scheme or transport), SIP_EINVAL (no host) */
int sip__locate_rule_read(const sip_uri *uri, const sip__locate_can *can,
                          sip__locate_rule *ret_rule);
/* Does can->preferred go first for a URI of this kind? */
bool sip__locate_rule_prefers(const sip__locate_can *can, bool secure);
/* The port given, or that of the protocol. */
uint16_t sip__locate_rule_port(const sip__locate_rule *rule, sip_protocol protocol);
/* What SRV records of a protocol stand under: "_sip._udp." */
const char *sip__locate_rule_prefix(sip_protocol protocol);

#endif
