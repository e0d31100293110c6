#include <sip/relay.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "relay_world.h"
#include "support/fail_alloc.h"

static void a_request_is_passed_on_and_its_answer_back(void **state)
{
    relay_world world;
    sim_peer_sent *sent;
    uint32_t hops = 0;

    (void)state;
    relay_world_init(&world);
    sent = sim_peer_send(&world.alice, "OPTIONS", "sip:b@bob;x=y", "sip:proxy",
                         (sip_header[]){{"X-Other", "kept"}, {NULL, NULL}});
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->finals, 1);
    assert_null(sip_msg_via(sent->response, 1));
    assert_true(sip_str_equal(sip_msg_request_uri_text(world.bob.last_request), "sip:b@bob;x=y"));
    assert_int_equal(sip_msg_number(world.bob.last_request, SIP_HEADER_MAX_FORWARDS, &hops), 0);
    assert_int_equal(hops, 70);
    assert_true(sip_str_equal(sip_msg_find(world.bob.last_request, "X-Other", 0), "kept"));
    assert_non_null(sip_msg_via(world.bob.last_request, 1));
    assert_true(sip_str_equal(sip_msg_via(world.bob.last_request, 1)->received, "10.0.0.1"));
    assert_int_equal(sip_msg_via(world.bob.last_request, 1)->rport, 5060);
    assert_null(sip_msg_value(world.bob.last_request, SIP_HEADER_RECORD_ROUTE, 0).ptr);
    relay_world_expect(&world, "alice -> proxy OPTIONS\nproxy -> bob OPTIONS\n"
                               "proxy <- bob 200\nalice <- proxy 200\n");
    relay_world_finish(&world);
    assert_int_equal(world.proxy.final_status, 200);
}

static void a_call_stays_on_the_record_route(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    world.proxy.config.record_route = SIP_ON;
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.bob.provisional = 180;
    world.bob.final_after_ms = 100;
    world.alice.hang_up = true;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_true(relay_world_is_route(sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 0),
                                     "<sip:10.0.0.2:5060;lr>"));
    assert_int_equal(world.alice.n_sent, 2);
    assert_int_equal(world.alice.sent[1].status, 200);
    /* The Route that named the proxy is gone behind it. */
    assert_null(sip_msg_value(world.bob.last_request, SIP_HEADER_ROUTE, 0).ptr);
    relay_world_expect(&world, "alice -> proxy INVITE sdp\nproxy -> bob INVITE sdp\n"
                               "proxy <- bob 180\nalice <- proxy 180\n"
                               "proxy <- bob 200 sdp\nalice <- proxy 200 sdp\n"
                               "alice -> proxy ACK\nalice -> proxy BYE\n"
                               "proxy -> bob ACK\nproxy -> bob BYE\n"
                               "proxy <- bob 200\nalice <- proxy 200\n");
    relay_world_finish(&world);
    assert_int_equal(world.bob.acks, 1);
}

static void a_repeated_2xx_is_passed_through(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, (sip_target){0});
    assert_int_equal(sip_sim_lose(world.sim, "alice", "ACK", 2), 0);
    sent = relay_world_invite(&world);
    relay_world_finish(&world);
    assert_int_equal(sent->finals, 3);
    assert_int_equal(world.bob.acks, 1);
}

static void the_best_failure_is_passed_back(void **state)
{
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_carol);
    world.bob.final = 500;
    world.carol.final = 486;
    world.carol.final_after_ms = 300;
    sent = relay_world_invite(&world);
    relay_world_finish(&world);
    assert_int_equal(sent->status, 486);
    assert_int_equal(sent->finals, 1);
    assert_int_equal(world.proxy.final_status, 486);
}

static void a_503_becomes_a_500(void **state)
{
    relay_world world;
    sim_peer_sent *sent, *unknown;

    (void)state;
    relay_world_init(&world);
    world.bob.final = 503;
    sent = sim_peer_send(&world.alice, "OPTIONS", "sip:b@bob", "sip:proxy", NULL);
    unknown = sim_peer_send(&world.alice, "INVITE", "sip:x@nowhere", "sip:proxy", NULL);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 500);
    assert_int_equal(unknown->status, 500);
    relay_world_finish(&world);
}

static void challenges_come_back_together(void **state)
{
    static const sip_header www[] = {{"WWW-Authenticate", "Digest realm=\"b\", nonce=\"1\""},
                                     {NULL, NULL}};
    static const sip_header proxy[] = {{"Proxy-Authenticate", "Digest realm=\"c\", nonce=\"2\""},
                                       {NULL, NULL}};
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_carol);
    world.bob.final = 401;
    world.bob.extras.headers = www;
    world.carol.final = 407;
    world.carol.extras.headers = proxy;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->finals, 1);
    assert_non_null(sip_msg_auth(sent->response, SIP_HEADER_WWW_AUTHENTICATE, 0));
    assert_non_null(sip_msg_auth(sent->response, SIP_HEADER_PROXY_AUTHENTICATE, 0));
    relay_world_finish(&world);
}

