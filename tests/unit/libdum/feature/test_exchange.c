#include "feature/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "dialog/outgoing.h"
#include "support/fail_alloc.h"
#include "support/sim_peer.h"

/* One manager asks one peer on bare libsip, 10 ms away. */
typedef struct world {
    fail_alloc memory; /* of alice */
    sip_sim *sim;
    sim_peer peer;
    dum_manager *dum;
    dum_profile *profile;
    dum__credentials auth;
    uint32_t cseq;
    dum__exchange *exchange; /* NULL once it has ended */
    unsigned provisionals, finals, failures, ended;
    int status;
} world;

static void on_response(dum__exchange *exchange, const sip_msg *response, void *owner)
{
    world *it = owner;

    assert_ptr_equal(exchange, it->exchange);
    it->status = sip_msg_status(response);
    if (it->status < 200) {
        it->provisionals++;
    } else {
        it->finals++;
    }
}

static void on_failed(dum__exchange *exchange, const sip_failure *failure, void *owner)
{
    world *it = owner;

    assert_ptr_equal(exchange, it->exchange);
    it->failures++;
    it->status = failure->status;
}

static void on_ended(dum__exchange *exchange, void *owner)
{
    world *it = owner;

    assert_null(dum__exchange_request(exchange));
    assert_null(dum__exchange_path(exchange));
    assert_int_equal(it->finals + it->failures, 1);
    it->ended++;
    it->exchange = NULL;
}

static const dum__exchange_handler handler = {on_response, on_failed, on_ended};

static void open_world(world *it)
{
    const sip_sim_config net = {.seed = 5, .delay_ms = 10};
    const dum_profile_config profile = {.aor = "sip:alice@h", .password = "secret"};
    sip_stack_config config = {.allocator = &it->memory.allocator};
    sip_stack *stack;

    *it = (world){.cseq = 0};
    fail_alloc_init(&it->memory, 0);
    assert_int_equal(sip_sim_create(&net, &it->sim), 0);
    assert_int_equal(sip_sim_add_host(it->sim, "alice", &config, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &it->dum), 0);
    assert_int_equal(dum_profile_create(it->dum, &profile, &it->profile), 0);
    sim_peer_init(&it->peer, it->sim, "bob");
}

static void close_world(world *it)
{
    sip_sim_run(it->sim, 70000);
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
    assert_null(it->exchange);
    dum__credentials_finish(&it->auth, it->dum);
    sip_sim_destroy(it->sim);
    sim_peer_finish(&it->peer);
}

static void send(world *it, sip_method method, const dum__exchange_handler *with)
{
    const dum__exchange_config config = {.profile = it->profile,
                                         .auth = &it->auth,
                                         .cseq = &it->cseq,
                                         .contact = method == SIP_METHOD_INVITE,
                                         .contact_params = ";x=y",
                                         .handler = with,
                                         .owner = it};
    const dum__outgoing what = {.profile = it->profile,
                                .method = method,
                                .request_uri = SIP_STR_INIT("sip:bob@bob"),
                                .to = SIP_STR_INIT("sip:bob@bob"),
                                .from_tag = SIP_STR_INIT("tag"),
                                .call_id = SIP_STR_INIT("call"),
                                .cseq = ++it->cseq,
                                .contact = config.contact,
                                .contact_params = sip_str_of(config.contact_params)};
    const sip_body body = {.type = SIP_STR_INIT("text/plain"), .data = SIP_STR_INIT("hello")};
    sip_build *build = dum__outgoing_build(&what);
    sip_msg *request;

    sip_build_header(build, SIP_HEADER_SUBJECT, SIP_STR("kept"));
    sip_build_body(build, &body);
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(dum__exchange_send(it->dum, &config, request, &it->exchange), 0);
    sip_msg_unref(request);
}

/* A call that rings for ever. */
static void ring(world *it, const dum__exchange_handler *with)
{
    it->peer.provisional = 180;
    it->peer.final = 0;
    send(it, SIP_METHOD_INVITE, with);
    sip_sim_run(it->sim, 100);
}

