/* Look-ups over a scripted zone in virtual time, told as text. */
#ifndef LOCATE_WORLD_H
#define LOCATE_WORLD_H

#include "dns/locate.h"
#include "support/zone_text.h"

typedef struct locate_world {
    sip_time_ms time_ms;
    sip_clock clock;
    uint64_t seed;
    sip_random random;
    const sip_allocator *allocator;
    sip__zone zone;
    sip_resolver *resolver;
    sip__static_hosts hosts;
    sip__record_cache cache;
    sip__wheel wheel;
    sip__locator locator;
    sip__locate_can can; /* all but WS and WSS, both families */
    sip__locate locate;
    char asked[2048];   /* "NAPTR example.com\nA example.com\n" since the last start */
    char targets[2048]; /* "udp 192.0.2.1:5060\n"; or the error's text */
    unsigned calls;
    int err;
} locate_world;

/* @return 0 or SIP_ENOMEM; finish is due in both cases */
int locate_world_init(locate_world *world, const sip_allocator *allocator);
void locate_world_finish(locate_world *world);
/* Begin; @return what sip__locate_start() gave. Targets are written down if they were there. */
int locate_world_start(locate_world *world, const char *uri);
/* Go on for `ms`. */
void locate_world_run(locate_world *world, uint32_t ms);
/* Begin, run to the end (at most a minute), and compare both texts; NULL is not compared. */
void locate_world_expect(locate_world *world, const char *uri, const char *asked,
                         const char *targets);

#endif