static void what_may_not_go_further(void **state)
{
    relay_world world;
    sim_peer_sent *hops, *extension;

    (void)state;
    relay_world_init(&world);
    hops = sim_peer_send(&world.alice, "OPTIONS", "sip:b@bob", "sip:proxy",
                         (sip_header[]){{"Max-Forwards", "0"}, {NULL, NULL}});
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(hops->status, 483);
    extension = sim_peer_send(&world.alice, "OPTIONS", "sip:b@bob", "sip:proxy",
                              (sip_header[]){{"Proxy-Require", "foo, bar"}, {NULL, NULL}});
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(extension->status, 420);
    assert_true(
        sip_str_equal(sip_msg_value(extension->response, SIP_HEADER_UNSUPPORTED, 1), "bar"));
    assert_int_equal(world.proxy.err, SIP_EUNSUPPORTED);
    relay_world_finish(&world);
}

/* ---- handlers of a relay */

static unsigned responses_seen;

static void on_response(sip_relay *relay, const sip_msg *response, void *user_data)
{
    (void)user_data;
    assert_non_null(sip_relay_server_tx(relay));
    assert_non_null(response);
    responses_seen++;
}

static void on_failed_add(sip_relay *relay, const sip_msg *best, void *user_data)
{
    sim_proxy *proxy = user_data;

    if (proxy->n_targets == 1) {
        proxy->n_targets = 2;
        assert_int_equal(sip_msg_status(best), 404);
        assert_int_equal(sip_relay_add(relay, &to_carol), 0);
    }
}

static void further_targets_may_be_added_at_the_end(void **state)
{
    static const sip_relay_handler handler = {.on_response = on_response,
                                              .on_failed = on_failed_add};
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    responses_seen = 0;
    world.proxy.handler = &handler;
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.bob.final = 404;
    world.carol.provisional = 180;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(responses_seen, 2);
    relay_world_finish(&world);
}

static void on_failed_answer(sip_relay *relay, const sip_msg *best, void *user_data)
{
    (void)best, (void)user_data;
    assert_int_equal(sip_relay_respond(relay, 302, NULL), 0);
}

static void the_application_answers_itself(void **state)
{
    static const sip_relay_handler handler = {.on_failed = on_failed_answer};
    relay_world world;
    sim_peer_sent *sent;

    (void)state;
    relay_world_init(&world);
    world.proxy.handler = &handler;
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.bob.final = 404;
    sent = relay_world_invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 302);
    relay_world_finish(&world);
    /* Also while branches are under way. */
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, (sip_target){0});
    world.bob.provisional = 180;
    world.bob.final = 0;
    sent = relay_world_invite(&world);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(sip_relay_respond(world.proxy.last, 182, NULL), 0);
    sip_sim_run(world.sim, 100);
    assert_int_equal(sent->status, 182);
    assert_int_equal(sip_relay_respond(world.proxy.last, 480, NULL), 0);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 480);
    assert_null(world.bob.answer);
    relay_world_finish(&world);
}

