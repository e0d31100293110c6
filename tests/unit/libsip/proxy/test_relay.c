#include <sip/relay.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "proxy/relay_request.h"
#include "support/sim_peer.h"

/* alice calls through the proxy, which knows bob, carol and dave. */
struct world {
    sip_sim *sim;
    sim_proxy proxy;
    sim_peer alice, bob, carol, dave;
};

static const sip_target to_bob = {.uri = "sip:b@bob", .q_permille = 1000};
static const sip_target to_carol = {.uri = "sip:c@carol", .q_permille = 1000};
static const sip_target later_carol = {.uri = "sip:c@carol", .q_permille = 500};

static void world_init(struct world *world)
{
    sip_sim_config net = {.delay_ms = 10};

    memset(world, 0, sizeof *world);
    assert_int_equal(sip_sim_create(&net, &world->sim), 0);
    sim_peer_init(&world->alice, world->sim, "alice");
    sim_proxy_init(&world->proxy, world->sim, "proxy");
    sim_peer_init(&world->bob, world->sim, "bob");
    sim_peer_init(&world->carol, world->sim, "carol");
    sim_peer_init(&world->dave, world->sim, "dave");
}

static void add_targets(struct world *world, sip_target a, sip_target b)
{
    world->proxy.targets[0] = a;
    world->proxy.targets[1] = b;
    world->proxy.n_targets = b.uri != NULL ? 2 : 1;
}

/* Everything has come to its end, once. */
static void world_finish(struct world *world)
{
    sim_peer *peers[] = {&world->alice, &world->bob, &world->carol, &world->dave};

    assert_int_equal(sip_sim_settle(world->sim, 600000), 0);
    assert_int_equal(sip_sim_live_objects(world->sim), 0);
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

static sim_peer_sent *invite(struct world *world)
{
    return sim_peer_send(&world->alice, "INVITE", "sip:alice@example.com", "sip:proxy", NULL);
}

static void expect_ladder(struct world *world, const char *expected)
{
    const char *diff = sip_sim_ladder_diff(world->sim, SIP_LADDER_NO_REPEATS, expected);

    if (diff != NULL) {
        fail_msg("%s", diff);
    }
}

static void a_request_is_passed_on_and_its_answer_back(void **state)
{
    struct world world;
    sim_peer_sent *sent;
    uint32_t hops = 0;

    (void)state;
    world_init(&world);
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
    expect_ladder(&world, "alice -> proxy OPTIONS\nproxy -> bob OPTIONS\n"
                          "proxy <- bob 200\nalice <- proxy 200\n");
    world_finish(&world);
    assert_int_equal(world.proxy.final_status, 200);
}

static void a_call_stays_on_the_record_route(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    world.proxy.config.record_route = SIP_ON;
    add_targets(&world, to_bob, (sip_target){0});
    world.bob.provisional = 180;
    world.bob.final_after_ms = 100;
    world.alice.hang_up = true;
    sent = invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_true(sip_str_equal(sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 0),
                              "<sip:10.0.0.2:5060;lr>"));
    assert_int_equal(world.alice.n_sent, 2);
    assert_int_equal(world.alice.sent[1].status, 200);
    /* The Route that named the proxy is gone behind it. */
    assert_null(sip_msg_value(world.bob.last_request, SIP_HEADER_ROUTE, 0).ptr);
    expect_ladder(&world, "alice -> proxy INVITE sdp\nproxy -> bob INVITE sdp\n"
                          "proxy <- bob 180\nalice <- proxy 180\n"
                          "proxy <- bob 200 sdp\nalice <- proxy 200 sdp\n"
                          "alice -> proxy ACK\nalice -> proxy BYE\n"
                          "proxy -> bob ACK\nproxy -> bob BYE\n"
                          "proxy <- bob 200\nalice <- proxy 200\n");
    world_finish(&world);
    assert_int_equal(world.bob.acks, 1);
}

static void a_repeated_2xx_is_passed_through(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    add_targets(&world, to_bob, (sip_target){0});
    assert_int_equal(sip_sim_lose(world.sim, "alice", "ACK", 2), 0);
    sent = invite(&world);
    world_finish(&world);
    assert_int_equal(sent->finals, 3);
    assert_int_equal(world.bob.acks, 1);
}

