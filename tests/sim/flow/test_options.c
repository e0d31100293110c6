/* OPTIONS and other requests outside dialogs (RFC 3261 11), both roles. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "couple.h"
#include "support/sim_agent.h"

struct world {
    couple two;
    unsigned requests, responses, terminated;
    sip_msg *response;
    dum_why why;
    int status;
    int answer;
};

static void on_request(dum_manager *dum, dum_request *request, void *user_data)
{
    static const sip_header headers[] = {{"X-Seen", "yes"}, {NULL, NULL}};
    sip_extras extras = {.headers = headers};
    struct world *world = user_data;

    (void)dum;
    world->requests++;
    if (world->answer != 0) {
        assert_int_equal(dum_request_respond(request, world->answer, &extras), 0);
    }
}

static void on_response(dum_out_of_dialog *ood, const sip_msg *response, void *user_data)
{
    struct world *world = user_data;

    assert_non_null(dum_out_of_dialog_data(ood));
    assert_int_not_equal(dum_out_of_dialog_id(ood), 0);
    world->responses++;
    sip_msg_unref(world->response);
    world->response = sip_msg_ref(response);
}

static void on_terminated(dum_out_of_dialog *ood, const dum_cause *cause, void *user_data)
{
    struct world *world = user_data;

    (void)ood;
    assert_true(cause->text.len > 0);
    world->terminated++;
    world->why = cause->why;
    world->status = cause->status;
}

static const dum_out_of_dialog_handler sender = {.on_response = on_response,
                                                 .on_terminated = on_terminated};
static const dum_out_of_dialog_handler receiver = {.on_request = on_request};

static void world_init(struct world *world, const dum_out_of_dialog_handler *bobs)
{
    memset(world, 0, sizeof *world);
    world->answer = 200;
    couple_init(&world->two, "sip:alice@alice");
    assert_int_equal(dum_manager_set_out_of_dialog_handler(world->two.alice, &sender, world), 0);
    if (bobs != NULL) {
        assert_int_equal(dum_manager_set_out_of_dialog_handler(world->two.bob, bobs, world), 0);
    }
}

static void world_finish(struct world *world)
{
    couple_finish(&world->two);
    sip_msg_unref(world->response);
}

static int ask(struct world *world, const char *method)
{
    dum_out_of_dialog_config config = {.to = "sip:bob@bob", .method = method};
    int err = dum_out_of_dialog_create(world->two.profile, &config, NULL);

    if (err == 0) {
        sip_sim_run(world->two.sim, 1000);
    }
    return err;
}

static void answered_by_itself(void **state)
{
    const sip_msg *response;
    struct world world;

    (void)state;
    world_init(&world, NULL);
    assert_int_equal(ask(&world, NULL), 0);
    assert_null(sip_sim_ladder_diff(world.two.sim, 0, "alice -> bob OPTIONS\nalice <- bob 200\n"));
    assert_int_equal(world.responses, 1);
    assert_int_equal(world.terminated, 1);
    assert_int_equal(world.why, DUM_WHY_LOCAL);
    response = world.response;
    assert_true(sip_msg_has_token(response, SIP_HEADER_ALLOW, "INVITE"));
    assert_true(sip_msg_has_token(response, SIP_HEADER_ALLOW, "OPTIONS"));
    assert_true(sip_msg_has_token(response, SIP_HEADER_ALLOW, "BYE"));
    assert_false(sip_msg_has_token(response, SIP_HEADER_ALLOW, "MESSAGE"));
    assert_false(sip_msg_has_token(response, SIP_HEADER_ALLOW, "REGISTER"));
    assert_true(sip_str_equal(sip_msg_value(response, SIP_HEADER_ACCEPT, 0), "application/sdp"));
    assert_true(sip_str_equal(sip_msg_value(response, SIP_HEADER_ACCEPT_LANGUAGE, 0), "en"));
    assert_null(sip_msg_find(response, "Accept", 1).ptr);
    assert_non_null(sip_msg_find(response, "Supported", 0).ptr);
    world_finish(&world);
}

static void answered_by_the_application(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    world.answer = 486;
    assert_int_equal(ask(&world, NULL), 0);
    assert_int_equal(world.requests, 1);
    assert_int_equal(world.responses, 1);
    assert_int_equal(world.status, 486);
    assert_int_equal(world.why, DUM_WHY_REJECTED);
    assert_true(sip_str_equal(sip_msg_find(world.response, "X-Seen", 0), "yes"));
    world.answer = 200;
    assert_int_equal(ask(&world, "NOTIFY"), 0);
    assert_int_equal(ask(&world, "FROBNICATE"), 0);
    assert_int_equal(world.requests, 3);
    assert_int_equal(world.status, 200);
    world_finish(&world);
}

static void methods_that_nobody_takes(void **state)
{
    static const char *const methods[] = {"MESSAGE", "SUBSCRIBE", "FROBNICATE", "INFO"};
    struct world world;

    (void)state;
    world_init(&world, NULL);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        assert_int_equal(ask(&world, methods[i]), 0);
        assert_int_equal(world.status, 405);
        assert_true(sip_msg_has_token(world.response, SIP_HEADER_ALLOW, "OPTIONS"));
    }
    assert_int_equal(world.terminated, 4);
    world_finish(&world);
}

/* A request inside a dialog that is none of ours, and a BYE without any (15.1.2). */
static void strangers(void **state)
{
    static const sip_header route[] = {{"Route", "<sip:bob;lr>"}, {NULL, NULL}};
    struct world world;
    sim_raw raw;

    (void)state;
    world_init(&world, NULL);
    sim_raw_init(&raw, world.two.sim, "raw");
    assert_int_equal(sim_raw_ask(&raw, "BYE", "sip:bob@bob", NULL, NULL), 481);
    raw.to = "<sip:bob@bob>;tag=x";
    assert_int_equal(sim_raw_ask(&raw, "OPTIONS", "sip:bob@bob", NULL, NULL), 481);
    raw.to = NULL;
    assert_int_equal(sim_raw_ask(&raw, "REGISTER", "sip:bob", NULL, NULL), 405);
    assert_int_equal(sim_raw_ask(&raw, "OPTIONS", "tel:+1", route, NULL), 416);
    sim_raw_finish(&raw);
    world_finish(&world);
}

