#include <sip/routing.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_peer.h"

/* alice (10.0.0.1) and bob (10.0.0.3) with a proxy between them that does as the test wants. */
typedef struct world {
    sip_sim *sim;
    sip_stack *stack;
    sip_proxy *proxy;
    sim_peer alice, bob;
    /* What the routing function does. */
    const sip_target *target; /* NULL: none */
    bool to_uri;              /* where the Request-URI leads */
    int status;               /* answer; 0: none */
    bool later;               /* take the relay, do nothing yet */
    int before_status;        /* the hook answers; 0: not */
    /* What was seen. */
    unsigned asked, before, after, ended;
    int err;
    sip_relay *relay;
    sip_route_proof proof;
    bool decided, ours;
    sip_routing_hook hook, second;
} world;

static void route(sip_routing *routing, void *user_data)
{
    world *it = user_data;

    it->asked++;
    it->proof = sip_routing_proof(routing);
    it->ours = sip_routing_is_ours(routing);
    assert_ptr_equal(sip_routing_proxy(routing), it->proxy);
    assert_false(sip_routing_is_decided(routing));
    if (it->later) {
        it->relay = sip_routing_relay(routing);
        assert_ptr_equal(sip_routing_relay(routing), it->relay);
    }
    if (it->target != NULL || it->to_uri) {
        it->err = sip_routing_add(routing, it->target);
    }
    if (it->status != 0) {
        it->err = sip_routing_respond(routing, it->status, NULL);
    }
}

static void before(sip_routing *routing, void *user_data)
{
    world *it = user_data;

    it->before++;
    if (it->before_status != 0) {
        assert_int_equal(sip_routing_respond(routing, it->before_status, NULL), 0);
        assert_int_equal(sip_routing_respond(routing, it->before_status, NULL), SIP_ESTATE);
        assert_int_equal(sip_routing_add(routing, NULL), SIP_ESTATE);
        assert_null(sip_routing_relay(routing));
    }
}

static void after(sip_routing *routing, void *user_data)
{
    world *it = user_data;

    it->after++;
    it->decided = sip_routing_is_decided(routing);
    assert_true(sip_msg_is_request(sip_routing_msg(routing)));
}

static void on_terminated(sip_relay *relay, const sip_msg *final, void *user_data)
{
    (void)relay, (void) final;
    ((world *)user_data)->ended++;
}

static const sip_relay_handler relays = {.on_terminated = on_terminated};
static const sip_proxy_handler handler = {.route = route, .relay = &relays};

static void init_with(world *it, const sip_proxy_config *config, const sip_proxy_handler *routing)
{
    const sip_sim_config net = {.delay_ms = 10};

    memset(it, 0, sizeof *it);
    assert_int_equal(sip_sim_create(&net, &it->sim), 0);
    sim_peer_init(&it->alice, it->sim, "alice");
    assert_int_equal(sip_sim_add_host(it->sim, "proxy", NULL, &it->stack), 0);
    sim_peer_init(&it->bob, it->sim, "bob");
    assert_int_equal(sip_proxy_create(it->stack, config, routing, it, &it->proxy), 0);
    assert_ptr_equal(sip_proxy_stack(it->proxy), it->stack);
    it->hook = (sip_routing_hook){.before = before, .after = after, .user_data = it};
    sip_proxy_add_hook(it->proxy, &it->hook);
    sip_proxy_add_hook(it->proxy, &it->second); /* with nothing in it */
}

static void init(world *it, bool stateless)
{
    const sip_proxy_config config = {.relay = {.record_route = SIP_ON},
                                     .stateless = stateless ? SIP_ON : SIP_OFF};

    init_with(it, &config, &handler);
}

static void finish(world *it)
{
    assert_int_equal(sip_sim_settle(it->sim, 600000), 0);
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
    sip_sim_destroy(it->sim);
    sim_peer_finish(&it->alice);
    sim_peer_finish(&it->bob);
}

static const sip_target to_bob = {.uri = "sip:b@bob", .q_permille = 1000};

static sim_peer_sent *send(world *it, const char *method, const char *uri,
                           const sip_header *headers)
{
    sim_peer_sent *sent = sim_peer_send(&it->alice, method, uri, "sip:proxy", headers);

    sip_sim_settle(it->sim, 40000);
    return sent;
}