static void the_first_2xx_cancels_the_others(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    add_targets(&world, to_bob, to_carol);
    world.bob.provisional = 180;
    world.bob.final = 0;
    world.carol.final_after_ms = 500;
    world.carol.provisional = 183;
    sent = invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->finals, 1);
    assert_int_equal(sent->provisionals, 2); /* 180, 183 */
    assert_null(world.bob.answer);
    expect_ladder(&world, "alice -> proxy INVITE sdp\nproxy -> bob INVITE sdp\n"
                          "proxy -> carol INVITE sdp\nproxy <- bob 180\nproxy <- carol 183\n"
                          "alice <- proxy 180\nalice <- proxy 183\nproxy <- carol 200 sdp\n"
                          "alice <- proxy 200 sdp\nproxy -> bob CANCEL\nalice -> carol ACK\n"
                          "proxy <- bob 200\nproxy <- bob 487\nproxy -> bob ACK\n");
    world_finish(&world);
}

static void lower_q_comes_after(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    add_targets(&world, later_carol, to_bob);
    world.bob.final = 486;
    sent = invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(world.carol.acks, 1);
    world_finish(&world);
}

static void the_best_failure_is_passed_back(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    add_targets(&world, to_bob, to_carol);
    world.bob.final = 500;
    world.carol.final = 486;
    world.carol.final_after_ms = 300;
    sent = invite(&world);
    world_finish(&world);
    assert_int_equal(sent->status, 486);
    assert_int_equal(sent->finals, 1);
    assert_int_equal(world.proxy.final_status, 486);
}

static void a_6xx_calls_the_others_off(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    add_targets(&world, to_bob, to_carol);
    world.proxy.targets[2] = (sip_target){.uri = "sip:d@dave", .q_permille = 10};
    world.proxy.n_targets = 3;
    world.bob.provisional = 180;
    world.bob.final = 0;
    world.carol.final = 603;
    world.carol.final_after_ms = 200;
    sent = invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 603);
    assert_int_equal(world.dave.requests, 0);
    world_finish(&world);
}

static void the_caller_cancels(void **state)
{
    static const sip_header headers[] = {{"Reason", "Q.850;cause=16"}, {NULL, NULL}};
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    add_targets(&world, to_bob, to_carol);
    world.bob.provisional = world.carol.provisional = 180;
    world.bob.final = world.carol.final = 0;
    sent = invite(&world);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(sip_client_tx_cancel(sent->tx, &(sip_extras){.headers = headers}), 0);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 487);
    assert_int_equal(sip_relay_add(world.proxy.last, NULL), SIP_ESTATE);
    assert_int_equal(sip_relay_respond(world.proxy.last, 404, NULL), SIP_ESTATE);
    expect_ladder(&world, "alice -> proxy INVITE sdp\nproxy -> bob INVITE sdp\n"
                          "proxy -> carol INVITE sdp\nproxy <- bob 180\nproxy <- carol 180\n"
                          "alice <- proxy 180\nalice <- proxy 180\n"
                          "alice -> proxy CANCEL\nalice <- proxy 200\nproxy -> bob CANCEL\n"
                          "proxy -> carol CANCEL\nproxy <- bob 200\nproxy <- bob 487\n"
                          "proxy <- carol 200\nproxy <- carol 487\nproxy -> bob ACK\n"
                          "proxy -> carol ACK\nalice <- proxy 487\nalice -> proxy ACK\n");
    world_finish(&world);
}

static void a_group_that_takes_too_long_makes_room_for_the_next(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    world.proxy.config.branch_timeout_s = 5;
    add_targets(&world, to_bob, later_carol);
    world.bob.provisional = 180;
    world.bob.final = 0;
    world.carol.final_after_ms = 1000;
    sent = invite(&world);
    sip_sim_run(world.sim, 5500);
    assert_int_equal(world.carol.invites, 1);
    assert_int_equal(sent->finals, 0);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    world_finish(&world);
}

static void timeouts_alone_are_a_408(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    world.proxy.config.branch_timeout_s = 5;
    add_targets(&world, to_bob, to_carol);
    world.bob.provisional = 180;
    world.bob.final = 0;
    sip_sim_set_cut(world.sim, "carol", true);
    sent = invite(&world);
    sip_sim_run(world.sim, 6000);
    assert_int_equal(sent->status, 408);
    world_finish(&world);
}

static void timer_c_ends_a_call_that_only_rings(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    world.proxy.config.timer_c_s = 20;
    add_targets(&world, to_bob, (sip_target){0});
    world.bob.provisional = 180;
    world.bob.final = 0;
    sent = invite(&world);
    sip_sim_run(world.sim, 19000);
    assert_int_equal(sent->finals, 0);
    sip_sim_run(world.sim, 2000);
    assert_int_equal(sent->status, 487);
    world_finish(&world);
}

