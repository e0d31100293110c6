/* Where a URI leads (RFC 3263): at this floor numeric hosts, and A and AAAA records through the
 * resolver vtable. */
#ifndef SIP_DNS_LOCATE_H
#define SIP_DNS_LOCATE_H

#include <sip/resolver.h>
#include <sip/uri.h>

#define SIP__LOCATE_MAX 8

/* Protocols and families that we can send with, as masks of 1 << sip_protocol and 1 << sip_family.
 */
typedef struct sip__locate_can {
    unsigned protocols, families;
} sip__locate_can;

typedef struct sip__locate {
    /* Called once, never from inside sip__locate_start(). err 0 with targets, else SIP_ENOENT,
     * SIP_EIO, SIP_EUNSUPPORTED and `text`. May free `locate`. */
    void (*fn)(struct sip__locate *locate, int err, const char *text);
    void *arg;
    sip_path targets[SIP__LOCATE_MAX]; /* protocol and remote set, in the order to try */
    size_t n_targets;
    /* private */
    sip_resolver *resolver;
    sip_dns_query a, aaaa;
    sip_protocol protocol;
    uint16_t port;
    uint8_t pending;
    int err;
    char text[160];
} sip__locate;

/* Numeric host (or maddr): the answer at once. @return 0 with *ret_path; SIP_EAGAIN (a name: use
 * start); SIP_EUNSUPPORTED (scheme, transport or family) ; SIP_EINVAL */
int sip__locate_numeric(const sip_uri *uri, const sip__locate_can *can, sip_path *ret_path);
/* Begin a look-up; fn and arg are set by the caller. @return 0 or an error as above, then fn is not
 * called. */
int sip__locate_start(sip__locate *locate, sip_resolver *resolver, const sip_uri *uri,
                      const sip__locate_can *can);
/* Forget it; harmless when none is under way. */
void sip__locate_cancel(sip__locate *locate);

#endif
