/* Dialogs over a name with two equal hosts: each stays with the one that it began with, until that
 * one is dead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <dum/dum.h>
#include <sip/trace.h>

#include "support/sim_peer.h"

#define CALLS 50
#define CALL_ID_BYTES 64

typedef struct call {
    dum_invite *inv;
    char id[CALL_ID_BYTES];
    unsigned to[2]; /* requests to a, to b; first transmissions */
    unsigned ended;
} call;

typedef struct world {
    sip_sim *sim;
    sip_stack *stack;
    dum_manager *dum;
    dum_profile *profile;
    sim_peer hosts[2]; /* "a" and "b" */
    sip_addr addrs[2];
    call calls[CALLS];
    unsigned n_calls;
} world;

static const sip_body media = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                                           "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                           "m=audio 40000 RTP/AVP 0\r\n");

static call *call_of(world *it, sip_str id)
{
    for (unsigned i = 0; i < it->n_calls; i++) {
        if (sip_str_equal(id, it->calls[i].id)) {
            return &it->calls[i];
        }
    }
    assert_true(it->n_calls < CALLS && id.len < CALL_ID_BYTES);
    memcpy(it->calls[it->n_calls].id, id.ptr, id.len);
    return &it->calls[it->n_calls++];
}

static void on_message(const sip_trace_event *event, void *user_data)
{
    world *it = user_data;
    sip_msg *msg;

    if (!event->sent || event->repeated) {
        return;
    }
    assert_int_equal(sip_msg_parse(NULL, NULL, event->bytes, &event->path, &msg, NULL), 0);
    if (sip_msg_is_request(msg)) {
        call *of = call_of(it, sip_msg_call_id(msg));

        of->to[sip_addr_equal(&event->path.remote, &it->addrs[1]) ? 1 : 0]++;
    }
    sip_msg_unref(msg);
}

static void on_terminated(dum_invite *inv, const dum_cause *cause, void *user_data)
{
    world *it = user_data;

    (void)cause;
    for (unsigned i = 0; i < CALLS; i++) {
        if (it->calls[i].inv == inv) {
            it->calls[i].inv = NULL;
            it->calls[i].ended++;
        }
    }
}

static const dum_invite_handler handler = {.on_terminated = on_terminated};

static void add_host(world *it, size_t i, const char *name)
{
    /* As a cluster does that shares its calls: any of its hosts will do. */
    static const sip_header route[] = {{"Record-Route", "<sip:pool.example;lr>"}, {NULL, NULL}};
    const sip_dns_record record = {
        .type = SIP_DNS_SRV, .ttl_s = 3600, .weight = 1, .port = 5060, .target = name};

    sim_peer_init(&it->hosts[i], it->sim, name);
    it->hosts[i].extras.headers = route;
    assert_int_equal(sip_sim_host_addr(it->sim, name, &it->addrs[i]), 0);
    assert_int_equal(sip_sim_add_record(it->sim, "_sip._udp.pool.example", &record), 0);
}

static void world_init(world *it)
{
    const sip_sim_config net = {.seed = 7, .delay_ms = 5};
    const dum_profile_config profile = {.aor = "sip:alice@alice"};

    memset(it, 0, sizeof *it);
    assert_int_equal(sip_sim_create(&net, &it->sim), 0);
    assert_int_equal(sip_sim_add_host(it->sim, "alice", NULL, &it->stack), 0);
    assert_int_equal(dum_manager_create(it->stack, NULL, &it->dum), 0);
    assert_int_equal(dum_profile_create(it->dum, &profile, &it->profile), 0);
    assert_int_equal(dum_manager_set_invite_handler(it->dum, &handler, it), 0);
    add_host(it, 0, "a");
    add_host(it, 1, "b");
    sip_stack_set_tap(it->stack, on_message, it);
    for (unsigned i = 0; i < CALLS; i++) {
        const dum_invite_config config = {.to = "sip:x@pool.example", .offer = &media};

        assert_int_equal(dum_invite_create(it->profile, &config, &it->calls[i].inv), 0);
        sip_sim_run(it->sim, 200);
        assert_int_equal(it->n_calls, i + 1);
    }
}

static void world_finish(world *it)
{
    assert_int_equal(sip_sim_settle(it->sim, 600000), 0);
    for (unsigned i = 0; i < CALLS; i++) {
        assert_int_equal(it->calls[i].ended, 1);
    }
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
    sip_sim_destroy(it->sim);
    sim_peer_finish(&it->hosts[0]);
    sim_peer_finish(&it->hosts[1]);
}

static void every_dialog_has_its_host(void **state)
{
    world it;
    unsigned n_with[2] = {0, 0};

    (void)state;
    world_init(&it);
    for (unsigned i = 0; i < CALLS; i++) {
        assert_int_equal(dum_invite_offer(it.calls[i].inv, &media), 0);
        sip_sim_run(it.sim, 200);
    }
    for (unsigned i = 0; i < CALLS; i++) {
        assert_int_equal(dum_invite_end(it.calls[i].inv, 0, NULL), 0);
        sip_sim_run(it.sim, 200);
    }
    for (unsigned i = 0; i < CALLS; i++) {
        const call *of = &it.calls[i];

        assert_int_equal(of->to[0] + of->to[1], 5); /* INVITE, ACK, INVITE, ACK, BYE */
        assert_true(of->to[0] == 0 || of->to[1] == 0);
        n_with[of->to[1] > 0]++;
    }
    assert_true(n_with[0] > CALLS / 5 && n_with[1] > CALLS / 5); /* both were drawn */
    world_finish(&it);
}

static void when_it_dies_they_move_on(void **state)
{
    world it;
    unsigned before[CALLS][2];
    unsigned moved = 0;

    (void)state;
    world_init(&it);
    for (unsigned i = 0; i < CALLS; i++) {
        memcpy(before[i], it.calls[i].to, sizeof before[i]);
    }
    sip_sim_set_cut(it.sim, "a", true);
    for (unsigned i = 0; i < CALLS; i++) {
        assert_int_equal(dum_invite_offer(it.calls[i].inv, &media), 0);
        sip_sim_run(it.sim, before[i][0] > 0 ? 33000 : 200);
        assert_int_equal(dum_invite_end(it.calls[i].inv, 0, NULL), 0);
        sip_sim_run(it.sim, 200);
    }
    for (unsigned i = 0; i < CALLS; i++) {
        const unsigned *was = before[i];
        const unsigned *is = it.calls[i].to;

        assert_int_equal(is[1] - was[1], 3);            /* INVITE, ACK, BYE */
        assert_in_range(is[0] - was[0], 0, was[0] > 0); /* one that was in vain */
        moved += was[0] > 0;
    }
    assert_true(moved > CALLS / 5);
    world_finish(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dialog_has_its_host),
        cmocka_unit_test(when_it_dies_they_move_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