/* Without a registrar a REGISTER is one more request for whoever takes them all. */
static void a_register_for_the_application(void **state)
{
    dum_registrar_config config = {0};
    struct world world;
    sim_raw raw;

    (void)state;
    world_init(&world, &receiver);
    sim_raw_init(&raw, world.two.sim, "raw");
    raw.to = "<sip:carol@bob>";
    assert_int_equal(sim_raw_ask(&raw, "REGISTER", "sip:bob", NULL, NULL), 200);
    assert_int_equal(world.requests, 1);
    assert_true(sip_str_equal(sip_msg_find(raw.response, "X-Seen", 0), "yes"));
    assert_int_equal(dum_registrar_create(world.two.bob, &config, NULL, NULL, NULL), 0);
    assert_int_equal(sim_raw_ask(&raw, "REGISTER", "sip:bob", NULL, NULL), 200);
    assert_int_equal(world.requests, 1);
    assert_null(sip_msg_find(raw.response, "X-Seen", 0).ptr);
    sim_raw_finish(&raw);
    world_finish(&world);
}

static void wrong_calls(void **state)
{
    static const char *const methods[] = {"INVITE", "ACK", "CANCEL", "BYE", "REGISTER", "no token"};
    dum_out_of_dialog_config nowhere = {.to = "bob"};
    struct world world;

    (void)state;
    world_init(&world, &receiver);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        assert_int_equal(ask(&world, methods[i]), SIP_EINVAL);
    }
    assert_int_equal(dum_out_of_dialog_create(world.two.profile, &nowhere, NULL), SIP_EINVAL);
    assert_int_equal(dum_out_of_dialog_create(NULL, &nowhere, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_usages(world.two.alice), 0);
    assert_int_equal(dum_manager_set_out_of_dialog_handler(world.two.bob, &receiver, NULL),
                     SIP_ESTATE);
    assert_int_equal(dum_manager_set_out_of_dialog_handler(NULL, &receiver, NULL), SIP_EINVAL);
    assert_null(dum_out_of_dialog_data(NULL));
    assert_int_equal(dum_out_of_dialog_id(NULL), 0);
    assert_null(dum_request_msg(NULL));
    assert_null(dum_request_manager(NULL));
    assert_int_equal(dum_request_id(NULL), 0);
    assert_int_equal(dum_request_respond(NULL, 200, NULL), SIP_EINVAL);
    world_finish(&world);
}

/* The challenge is answered for messages and the rest, too. */
static void challenged(void **state)
{
    dum_server_auth_config digest = {.realm = "home"};
    sip_sim_config net = {.seed = 3, .delay_ms = 10};
    dum_out_of_dialog_config config = {.to = "sip:home"};
    sip_sim *sim;
    sim_home home;
    sim_agent bob;

    (void)state;
    assert_int_equal(sip_sim_create(&net, &sim), 0);
    sim_agent_init(&bob, sim, "bob", "secret");
    sim_home_init_bare(&home, sim, &digest, NULL);
    assert_int_equal(dum_out_of_dialog_create(bob.profile, &config, NULL), 0);
    sip_sim_run(sim, 1000);
    assert_null(sip_sim_ladder_diff(sim, 0,
                                    "bob -> home OPTIONS\n"
                                    "bob <- home 401\n"
                                    "bob -> home OPTIONS\n"
                                    "bob <- home 200\n"));
    sip_sim_run(sim, 40000);
    assert_int_equal(sip_sim_live_objects(sim), 0);
    sip_sim_destroy(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answered_by_itself),
        cmocka_unit_test(answered_by_the_application),
        cmocka_unit_test(methods_that_nobody_takes),
        cmocka_unit_test(strangers),
        cmocka_unit_test(a_register_for_the_application),
        cmocka_unit_test(wrong_calls),
        cmocka_unit_test(challenged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
