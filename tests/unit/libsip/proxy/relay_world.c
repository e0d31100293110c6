#include "relay_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

const sip_target to_bob = {.uri = "sip:b@bob", .q_permille = 1000};
const sip_target to_carol = {.uri = "sip:c@carol", .q_permille = 1000};
const sip_target later_carol = {.uri = "sip:c@carol", .q_permille = 500};

void relay_world_init(relay_world *world)
{
    relay_world_init_with(world, NULL);
}

void relay_world_init_with(relay_world *world, const sip_allocator *allocator)
{
    sip_sim_config net = {.delay_ms = 10};

    memset(world, 0, sizeof *world);
    assert_int_equal(sip_sim_create(&net, &world->sim), 0);
    sim_peer_init(&world->alice, world->sim, "alice");
    sim_proxy_init(&world->proxy, world->sim, "proxy", allocator);
    sim_peer_init(&world->bob, world->sim, "bob");
    sim_peer_init(&world->carol, world->sim, "carol");
    sim_peer_init(&world->dave, world->sim, "dave");
}

void relay_world_targets(relay_world *world, sip_target a, sip_target b)
{
    world->proxy.targets[0] = a;
    world->proxy.targets[1] = b;
    world->proxy.n_targets = b.uri != NULL ? 2 : 1;
}

void relay_world_finish(relay_world *world)
{
    sim_peer *peers[] = {&world->alice, &world->bob, &world->carol, &world->dave};

    assert_int_equal(sip_sim_settle(world->sim, 600000), 0);
    if (sip_sim_live_objects(world->sim) != 0) {
        fail_msg("live: alice %u, proxy %u, bob %u, carol %u, dave %u\n%s",
                 (unsigned)sip_stack_live_objects(world->alice.stack),
                 (unsigned)sip_stack_live_objects(world->proxy.stack),
                 (unsigned)sip_stack_live_objects(world->bob.stack),
                 (unsigned)sip_stack_live_objects(world->carol.stack),
                 (unsigned)sip_stack_live_objects(world->dave.stack),
                 sip_sim_ladder(world->sim, 0));
    }
    if (world->proxy.handler == NULL) {
        assert_int_equal(world->proxy.relays, world->proxy.ended);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(peers[i]->requests, peers[i]->servers_ended);
        for (size_t j = 0; j < peers[i]->n_sent; j++) {
            assert_int_equal(peers[i]->sent[j].ended, 1);
        }
    }
    sip_sim_destroy(world->sim);
    for (size_t i = 0; i < 4; i++) {
        sim_peer_finish(peers[i]);
    }
}

sim_peer_sent *relay_world_invite(relay_world *world)
{
    return sim_peer_send(&world->alice, "INVITE", "sip:alice@example.com", "sip:proxy", NULL);
}

bool relay_world_is_route(sip_str value, const char *bare)
{
    const char param[] = ";dlg=0123456789abcdef>";
    size_t len = strlen(bare) - 1;

    return value.len == len + sizeof param - 1 && memcmp(value.ptr, bare, len) == 0 &&
           memcmp(value.ptr + len, param, 5) == 0 && value.ptr[value.len - 1] == '>';
}

void relay_world_expect(relay_world *world, const char *expected)
{
    const char *diff = sip_sim_ladder_diff(world->sim, SIP_LADDER_NO_REPEATS, expected);

    if (diff != NULL) {
        fail_msg("%s", diff);
    }
}
