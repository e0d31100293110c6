/* Server authentication (RFC 3261 22.4, RFC 7616, RFC 8760), asked by a client that can do it
 * wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_agent.h"

static const sip_digest_input input = {.method = SIP_STR_INIT("OPTIONS"),
                                       .uri = SIP_STR_INIT("sip:home"),
                                       .cnonce = SIP_STR_INIT("c")};

struct world {
    sip_sim *sim;
    sim_home home;
    sim_raw raw;
};

static void world_init(struct world *world, const dum_server_auth_config *config,
                       const dum_server_auth_handler *handler)
{
    sip_sim_config net = {.seed = 3, .delay_ms = 10};

    memset(world, 0, sizeof *world);
    assert_int_equal(sip_sim_create(&net, &world->sim), 0);
    sim_home_init_bare(&world->home, world->sim, config, handler);
    sim_raw_init(&world->raw, world->sim, "raw");
}

static void world_finish(struct world *world)
{
    sim_raw_finish(&world->raw);
    sip_sim_run(world->sim, 40000);
    assert_int_equal(sip_sim_live_objects(world->sim), 0);
    sip_sim_destroy(world->sim);
}

static int ask_with(struct world *world, const char *authorization)
{
    sip_header headers[2] = {{"Authorization", authorization}, {NULL, NULL}};

    return sim_raw_ask(&world->raw, "OPTIONS", "sip:home", headers, NULL);
}

static int ask(struct world *world)
{
    return sim_raw_ask(&world->raw, "OPTIONS", "sip:home", NULL, NULL);
}

static const sip_auth *challenge(const struct world *world, size_t i)
{
    return sip_msg_auth(world->raw.response, SIP_HEADER_WWW_AUTHENTICATE, i);
}

static bool is_stale(const struct world *world)
{
    return sip_str_equal_nocase(challenge(world, 0)->stale, "true");
}

static void challenges_stand_strongest_first(void **state)
{
    dum_server_auth_config all = {
        .realm = "home",
        .algorithms = {SIP_DIGEST_SHA512_256, SIP_DIGEST_SHA256, SIP_DIGEST_MD5},
        .auth_int = SIP_ON};
    dum_server_auth_config by_default = {.realm = "home"};
    struct world world;

    (void)state;
    world_init(&world, &by_default, NULL);
    assert_int_equal(ask(&world), 401);
    assert_true(sip_str_equal(challenge(&world, 0)->algorithm, "SHA-256"));
    assert_true(sip_str_equal(challenge(&world, 1)->algorithm, "MD5"));
    assert_true(sip_str_equal(challenge(&world, 0)->qop, "auth"));
    assert_int_equal(challenge(&world, 0)->stale.len, 0);
    assert_null(challenge(&world, 2));
    world_finish(&world);

    world_init(&world, &all, NULL);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ask(&world), 401);
        assert_true(sip_str_equal(challenge(&world, i)->qop, "auth,auth-int"));
        assert_int_equal(
            ask_with(&world, sim_raw_authorize(&world.raw, i, "alice", "secret", &input, 1)), 200);
    }
    world_finish(&world);
}

static void wrong_password_and_unknown_user_look_alike(void **state)
{
    dum_server_auth_config config = {.realm = "home"};
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    assert_int_equal(ask(&world), 401);
    assert_int_equal(
        ask_with(&world, sim_raw_authorize(&world.raw, 0, "alice", "wrong", &input, 1)), 401);
    assert_false(is_stale(&world));
    world.raw.from = "<sip:nobody@home>";
    assert_int_equal(
        ask_with(&world, sim_raw_authorize(&world.raw, 0, "nobody", "secret", &input, 1)), 401);
    assert_false(is_stale(&world));
    world_finish(&world);
}

/* A count that was used is no good a second time; the client may try again with another. */
static void replay(void **state)
{
    dum_server_auth_config config = {.realm = "home"};
    char first[1600];
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    assert_int_equal(ask(&world), 401);
    strcpy(first, sim_raw_authorize(&world.raw, 0, "alice", "secret", &input, 1));
    sim_raw_authorize(&world.raw, 0, "alice", "secret", &input, 2);
    assert_int_equal(ask_with(&world, first), 200);
    assert_int_equal(ask_with(&world, world.raw.header), 200);
    assert_int_equal(ask_with(&world, first), 401);
    assert_true(is_stale(&world));
    world_finish(&world);
}

static void stale(void **state)
{
    dum_server_auth_config config = {.realm = "home", .nonce_s = 60};
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    assert_int_equal(ask(&world), 401);
    sip_sim_run(world.sim, 62000);
    assert_int_equal(
        ask_with(&world, sim_raw_authorize(&world.raw, 0, "alice", "secret", &input, 1)), 401);
    assert_true(is_stale(&world));
    assert_int_equal(
        ask_with(&world, sim_raw_authorize(&world.raw, 1, "alice", "secret", &input, 1)), 200);
    world_finish(&world);
}

