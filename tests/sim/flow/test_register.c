/* Registration as RFC 3665 section 2 shows it, and what goes wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_agent.h"

#define SECOND 1000u
#define MINUTE (60u * SECOND)
#define HOUR (60u * MINUTE)

static const dum_server_auth_config digest = {.realm = "home"};

struct world {
    sip_sim *sim;
    sim_home home;
    sim_agent bob;
};

static int world_init(struct world *world, const dum_registrar_config *config,
                      const dum_server_auth_config *auth)
{
    sip_sim_config net = {.seed = 7, .delay_ms = 10};

    memset(world, 0, sizeof *world);
    assert_int_equal(sip_sim_create(&net, &world->sim), 0);
    sim_agent_init(&world->bob, world->sim, "bob", auth != NULL ? "secret" : NULL);
    sim_home_init(&world->home, world->sim, config, auth);
    return 0;
}

static void assert_ladder(struct world *world, const char *expected)
{
    const char *diff = sip_sim_ladder_diff(world->sim, SIP_LADDER_NO_REPEATS, expected);

    if (diff != NULL) {
        fail_msg("%s", diff);
    }
}

static void world_finish(struct world *world)
{
    sip_sim_settle(world->sim, 40 * SECOND);
    assert_int_equal(sip_sim_live_objects(world->sim), 0);
    sip_sim_destroy(world->sim);
}

/* 2.1 */
static void new_registration(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, &digest);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND);
    assert_ladder(&world, "bob -> home REGISTER\n"
                          "bob <- home 401\n"
                          "bob -> home REGISTER\n"
                          "bob <- home 200\n");
    assert_int_equal(world.bob.actives, 1);
    assert_int_equal(dum_registration_expires_s(world.bob.reg), 3600);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 1);
    assert_int_equal(world.home.added, 1);
    assert_int_equal(dum_registrar_aors(world.home.registrar), 1);

    assert_int_equal(dum_registration_end(world.bob.reg), 0);
    assert_int_equal(dum_registration_end(world.bob.reg), SIP_ESTATE);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.bob.why, DUM_WHY_LOCAL);
    assert_int_equal(world.home.removed, 1);
    assert_int_equal(world.home.expired, 0);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 0);
    world_finish(&world);
}

/* 2.2: refresh by hand; the credentials still serve, so no challenge comes */
static void refresh_now(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, &digest);
    sim_agent_register(&world.bob, 600);
    assert_int_equal(dum_registration_refresh(world.bob.reg), SIP_ESTATE); /* in flight */
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(dum_registration_refresh(world.bob.reg), 0);
    sip_sim_run(world.sim, SECOND);
    assert_ladder(&world, "bob -> home REGISTER\n"
                          "bob <- home 401\n"
                          "bob -> home REGISTER\n"
                          "bob <- home 200\n"
                          "bob -> home REGISTER\n"
                          "bob <- home 200\n");
    assert_int_equal(world.bob.actives, 2);
    assert_int_equal(world.home.refreshed, 1);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 1);
    dum_registration_end(world.bob.reg);
    world_finish(&world);
}

/* 2.5 */
static void unsuccessful(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, &digest);
    world.bob.profile = NULL;
    assert_int_equal(
        dum_profile_create(world.bob.dum,
                           &(dum_profile_config){.aor = "sip:bob@home", .password = "wrong"},
                           &world.bob.profile),
        0);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND);
    assert_ladder(&world, "bob -> home REGISTER\n"
                          "bob <- home 401\n"
                          "bob -> home REGISTER\n"
                          "bob <- home 401\n");
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.bob.why, DUM_WHY_REJECTED);
    assert_int_equal(world.bob.status, 401);
    assert_null(world.bob.reg);
    assert_int_equal(dum_registrar_aors(world.home.registrar), 0);
    world_finish(&world);
}

static void refused_for_good(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, NULL);
    world.home.refuse = 404;
    world.bob.end_on_terminated = true;
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.bob.status, 404);
    assert_int_equal(world.bob.verb_result, SIP_ESTATE);
    world_finish(&world);
}