static void a_cut_callee_does_not_keep_the_relay(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    world.proxy.config.branch_timeout_s = 5;
    add_targets(&world, to_bob, (sip_target){0});
    world.bob.provisional = 180;
    world.bob.final = 0;
    sent = invite(&world);
    sip_sim_run(world.sim, 1000);
    sip_sim_set_cut(world.sim, "bob", true); /* no answer even to the CANCEL */
    sip_sim_run(world.sim, 60000);
    assert_int_equal(sent->status, 408);
    sip_server_tx_respond(world.bob.ringing, 480, NULL);
    world_finish(&world);
}

static void a_503_becomes_a_500(void **state)
{
    struct world world;
    sim_peer_sent *sent, *unknown;

    (void)state;
    world_init(&world);
    world.bob.final = 503;
    sent = sim_peer_send(&world.alice, "OPTIONS", "sip:b@bob", "sip:proxy", NULL);
    unknown = sim_peer_send(&world.alice, "INVITE", "sip:x@nowhere", "sip:proxy", NULL);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 500);
    assert_int_equal(unknown->status, 500);
    world_finish(&world);
}

static void redirections_are_followed_where_wanted(void **state)
{
    static const sip_header contacts[] = {
        {"Contact", "<sip:c@carol>;q=0.5, <sip:d@dave>;q=0.9, <tel:+1>"}, {NULL, NULL}};
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    world.proxy.config.recurse = SIP_ON;
    add_targets(&world, to_bob, (sip_target){0});
    world.bob.final = 302;
    world.bob.extras.headers = contacts;
    world.dave.final = 302;
    world.dave.extras.headers = contacts; /* nothing new there */
    sent = invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(world.carol.acks, 1);
    assert_int_equal(world.dave.invites, 1);
    world_finish(&world);

    world_init(&world);
    add_targets(&world, to_bob, (sip_target){0});
    world.bob.final = 302;
    world.bob.extras.headers = contacts;
    sent = invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->status, 302);
    world_finish(&world);
}

static void challenges_come_back_together(void **state)
{
    static const sip_header www[] = {{"WWW-Authenticate", "Digest realm=\"b\", nonce=\"1\""},
                                     {NULL, NULL}};
    static const sip_header proxy[] = {{"Proxy-Authenticate", "Digest realm=\"c\", nonce=\"2\""},
                                       {NULL, NULL}};
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    add_targets(&world, to_bob, to_carol);
    world.bob.final = 401;
    world.bob.extras.headers = www;
    world.carol.final = 407;
    world.carol.extras.headers = proxy;
    sent = invite(&world);
    sip_sim_settle(world.sim, 2000);
    assert_int_equal(sent->finals, 1);
    assert_non_null(sip_msg_auth(sent->response, SIP_HEADER_WWW_AUTHENTICATE, 0));
    assert_non_null(sip_msg_auth(sent->response, SIP_HEADER_PROXY_AUTHENTICATE, 0));
    world_finish(&world);
}

static void what_may_not_go_further(void **state)
{
    struct world world;
    sim_peer_sent *hops, *extension, *loop;

    (void)state;
    world_init(&world);
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
    add_targets(&world, (sip_target){.uri = "sip:alice@example.com", .q_permille = 1}, to_bob);
    world.proxy.targets[0].path =
        &(sip_path){.protocol = SIP_PROTOCOL_UDP,
                    .remote = {.ip = {10, 0, 0, 2}, .port = 5060, .family = SIP_FAMILY_IP4}};
    world.proxy.n_targets = 1;
    loop = invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(world.proxy.err, SIP_ELOOP);
    assert_int_equal(loop->status, 482);
    world_finish(&world);
}

