/* A caller and three hosts over the simulated network, and what the caller sent to whom and when,
 * for tests of targets. */
#ifndef FARM_H
#define FARM_H

#include "support/sim_peer.h"

#define FARM_HOSTS 3
#define FARM_LOG_BYTES 4000

#define UDP "_sip._udp.farm.example"
#define TCP "_sip._tcp.farm.example"
#define FARM "sip:x@farm.example;transport=udp"
#define FARM_TCP "sip:x@farm.example;transport=tcp"

/* Every line of the log is a request that alice sent: milliseconds since the last mark, method,
 * target. */
typedef struct farm {
    sip_sim *sim;
    sim_peer alice, hosts[FARM_HOSTS]; /* "a", "b", "c" */
    sip_time_ms mark_ms;
    bool with_repeats; /* repetitions are logged, too */
    char log[FARM_LOG_BYTES];
} farm;

extern const char *const farm_hosts[FARM_HOSTS];

/* A perfect network of a millisecond; or a seed and network of one's own (NULL: that one). */
void farm_init(farm *it);
void farm_init_with(farm *it, uint64_t seed, const sip_sim_config *net);
/* Settle, see that nothing is left, and end it. */
void farm_finish(farm *it);
/* Begin the log anew. */
void farm_mark(farm *it);
/* One more target of farm.example. */
void farm_add_srv(farm *it, const char *service, const char *host, uint16_t priority,
                  uint16_t port);
/* All hosts, a before b before c. */
void farm_add_all(farm *it, const char *service);
/* One of several addresses of a name. */
void farm_add_address(farm *it, const char *name, const char *host);
/* A request of alice's. */
sim_peer_sent *farm_ask(farm *it, const char *method, const char *uri);
sip_stack_stats farm_stats_of(const farm *it);

#endif
