/* Hosts that move to another address while they are registered and in a call. */
#include "pair.h"

#include <stdio.h>
#include <string.h>

#include "stack/stack.h"
#include "support/sim_agent.h"

#define SECOND 1000u

static const dum_server_auth_config digest = {.realm = "home"};

/* ---- registrations */

struct world {
    sip_sim *sim;
    sim_home home;
    sim_agent bob;
};

static void world_init(struct world *world, const dum_server_auth_config *auth)
{
    sip_sim_config net = {.seed = 7, .delay_ms = 10};

    memset(world, 0, sizeof *world);
    assert_int_equal(sip_sim_create(&net, &world->sim), 0);
    sim_agent_init(&world->bob, world->sim, "bob", auth != NULL ? "secret" : NULL);
    sim_home_init(&world->home, world->sim, NULL, auth);
}

static void world_finish(struct world *world)
{
    assert_int_equal(dum_registration_end(world->bob.reg), 0);
    sip_sim_settle(world->sim, 80 * SECOND);
    assert_int_equal(sim_home_bindings(&world->home, "bob"), 0);
    assert_int_equal(sip_sim_live_objects(world->sim), 0);
    sip_sim_destroy(world->sim);
}

static void registers_anew(void **state)
{
    struct world world;
    const char *diff;

    (void)state;
    world_init(&world, &digest);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 1);
    assert_int_equal(sip_sim_move_host(world.sim, "bob"), 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 2);
    assert_int_equal(world.home.added, 2);
    assert_int_equal(world.home.removed, 1);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 1);
    diff = sip_sim_ladder_diff(world.sim, SIP_LADDER_NO_REPEATS,
                               "bob -> home REGISTER\nbob <- home 401\n"
                               "bob -> home REGISTER\nbob <- home 200\n"
                               "bob -> home REGISTER\nbob <- home 200\n");
    if (diff != NULL) {
        fail_msg("%s", diff);
    }
    /* The next refresh is an ordinary one. */
    assert_int_equal(dum_registration_refresh(world.bob.reg), 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.home.refreshed, 1);
    assert_int_equal(world.home.removed, 1);
    world_finish(&world);
}

/* The answer goes to the old address: it is not waited for. */
static void moves_while_registering(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, 15); /* the REGISTER is there, its answer is not back */
    assert_int_equal(world.home.added, 1);
    assert_int_equal(sip_sim_move_host(world.sim, "bob"), 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 1);
    assert_int_equal(world.home.added, 2);
    assert_int_equal(world.home.removed, 1);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 1);
    world_finish(&world);
}

/* Without an answer it waits to try again; at another address it does not wait. */
static void a_move_ends_the_waiting(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    sip_sim_set_cut(world.sim, "home", true);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, 33 * SECOND);
    assert_int_equal(world.bob.retryings, 1);
    sip_sim_set_cut(world.sim, "home", false);
    assert_int_equal(sip_sim_move_host(world.sim, "bob"), 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 1);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 1);
    world_finish(&world);
}

/* As if a server behind a NAT of ours had said so. */
static void learn(sip_stack *stack, const char *host, uint16_t port)
{
    sip_transport_event moved = {.kind = SIP_TRANSPORT_FLOW_MOVED, .text = "a NAT"};

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &moved.mapped), 0);
    stack->workers->transports.first->learnt = moved.mapped;
    sip__stack_tell(stack->workers, &moved);
}

/* A NAT is noticed by the answer to a first REGISTER, or to a refresh of it. */
static void registers_from_behind_a_nat(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, 15);
    learn(world.bob.stack, "203.0.113.9", 4000);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 2);
    assert_int_equal(world.home.added, 2);
    assert_int_equal(world.home.removed, 1);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 1);
    learn(world.bob.stack, "203.0.113.9", 4000); /* no news */
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 2);
    learn(world.bob.stack, "203.0.113.9", 4001);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 3);
    assert_int_equal(world.home.removed, 2);
    world_finish(&world);
}

/* The registrar moves, not we: nothing is to be told. */
static void others_may_move(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(sip_sim_move_host(world.sim, "home"), 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 1);
    sip_sim_run(world.sim, 61 * SECOND); /* its name is asked for anew */
    world_finish(&world);
}

/* ---- calls */

static sip_str host_of(const ua_pair *p, const char *name, char room[SIP_ADDR_TEXT_BYTES])
{
    sip_addr addr;

    assert_int_equal(sip_sim_host_addr(p->sim, name, &addr), 0);
    return sip_str_of(sip_addr_host(&addr, room));
}