/* 10.2.8: asked again once with what the registrar wants, and so ever after. */
static void too_brief(void **state)
{
    dum_registrar_config config = {.min_expires_s = 300};
    struct world world;

    (void)state;
    world_init(&world, &config, NULL);
    sim_agent_register(&world.bob, 100);
    sip_sim_run(world.sim, SECOND);
    assert_ladder(&world, "bob -> home REGISTER\n"
                          "bob <- home 423\n"
                          "bob -> home REGISTER\n"
                          "bob <- home 200\n");
    assert_int_equal(dum_registration_expires_s(world.bob.reg), 300);
    sip_sim_run(world.sim, 5 * MINUTE);
    assert_int_equal(world.bob.actives, 2);
    dum_registration_end(world.bob.reg);
    world_finish(&world);
}

/* Every refresh comes at 90 % of the lifetime, for a day, with the registrar's times. */
static void refreshed_for_a_day(void **state)
{
    dum_registrar_config config = {.max_expires_s = 1000};
    struct world world;

    (void)state;
    world_init(&world, &config, &digest);
    sim_agent_register(&world.bob, 7200);
    for (unsigned i = 0; i < 24 * 60; i++) {
        sip_sim_run(world.sim, MINUTE);
        assert_int_equal(sim_home_bindings(&world.home, "bob"), 1);
    }
    assert_int_equal(dum_registration_expires_s(world.bob.reg), 1000);
    assert_in_range(world.bob.actives, 95, 97); /* 86,400 s / 900 s */
    assert_int_equal(world.home.expired, 0);
    assert_int_equal(world.home.added, 1);
    assert_int_equal(world.bob.retryings, 0);
    dum_registration_end(world.bob.reg);
    world_finish(&world);
}

/* No answer: 32 s each, pauses of 30 s, 60 s, 120 s … up to half an hour. */
static void retries_with_growing_pauses(void **state)
{
    uint32_t pause_s = 30;
    struct world world;

    (void)state;
    world_init(&world, NULL, NULL);
    sip_sim_set_cut(world.sim, "home", true);
    sim_agent_register(&world.bob, 0);
    for (unsigned i = 1; i <= 9; i++) {
        sip_sim_run(world.sim, 33 * SECOND);
        assert_int_equal(world.bob.retryings, i);
        assert_int_equal(world.bob.status, 408);
        assert_int_equal(world.bob.why, DUM_WHY_TIMEOUT);
        assert_int_equal(world.bob.retry_ms, pause_s * SECOND);
        sip_sim_run(world.sim, pause_s * SECOND - SECOND);
        pause_s = pause_s * 2 < 1800 ? pause_s * 2 : 1800;
    }
    sip_sim_set_cut(world.sim, "home", false);
    sip_sim_run(world.sim, HOUR);
    assert_in_range(world.bob.actives, 1, 2);
    dum_registration_end(world.bob.reg);
    world_finish(&world);
}

/* The registrar forgets everything: the next refresh puts it right. */
static void registrar_restarts(void **state)
{
    struct world world;
    unsigned actives;

    (void)state;
    world_init(&world, NULL, &digest);
    sim_agent_register(&world.bob, 600);
    sip_sim_run(world.sim, MINUTE);
    assert_int_equal(world.bob.actives, 1);
    sip_sim_set_cut(world.sim, "home", true); /* long enough for the binding to run out */
    sip_sim_run(world.sim, 700 * SECOND);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 0);
    assert_int_equal(world.home.expired, 1);
    assert_true(world.bob.retryings > 0);
    sip_sim_set_cut(world.sim, "home", false);
    actives = world.bob.actives;
    sip_sim_run(world.sim, HOUR);
    assert_true(world.bob.actives > actives);
    assert_int_equal(sim_home_bindings(&world.home, "bob"), 1);
    assert_int_equal(world.home.added, 2);
    dum_registration_end(world.bob.reg);
    world_finish(&world);
}

static void ended_in_callbacks(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, &digest);
    world.bob.end_on_active = true;
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.verb_result, 0);
    assert_int_equal(world.bob.actives, 1);
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.home.removed, 1);

    world.bob.end_on_active = false;
    world.bob.end_on_retrying = true;
    sip_sim_set_cut(world.sim, "home", true);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, 40 * SECOND);
    assert_int_equal(world.bob.retryings, 1);
    assert_int_equal(world.bob.verb_result, 0);
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.bob.why, DUM_WHY_LOCAL);
    world_finish(&world);
}

static void refreshed_in_callback(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, &digest);
    world.bob.refresh_on_active = true;
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.verb_result, 0);
    assert_int_equal(world.bob.actives, 2);
    dum_registration_end(world.bob.reg);
    world_finish(&world);
}