/* A challenge in what the peer answers. */
static void challenge(world *it, int status, const char *more)
{
    static char value[200];
    static sip_header headers[2];

    snprintf(value, sizeof value, "Digest realm=\"h\", nonce=\"n\", qop=\"auth\"%s", more);
    headers[0] = (sip_header){status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate", value};
    it->peer.final = status;
    it->peer.extras = (sip_extras){.headers = headers};
}

static void answered(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    send(&it, SIP_METHOD_MESSAGE, &handler);
    assert_int_equal(sip_msg_method(dum__exchange_request(it.exchange)), SIP_METHOD_MESSAGE);
    sip_sim_run(it.sim, 25);
    assert_int_equal(it.finals, 1);
    assert_int_equal(it.status, 200);
    assert_int_equal(dum__exchange_path(it.exchange)->protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(it.ended, 0); /* it lingers for repetitions */
    close_world(&it);
    assert_int_equal(it.ended, 1);
    assert_int_equal(it.finals, 1);
}

static void a_challenge_is_not_seen(void **state)
{
    static const int statuses[] = {401, 407};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const sip_msg *again;
        world it;

        open_world(&it);
        challenge(&it, statuses[i], "");
        send(&it, i == 0 ? SIP_METHOD_MESSAGE : SIP_METHOD_INVITE, &handler);
        sip_sim_run(it.sim, 15);
        it.peer.final = i == 0 ? 200 : 486;
        it.peer.extras = (sip_extras){.headers = NULL};
        sip_sim_run(it.sim, 485);
        again = it.peer.last_request;
        assert_int_equal(it.peer.requests, 2);
        assert_int_equal(it.finals, 1);
        assert_int_equal(it.status, i == 0 ? 200 : 486);
        assert_int_equal(it.cseq, 2);
        assert_int_equal(sip_msg_cseq(again)->number, 2);
        assert_non_null(sip_msg_auth(
            again, i == 0 ? SIP_HEADER_AUTHORIZATION : SIP_HEADER_PROXY_AUTHORIZATION, 0));
        assert_true(sip_str_equal(sip_msg_find(again, "Subject", 0), "kept"));
        assert_true(sip_str_equal(sip_msg_body(again)->data, "hello"));
        assert_null(sip_msg_address(again, SIP_HEADER_CONTACT, i == 0 ? 0 : 1));
        assert_int_equal(sip_msg_address(again, SIP_HEADER_CONTACT, 0) != NULL, i == 1);
        close_world(&it);
        assert_int_equal(it.ended, 1);
    }
}

static void refused_credentials_are_told(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    challenge(&it, 401, "");
    send(&it, SIP_METHOD_MESSAGE, &handler);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.peer.requests, 2);
    assert_int_equal(it.finals, 1);
    assert_int_equal(it.status, 401);
    close_world(&it);
}

/* A server that calls every nonce stale gets no more than five tries. */
static void tries_have_a_limit(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    challenge(&it, 401, ", stale=true");
    send(&it, SIP_METHOD_MESSAGE, &handler);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.peer.requests, 5);
    assert_int_equal(it.finals, 1);
    assert_int_equal(it.status, 401);
    assert_int_equal(it.cseq, 5);
    close_world(&it);
}

/* Which is no reason to believe that the password was wrong. */
static void a_challenge_without_memory(void **state)
{
    unsigned told = 0;
    bool failed;
    size_t n = 0;

    (void)state;
    do {
        world it;

        open_world(&it);
        challenge(&it, 401, "");
        send(&it, SIP_METHOD_MESSAGE, &handler);
        sip_sim_run(it.sim, 15);
        it.peer.final = 200;
        it.memory.fail_at = it.memory.calls + ++n;
        sip_sim_run(it.sim, 1000);
        failed = it.memory.failed;
        assert_int_equal(it.finals + it.failures, 1);
        assert_true(it.status == 200 || (failed && it.status == 503));
        told += it.failures;
        close_world(&it);
        assert_int_equal(it.memory.live, 0);
    } while (failed);
    assert_true(told > 2);
}

static void no_answer(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    sip_sim_set_cut(it.sim, "bob", true);
    send(&it, SIP_METHOD_MESSAGE, &handler);
    sip_sim_run(it.sim, 40000);
    assert_int_equal(it.failures, 1);
    assert_int_equal(it.finals, 0);
    assert_int_equal(it.status, 408);
    assert_int_equal(it.ended, 1);
    close_world(&it);
}