/* RFC 2069's form: no qop, and then the nonce serves once. */
static void without_qop(void **state)
{
    dum_server_auth_config config = {.realm = "home"};
    char a1[SIP_DIGEST_HEX_BYTES], response[SIP_DIGEST_HEX_BYTES], header[600];
    sip_digest_input legacy = {
        .algorithm = SIP_DIGEST_MD5, .method = SIP_STR("OPTIONS"), .uri = SIP_STR("sip:home")};
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    assert_int_equal(ask(&world), 401);
    assert_int_equal(
        sip_digest_a1(SIP_DIGEST_MD5, SIP_STR("alice"), SIP_STR("home"), SIP_STR("secret"), a1), 0);
    legacy.a1_hex = sip_str_of(a1);
    legacy.nonce = challenge(&world, 0)->nonce;
    assert_int_equal(sip_digest_response(&legacy, response), 0);
    snprintf(header, sizeof header,
             "Digest username=\"alice\", realm=\"home\", nonce=\"" SIP_FMT
             "\", uri=\"sip:home\", response=\"%s\"",
             SIP_ARG(legacy.nonce), response);
    assert_int_equal(ask_with(&world, header), 200);
    assert_int_equal(ask_with(&world, header), 401);
    assert_true(is_stale(&world));
    world_finish(&world);
}

static void auth_int_covers_the_body(void **state)
{
    dum_server_auth_config config = {.realm = "home", .auth_int = SIP_ON};
    sip_body body = {.type = SIP_STR("text/plain"), .data = SIP_STR("hello")};
    sip_body other = {.type = SIP_STR("text/plain"), .data = SIP_STR("hullo")};
    sip_digest_input with_body = {.algorithm = SIP_DIGEST_SHA256,
                                  .method = SIP_STR("OPTIONS"),
                                  .uri = SIP_STR("sip:home"),
                                  .cnonce = SIP_STR("c"),
                                  .nc = SIP_STR("00000001"),
                                  .qop = SIP_STR("auth-int"),
                                  .body = SIP_STR("hello")};
    char a1[SIP_DIGEST_HEX_BYTES], response[SIP_DIGEST_HEX_BYTES], header[700];
    sip_header headers[2] = {{"Authorization", header}, {NULL, NULL}};
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    assert_int_equal(ask(&world), 401);
    assert_int_equal(
        sip_digest_a1(SIP_DIGEST_SHA256, SIP_STR("alice"), SIP_STR("home"), SIP_STR("secret"), a1),
        0);
    with_body.a1_hex = sip_str_of(a1);
    with_body.nonce = challenge(&world, 0)->nonce;
    assert_int_equal(sip_digest_response(&with_body, response), 0);
    snprintf(header, sizeof header,
             "Digest username=\"alice\", realm=\"home\", nonce=\"" SIP_FMT
             "\", uri=\"sip:home\", algorithm=SHA-256, qop=auth-int, nc=00000001, cnonce=\"c\", "
             "response=\"%s\"",
             SIP_ARG(with_body.nonce), response);
    assert_int_equal(sim_raw_ask(&world.raw, "OPTIONS", "sip:home", headers, &other), 401);
    assert_false(is_stale(&world));
    assert_int_equal(sim_raw_ask(&world.raw, "OPTIONS", "sip:home", headers, &body), 200);
    world_finish(&world);
}

static void malformed(void **state)
{
    static const char *const bad[] = {
        "Digest realm=\"home\"",
        "Digest username=\"alice\", realm=\"home\", nonce=\"n\", uri=\"sip:other@else\", "
        "response=\"0\"",
        "Digest username=\"alice\", realm=\"home\", nonce=\"n\", uri=\"sip:home\", "
        "response=\"0\", qop=auth",
        "Digest username=\"alice\", realm=\"home\", nonce=\"n\", uri=\"sip:home\", "
        "response=\"0\", qop=auth, cnonce=\"c\", nc=0000000g",
        "Digest username=\"alice\", realm=\"home\", nonce=\"n\", uri=\"sip:home\", "
        "response=\"0\", qop=auth-magic, cnonce=\"c\", nc=00000001",
    };
    dum_server_auth_config config = {.realm = "home"};
    char long_name[700];
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (ask_with(&world, bad[i]) != 400) {
            fail_msg("%s: %d", bad[i], world.raw.status);
        }
    }
    /* Not for us: another realm, scheme, algorithm. */
    assert_int_equal(ask_with(&world, "Digest realm=\"away\""), 401);
    assert_int_equal(ask_with(&world, "Basic Zm9v"), 401);
    assert_int_equal(ask_with(&world, "Digest username=\"alice\", realm=\"home\", nonce=\"n\", "
                                      "uri=\"sip:home\", response=\"0\", algorithm=MD5-sess"),
                     401);
    memset(long_name, 'a', sizeof long_name);
    memcpy(long_name, "Digest username=\"", 17);
    strcpy(long_name + 400, "\", realm=\"home\", nonce=\"n\", uri=\"sip:home\", response=\"0\"");
    assert_int_equal(ask_with(&world, long_name), 401);
    world_finish(&world);
}

