/* Two phones register with digest, call, hold, resume, hang up and unregister over a network that
 * loses a tenth of all datagrams: each seed ends right and leaves nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_agent.h"

#define SEEDS 1000

static const sip_body media =
    SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                 "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n");

struct phone {
    unsigned connected, terminated;
    dum_invite *call;
};

static void on_new_session(dum_invite *inv, const sip_msg *invite, void *user_data)
{
    struct phone *phone = user_data;

    (void)invite;
    phone->call = inv;
    dum_invite_provisional(inv, 180, NULL);
    dum_invite_accept(inv, &media, NULL);
}

static void on_connected(dum_invite *inv, const sip_msg *msg, void *user_data)
{
    struct phone *phone = user_data;

    (void)msg;
    phone->connected++;
    phone->call = inv;
}

static void on_terminated(dum_invite *inv, const dum_cause *cause, void *user_data)
{
    struct phone *phone = user_data;

    (void)inv;
    (void)cause;
    phone->terminated++;
    phone->call = NULL;
}

static const dum_invite_handler handler = {
    .on_new_session = on_new_session, .on_connected = on_connected, .on_terminated = on_terminated};

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, #condition,                    \
                     sip_sim_ladder(sim, 0));                                                      \
        }                                                                                          \
    } while (0)

static void one_run(uint64_t seed)
{
    sip_sim_config net = {.seed = seed, .delay_ms = 20, .jitter_ms = 100, .loss_percent = 10};
    dum_server_auth_config digest = {.realm = "home"};
    dum_invite_config call = {.to = "sip:bob@bob", .offer = &media};
    struct phone phones[2] = {{0}};
    sim_agent alice, bob;
    sim_home home;
    sip_sim *sim;

    assert_int_equal(sip_sim_create(&net, &sim), 0);
    sim_agent_init(&alice, sim, "alice", "secret");
    sim_agent_init(&bob, sim, "bob", "secret");
    sim_home_init(&home, sim, NULL, &digest);
    CHECK(dum_manager_set_invite_handler(alice.dum, &handler, &phones[0]) == 0);
    CHECK(dum_manager_set_invite_handler(bob.dum, &handler, &phones[1]) == 0);
    sim_agent_register(&alice, 0);
    sim_agent_register(&bob, 0);
    sip_sim_run(sim, 100000);
    CHECK(alice.actives > 0 && bob.actives > 0);
    CHECK(dum_registrar_aors(home.registrar) == 2);

    CHECK(dum_invite_create(alice.profile, &call, NULL) == 0);
    sip_sim_run(sim, 60000);
    CHECK(phones[0].connected == 1 && phones[1].connected == 1);
    CHECK(dum_invite_hold(phones[0].call) == 0);
    sip_sim_run(sim, 60000);
    CHECK(dum_invite_resume(phones[0].call) == 0);
    sip_sim_run(sim, 60000);
    CHECK(phones[0].terminated == 0 && phones[1].terminated == 0);
    CHECK(dum_invite_end(phones[seed % 2].call, 0, NULL) == 0);
    sip_sim_run(sim, 60000);
    CHECK(phones[0].terminated == 1 && phones[1].terminated == 1);

    CHECK(dum_registration_end(alice.reg) == 0);
    CHECK(dum_registration_end(bob.reg) == 0);
    sip_sim_run(sim, 100000);
    CHECK(alice.terminations == 1 && bob.terminations == 1);
    CHECK(dum_registrar_aors(home.registrar) == 0);
    CHECK(sip_sim_live_objects(sim) == 0);
    sip_sim_destroy(sim);
}

static void every_seed_ends_right(void **state)
{
    const char *wanted = getenv("SIM_SEEDS");
    uint64_t seeds = wanted != NULL ? strtoull(wanted, NULL, 10) : SEEDS;

    (void)state;
    for (uint64_t seed = 0; seed < seeds; seed++) {
        one_run(seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_seed_ends_right)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