/* Alice calls, and her media is where she is. */
static void connect_from_home(ua_pair *p, unsigned flags)
{
    char text[300], room[SIP_ADDR_TEXT_BYTES];
    sip_body media = pair_media;

    pair_open(p, flags);
    (void)snprintf(text, sizeof text,
                   "v=0\r\no=- 1 99 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
                   "m=audio 40000 RTP/AVP 0\r\n",
                   host_of(p, "alice", room).ptr, room);
    media.data = sip_str_of(text);
    p->bob.act[ON_NEW] = do_accept;
    pair_call(p, &media);
    pair_run(p, 1000);
    assert_true(dum_invite_is_connected(p->alice.call));
    pair_run(p, 1000);
    p->log[0] = '\0';
}

static bool contains(sip_str text, const char *format, const char *host)
{
    char wanted[100], copy[1500];

    (void)snprintf(wanted, sizeof wanted, format, host);
    (void)snprintf(copy, sizeof copy, SIP_FMT, SIP_ARG(text));
    return strstr(copy, wanted) != NULL;
}

static void hang_up_by_bob(ua_pair *p)
{
    assert_int_equal(dum_invite_end(p->bob.call, 0, NULL), 0);
    pair_run(p, 1000);
    assert_null(p->alice.call);
    assert_int_equal(p->alice.why, DUM_WHY_REMOTE);
    pair_close(p);
}

static void a_call_goes_on(void **state)
{
    ua_pair p;
    char host[SIP_ADDR_TEXT_BYTES];

    (void)state;
    connect_from_home(&p, PAIR_ALICE_LEAN | PAIR_BOB_LEAN);
    assert_int_equal(sip_sim_move_host(p.sim, "alice"), 0);
    pair_run(&p, 1000);
    (void)host_of(&p, "alice", host);
    pair_log(&p, "alice answer");
    assert_true(dum_invite_is_stable(p.alice.call));
    assert_true(contains(dum_invite_remote_description(p.bob.call), "c=IN IP4 %s\r\n", host));
    assert_true(contains(dum_invite_remote_description(p.bob.call), "o=- 1 100 IN", ""));
    assert_true(contains(sip_str_of(p.alice.sent[p.alice.n_sent - 2]), "@%s:5060>", host));
    hang_up_by_bob(&p); /* his BYE finds her */
}

/* Of the callee too. */
static void the_callee_moves(void **state)
{
    ua_pair p;

    (void)state;
    connect_from_home(&p, PAIR_ALICE_LEAN | PAIR_BOB_LEAN);
    assert_int_equal(sip_sim_move_host(p.sim, "bob"), 0);
    pair_run(&p, 1000);
    pair_log(&p, "bob answer");
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_run(&p, 1000);
    assert_null(p.bob.call);
    pair_close(&p);
}

/* A NAT is noticed by the answer to the call itself. */
static void a_call_from_behind_a_nat(void **state)
{
    ua_pair p;
    char text[300], room[SIP_ADDR_TEXT_BYTES];
    sip_body media = pair_media;

    (void)state;
    pair_open(&p, PAIR_ALICE_LEAN | PAIR_BOB_LEAN);
    (void)snprintf(text, sizeof text,
                   "v=0\r\no=- 1 99 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
                   "m=audio 40000 RTP/AVP 0\r\n",
                   host_of(&p, "alice", room).ptr, room);
    media.data = sip_str_of(text);
    p.bob.act[ON_NEW] = do_accept;
    pair_call(&p, &media);
    pair_run(&p, 15);
    learn(p.alice.stack, "203.0.113.9", 4000);
    pair_run(&p, 2000);
    assert_true(dum_invite_is_stable(p.alice.call));
    assert_true(
        contains(dum_invite_remote_description(p.bob.call), "c=IN IP4 203.0.113.9\r\n", ""));
    assert_true(contains(sip_str_of(p.alice.sent[p.alice.n_sent - 2]), "@203.0.113.9:4000>", ""));
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_run(&p, 1000);
    pair_close(&p);
}

static void offer_another(ua_side *side, dum_invite *inv)
{
    (void)side;
    assert_int_equal(dum_invite_offer(inv, &pair_media2), 0);
}

/* An application that wants to know describes its media itself. */
static void the_application_is_told(void **state)
{
    ua_pair p;
    char host[SIP_ADDR_TEXT_BYTES], log[100];

    (void)state;
    connect_from_home(&p, PAIR_ALICE_TOLD | PAIR_BOB_LEAN);
    p.alice.act[ON_ADDRESS_CHANGED] = offer_another;
    assert_int_equal(sip_sim_move_host(p.sim, "alice"), 0);
    pair_run(&p, 1000);
    (void)host_of(&p, "alice", host);
    (void)snprintf(log, sizeof log, "alice address %s, alice answer", host);
    pair_log(&p, log);
    assert_true(contains(dum_invite_remote_description(p.bob.call), "m=audio 40002", ""));
    hang_up_by_bob(&p);
}