/* A proxy may have rewritten the host of the Request-URI. */
static void digest_uri_with_another_host(void **state)
{
    sip_digest_input elsewhere = input;
    dum_server_auth_config config = {.realm = "home"};
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    assert_int_equal(ask(&world), 401);
    elsewhere.uri = SIP_STR("sip:192.0.2.7:5080");
    assert_int_equal(
        ask_with(&world, sim_raw_authorize(&world.raw, 0, "alice", "secret", &elsewhere, 1)), 200);
    world_finish(&world);
}

static bool nobody_may(dum_manager *dum, sip_str user, const sip_msg *request, void *user_data)
{
    (void)dum;
    (void)user_data;
    return sip_str_equal(user, "root") && sip_msg_is_request(request);
}

static void who_may_send(void **state)
{
    static const dum_server_auth_handler picky = {.find_a1 = sim_find_a1, .may_send = nobody_may};
    dum_server_auth_config config = {.realm = "home"};
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    assert_int_equal(ask(&world), 401);
    assert_int_equal(
        ask_with(&world, sim_raw_authorize(&world.raw, 0, "mallory", "secret", &input, 1)), 403);
    world.raw.from = "<sip:al%69ce@home>";
    assert_int_equal(ask_with(&world, (ask(&world), sim_raw_authorize(&world.raw, 0, "alice@home",
                                                                      "secret", &input, 1))),
                     200);
    assert_int_equal(ask_with(&world, (ask(&world), sim_raw_authorize(&world.raw, 0, "alice@away",
                                                                      "secret", &input, 1))),
                     403);
    world.raw.from = "<sip:a\\b@home>";
    world_finish(&world);

    world_init(&world, &config, &picky);
    assert_int_equal(ask(&world), 401);
    assert_int_equal(
        ask_with(&world, sim_raw_authorize(&world.raw, 0, "alice", "secret", &input, 1)), 403);
    assert_int_equal(ask_with(&world, (ask(&world), sim_raw_authorize(&world.raw, 0, "root",
                                                                      "secret", &input, 1))),
                     200);
    world_finish(&world);
}

static void only_some_methods(void **state)
{
    static const char *const methods[] = {"MESSAGE", NULL};
    dum_server_auth_config config = {.realm = "home", .methods = methods};
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    assert_int_equal(ask(&world), 200);
    assert_int_equal(sim_raw_ask(&world.raw, "MESSAGE", "sip:home", NULL, NULL), 401);
    world_finish(&world);
}

static void making_one(void **state)
{
    static const dum_server_auth_handler handler = {.find_a1 = sim_find_a1}, none = {NULL, NULL};
    dum_server_auth_config good = {.realm = "home"}, bad = {.realm = "ho\"me"},
                           empty = {.realm = ""};
    dum_server_auth_config odd = {.realm = "home", .algorithms = {(sip_digest_algorithm)77}};
    struct world world;

    (void)state;
    world_init(&world, NULL, NULL);
    assert_int_equal(dum_manager_set_server_auth(NULL, &good, &handler, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_set_server_auth(world.home.dum, &bad, &handler, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_set_server_auth(world.home.dum, &empty, &handler, NULL),
                     SIP_EINVAL);
    assert_int_equal(dum_manager_set_server_auth(world.home.dum, &odd, &handler, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_set_server_auth(world.home.dum, &good, &none, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_set_server_auth(world.home.dum, &good, &handler, NULL), 0);
    assert_int_equal(dum_manager_set_server_auth(world.home.dum, &good, &handler, NULL),
                     SIP_ESTATE);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(challenges_stand_strongest_first),
        cmocka_unit_test(wrong_password_and_unknown_user_look_alike),
        cmocka_unit_test(replay),
        cmocka_unit_test(stale),
        cmocka_unit_test(without_qop),
        cmocka_unit_test(auth_int_covers_the_body),
        cmocka_unit_test(malformed),
        cmocka_unit_test(digest_uri_with_another_host),
        cmocka_unit_test(who_may_send),
        cmocka_unit_test(only_some_methods),
        cmocka_unit_test(making_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
