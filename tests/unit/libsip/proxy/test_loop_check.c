#include "proxy/loop_check.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "relay_world.h"

static const sip_path to_itself = {
    .protocol = SIP_PROTOCOL_UDP,
    .remote = {.ip = {10, 0, 0, 2}, .port = 5060, .family = SIP_FAMILY_IP4}};

static void a_request_that_comes_back_the_same_is_a_loop(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, (sip_target){.uri = "sip:alice@example.com", .path = &to_itself},
                        (sip_target){0});
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(world.proxy.err, SIP_ELOOP);
    assert_int_equal(world.proxy.relays, 1);
    assert_int_equal(sent->status, 482);
    relay_world_finish(&world);
}

static void a_spiral_is_none(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, (sip_target){.uri = "sip:b@bob", .path = &to_itself},
                        (sip_target){0});
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(world.proxy.relays, 2);
    assert_int_equal(sent->status, 200);
    relay_world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_that_comes_back_the_same_is_a_loop),
        cmocka_unit_test(a_spiral_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
