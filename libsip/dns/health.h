/* Which targets have failed of late (RFC 3263 4.3): they are tried after the others, never left
 * out, and who has chosen already is not disturbed. A table with a bound, and time from outside. */
#ifndef SIP_DNS_HEALTH_H
#define SIP_DNS_HEALTH_H

#include <sip/containers.h>
#include <sip/locate.h>

typedef enum sip__health_state {
    SIP__HEALTH_GOOD,
    SIP__HEALTH_SUSPECT, /* failed once without an answer: behind the good ones */
    SIP__HEALTH_BAD      /* skipped for a while: behind all others */
} sip__health_state;

typedef enum sip__health_reason {
    SIP__HEALTH_CONNECT,     /* a connection was refused, broke or did not come about */
    SIP__HEALTH_UNREACHABLE, /* ICMP said so */
    SIP__HEALTH_TIMEOUT,     /* no answer: a lost message or a dead host, so one makes suspect */
    SIP__HEALTH_REFUSED      /* 503 */
} sip__health_reason;

typedef struct sip__health {
    const sip_allocator *allocator;
    const sip_clock *clock;
    sip_map map;
    sip_list entries; /* the one that failed longest ago first */
    size_t count, most;
} sip__health;

/* `most` 0: 1,024; beyond, the one that failed longest ago is forgotten. @return 0 or SIP_ENOMEM */
int sip__health_init(sip__health *health, const sip_allocator *allocator, const sip_random *random,
                     const sip_clock *clock, size_t most);
/* Takes a zeroed one. */
void sip__health_finish(sip__health *health);

/* A target has failed. It is bad for 30 s, doubled each time that it fails again, up to ten
 * minutes; after a first timeout suspect for 30 s. With SIP__HEALTH_REFUSED it is bad for
 * retry_after_s, at most an hour; 0 (no Retry-After) makes it suspect only, as 503 then says no
 * more than 500 does (RFC 3261 21.5.4). Without memory it is not noted. */
void sip__health_mark_failed(sip__health *health, const sip_hop *hop, sip__health_reason reason,
                             uint32_t retry_after_s);
/* It has answered. */
void sip__health_mark_good(sip__health *health, const sip_hop *hop);
sip__health_state sip__health_of(const sip__health *health, const sip_hop *hop);
/* Move the suspect ones behind the good ones and the bad ones behind both, each in the order given,
 * the bad ones by when they are to be tried again. */
void sip__health_order(const sip__health *health, sip_hop *hops, size_t n);

#endif
