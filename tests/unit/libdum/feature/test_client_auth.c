#include "feature/client_auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sip/sim.h>

#include "support/fail_alloc.h"

#define WWW "WWW-Authenticate: Digest realm=\"a\", algorithm=MD5, qop=\"auth\", nonce="
#define PROXY "Proxy-Authenticate: Digest realm=\"a\", algorithm=MD5, qop=\"auth\", nonce="

typedef struct world {
    fail_alloc memory;
    sip_sim *sim;
    dum_manager *dum;
    dum_profile *profile, *without; /* without a password */
    dum__credentials auth;
    sip_msg *sent; /* the last request */
} world;

static void open_world(world *it)
{
    const dum_profile_config with = {.aor = "sip:alice@h", .password = "secret"},
                             none = {.aor = "sip:alice@h"};
    sip_stack_config config = {.allocator = &it->memory.allocator};
    sip_stack *stack;

    *it = (world){.sent = NULL};
    fail_alloc_init(&it->memory, 0);
    assert_int_equal(sip_sim_create(NULL, &it->sim), 0);
    assert_int_equal(sip_sim_add_host(it->sim, "ua", &config, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &it->dum), 0);
    assert_int_equal(dum_profile_create(it->dum, &with, &it->profile), 0);
    assert_int_equal(dum_profile_create(it->dum, &none, &it->without), 0);
}

static void close_world(world *it)
{
    dum__credentials_finish(&it->auth, it->dum);
    sip_msg_unref(it->sent);
    sip_sim_destroy(it->sim);
    assert_int_equal(it->memory.live, 0);
}

/* The next request, with whatever credentials there are. */
static void ask(world *it)
{
    sip_build *build =
        sip_build_request(&it->memory.allocator, SIP_STR("REGISTER"), SIP_STR("sip:h"));

    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@h>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:a@h>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("c"));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 REGISTER"));
    dum__client_auth_add(&it->auth, it->profile, build, SIP_STR("REGISTER"), SIP_STR("sip:h"),
                         (sip_str){0});
    sip_msg_unref(it->sent);
    assert_int_equal(sip_build_finish(build, &it->sent), 0);
}

/* What learning from a 401 with these headers gives. */
static int learn(world *it, const char *headers)
{
    char text[2000];
    sip_msg *msg;
    int err;

    snprintf(text, sizeof text,
             "SIP/2.0 401 X\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"
             "To: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
             headers);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    err = dum__client_auth_learn(&it->auth, it->profile, msg, it->sent);
    sip_msg_unref(msg);
    return err;
}

static const sip_auth *sent_auth(const world *it, sip_header_id id)
{
    return sip_msg_auth(it->sent, id, 0);
}

static void a_challenge_is_answered(void **state)
{
    char right[SIP_DIGEST_HEX_BYTES];
    sip_digest_input input = {.algorithm = SIP_DIGEST_MD5,
                              .qop = SIP_STR_INIT("auth"),
                              .nonce = SIP_STR_INIT("n1"),
                              .method = SIP_STR_INIT("REGISTER"),
                              .uri = SIP_STR_INIT("sip:h")};
    char a1[SIP_DIGEST_HEX_BYTES];
    const sip_auth *auth;
    world it;

    (void)state;
    open_world(&it);
    ask(&it);
    assert_null(sent_auth(&it, SIP_HEADER_AUTHORIZATION));
    assert_int_equal(learn(&it, WWW "\"n1\"\r\n"), 0);
    for (unsigned use = 1; use <= 2; use++) {
        ask(&it);
        auth = sent_auth(&it, SIP_HEADER_AUTHORIZATION);
        assert_non_null(auth);
        assert_true(sip_str_equal(auth->username, "alice"));
        assert_true(sip_str_equal(auth->realm, "a"));
        assert_true(sip_str_equal(auth->nc, use == 1 ? "00000001" : "00000002"));
        assert_int_equal(auth->cnonce.len, 16);
        assert_int_equal(
            sip_digest_a1(SIP_DIGEST_MD5, SIP_STR("alice"), SIP_STR("a"), SIP_STR("secret"), a1),
            0);
        input.a1_hex = sip_str_of(a1);
        input.cnonce = auth->cnonce;
        input.nc = auth->nc;
        assert_int_equal(sip_digest_response(&input, right), 0);
        assert_true(sip_str_equal(auth->response, right));
    }
    assert_null(sent_auth(&it, SIP_HEADER_PROXY_AUTHORIZATION));
    close_world(&it);
}