static void wrong_arguments(void **state)
{
    relay_world world;
    sip_relay *relay = NULL;

    static const char *const bad_routes[] = {"sip:a;lr", "<sip:a>", "<sip:a;lr>,",
                                             "<sip:a;lr> <sip:b;lr>", "<sip:a;lr>, <sip:b>"};
    (void)state;
    assert_int_equal(sip_relay_create(NULL, NULL, NULL, NULL, &relay), SIP_EINVAL);
    assert_int_equal(sip_relay_add(NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_relay_respond(NULL, 404, NULL), SIP_EINVAL);
    assert_null(sip_relay_server_tx(NULL));
    relay_world_init(&world);
    world.bob.provisional = 180;
    world.bob.final = 0;
    relay_world_targets(&world, to_bob, to_bob); /* the same twice is one */
    relay_world_invite(&world);
    sip_sim_run(world.sim, 500);
    assert_int_equal(world.bob.invites, 1);
    relay = world.proxy.last;
    assert_int_equal(sip_relay_add(relay, &(sip_target){.uri = "no uri"}), SIP_EINVAL);
    for (size_t i = 0; i < sizeof bad_routes / sizeof *bad_routes; i++) {
        assert_int_equal(
            sip_relay_add(relay, &(sip_target){.uri = "sip:x@y", .route = bad_routes[i]}),
            SIP_EINVAL);
    }
    assert_int_equal(sip_relay_add(relay, &(sip_target){.uri = "sip:x@y", .q_permille = 1001}),
                     SIP_EINVAL);
    assert_int_equal(sip_relay_respond(relay, 99, NULL), SIP_EINVAL);
    assert_int_equal(sip_relay_create(sip_relay_server_tx(relay), NULL, NULL, NULL, &relay),
                     SIP_ESTATE);
    assert_int_equal(sip_relay_respond(relay, 480, NULL), 0);
    relay_world_finish(&world);
}

static void without_a_target(void **state)
{
    relay_world world;
    sim_peer_sent *unknown, *cancelled;

    (void)state;
    relay_world_init(&world);
    unknown = sim_peer_send(&world.alice, "OPTIONS", "sip:x@example.com", "sip:proxy", NULL);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(unknown->status, 404);
    world.proxy.hold = true; /* a look-up in a database, say */
    cancelled = relay_world_invite(&world);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(cancelled->status, 100);
    assert_int_equal(sip_client_tx_cancel(cancelled->tx, NULL), 0);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(cancelled->status, 487);
    relay_world_finish(&world);
}

static void a_stack_may_go_with_relays_under_way(void **state)
{
    relay_world world;

    (void)state;
    relay_world_init(&world);
    relay_world_targets(&world, to_bob, to_carol);
    world.bob.provisional = 180;
    world.bob.final = 0;
    sip_sim_set_cut(world.sim, "carol", true);
    relay_world_invite(&world);
    sip_sim_run(world.sim, 1000);
    assert_non_null(world.proxy.last);
    sip_sim_destroy(world.sim);
    assert_int_equal(world.proxy.ended, 1);
    assert_int_equal(world.proxy.final_status, 0);
    sim_peer_finish(&world.alice);
    sim_peer_finish(&world.bob);
    sim_peer_finish(&world.carol);
}

enum course {
    WON,
    REFUSED,
    CANCELLED,
    COURSES
};

/* A request and a forked call, in which the proxy's n-th allocation fails. Returns whether it came
 * to that. */
static bool run_short_of_memory(enum course course, size_t n)
{
    static const sip_target to_dave = {.uri = "sip:d@dave", .q_permille = 10};
    fail_alloc fail;
    relay_world world;
    sim_peer_sent *call;

    fail_alloc_init(&fail, 0);
    relay_world_init_with(&world, &fail.allocator);
    world.proxy.config.record_route = SIP_ON;
    relay_world_targets(&world, to_bob, to_carol);
    world.proxy.targets[2] = to_dave;
    world.proxy.n_targets = 3;
    world.bob.provisional = world.carol.provisional = 180;
    world.bob.final = course == WON ? 200 : course == REFUSED ? 480 : 0;
    world.bob.final_after_ms = 300;
    world.carol.final = 404;
    world.dave.final = 486;
    fail.fail_at = fail.calls + n;
    sim_peer_send(&world.alice, "OPTIONS", "sip:dave@dave", "sip:proxy", NULL);
    sip_sim_run(world.sim, 10000);
    call = relay_world_invite(&world);
    sip_sim_run(world.sim, 2000);
    if (course == CANCELLED) {
        (void)sip_client_tx_cancel(call->tx, NULL);
    }
    assert_int_equal(sip_sim_settle(world.sim, 600000), 0);
    assert_int_equal(world.alice.sent[0].finals + world.alice.sent[0].failures, 1);
    assert_true(call->finals + call->failures >= 1);
    if (world.bob.ringing != NULL && course == CANCELLED) {
        (void)sip_server_tx_respond(world.bob.ringing, 480, NULL); /* no CANCEL came through */
    }
    relay_world_finish(&world);
    assert_int_equal(fail.live, 0);
    return fail.failed;
}

/* Whatever allocation fails, once: all ends, and nothing is left behind. */
static void no_allocation_is_needed_to_come_to_an_end(void **state)
{
    (void)state;
    for (int course = 0; course < COURSES; course++) {
        size_t n = 1;

        while (run_short_of_memory((enum course)course, n)) {
            n++;
        }
        assert_true(n > 40);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_passed_on_and_its_answer_back),
        cmocka_unit_test(a_call_stays_on_the_record_route),
        cmocka_unit_test(a_repeated_2xx_is_passed_through),
        cmocka_unit_test(the_best_failure_is_passed_back),
        cmocka_unit_test(a_503_becomes_a_500),
        cmocka_unit_test(challenges_come_back_together),
        cmocka_unit_test(what_may_not_go_further),
        cmocka_unit_test(further_targets_may_be_added_at_the_end),
        cmocka_unit_test(the_application_answers_itself),
        cmocka_unit_test(wrong_arguments),
        cmocka_unit_test(without_a_target),
        cmocka_unit_test(a_stack_may_go_with_relays_under_way),
        cmocka_unit_test(no_allocation_is_needed_to_come_to_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