/* One that only looks is served like one that does not want to know. */
static void the_application_only_looks(void **state)
{
    ua_pair p;
    char host[SIP_ADDR_TEXT_BYTES], log[100];

    (void)state;
    connect_from_home(&p, PAIR_ALICE_TOLD | PAIR_BOB_LEAN);
    assert_int_equal(sip_sim_move_host(p.sim, "alice"), 0);
    pair_run(&p, 1000);
    (void)host_of(&p, "alice", host);
    (void)snprintf(log, sizeof log, "alice address %s, alice answer", host);
    pair_log(&p, log);
    assert_true(contains(dum_invite_remote_description(p.bob.call), "c=IN IP4 %s\r\n", host));
    p.alice.act[ON_ADDRESS_CHANGED] = do_end;
    assert_int_equal(sip_sim_move_host(p.sim, "alice"), 0);
    pair_run(&p, 1000);
    assert_null(p.bob.call);
    pair_close(&p);
}

/* A re-INVITE waits for an answer: the address is told after that has come to its end. */
static void not_in_between(void **state)
{
    ua_pair p;
    char host[SIP_ADDR_TEXT_BYTES];

    (void)state;
    connect_from_home(&p, PAIR_BOB_LEAN);
    assert_int_equal(dum_invite_hold(p.bob.call), 0);
    pair_run(&p, 100);
    pair_log(&p, "alice offer");
    assert_int_equal(sip_sim_move_host(p.sim, "alice"), 0);
    pair_run(&p, 2000);
    pair_log(&p, "");
    assert_int_equal(dum_invite_answer(p.alice.call, &pair_media2), 0);
    pair_run(&p, 2000);
    (void)host_of(&p, "alice", host);
    pair_log(&p, "bob answer, alice answer");
    assert_true(dum_invite_is_stable(p.alice.call));
    assert_true(contains(sip_str_of(p.alice.sent[p.alice.n_sent - 2]), "@%s:5060>", host));
    hang_up_by_bob(&p);
}

/* The peer has moved: what is told of us is the same. */
static void nothing_has_changed(void **state)
{
    ua_pair p;

    (void)state;
    connect_from_home(&p, PAIR_ALICE_LEAN | PAIR_BOB_LEAN);
    assert_int_equal(sip_sim_move_host(p.sim, "bob"), 0);
    pair_run(&p, 1000);
    assert_int_equal(p.alice.count[ON_ANSWER], 1); /* that of her call */
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_run(&p, 1000);
    pair_close(&p);
}

/* Before the call stands nothing can be told; it is then. */
static void moves_while_it_rings(void **state)
{
    ua_pair p;
    char host[SIP_ADDR_TEXT_BYTES];

    (void)state;
    pair_open(&p, PAIR_ALICE_LEAN);
    pair_call(&p, &pair_media);
    pair_run(&p, 100);
    assert_non_null(p.bob.call);
    assert_int_equal(dum_invite_provisional(p.bob.call, 180, NULL), 0);
    pair_run(&p, 100);
    assert_int_equal(sip_sim_move_host(p.sim, "bob"), 0);
    assert_int_equal(dum_invite_accept(p.bob.call, &pair_media2, NULL), 0);
    pair_run(&p, 5000);
    (void)host_of(&p, "bob", host);
    assert_true(dum_invite_is_connected(p.bob.call));
    assert_true(contains(sip_str_of(p.bob.sent[p.bob.n_sent - 2]), "@%s:5060>", host));
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_run(&p, 1000);
    assert_null(p.bob.call);
    pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_anew),           cmocka_unit_test(moves_while_registering),
        cmocka_unit_test(a_move_ends_the_waiting),  cmocka_unit_test(others_may_move),
        cmocka_unit_test(a_call_goes_on),           cmocka_unit_test(the_callee_moves),
        cmocka_unit_test(the_application_is_told),  cmocka_unit_test(the_application_only_looks),
        cmocka_unit_test(not_in_between),           cmocka_unit_test(registers_from_behind_a_nat),
        cmocka_unit_test(a_call_from_behind_a_nat), cmocka_unit_test(nothing_has_changed),
        cmocka_unit_test(moves_while_it_rings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