/* A call is passed on, its BYE too without anybody being asked. */
static void calls_go_through(void **state)
{
    (void)state;
    for (int stateless = 0; stateless < 2; stateless++) {
        sim_peer_sent *sent;
        world it;

        init(&it, stateless);
        it.target = &to_bob;
        it.alice.hang_up = true;
        sent = send(&it, "INVITE", "sip:bob@proxy", NULL);
        assert_int_equal(sent->status, 200);
        assert_int_equal(it.alice.sent[1].status, 200);
        assert_int_equal(it.bob.byes, 1);
        assert_true(it.bob.acks > 0);
        assert_int_equal(it.asked, 1);
        assert_int_equal(it.proof, SIP_ROUTE_ELSEWHERE);
        assert_true(it.ours);
        assert_int_equal(it.before, 3); /* INVITE, ACK, BYE */
        assert_int_equal(it.after, 3);
        assert_true(it.decided);
        assert_int_equal(it.ended, stateless ? 0 : 2);
        finish(&it);
    }
}

static void calls_are_cancelled(void **state)
{
    (void)state;
    for (int stateless = 0; stateless < 2; stateless++) {
        sim_peer_sent *sent;
        world it;

        init(&it, stateless);
        it.target = &to_bob;
        it.bob.provisional = 180;
        it.bob.final = 0;
        sent = sim_peer_send(&it.alice, "INVITE", "sip:bob@proxy", "sip:proxy", NULL);
        sip_sim_run(it.sim, 1000);
        assert_int_equal(sip_client_tx_cancel(sent->tx, NULL), 0);
        sip_sim_settle(it.sim, 40000);
        assert_int_equal(sent->status, 487);
        assert_int_equal(it.bob.requests, 1);
        finish(&it);
    }
}

/* What nobody decides is refused, so that nobody is relayed by oversight. */
static void nothing_said_is_no(void **state)
{
    (void)state;
    for (int stateless = 0; stateless < 2; stateless++) {
        world it;

        init(&it, stateless);
        assert_int_equal(send(&it, "INVITE", "sip:bob@proxy", NULL)->status, 404);
        assert_int_equal(send(&it, "INVITE", "sip:b@bob", NULL)->status, 403);
        assert_int_equal(it.asked, 2); /* the ACKs are for answers of ours, and absorbed */
        assert_int_equal(it.bob.requests, 0);
        finish(&it);
        init_with(&it, NULL, NULL);
        assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 404);
        finish(&it);
    }
}

static void answers_are_given(void **state)
{
    (void)state;
    for (int stateless = 0; stateless < 2; stateless++) {
        world it;

        init(&it, stateless);
        it.status = 486;
        assert_int_equal(send(&it, "INVITE", "sip:bob@proxy", NULL)->status, 486);
        assert_int_equal(it.err, 0);
        it.status = 700;
        assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 404);
        assert_int_equal(it.err, SIP_EINVAL);
        it.before_status = 407;
        assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 407);
        assert_int_equal(it.asked, 2);
        assert_int_equal(it.after, 3);
        finish(&it);
    }
}

/* What RFC 3261 16.3 and 16.4 forbid. */
static void what_may_not_be_passed_on(void **state)
{
    static const struct {
        const char *uri;
        sip_header header;
        int status;
    } cases[] = {
        {"sip:b@bob", {"Max-Forwards", "0"}, 483},
        {"sip:b@bob", {"Max-Breadth", "0"}, 440},
        {"sip:b@bob", {"Proxy-Require", "magic, more"}, 420},
        {"tel:+1555", {"X-Any", "x"}, 416},
        {"sip:b@bob", {"Route", "<sip:nonsense@proxy;lr>"}, 403},
    };

    (void)state;
    for (int stateless = 0; stateless < 2; stateless++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            const sip_header headers[] = {cases[i].header, {NULL, NULL}};
            sim_peer_sent *sent;
            world it;

            init(&it, stateless);
            it.to_uri = true;
            sent = send(&it, "INVITE", cases[i].uri, headers);
            assert_int_equal(sent->status, cases[i].status);
            assert_int_equal(sent->finals, 1);
            assert_int_equal(it.bob.requests, 0);
            if (cases[i].status == 420) {
                assert_true(sip_str_equal(sip_msg_value(sent->response, SIP_HEADER_UNSUPPORTED, 0),
                                          "magic"));
                assert_true(sip_str_equal(sip_msg_value(sent->response, SIP_HEADER_UNSUPPORTED, 1),
                                          "more"));
            }
            finish(&it);
        }
    }
}

