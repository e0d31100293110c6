/* Challenges to what a call sends (RFC 3261 22): a server of our own challenges everything. */
#include "pair.h"

#include <stdio.h>
#include <string.h>

typedef struct server {
    sip_tu *tu;
    unsigned challenges; /* how many nonces it has given */
    bool always;         /* refuse all credentials */
    bool once;           /* a nonce is good for one request */
    int status;
    char credentials[300]; /* of the last request that was let in */
    unsigned acks_with_credentials;
} server;

static void challenge(server *srv, sip_server_tx *tx)
{
    char value[200];
    const sip_header headers[] = {
        {srv->status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate", value}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};

    snprintf(value, sizeof value,
             "Digest realm=\"r\", nonce=\"n%u\", algorithm=SHA-256, qop=\"auth\"",
             ++srv->challenges);
    sip_server_tx_respond(tx, srv->status, &extras);
}

static void accept_invite(sip_server_tx *tx)
{
    const sip_msg *invite = sip_server_tx_request(tx);
    sip_build *build = sip_build_response(invite, 200, (sip_str){0}, sip_server_tx_tag(tx));
    sip_msg *response;

    sip_build_contact(build, SIP_STR("srv"), (sip_str){0});
    sip_build_body(build, &pair_media);
    assert_int_equal(sip_build_finish(build, &response), 0);
    sip_server_tx_send(tx, response);
    sip_msg_unref(response);
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    server *srv = user_data;
    const sip_msg *request = sip_server_tx_request(tx);
    sip_header_id id =
        srv->status == 407 ? SIP_HEADER_PROXY_AUTHORIZATION : SIP_HEADER_AUTHORIZATION;
    const sip_auth *auth = sip_msg_auth(request, id, 0);
    char nonce[20];

    (void)tu;
    snprintf(nonce, sizeof nonce, "n%u", srv->challenges);
    if (auth == NULL || srv->always || !sip_str_equal(auth->nonce, nonce) ||
        (srv->once && !sip_str_equal(auth->nc, "00000001"))) {
        challenge(srv, tx);
        return;
    }
    assert_int_equal(auth->response.len, 64);
    snprintf(srv->credentials, sizeof srv->credentials, SIP_FMT, SIP_ARG(auth->text));
    if (sip_msg_method(request) == SIP_METHOD_INVITE) {
        accept_invite(tx);
    } else {
        sip_server_tx_respond(tx, 200, NULL);
    }
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    server *srv = user_data;

    (void)tu;
    srv->acks_with_credentials += sip_msg_auth(ack, SIP_HEADER_PROXY_AUTHORIZATION, 0) != NULL ||
                                  sip_msg_auth(ack, SIP_HEADER_AUTHORIZATION, 0) != NULL;
}

static const sip_tu_handler handler = {.on_request = on_request, .on_ack = on_ack};

static void open_with_server(ua_pair *p, server *srv, int status, const char *password)
{
    const dum_profile_config alice = {
        .aor = "sip:alice@alice", .auth_user = "al", .password = password};
    sip_stack *stack;

    *srv = (server){.status = status};
    pair_open_with(p, 0, NULL, &alice, NULL);
    assert_int_equal(sip_sim_add_host(p->sim, "srv", NULL, &stack), 0);
    assert_int_equal(sip_tu_create(stack, NULL, &handler, srv, &srv->tu), 0);
}

static void call_server(ua_pair *p)
{
    const dum_invite_config call = {.to = "sip:bob@srv", .offer = &pair_media};

    assert_int_equal(dum_invite_create(p->alice.profile, &call, &p->alice.call), 0);
    pair_run(p, 200);
}

static void every_request_is_challenged(void **state)
{
    static const int statuses[] = {401, 407};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        server srv;
        ua_pair p;

        open_with_server(&p, &srv, statuses[i], "secret");
        srv.once = true;
        call_server(&p);
        pair_log(&p, "alice answer, alice connected");
        assert_int_equal(srv.challenges, 1);
        assert_int_equal(srv.acks_with_credentials, 1);
        assert_non_null(strstr(srv.credentials, "username=\"al\""));
        assert_int_equal(dum_invite_hold(p.alice.call), 0);
        pair_run(&p, 200);
        /* The old nonce was tried first, with its next count. */
        assert_int_equal(srv.challenges, 2);
        assert_true(dum_invite_is_held(p.alice.call));
        assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
        pair_settle(&p);
        assert_int_equal(srv.challenges, 3);
        pair_log(&p, "alice answer, alice over");
        assert_int_equal(p.alice.why, DUM_WHY_LOCAL);
        pair_close(&p);
    }
}

static void a_nonce_serves_the_whole_call(void **state)
{
    server srv;
    ua_pair p;

    (void)state;
    open_with_server(&p, &srv, 407, "secret");
    call_server(&p);
    assert_int_equal(dum_invite_hold(p.alice.call), 0);
    pair_run(&p, 200);
    assert_int_equal(dum_invite_end(p.alice.call, 0, NULL), 0);
    pair_settle(&p);
    assert_int_equal(srv.challenges, 1);
    assert_non_null(strstr(srv.credentials, "nc=00000003"));
    pair_close(&p);
}

static void a_wrong_password_is_not_tried_twice(void **state)
{
    server srv;
    ua_pair p;

    (void)state;
    open_with_server(&p, &srv, 401, "wrong");
    srv.always = true;
    call_server(&p);
    pair_settle(&p);
    assert_int_equal(srv.challenges, 2);
    pair_log(&p, "alice over");
    assert_int_equal(p.alice.why, DUM_WHY_REJECTED);
    assert_int_equal(p.alice.status, 401);
    pair_close(&p);
}

static void without_a_password_a_challenge_is_a_failure(void **state)
{
    server srv;
    ua_pair p;

    (void)state;
    open_with_server(&p, &srv, 407, NULL);
    call_server(&p);
    pair_settle(&p);
    assert_int_equal(srv.challenges, 1);
    assert_int_equal(p.alice.status, 407);
    pair_close(&p);
}

static void the_stack_goes_while_a_challenge_is_answered(void **state)
{
    (void)state;
    for (uint32_t ms = 0; ms < 80; ms += 5) {
        server srv;
        ua_pair p;

        open_with_server(&p, &srv, 407, "secret");
        call_server(&p);
        dum_invite_hold(p.alice.call);
        pair_run(&p, ms);
        pair_destroy(&p);
        assert_int_equal(p.alice.count[ON_TERMINATED], 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_is_challenged),
        cmocka_unit_test(a_nonce_serves_the_whole_call),
        cmocka_unit_test(a_wrong_password_is_not_tried_twice),
        cmocka_unit_test(without_a_password_a_challenge_is_a_failure),
        cmocka_unit_test(the_stack_goes_while_a_challenge_is_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
