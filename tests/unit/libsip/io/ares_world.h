/* A resolver by c-ares and a name server of a few lines on the same loop. */
#ifndef ARES_WORLD_H
#define ARES_WORLD_H

#include "io/ares_resolver.h"
#include "support/real_loop.h"
#include <netinet/in.h>

typedef struct ares_world {
    sip_loop *loop;
    real_loop real;
    int server;
    sip_watch *watch;
    char servers[64];
    sip_resolver *resolver;
    size_t asked;   /* questions that the server got */
    size_t answers; /* that askers got */
    bool mute;      /* the server is */
    unsigned ports; /* that in turn were asked from */
    in_port_t last_port;
} ares_world;

/* One question, and what it came to. */
typedef struct ares_asker {
    sip_dns_query query;
    ares_world *world;
    size_t answers;
    int err;
    size_t n;
    sip_dns_record first;
    sip_dns_record last;
    uint32_t negative_ttl_s;
} ares_asker;

/* Put an answer of `count` addresses, or a code without any, behind the question in `reply`. */
size_t ares_world_reply(unsigned char *reply, size_t len, unsigned type, unsigned count);
/* The name tells what the server answers: "two…", "none…" (no record), "gone…" (no name), "fail…".
 */
void ares_world_start(ares_world *w);
void ares_world_finish(ares_world *w);
int ares_world_ask(ares_world *w, ares_asker *self, const char *name, sip_dns_type type);
/* Let the loop's time go on, so that files are looked at again. */
void ares_world_pass_time(ares_world *w);

#endif
