/* A callee behind a NAT: his Contact is an address that nobody else can send to, and every request
 * of the call, ACK and BYE included, finds him along the flow that he registered by (RFC 5626 5.3,
 * RFC 3581), whatever the net loses. */
#include "stack/stack.h"
#include "support/sim_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SEEDS 40

typedef struct net {
    sip_sim *sim;
    sim_peer alice, bob;
    sim_proxy proxy;
    sip_path bobs; /* where the proxy sees bob */
} net;

static void open_net(net *n, uint64_t seed, unsigned loss_percent)
{
    const sip_sim_config config = {.seed = seed, .delay_ms = 10, .loss_percent = loss_percent};

    memset(n, 0, sizeof *n);
    assert_int_equal(sip_sim_create(&config, &n->sim), 0);
    sim_peer_init(&n->alice, n->sim, "alice");
    sim_proxy_init(&n->proxy, n->sim, "proxy", NULL);
    sim_peer_init(&n->bob, n->sim, "bob");
    n->bob.stack->workers->transports.first->advertised_host = "192.168.1.1";
    assert_true(sip_stack_listener(n->bob.stack, 0, &n->bobs.protocol, &n->bobs.remote));
    assert_true(sip_stack_listener(n->proxy.stack, 0, NULL, &n->bobs.local));
    n->proxy.config.record_route = SIP_ON;
    n->proxy.targets[0] =
        (sip_target){.uri = "sip:bob@192.168.1.1", .q_permille = 1000, .path = &n->bobs};
    n->proxy.n_targets = 1;
}

static void close_net(net *n)
{
    assert_int_equal(sip_sim_settle(n->sim, 600000), 0);
    assert_int_equal(sip_sim_live_objects(n->sim), 0);
    sip_sim_destroy(n->sim);
    sim_peer_finish(&n->alice);
    sim_peer_finish(&n->bob);
}

static void he_is_called(void **state)
{
    const sim_peer_sent *sent;
    net n;

    (void)state;
    open_net(&n, 1, 0);
    n.alice.hang_up = true;
    sent = sim_peer_send(&n.alice, "INVITE", "sip:alice@example.com", "sip:proxy", NULL);
    sip_sim_settle(n.sim, 2000);
    assert_int_equal(sent->status, 200);
    assert_true(sip_str_equal(sip_msg_address(sent->response, SIP_HEADER_CONTACT, 0)->uri.host,
                              "192.168.1.1"));
    assert_int_equal(n.alice.sent[1].status, 200);
    assert_int_equal(n.bob.acks, 1);
    assert_int_equal(n.bob.byes, 1);
    close_net(&n);
}

/* Without the flow in the proxy's Route nothing would lead to him. */
static void he_cannot_be_found_otherwise(void **state)
{
    const sim_peer_sent *sent;
    net n;

    (void)state;
    open_net(&n, 1, 0);
    n.proxy.targets[0].path = NULL;
    sent = sim_peer_send(&n.alice, "INVITE", "sip:alice@example.com", "sip:proxy", NULL);
    close_net(&n);
    assert_int_equal(sent->finals, 1);
    assert_true(sent->status >= 400);
    assert_int_equal(n.bob.requests, 0);
}

static void with_losses(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const sim_peer_sent *sent;
        net n;

        open_net(&n, seed, 20);
        n.alice.hang_up = true;
        sent = sim_peer_send(&n.alice, "INVITE", "sip:alice@example.com", "sip:proxy", NULL);
        close_net(&n);
        if (sent->status == 200 && (n.alice.sent[1].finals != 1 || n.bob.acks == 0)) {
            fail_msg("seed %u: BYE %d, %u ACKs", (unsigned)seed, n.alice.sent[1].status,
                     n.bob.acks);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(he_is_called),
        cmocka_unit_test(he_cannot_be_found_otherwise),
        cmocka_unit_test(with_losses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