static void each_side_of_a_change_of_protocol_gets_its_record_route(void **state)
{
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    world.proxy.config.record_route = SIP_ON;
    add_targets(&world, to_bob, (sip_target){0});
    world.alice.hang_up = true;
    sent = sim_peer_send(&world.alice, "INVITE", "sip:alice@example.com", "sip:proxy;transport=tcp",
                         NULL);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_true(sip_str_equal(sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 0),
                              "<sip:10.0.0.2:5060;lr>"));
    assert_true(sip_str_equal(sip_msg_value(sent->response, SIP_HEADER_RECORD_ROUTE, 1),
                              "<sip:10.0.0.2:5060;transport=tcp;lr>"));
    assert_int_equal(world.alice.sent[1].status, 200);
    assert_null(sip_msg_value(world.bob.last_request, SIP_HEADER_ROUTE, 0).ptr);
    world_finish(&world);
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
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    responses_seen = 0;
    world.proxy.handler = &handler;
    add_targets(&world, to_bob, (sip_target){0});
    world.bob.final = 404;
    world.carol.provisional = 180;
    sent = invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(responses_seen, 2);
    world_finish(&world);
}

static void on_failed_answer(sip_relay *relay, const sip_msg *best, void *user_data)
{
    (void)best, (void)user_data;
    assert_int_equal(sip_relay_respond(relay, 302, NULL), 0);
}

static void the_application_answers_itself(void **state)
{
    static const sip_relay_handler handler = {.on_failed = on_failed_answer};
    struct world world;
    sim_peer_sent *sent;

    (void)state;
    world_init(&world);
    world.proxy.handler = &handler;
    add_targets(&world, to_bob, (sip_target){0});
    world.bob.final = 404;
    sent = invite(&world);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 302);
    world_finish(&world);
    /* Also while branches are under way. */
    world_init(&world);
    add_targets(&world, to_bob, (sip_target){0});
    world.bob.provisional = 180;
    world.bob.final = 0;
    sent = invite(&world);
    sip_sim_run(world.sim, 1000);
    assert_int_equal(sip_relay_respond(world.proxy.last, 182, NULL), 0);
    sip_sim_run(world.sim, 100);
    assert_int_equal(sent->status, 182);
    assert_int_equal(sip_relay_respond(world.proxy.last, 480, NULL), 0);
    sip_sim_settle(world.sim, 1000);
    assert_int_equal(sent->status, 480);
    assert_null(world.bob.answer);
    world_finish(&world);
}

