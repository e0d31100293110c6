/* Transactions over a network that loses, repeats and reorders: every one ends, once, and nothing
 * is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_peer.h"

#define SEEDS 300

struct world {
    uint64_t seed;
    sip_sim *sim;
    sim_proxy proxy;
    sim_peer alice, bob, carol;
};

/* SIM_SEEDS in the environment asks for more, or fewer. */
static uint64_t seeds(void)
{
    const char *wanted = getenv("SIM_SEEDS");

    return wanted != NULL ? strtoull(wanted, NULL, 10) : SEEDS;
}

static void world_init(struct world *world, uint64_t seed)
{
    sip_sim_config net = {
        .seed = seed, .delay_ms = 30, .jitter_ms = 250, .loss_percent = 10, .dup_percent = 10};

    memset(world, 0, sizeof *world);
    world->seed = seed;
    assert_int_equal(sip_sim_create(&net, &world->sim), 0);
    sim_peer_init(&world->alice, world->sim, "alice");
    sim_proxy_init(&world->proxy, world->sim, "proxy", NULL);
    sim_peer_init(&world->bob, world->sim, "bob");
    sim_peer_init(&world->carol, world->sim, "carol");
}

#define CHECK(world, condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("seed %llu: %s\n%s", (unsigned long long)(world)->seed, #condition,           \
                     sip_sim_ladder((world)->sim, 0));                                             \
        }                                                                                          \
    } while (0)

static void check_peer(struct world *world, const sim_peer *peer)
{
    CHECK(world, peer->requests == peer->servers_ended);
    for (size_t i = 0; i < peer->n_sent; i++) {
        const sim_peer_sent *sent = &peer->sent[i];

        CHECK(world, sent->ended == 1);
        CHECK(world, sent->failures + (sent->finals > 0) == 1);
        CHECK(world, sent->finals <= 1 || sent->method == SIP_METHOD_INVITE);
    }
}

static void world_finish(struct world *world)
{
    CHECK(world, sip_sim_settle(world->sim, 300000) == 0);
    CHECK(world, sip_sim_live_objects(world->sim) == 0);
    CHECK(world, world->proxy.relays == world->proxy.ended);
    check_peer(world, &world->alice);
    check_peer(world, &world->bob);
    check_peer(world, &world->carol);
    sip_sim_destroy(world->sim);
    sim_peer_finish(&world->alice);
    sim_peer_finish(&world->bob);
    sim_peer_finish(&world->carol);
}

static void options_directly_and_through_a_relay(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        struct world world;

        world_init(&world, seed);
        sim_peer_send(&world.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
        sim_peer_send(&world.alice, "OPTIONS", "sip:bob@bob", "sip:proxy", NULL);
        sim_peer_send(&world.alice, "OPTIONS", "sip:bob@bob", "sip:proxy;transport=tcp", NULL);
        CHECK(&world, sip_sim_settle(world.sim, 300000) == 0);
        for (size_t i = 0; i < 3; i++) {
            CHECK(&world, world.alice.sent[i].status == 200);
        }
        CHECK(&world, world.bob.requests == 3);
        world_finish(&world);
    }
}

static void a_call_through_a_relay(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        struct world world;

        world_init(&world, seed);
        world.proxy.config.record_route = SIP_ON;
        world.alice.hang_up = true;
        world.bob.provisional = 180;
        world.bob.final_after_ms = 1000;
        sim_peer_send(&world.alice, "INVITE", "sip:bob@bob", "sip:proxy", NULL);
        CHECK(&world, sip_sim_settle(world.sim, 300000) == 0);
        CHECK(&world, world.alice.sent[0].status == 200);
        CHECK(&world, world.alice.n_sent == 2 && world.alice.sent[1].status == 200);
        CHECK(&world, world.bob.invites == 1 && world.bob.acks >= 1 && world.bob.byes == 1);
        CHECK(&world, world.bob.answer == NULL);
        CHECK(&world, world.proxy.relays == 2);
        world_finish(&world);
    }
}

static void a_forked_call_that_is_won_refused_or_cancelled(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        sip_target both[] = {{.uri = "sip:b@bob"}, {.uri = "sip:c@carol"}};
        struct world world;
        sim_peer_sent *call;

        world_init(&world, seed);
        memcpy(world.proxy.targets, both, sizeof both);
        world.proxy.n_targets = 2;
        world.bob.provisional = world.carol.provisional = 180;
        world.bob.final = seed % 3 == 0 ? 200 : seed % 3 == 1 ? 603 : 0;
        world.bob.final_after_ms = 1500;
        world.carol.final = 0;
        call = sim_peer_send(&world.alice, "INVITE", "sip:a@example.com", "sip:proxy", NULL);
        if (seed % 3 == 2) {
            sip_sim_run(world.sim, 2000);
            CHECK(&world, sip_client_tx_cancel(call->tx, NULL) == 0);
        }
        CHECK(&world, sip_sim_settle(world.sim, 300000) == 0);
        CHECK(&world, call->status == (seed % 3 == 0 ? 200 : seed % 3 == 1 ? 603 : 487));
        CHECK(&world, world.bob.invites == 1 && world.carol.invites == 1);
        world_finish(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_directly_and_through_a_relay),
        cmocka_unit_test(a_call_through_a_relay),
        cmocka_unit_test(a_forked_call_that_is_won_refused_or_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
