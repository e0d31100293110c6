#include "proxy/fork.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "relay_world.h"

static void the_first_2xx_cancels_the_others(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_carol);
    world.bob.provisional = 180;
    world.bob.final = 0;
    world.carol.final_after_ms = 500;
    world.carol.provisional = 183;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->finals, 1);
    assert_int_equal(sent->provisionals, 2); /* 180, 183 */
    assert_null(world.bob.answer);
    relay_world_expect(&world, "alice -> proxy INVITE sdp\nproxy -> bob INVITE sdp\n"
                               "proxy -> carol INVITE sdp\nproxy <- bob 180\nproxy <- carol 183\n"
                               "alice <- proxy 180\nalice <- proxy 183\nproxy <- carol 200 sdp\n"
                               "alice <- proxy 200 sdp\nproxy -> bob CANCEL\nalice -> carol ACK\n"
                               "proxy <- bob 200\nproxy <- bob 487\nproxy -> bob ACK\n");
    relay_world_finish(&world);
}

static void lower_q_comes_after(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, later_carol, to_bob);
    world.bob.final = 486;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(world.carol.acks, 1);
    relay_world_finish(&world);
}

static void a_6xx_calls_the_others_off(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_carol);
    world.proxy.targets[2] = (sip_target){.uri = "sip:d@dave", .q_permille = 10};
    world.proxy.n_targets = 3;
    world.bob.provisional = 180;
    world.bob.final = 0;
    world.carol.final = 603;
    world.carol.final_after_ms = 200;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 603);
    assert_int_equal(world.dave.requests, 0);
    relay_world_finish(&world);
}

static void the_caller_cancels(void **state)
{
    static const sip_header headers[] = {{"Reason", "Q.850;cause=16"}, {NULL, NULL}};
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_carol);
    world.bob.provisional = world.carol.provisional = 180;
    world.bob.final = world.carol.final = 0;
    sent = relay_world_invite(&world);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(sip_client_tx_cancel(sent->tx, &(sip_extras){.headers = headers}), 0);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 487);
    assert_int_equal(sip_relay_add(world.proxy.last, NULL), SIP_ESTATE);
    assert_int_equal(sip_relay_respond(world.proxy.last, 404, NULL), SIP_ESTATE);
    relay_world_expect(&world, "alice -> proxy INVITE sdp\nproxy -> bob INVITE sdp\n"
                               "proxy -> carol INVITE sdp\nproxy <- bob 180\nproxy <- carol 180\n"
                               "alice <- proxy 180\nalice <- proxy 180\n"
                               "alice -> proxy CANCEL\nalice <- proxy 200\nproxy -> bob CANCEL\n"
                               "proxy -> carol CANCEL\nproxy <- bob 200\nproxy <- bob 487\n"
                               "proxy <- carol 200\nproxy <- carol 487\nproxy -> bob ACK\n"
                               "proxy -> carol ACK\nalice <- proxy 487\nalice -> proxy ACK\n");
    relay_world_finish(&world);
}

static void a_group_that_takes_too_long_makes_room_for_the_next(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    world.proxy.config.branch_timeout_s = 5;
    relay_world_targets(&world, to_bob, later_carol);
    world.bob.provisional = 180;
    world.bob.final = 0;
    world.carol.final_after_ms = 1000;
    sent = relay_world_invite(&world);
    sip_sim_run(world.sim, 5500);
    assert_int_equal(world.carol.invites, 1);
    assert_int_equal(sent->finals, 0);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    relay_world_finish(&world);
}

static void timeouts_alone_are_a_408(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    world.proxy.config.branch_timeout_s = 5;
    relay_world_targets(&world, to_bob, to_carol);
    world.bob.provisional = 180;
    world.bob.final = 0;
    sip_sim_set_cut(world.sim, "carol", true);
    sent = relay_world_invite(&world);
    sip_sim_run(world.sim, 6000);
    assert_int_equal(sent->status, 408);
    relay_world_finish(&world);
}

