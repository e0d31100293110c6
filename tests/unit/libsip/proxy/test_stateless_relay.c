#include <sip/flow.h>
#include <sip/relay.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/sim_peer.h"

/* alice (10.0.0.1), a proxy without state, bob (10.0.0.3). */
typedef struct world {
    fail_alloc memory;
    sip_sim *sim;
    sip_stack *stack;
    sim_peer alice, bob;
    sip_relay_config config;
    const sip_target *target;
    int err;
    bool fail; /* the memory of the next request */
} world;

static void on_request(sip_tu *tu, const sip_msg *request, void *user_data)
{
    world *it = user_data;

    it->err = sip_relay_forward(tu, request, &it->config, it->target);
}

static void on_response(sip_tu *tu, const sip_msg *response, void *user_data)
{
    const int err = sip_tu_forward(tu, response);

    assert_true(err == 0 || (err == SIP_ENOMEM && ((world *)user_data)->memory.failed));
}

static const sip_tu_handler handler = {.on_stateless_request = on_request,
                                       .on_stray_response = on_response};

static void init(world *it)
{
    const sip_sim_config net = {.delay_ms = 10};
    sip_stack_config config = {0};

    memset(it, 0, sizeof *it);
    fail_alloc_init(&it->memory, 0);
    config.allocator = &it->memory.allocator;
    assert_int_equal(sip_sim_create(&net, &it->sim), 0);
    sim_peer_init(&it->alice, it->sim, "alice");
    assert_int_equal(sip_sim_add_host(it->sim, "proxy", &config, &it->stack), 0);
    sim_peer_init(&it->bob, it->sim, "bob");
    assert_int_equal(sip_tu_create(it->stack, NULL, &handler, it, NULL), 0);
}

static void finish(world *it)
{
    assert_int_equal(sip_sim_settle(it->sim, 600000), 0);
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
    sip_sim_destroy(it->sim);
    sim_peer_finish(&it->alice);
    sim_peer_finish(&it->bob);
    assert_int_equal(it->memory.live, 0);
}

static sim_peer_sent *send(world *it, const char *method, const char *uri,
                           const sip_header *headers)
{
    sim_peer_sent *sent = sim_peer_send(&it->alice, method, uri, "sip:proxy", headers);

    sip_sim_settle(it->sim, 40000);
    return sent;
}

/* By a name, an address, a way, and routes of its own, at once and after a look-up. */
static void targets(void **state)
{
    const sip_path way = {.protocol = SIP_PROTOCOL_TCP,
                          .remote = {.ip = {10, 0, 0, 3}, .port = 5060, .family = SIP_FAMILY_IP4}};
    const sip_target all[] = {
        {.uri = "sip:b@bob"},
        {.uri = "sip:b@10.0.0.3"},
        {.uri = "sip:b@nowhere.invalid", .path = &way},
        {.uri = "sip:b@nowhere.invalid", .route = "<sip:bob;lr>"},
        {.uri = "sip:b@nowhere.invalid", .route = "<sip:10.0.0.3;lr>, <sip:bob;lr>"},
    };
    world it;

    (void)state;
    init(&it);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        it.target = &all[i];
        assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 200);
        assert_int_equal(it.err, 0);
        assert_true(sip_str_equal(sip_msg_request_uri_text(it.bob.last_request), all[i].uri));
    }
    it.target = NULL;
    assert_int_equal(send(&it, "OPTIONS", "sip:b@bob", NULL)->status, 200);
    assert_int_equal(it.alice.n_sent, 6);
    finish(&it);
}

/* Repetitions and the ACK to a refusal have the branch of the INVITE, so that the next hop sees one
 * transaction (16.11). */
