/* Where a URI leads (RFC 3263): by NAPTR, SRV, A and AAAA records through the record cache, or
 * without any where the URI says enough. */
#ifndef SIP_DNS_LOCATE_H
#define SIP_DNS_LOCATE_H

#include "base/timer_wheel.h"
#include "dns/dns_name.h"
#include "dns/locate_rule.h"
#include "dns/record_cache.h"
#include <sip/locate.h>

#define SIP__LOCATE_MAX 16

/* What look-ups share. */
typedef struct sip__locator {
    sip__record_cache *cache;
    sip__wheel *wheel;
    const sip_random *random; /* draws among SRV records of one priority */
    sip__pool walks;
} sip__locator;

typedef struct sip__locate {
    /* Called once after SIP_EAGAIN, never from inside sip__locate_start(). err 0 with targets, else
     * SIP_ENOENT, SIP_EIO, SIP_ENOMEM and `text`. May free `locate`. */
    void (*fn)(struct sip__locate *locate, int err, const char *text);
    void *arg;
    sip_hop targets[SIP__LOCATE_MAX]; /* in the order to try */
    size_t n_targets;
    /* What was looked up, without a dot at its end: the name that a certificate has to be for (RFC
     * 5922 4) and that goes into SNI, whatever hosts SRV records lead to. */
    char name[SIP__NAME_BYTES];
    char text[160];         /* why there is none, also when start itself says so */
    struct sip__walk *walk; /* private: the look-up under way */
} sip__locate;

/* All are borrowed; the clock is the cache's. */
void sip__locator_init(sip__locator *locator, sip__record_cache *cache, sip__wheel *wheel,
                       const sip_random *random);
/* After all its look-ups are over. Takes a zeroed one. */
void sip__locator_finish(sip__locator *locator);

/* Numeric host (or maddr): the answer at once. @return 0 with *ret_hop; SIP_EAGAIN (a name,
 * or there are two: use start); SIP_EUNSUPPORTED (scheme, transport or family); SIP_EINVAL */
int sip__locate_numeric(const sip_uri *uri, const sip__locate_can *can, sip_hop *ret_hop);
/* Begin a look-up; fn and arg are set by the caller, `uri` is not kept.
 * @return 0: the targets are there already, fn is not called
 *   SIP_EAGAIN: fn is called later, unless cancelled
 *   SIP_ENOENT, SIP_EIO (known already to lead nowhere), SIP_EUNSUPPORTED (scheme or transport),
 *   SIP_EINVAL, SIP_ENOMEM: fn is not called */
int sip__locate_start(sip__locate *locate, sip__locator *locator, const sip_uri *uri,
                      const sip__locate_can *can);
/* The same for a response (RFC 3263 5, RFC 3261 18.2.2): to `host` of the topmost Via, and `port`
 * if it is not 0, by the protocol of the Via. */
int sip__locate_start_via(sip__locate *locate, sip__locator *locator, sip_protocol protocol,
                          sip_str host, uint16_t port, const sip__locate_can *can);
/* Forget it; harmless when none is under way (zeroed). */
void sip__locate_cancel(sip__locate *locate);

#endif