static void timer_c_ends_a_call_that_only_rings(void **state)
{
    static const uint32_t seconds[] = {20, 0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint32_t wait_ms = seconds[i] != 0 ? seconds[i] * 1000 : 180000; /* the stack's */
        relay_world world;
        sim_peer_sent *sent;

        relay_world_init(&world);
        world.proxy.config.timer_c_s = seconds[i];
        relay_world_targets(&world, to_bob, (sip_target){0});
        world.bob.provisional = 180;
        world.bob.final = 0;
        sent = relay_world_invite(&world);
        sip_sim_run(world.sim, wait_ms - 1000);
        assert_int_equal(sent->finals, 0);
        sip_sim_run(world.sim, 2000);
        assert_int_equal(sent->status, 487);
        relay_world_finish(&world);
    }
}

static void a_cut_callee_does_not_keep_the_relay(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    world.proxy.config.branch_timeout_s = 5;
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.bob.provisional = 180;
    world.bob.final = 0;
    sent = relay_world_invite(&world);
    sip_sim_run(world.sim, 1000);
    sip_sim_set_cut(world.sim, "bob", true); /* no answer even to the CANCEL */
    sip_sim_run(world.sim, 60000);
    assert_int_equal(sent->status, 408);
    sip_server_tx_respond(world.bob.ringing, 480, NULL);
    relay_world_finish(&world);
}

static void redirections_are_followed_where_wanted(void **state)
{
    static const sip_header contacts[] = {
        {"Contact", "<sip:c@carol>;q=0.5, <sip:d@dave>;q=0.9, <tel:+1>"}, {NULL, NULL}};
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    world.proxy.config.recurse = SIP_ON;
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.bob.final = 302;
    world.bob.extras.headers = contacts;
    world.dave.final = 302;
    world.dave.extras.headers = contacts; /* nothing new there */
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(world.carol.acks, 1);
    assert_int_equal(world.dave.invites, 1);
    relay_world_finish(&world);

    relay_world_init(&world);
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.bob.final = 302;
    world.bob.extras.headers = contacts;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->status, 302);
    relay_world_finish(&world);
}

/* Both have answered before either hears of the other: the caller gets both (16.7 step 5). */
static void every_2xx_is_passed_back(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_carol);
    world.bob.provisional = world.carol.provisional = 0;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 40000);
    assert_int_equal(sent->status, 200);
    assert_true(sent->finals >= 2);
    assert_true(world.bob.acks > 0); /* alice has one ACK a request, whoever answered */
    relay_world_finish(&world);
}

/* What the caller repeats stops here, and a 100 is for who sent it (16.7 step 5). */
static void repetitions_and_100_go_no_further(void **state)
{
    relay_world world;
    sim_peer_sent *sent;
    sip_stack_stats stats;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.bob.provisional = 100;
    world.bob.final_after_ms = 3000;
    assert_int_equal(sip_sim_lose(world.sim, "proxy", "100", 3), 0);
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 40000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(world.bob.invites, 1);
    sip_stack_get_stats(world.proxy.stack, &stats);
    assert_true(stats.absorbed >= 2);
    assert_int_equal(world.proxy.relays, 1);
    relay_world_finish(&world);
}

/* RFC 4320 4.2: whoever asked anything but INVITE has given up by himself by then. */
static void silence_is_no_answer_but_to_invite(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    sip_sim_set_cut(world.sim, "bob", true);
    sent = sim_peer_send(&world.alice, "OPTIONS", "sip:b@bob", "sip:proxy", NULL);
    sip_sim_settle(world.sim, 60000);
    assert_int_equal(sent->status, 408);
    assert_int_equal(sent->finals, 0); /* her own timer's */
    assert_int_equal(sent->failures, 1);
    relay_world_finish(&world);
}

/* The same URI is one target (16.5), but not by two ways. */
static void targets_are_a_set(void **state)
{
    relay_world world;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_bob);
    world.proxy.targets[2] = world.proxy.targets[3] =
        (sip_target){.uri = to_bob.uri, .q_permille = 1000, .route = "<sip:carol;lr>"};
    world.proxy.n_targets = 4;
    world.bob.final = world.carol.final = 486;
    relay_world_invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(world.bob.invites, 1);
    assert_int_equal(world.carol.invites, 1);
    assert_true(sip_str_equal(sip_msg_value(world.carol.last_request, SIP_HEADER_ROUTE, 0),
                              "<sip:carol;lr>"));
    relay_world_finish(&world);
}

