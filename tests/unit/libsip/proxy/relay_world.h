/* alice calls through the proxy, which knows bob, carol and dave. */
#ifndef RELAY_WORLD_H
#define RELAY_WORLD_H

#include "support/sim_peer.h"

typedef struct relay_world {
    sip_sim *sim;
    sim_proxy proxy;
    sim_peer alice, bob, carol, dave;
} relay_world;

extern const sip_target to_bob, to_carol, later_carol; /* the last of lower q */

void relay_world_init(relay_world *world);
/* The proxy's memory comes from `allocator`. */
void relay_world_init_with(relay_world *world, const sip_allocator *allocator);
/* What the proxy's own Request-URIs lead to; `b` may have no URI. */
void relay_world_targets(relay_world *world, sip_target a, sip_target b);
/* alice's INVITE to a user of the proxy. */
sim_peer_sent *relay_world_invite(relay_world *world);
/* The ladder without repetitions is `expected`. */
void relay_world_expect(relay_world *world, const char *expected);
/* True if `value` is the Record-Route `bare` ("<sip:h;lr>") with a proof of its dialog in it. */
bool relay_world_is_route(sip_str value, const char *bare);
/* Runs until everything has come to its end, and checks that it did so once. */
void relay_world_finish(relay_world *world);

#endif
