/* The questions of one look-up, stage by stage: NAPTR, SRV, addresses (RFC 3263 4). */
#ifndef SIP_DNS_WALK_H
#define SIP_DNS_WALK_H

#include "dns/locate.h"
#include "dns/naptr.h"

#define SIP__WALK_SERVICES SIP__NAPTR_MAX
#define SIP__WALK_HOSTS 12
#define SIP__WALK_ADDRS 4 /* of a family of one host */
#define SIP__WALK_FOR_GOOD UINT32_MAX
#define SIP__WALK_LATE_MS 50 /* RFC 8305 3, "Resolution Delay" */

/* A name with SRV records. */
typedef struct sip__walk_service {
    sip_dns_query query;
    size_t rank; /* among what the domain offers */
    sip_protocol protocol;
    uint32_t ttl_s;
    char name[SIP__NAME_BYTES];
} sip__walk_service;

/* A name with addresses. */
typedef struct sip__walk_host {
    sip_dns_query a, aaaa;
    size_t rank; /* of the service that led here */
    sip_protocol protocol;
    uint16_t port;
    uint32_t ttl_s;
    sip_addr addrs[2][SIP__WALK_ADDRS]; /* IPv6, IPv4 */
    size_t n_addrs[2];
    char name[SIP__NAME_BYTES];
} sip__walk_host;

typedef struct sip__walk sip__walk;

/* A look-up under way. Its stages follow each other: NAPTR, SRV, addresses; in each, all questions
 * are asked at once, and `pending` is the number of those without answer, one more while asking. */
struct sip__walk {
    sip__locate *locate;
    sip__locator *locator;
    sip__locate_can can;
    sip__locate_rule rule;
    void (*next)(struct sip__walk *walk); /* when the stage is over */
    void (*done)(struct sip__walk *walk); /* after the last one; may free the walk */
    size_t pending;
    bool starting; /* inside of start */
    bool is_done;
    const char *refused; /* NULL, or why the domain's records say that there is no such service */
    int err;             /* the worst that questions came to */
    sip_dns_query naptr;
    sip_dns_query early_a, early_aaaa; /* see ask_early() */
    sip__walk_service services[SIP__WALK_SERVICES];
    size_t n_services;
    sip__walk_host hosts[SIP__WALK_HOSTS];
    size_t n_hosts;
    sip_timer late; /* when IPv6 addresses are waited for no more */
};

/* Ask for what the rule needs. */
void sip__walk_begin(sip__walk *walk);
/* Give up all its questions. */
void sip__walk_cancel(sip__walk *walk);

#endif