/* ---- Max-Breadth (RFC 5393 5.3) */

static sim_peer_sent *invite_of_breadth(relay_world *world, const char *breadth)
{
    const sip_header headers[] = {{"Max-Breadth", breadth}, {NULL, NULL}};

    return sim_peer_send(&world->alice, "INVITE", "sip:alice@example.com", "sip:proxy",
                         breadth != NULL ? headers : NULL);
}

static uint32_t breadth_at(const sim_peer *peer)
{
    uint32_t number = 0;

    assert_int_equal(sip_msg_number(peer->last_request, SIP_HEADER_MAX_BREADTH, &number), 0);
    return number;
}

static void breadth_is_shared(void **state)
{
    static const struct {
        const char *given;
        size_t n;
        uint32_t bob, carol, dave;
    } cases[] = {
        {NULL, 1, 60, 0, 0}, {"7", 1, 7, 0, 0},     {NULL, 2, 30, 30, 0},
        {"5", 2, 2, 3, 0},   {"60", 3, 20, 20, 20}, {"3", 3, 1, 1, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sip_target to_dave = {.uri = "sip:d@dave", .q_permille = 1000};
        relay_world world;

        relay_world_init(&world);
        relay_world_targets(&world, to_bob, to_carol);
        world.proxy.targets[2] = to_dave;
        world.proxy.n_targets = cases[i].n;
        world.bob.final = world.carol.final = world.dave.final = 486;
        invite_of_breadth(&world, cases[i].given);
        sip_sim_settle(world.sim, 1000);
        assert_int_equal(breadth_at(&world.bob), cases[i].bob);
        assert_int_equal(cases[i].n < 2 ? 0 : breadth_at(&world.carol), cases[i].carol);
        assert_int_equal(cases[i].n < 3 ? 0 : breadth_at(&world.dave), cases[i].dave);
        relay_world_finish(&world);
    }
}

/* With breadth for two the third target is asked when the first has said no. */
static void without_breadth_it_goes_one_after_the_other(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_carol);
    world.proxy.targets[2] = (sip_target){.uri = "sip:d@dave", .q_permille = 1000};
    world.proxy.n_targets = 3;
    world.bob.final = 486;
    world.bob.final_after_ms = 1000;
    world.carol.final = 486;
    world.carol.final_after_ms = 3000;
    sent = invite_of_breadth(&world, "2");
    sip_sim_run(world.sim, 900);
    assert_int_equal(world.bob.invites, 1);
    assert_int_equal(world.carol.invites, 1);
    assert_int_equal(world.dave.invites, 0);
    sip_sim_run(world.sim, 600);
    assert_int_equal(world.dave.invites, 1);
    assert_int_equal(breadth_at(&world.dave), 1);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    relay_world_finish(&world);
}

static void no_breadth_is_440(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, (sip_target){0});
    sent = invite_of_breadth(&world, "0");
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 440);
    assert_int_equal(world.proxy.err, SIP_EHOPS);
    assert_int_equal(world.bob.requests, 0);
    relay_world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_2xx_is_passed_back),
        cmocka_unit_test(targets_are_a_set),
        cmocka_unit_test(repetitions_and_100_go_no_further),
        cmocka_unit_test(silence_is_no_answer_but_to_invite),
        cmocka_unit_test(breadth_is_shared),
        cmocka_unit_test(without_breadth_it_goes_one_after_the_other),
        cmocka_unit_test(no_breadth_is_440),
        cmocka_unit_test(the_first_2xx_cancels_the_others),
        cmocka_unit_test(lower_q_comes_after),
        cmocka_unit_test(a_6xx_calls_the_others_off),
        cmocka_unit_test(the_caller_cancels),
        cmocka_unit_test(a_group_that_takes_too_long_makes_room_for_the_next),
        cmocka_unit_test(timeouts_alone_are_a_408),
        cmocka_unit_test(timer_c_ends_a_call_that_only_rings),
        cmocka_unit_test(a_cut_callee_does_not_keep_the_relay),
        cmocka_unit_test(redirections_are_followed_where_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