static void no_member_is_required(void **state)
{
    static const dum__exchange_handler silent = {NULL, NULL, NULL};
    world it;

    (void)state;
    open_world(&it);
    send(&it, SIP_METHOD_MESSAGE, &silent);
    sip_sim_run(it.sim, 40000);
    sip_sim_set_cut(it.sim, "bob", true);
    send(&it, SIP_METHOD_MESSAGE, &silent);
    sip_sim_run(it.sim, 40000);
    it.exchange = NULL;
    close_world(&it);
}

static void forget(world *it)
{
    dum__exchange_forget(it->exchange);
    it->exchange = NULL;
}

static void forgotten(void **state)
{
    world it;

    (void)state;
    dum__exchange_forget(NULL);
    open_world(&it);
    challenge(&it, 401, "");
    send(&it, SIP_METHOD_MESSAGE, &handler);
    forget(&it);
    close_world(&it);
    assert_int_equal(it.finals + it.failures + it.ended, 0);
    assert_int_equal(it.cseq, 1); /* nor is the challenge answered */
}

/* One that rings for ever is given up after half a minute, one that fails still gets its ACK. */
static void a_forgotten_invite(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    ring(&it, &handler);
    assert_int_equal(it.provisionals, 1);
    forget(&it);
    sip_sim_run(it.sim, 31000);
    assert_int_equal(sip_stack_live_objects(dum_manager_stack(it.dum)), 1);
    sip_sim_run(it.sim, 2000);
    assert_int_equal(sip_stack_live_objects(dum_manager_stack(it.dum)), 0);
    sip_server_tx_respond(it.peer.ringing, 480, NULL);
    close_world(&it);
    assert_int_equal(it.finals + it.ended, 0);

    open_world(&it);
    it.peer.final = 486;
    it.peer.final_after_ms = 500;
    send(&it, SIP_METHOD_INVITE, &handler);
    sip_sim_run(it.sim, 100);
    forget(&it);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.finals, 0);
    assert_int_equal(it.peer.acks, 0); /* an ACK to a failure is the transaction's own business */
    close_world(&it);
}

static void cancelled(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    ring(&it, &handler);
    assert_int_equal(dum__exchange_cancel(it.exchange, NULL), 0);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.finals, 1);
    assert_int_equal(it.status, 487);
    assert_int_equal(dum__exchange_cancel(it.exchange, NULL), SIP_ESTATE);
    close_world(&it);
}

/* A challenge that crosses the CANCEL ends it: there is no second try. */
static void cancelled_and_challenged(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    challenge(&it, 401, "");
    it.peer.provisional = 180;
    it.peer.final_after_ms = 5;
    send(&it, SIP_METHOD_INVITE, &handler);
    sip_sim_run(it.sim, 21);
    assert_int_equal(it.provisionals, 1);
    assert_int_equal(dum__exchange_cancel(it.exchange, NULL), 0);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.finals, 1);
    assert_int_equal(it.status, 401);
    assert_int_equal(it.peer.invites, 1);
    close_world(&it);
}

static void cancelled_and_forgotten(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    ring(&it, &handler);
    assert_int_equal(dum__exchange_cancel(it.exchange, NULL), 0);
    forget(&it);
    sip_sim_run(it.sim, 100);
    assert_int_equal(it.finals, 0);
    close_world(&it);
}

static void destroyed_with_the_stack(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    ring(&it, NULL);
    sip_sim_destroy(it.sim);
    sim_peer_finish(&it.peer);
    assert_int_equal(it.finals, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answered),
        cmocka_unit_test(a_challenge_is_not_seen),
        cmocka_unit_test(refused_credentials_are_told),
        cmocka_unit_test(tries_have_a_limit),
        cmocka_unit_test(a_challenge_without_memory),
        cmocka_unit_test(no_answer),
        cmocka_unit_test(no_member_is_required),
        cmocka_unit_test(forgotten),
        cmocka_unit_test(a_forgotten_invite),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(cancelled_and_challenged),
        cmocka_unit_test(cancelled_and_forgotten),
        cmocka_unit_test(destroyed_with_the_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