static void wrong_arguments(void **state)
{
    struct world world;
    sip_relay *relay = NULL;

    (void)state;
    assert_int_equal(sip_relay_create(NULL, NULL, NULL, NULL, &relay), SIP_EINVAL);
    assert_int_equal(sip_relay_add(NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_relay_respond(NULL, 404, NULL), SIP_EINVAL);
    assert_null(sip_relay_server_tx(NULL));
    world_init(&world);
    world.bob.provisional = 180;
    world.bob.final = 0;
    add_targets(&world, to_bob, to_bob); /* the same twice is one */
    invite(&world);
    sip_sim_run(world.sim, 500);
    assert_int_equal(world.bob.invites, 1);
    relay = world.proxy.last;
    assert_int_equal(sip_relay_add(relay, &(sip_target){.uri = "no uri"}), SIP_EINVAL);
    assert_int_equal(sip_relay_add(relay, &(sip_target){.uri = "sip:x@y", .q_permille = 1001}),
                     SIP_EINVAL);
    assert_int_equal(sip_relay_respond(relay, 99, NULL), SIP_EINVAL);
    assert_int_equal(sip_relay_create(sip_relay_server_tx(relay), NULL, NULL, NULL, &relay),
                     SIP_ESTATE);
    assert_int_equal(sip_relay_respond(relay, 480, NULL), 0);
    world_finish(&world);
}

static void a_stack_may_go_with_relays_under_way(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    add_targets(&world, to_bob, to_carol);
    world.bob.provisional = 180;
    world.bob.final = 0;
    sip_sim_set_cut(world.sim, "carol", true);
    invite(&world);
    sip_sim_run(world.sim, 1000);
    assert_non_null(world.proxy.last);
    sip_sim_destroy(world.sim);
    assert_int_equal(world.proxy.ended, 1);
    assert_int_equal(world.proxy.final_status, 0);
    sim_peer_finish(&world.alice);
    sim_peer_finish(&world.bob);
    sim_peer_finish(&world.carol);
}

/* ---- the request alone */

static void print(const sip_stack *stack, const char *text, const char *uri, sip_msg **ret_msg)
{
    sip_path source = {.protocol = SIP_PROTOCOL_UDP,
                       .remote = {.ip = {10, 0, 0, 9}, .port = 7, .family = SIP_FAMILY_IP4},
                       .local = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip__relay_request request;
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
    assert_int_equal(sip__relay_request_init(&request, stack, msg, true), 0);
    assert_int_equal(sip__relay_request_print(&request, sip_str_of(uri), NULL, ret_msg), 0);
    sip_msg_unref(msg);
}

#define COMMON                                                                                     \
    "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"                   \
    "Content-Length: 0\r\n\r\n"

static void strict_routers_on_either_side(void **state)
{
    sip_stack_config config = {.domains = NULL};
    sip_sim *sim;
    sip_stack *stack;
    sip_msg *out = NULL;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "proxy", &config, &stack), 0);
    /* Before us: our Record-Route is the Request-URI, the target is the last Route. */
    print(stack,
          "INVITE sip:10.0.0.1:5060;lr SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa\r\n"
          "Route: <sip:10.0.0.7;lr>\r\nRoute: <sip:b@10.0.0.8>\r\n" COMMON,
          NULL, &out);
    assert_true(sip_str_equal(sip_msg_request_uri_text(out), "sip:b@10.0.0.8"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 0), "<sip:10.0.0.7;lr>"));
    assert_null(sip_msg_value(out, SIP_HEADER_ROUTE, 1).ptr);
    assert_true(sip_str_equal(sip_msg_via(out, 0)->text, "SIP/2.0/UDP 10.0.0.9:7;branch=z9hG4bKa"));
    sip_msg_unref(out);
    /* Behind us: it becomes the Request-URI, and our target the last Route. */
    print(stack,
          "INVITE sip:b@10.0.0.8 SIP/2.0\r\n"
          "Via: SIP/2.0/UDP pc;rport;x=\"a;b\\\"\";branch=z9hG4bKa;received=1.2.3.4\r\n"
          "Via: SIP/2.0/TCP below;branch=z9hG4bKb\r\nRecord-Route: <sip:10.0.0.6;lr>\r\n"
          "Route: <sip:10.0.0.1;lr>, <sip:10.0.0.1;transport=tcp;lr>, <sip:10.0.0.7>\r\n"
          "Route: <sip:10.0.0.5;lr>\r\n" COMMON,
          "sip:other@10.0.0.4", &out);
    assert_true(sip_str_equal(sip_msg_request_uri_text(out), "sip:10.0.0.7"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 0), "<sip:10.0.0.5;lr>"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_ROUTE, 1), "<sip:other@10.0.0.4>"));
    assert_null(sip_msg_value(out, SIP_HEADER_ROUTE, 2).ptr);
    assert_true(
        sip_str_equal(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 0), "<sip:10.0.0.1:5060;lr>"));
    assert_true(sip_str_equal(sip_msg_value(out, SIP_HEADER_RECORD_ROUTE, 1), "<sip:10.0.0.6;lr>"));
    assert_true(
        sip_str_equal(sip_msg_via(out, 0)->text,
                      "SIP/2.0/UDP pc;x=\"a;b\\\"\";branch=z9hG4bKa;received=10.0.0.9;rport=7"));
    assert_true(sip_str_equal(sip_msg_via(out, 1)->branch, "z9hG4bKb"));
    sip_msg_unref(out);
    sip_sim_destroy(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_passed_on_and_its_answer_back),
        cmocka_unit_test(a_call_stays_on_the_record_route),
        cmocka_unit_test(a_repeated_2xx_is_passed_through),
        cmocka_unit_test(the_first_2xx_cancels_the_others),
        cmocka_unit_test(lower_q_comes_after),
        cmocka_unit_test(the_best_failure_is_passed_back),
        cmocka_unit_test(a_6xx_calls_the_others_off),
        cmocka_unit_test(the_caller_cancels),
        cmocka_unit_test(a_group_that_takes_too_long_makes_room_for_the_next),
        cmocka_unit_test(timeouts_alone_are_a_408),
        cmocka_unit_test(timer_c_ends_a_call_that_only_rings),
        cmocka_unit_test(a_cut_callee_does_not_keep_the_relay),
        cmocka_unit_test(a_503_becomes_a_500),
        cmocka_unit_test(redirections_are_followed_where_wanted),
        cmocka_unit_test(challenges_come_back_together),
        cmocka_unit_test(what_may_not_go_further),
        cmocka_unit_test(each_side_of_a_change_of_protocol_gets_its_record_route),
        cmocka_unit_test(further_targets_may_be_added_at_the_end),
        cmocka_unit_test(the_application_answers_itself),
        cmocka_unit_test(wrong_arguments),
        cmocka_unit_test(a_stack_may_go_with_relays_under_way),
        cmocka_unit_test(strict_routers_on_either_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