static void one_branch_for_one_transaction(void **state)
{
    const sip_target to_bob = {.uri = "sip:b@bob"};
    sim_peer_sent *sent;
    world it;

    (void)state;
    init(&it);
    it.target = &to_bob;
    it.bob.final = 486;
    it.bob.final_after_ms = 100;
    assert_int_equal(sip_sim_lose(it.sim, "bob", "486", 2), 0);
    sent = send(&it, "INVITE", "sip:bob@proxy", NULL);
    assert_int_equal(sent->status, 486);
    assert_int_equal(it.bob.invites, 1);
    assert_int_equal(it.bob.acks, 0); /* of 2xx */
    assert_int_equal(it.bob.servers_ended, 1);
    finish(&it);
}

static void errors_of_the_call(void **state)
{
    static const struct {
        const char *method, *uri;
        sip_header header;
        int err;
    } cases[] = {
        {"OPTIONS", "sip:b@bob", {"Max-Forwards", "0"}, SIP_EHOPS},
        {"OPTIONS", "sip:b@bob", {"Max-Breadth", "0"}, SIP_EHOPS},
        {"OPTIONS", "sip:b@bob", {"Proxy-Require", "x"}, SIP_EUNSUPPORTED},
        {"OPTIONS", "sip:b@bob", {"Route", "<sip:x@proxy;lr>"}, SIP_ESYNTAX},
        {"OPTIONS", "sip:b@proxy", {"X-Any", "x"}, SIP_EINVAL}, /* to ourselves */
    };
    const sip_target bad = {.uri = "sip:b@bob", .route = "<sip:strict>"};
    sip_msg *response = NULL;
    world it;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sip_header headers[] = {cases[i].header, {NULL, NULL}};

        init(&it);
        send(&it, cases[i].method, cases[i].uri, headers);
        assert_int_equal(it.err, cases[i].err);
        assert_int_equal(it.bob.requests, 0);
        finish(&it);
    }
    init(&it);
    it.target = &bad;
    send(&it, "OPTIONS", "sip:b@bob", NULL);
    assert_int_equal(it.err, SIP_EINVAL);
    assert_int_equal(sip_relay_forward(NULL, NULL, NULL, NULL), SIP_EINVAL);
    assert_int_equal(
        sip_msg_parse(NULL, NULL, SIP_STR("SIP/2.0 200 OK\r\n\r\n"), NULL, &response, NULL), 0);
    assert_int_equal(sip_relay_forward(it.bob.tu, response, NULL, NULL), SIP_EINVAL);
    sip_msg_unref(response);
    finish(&it);
}

/* Along the flow that its Route names. */
static void a_flow_is_followed(void **state)
{
    sip_path far = {.protocol = SIP_PROTOCOL_UDP};
    char token[SIP_FLOW_TOKEN_BYTES], route[200];
    const sip_header headers[] = {{"Route", route}, {NULL, NULL}};
    sip_protocol protocol;
    world it;

    (void)state;
    init(&it);
    assert_true(sip_stack_listener(it.bob.stack, 0, &protocol, &far.remote));
    assert_true(sip_stack_listener(it.stack, 0, &protocol, &far.local));
    snprintf(route, sizeof route, "<sip:" SIP_FMT "@proxy;lr>",
             SIP_ARG(sip_stack_flow_token(it.stack, &far, token)));
    assert_int_equal(send(&it, "OPTIONS", "sip:b@nowhere.invalid", headers)->status, 200);
    finish(&it);
}

/* Each allocation in turn fails while one request passes: it is lost, or its repetition gets
 * through. */
static void without_memory(void **state)
{
    const sip_target named = {.uri = "sip:b@bob", .route = "<sip:bob;lr>"};

    (void)state;
    for (size_t n = 1; n < 40; n++) {
        world it;

        init(&it);
        it.target = &named;
        it.memory.fail_at = it.memory.calls + n;
        assert_int_equal(send(&it, "OPTIONS", "sip:bob@proxy", NULL)->status, 200);
        finish(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets),
        cmocka_unit_test(one_branch_for_one_transaction),
        cmocka_unit_test(errors_of_the_call),
        cmocka_unit_test(a_flow_is_followed),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