/* Without state one target is all; with it the targets are tried. */
static void one_target_without_state(void **state)
{
    const sip_target nowhere = {.uri = "sip:x@nowhere.invalid", .q_permille = 1000};
    world it;

    (void)state;
    init(&it, true);
    it.target = &to_bob;
    it.status = 486; /* too late */
    assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 200);
    assert_int_equal(it.err, SIP_ESTATE);
    it.status = 0;
    it.target = &nowhere; /* counted, and silent */
    assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 408);
    it.target = &(sip_target){.uri = "no uri"};
    assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 404);
    assert_int_equal(it.err, SIP_EINVAL);
    finish(&it);
}

static void a_relay_is_decided_later(void **state)
{
    sim_peer_sent *sent;
    world it;

    (void)state;
    init(&it, false);
    it.later = true;
    sent = sim_peer_send(&it.alice, "INVITE", "sip:bob@proxy", "sip:proxy", NULL);
    sip_sim_run(it.sim, 1000);
    assert_non_null(it.relay);
    assert_int_equal(sent->finals, 0);
    assert_int_equal(sip_relay_add(it.relay, &to_bob), 0);
    sip_sim_settle(it.sim, 40000);
    assert_int_equal(sent->status, 200);
    it.relay = NULL;
    it.status = 480; /* by its relay */
    assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 480);
    it.relay = NULL;
    it.status = 0;
    assert_int_equal(
        send(&it, "OPTIONS", "sip:bob@proxy", (const sip_header[]){{"Proxy-Require", "x"}, {0}})
            ->status,
        420);
    assert_null(it.relay);
    assert_int_equal(
        send(&it, "OPTIONS", "sip:bob@proxy", (const sip_header[]){{"Max-Breadth", "0"}, {0}})
            ->status,
        440);
    assert_null(it.relay);
    finish(&it);
    init(&it, true);
    it.later = true;
    assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 404);
    assert_null(it.relay);
    finish(&it);
}

static void dialogs_are_routed_on_demand(void **state)
{
    const sip_proxy_config config = {.relay = {.record_route = SIP_ON}, .route_dialogs = SIP_ON};
    world it;

    (void)state;
    init_with(&it, &config, &handler);
    it.target = &to_bob;
    it.alice.hang_up = true;
    assert_int_equal(send(&it, "INVITE", "sip:bob@proxy", NULL)->status, 200);
    assert_int_equal(it.asked, 3);
    assert_int_equal(it.proof, SIP_ROUTE_OF_DIALOG);
    sip_proxy_remove_hook(&it.hook);
    sip_proxy_remove_hook(&it.second);
    it.before = 0;
    it.to_uri = true;
    it.target = NULL;
    assert_int_equal(send(&it, "OPTIONS", "sip:b@bob", NULL)->status, 200);
    assert_int_equal(it.before, 0);
    finish(&it);
}

static void bad_arguments(void **state)
{
    sip_routing_hook hook = {.before = before};
    sip_proxy *proxy = NULL;
    sip_stack *stack;

    (void)state;
    assert_int_equal(sip_proxy_create(NULL, NULL, NULL, NULL, &proxy), SIP_EINVAL);
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    assert_int_equal(
        sip_proxy_create(stack, &(sip_proxy_config){.tu = {.worker = 7}}, NULL, NULL, &proxy),
        SIP_EINVAL);
    assert_null(proxy);
    assert_int_equal(sip_proxy_create(stack, NULL, NULL, NULL, NULL), 0);
    sip_proxy_add_hook(NULL, &hook);
    sip_proxy_add_hook(NULL, NULL);
    sip_proxy_remove_hook(&hook);
    sip_proxy_remove_hook(NULL);
    assert_null(sip_proxy_stack(NULL));
    assert_null(sip_routing_proxy(NULL));
    assert_null(sip_routing_msg(NULL));
    assert_null(sip_routing_relay(NULL));
    assert_false(sip_routing_is_ours(NULL));
    assert_false(sip_routing_is_decided(NULL));
    assert_int_equal(sip_routing_proof(NULL), SIP_ROUTE_ELSEWHERE);
    assert_int_equal(sip_routing_add(NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_routing_respond(NULL, 200, NULL), SIP_EINVAL);
    sip_stack_destroy(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_go_through),
        cmocka_unit_test(calls_are_cancelled),
        cmocka_unit_test(nothing_said_is_no),
        cmocka_unit_test(answers_are_given),
        cmocka_unit_test(what_may_not_be_passed_on),
        cmocka_unit_test(one_target_without_state),
        cmocka_unit_test(a_relay_is_decided_later),
        cmocka_unit_test(dialogs_are_routed_on_demand),
        cmocka_unit_test(bad_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