/* The end is remembered while a REGISTER is in flight: the binding goes when it is there. */
static void ended_in_flight(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, NULL);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, 5);
    assert_int_equal(dum_registration_end(world.bob.reg), 0);
    sip_sim_run(world.sim, SECOND);
    assert_ladder(&world, "bob -> home REGISTER\n"
                          "bob <- home 200\n"
                          "bob -> home REGISTER\n"
                          "bob <- home 200\n");
    assert_int_equal(world.bob.actives, 0);
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.home.added, 1);
    assert_int_equal(world.home.removed, 1);
    world_finish(&world);
}

static void unregistered_without_an_answer(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, NULL);
    sim_agent_register(&world.bob, 60);
    sip_sim_run(world.sim, SECOND);
    sip_sim_set_cut(world.sim, "home", true);
    assert_int_equal(dum_registration_end(world.bob.reg), 0);
    sip_sim_run(world.sim, 33 * SECOND);
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.bob.why, DUM_WHY_LOCAL);
    assert_int_equal(world.bob.status, 408);
    sip_sim_run(world.sim, MINUTE); /* the binding runs out by itself */
    world_finish(&world);
}

static void stack_stops_and_is_destroyed(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL, NULL);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND);
    sip_stack_stop(world.bob.stack);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.bob.why, DUM_WHY_SHUTDOWN);
    assert_int_equal(world.home.removed, 1);
    world_finish(&world);

    world_init(&world, NULL, NULL);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, 5); /* the REGISTER is in flight */
    sip_sim_destroy(world.sim);
    assert_int_equal(world.bob.terminations, 1);
    assert_int_equal(world.bob.why, DUM_WHY_SHUTDOWN);

    world_init(&world, NULL, NULL);
    sim_agent_register(&world.bob, 0);
    sip_sim_run(world.sim, SECOND); /* registered */
    sip_sim_destroy(world.sim);
    assert_int_equal(world.bob.terminations, 1);
}

static void extras_go_along_every_time(void **state)
{
    static const sip_header headers[] = {{"X-Line", "7"}, {NULL, NULL}};
    sip_extras extras = {.headers = headers};
    dum_registration_config config = {.registrar = "sip:home", .extras = &extras};
    struct world world;

    (void)state;
    world_init(&world, NULL, &digest);
    assert_int_equal(dum_registration_create(world.bob.profile, &config, &world.bob.reg), 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 1);
    assert_int_equal(dum_registration_refresh(world.bob.reg), 0);
    sip_sim_run(world.sim, SECOND);
    assert_int_equal(world.bob.actives, 2);
    assert_int_equal(world.home.lines, 2);
    dum_registration_end(world.bob.reg);
    world_finish(&world);
    assert_int_equal(world.home.lines, 3);

    world_init(&world, NULL, NULL);
    config.registrar = "mailto:home";
    assert_int_equal(dum_registration_create(world.bob.profile, &config, &world.bob.reg),
                     SIP_EINVAL);
    assert_int_equal(dum_manager_usages(world.bob.dum), 0);
    world_finish(&world);
}

static void null_handles(void **state)
{
    dum_registration *reg;

    (void)state;
    assert_int_equal(dum_registration_end(NULL), SIP_EINVAL);
    assert_int_equal(dum_registration_refresh(NULL), SIP_EINVAL);
    assert_int_equal(dum_registration_expires_s(NULL), 0);
    assert_int_equal(dum_registration_id(NULL), 0);
    assert_null(dum_registration_data(NULL));
    assert_null(dum_registration_find(NULL, 1));
    assert_int_equal(dum_registration_create(NULL, &(dum_registration_config){0}, &reg),
                     SIP_EINVAL);
    assert_int_equal(dum_manager_set_registration_handler(NULL, NULL, NULL), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_registration),
        cmocka_unit_test(refresh_now),
        cmocka_unit_test(unsuccessful),
        cmocka_unit_test(refused_for_good),
        cmocka_unit_test(too_brief),
        cmocka_unit_test(refreshed_for_a_day),
        cmocka_unit_test(retries_with_growing_pauses),
        cmocka_unit_test(registrar_restarts),
        cmocka_unit_test(ended_in_callbacks),
        cmocka_unit_test(refreshed_in_callback),
        cmocka_unit_test(ended_in_flight),
        cmocka_unit_test(unregistered_without_an_answer),
        cmocka_unit_test(stack_stops_and_is_destroyed),
        cmocka_unit_test(extras_go_along_every_time),
        cmocka_unit_test(null_handles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