/* Both may challenge the same request, also of the same realm (22.3). */
static void both_kinds(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    ask(&it);
    assert_int_equal(learn(&it, PROXY "\"p\"\r\n"), 0);
    ask(&it);
    assert_null(sent_auth(&it, SIP_HEADER_AUTHORIZATION));
    assert_int_equal(learn(&it, WWW "\"w\"\r\n"), 0);
    ask(&it);
    assert_true(sip_str_equal(sent_auth(&it, SIP_HEADER_AUTHORIZATION)->nonce, "w"));
    assert_true(sip_str_equal(sent_auth(&it, SIP_HEADER_PROXY_AUTHORIZATION)->nonce, "p"));
    assert_int_equal(learn(&it, PROXY "\"p2\", stale=true\r\n" WWW "\"w2\", stale=TRUE\r\n"), 0);
    ask(&it);
    assert_true(sip_str_equal(sent_auth(&it, SIP_HEADER_AUTHORIZATION)->nonce, "w2"));
    assert_true(sip_str_equal(sent_auth(&it, SIP_HEADER_PROXY_AUTHORIZATION)->nonce, "p2"));
    close_world(&it);
}

static void refused_ones_are_not_repeated(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    ask(&it);
    assert_int_equal(learn(&it, WWW "\"1\"\r\n"), 0);
    ask(&it);
    assert_int_equal(learn(&it, WWW "\"2\"\r\n"), SIP_ESTATE); /* on a fresh nonce: wrong */
    assert_null(it.auth.first);
    ask(&it);
    assert_null(sent_auth(&it, SIP_HEADER_AUTHORIZATION));

    assert_int_equal(learn(&it, WWW "\"3\"\r\n"), 0);
    ask(&it);
    ask(&it);
    assert_int_equal(learn(&it, WWW "\"4\"\r\n"), 0); /* 3 had served before: it grew old */
    ask(&it);
    assert_int_equal(learn(&it, WWW "\"4\", stale=true\r\n"), 0);
    ask(&it);
    ask(&it);
    assert_int_equal(learn(&it, WWW "\"4\"\r\n"), SIP_ESTATE); /* the same nonce again */
    close_world(&it);
}

static void the_first_that_we_can_answer(void **state)
{
    static const char *const useless[] = {
        "", "WWW-Authenticate: Basic realm=\"a\"\r\n", "WWW-Authenticate: Digest realm=\"a\"\r\n",
        "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\", algorithm=SHA3\r\n"};
    world it;

    (void)state;
    open_world(&it);
    ask(&it);
    for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++) {
        assert_int_equal(learn(&it, useless[i]), SIP_EUNSUPPORTED);
        assert_null(it.auth.first);
    }
    assert_int_equal(
        learn(&it, "WWW-Authenticate: Digest realm=\"a\", nonce=\"0\", algorithm=SHA3\r\n"
                   "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\", algorithm=SHA-256\r\n" WWW
                   "\"2\"\r\n"
                   "WWW-Authenticate: Digest realm=\"b\", nonce=\"3\"\r\n"),
        0);
    assert_true(
        sip_str_equal(dum__credentials_find(&it.auth, SIP_STR("a"), false)->challenge.nonce, "1"));
    assert_true(
        sip_str_equal(dum__credentials_find(&it.auth, SIP_STR("b"), false)->challenge.nonce, "3"));
    close_world(&it);
}

static void realms_have_a_limit(void **state)
{
    char header[100];
    world it;

    (void)state;
    open_world(&it);
    ask(&it);
    for (int i = 0; i < 5; i++) {
        snprintf(header, sizeof header,
                 "WWW-Authenticate: Digest realm=\"%d\", nonce=\"1\", qop=\"auth\"\r\n", i);
        assert_int_equal(learn(&it, header), i < 4 ? 0 : SIP_EUNSUPPORTED);
    }
    close_world(&it);
}

static void no_password_no_memory(void **state)
{
    world it;

    (void)state;
    open_world(&it);
    ask(&it);
    it.memory.fail_at = it.memory.calls + 1;
    assert_int_equal(learn(&it, WWW "\"1\"\r\n"), SIP_ENOMEM);
    it.memory.fail_at = it.memory.calls + 1;
    it.memory.failed = false;
    assert_int_equal(learn(&it, PROXY "\"1\"\r\n"), SIP_ENOMEM);
    it.profile = it.without;
    assert_int_equal(learn(&it, WWW "\"1\"\r\n"), SIP_ESTATE);
    assert_null(it.auth.first);
    close_world(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_challenge_is_answered),
        cmocka_unit_test(both_kinds),
        cmocka_unit_test(refused_ones_are_not_repeated),
        cmocka_unit_test(the_first_that_we_can_answer),
        cmocka_unit_test(realms_have_a_limit),
        cmocka_unit_test(no_password_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
