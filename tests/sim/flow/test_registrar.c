/* The registrar's rules (RFC 3261 10.3), asked by a client that says exactly what it is told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_agent.h"

struct world {
    sip_sim *sim;
    sim_home home;
    sim_raw raw;
};

static void world_init(struct world *world, const dum_registrar_config *config)
{
    sip_sim_config net = {.seed = 3, .delay_ms = 10};

    memset(world, 0, sizeof *world);
    assert_int_equal(sip_sim_create(&net, &world->sim), 0);
    sim_home_init(&world->home, world->sim, config, NULL);
    sim_raw_init(&world->raw, world->sim, "raw");
    world->raw.to = "<sip:alice@home>";
}

static void world_finish(struct world *world)
{
    sim_raw_finish(&world->raw);
    sip_sim_destroy(world->sim);
}

/* REGISTER with a Contact and an Expires header, each or none. */
static int ask(struct world *world, const char *contact, const char *expires)
{
    sip_header headers[3] = {{NULL, NULL}};
    size_t n = 0;

    if (contact != NULL) {
        headers[n++] = (sip_header){"Contact", contact};
    }
    if (expires != NULL) {
        headers[n++] = (sip_header){"Expires", expires};
    }
    return sim_raw_ask(&world->raw, "REGISTER", "sip:home", headers, NULL);
}

static const sip_address *contact(const struct world *world, size_t i)
{
    return sip_msg_address(world->raw.response, SIP_HEADER_CONTACT, i);
}

/* RFC 3665 2.1 to 2.4: add, another contact, ask, cancel. */
static void add_update_query_cancel(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    assert_int_equal(ask(&world, "<sip:alice@a.example>", "7200"), 200);
    assert_int_equal(world.home.added, 1);
    assert_int_equal(contact(&world, 0)->expires_s, 7200);
    assert_true(sip_msg_value(world.raw.response, SIP_HEADER_DATE, 0).len > 20);

    assert_int_equal(ask(&world, "\"A\" <sip:alice@b.example>;q=0.7, <mailto:a@b>;q=0.2", NULL),
                     200);
    assert_int_equal(world.home.added, 3);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 3);

    assert_int_equal(ask(&world, NULL, NULL), 200);
    assert_true(sip_str_equal(contact(&world, 0)->uri.text, "sip:alice@a.example"));
    assert_false(contact(&world, 0)->has_q);
    assert_in_range(contact(&world, 0)->expires_s, 7198, 7200);
    assert_true(sip_str_equal(contact(&world, 1)->uri.text, "sip:alice@b.example"));
    assert_int_equal(contact(&world, 1)->q_permille, 700);
    assert_int_equal(contact(&world, 1)->expires_s, 3600);
    assert_true(sip_str_equal(contact(&world, 2)->uri.text, "mailto:a@b"));
    assert_null(contact(&world, 3));

    assert_int_equal(ask(&world, "<sip:alice@B.EXAMPLE>;expires=0", NULL), 200);
    assert_int_equal(world.home.removed, 1);
    assert_int_equal(ask(&world, "*", "0"), 200);
    assert_null(contact(&world, 0));
    assert_int_equal(world.home.removed, 3);
    assert_int_equal(dum_registrar_aors(world.home.registrar), 0);
    world_finish(&world);
}

static void what_a_binding_looks_like(void **state)
{
    struct world world;
    dum_binding binding;
    sip_uri aor;

    (void)state;
    world_init(&world, NULL);
    world.raw.to = "<sip:%61lice@HOME:5060;transport=udp>";
    assert_int_equal(ask(&world, "<sip:x@[::1]:6000;transport=tcp>;expires=100;q=0.5", "9"), 200);
    assert_int_equal(sip_uri_parse(SIP_STR("sip:alice@home"), &aor), 0);
    assert_true(dum_registrar_binding(world.home.registrar, &aor, 0, &binding));
    assert_true(sip_str_equal(binding.aor, "sip:alice@home"));
    assert_true(sip_str_equal(binding.contact, "sip:x@[::1]:6000;transport=tcp"));
    assert_true(sip_str_equal(binding.call_id, "raw-call-id"));
    assert_int_equal(binding.cseq, 1);
    assert_int_equal(binding.q_permille, 500);
    assert_int_equal(binding.expires_s, 100);
    assert_int_equal(binding.path.protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(binding.path.remote.port, 5060);
    assert_false(dum_registrar_binding(world.home.registrar, &aor, 1, &binding));
    assert_false(dum_registrar_binding(NULL, &aor, 0, &binding));
    assert_false(dum_registrar_binding(world.home.registrar, NULL, 0, &binding));
    world_finish(&world);
}

static void bindings_run_out(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    assert_int_equal(ask(&world, "<sip:a@a>;expires=100, <sip:a@b>;expires=200", NULL), 200);
    sip_sim_run(world.sim, 98000);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 2);
    sip_sim_run(world.sim, 2000);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 1);
    assert_int_equal(world.home.expired, 1);
    assert_int_equal(ask(&world, "<sip:a@b>;expires=200", NULL), 200); /* again from now on */
    sip_sim_run(world.sim, 198000);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 1);
    sip_sim_run(world.sim, 3000);
    assert_int_equal(dum_registrar_aors(world.home.registrar), 0);
    assert_int_equal(world.home.expired, 2);
    assert_int_equal(world.home.removed, 2);
    world_finish(&world);
}

/* Step 6. */
static void star(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    assert_int_equal(ask(&world, "<sip:a@a>", NULL), 200);
    assert_int_equal(ask(&world, "*", NULL), 400);
    assert_int_equal(ask(&world, "*", "10"), 400);
    assert_int_equal(ask(&world, "*, <sip:a@b>", "0"), 400);
    assert_int_equal(ask(&world, "<sip:a@b>, <bad", NULL), 400);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 1);
    assert_int_equal(world.home.added, 1);
    sip_sim_run(world.sim, 40000); /* the first has gone, so that this is not merged with it */
    world.raw.cseq = 1;
    assert_int_equal(ask(&world, "*", "0"), 500); /* out of order */
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 1);
    world_finish(&world);
}

/* Step 7: all of it or nothing. */
static void out_of_order(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, NULL);
    world.raw.cseq = 10;
    assert_int_equal(ask(&world, "<sip:a@a>", NULL), 200);
    world.raw.cseq = 9;
    assert_int_equal(ask(&world, "<sip:a@new>, <sip:a@a>;expires=0", NULL), 500);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 1);
    assert_int_equal(world.home.added, 1);
    world.raw.cseq = 5;
    world.raw.call_id = "another"; /* other Call-IDs are not compared */
    assert_int_equal(ask(&world, "<sip:a@a>;q=0.1", NULL), 200);
    assert_int_equal(world.home.refreshed, 1);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 1);
    world_finish(&world);
}

static void lifetimes(void **state)
{
    dum_registrar_config config = {
        .min_expires_s = 120, .max_expires_s = 5000, .default_expires_s = 400};
    uint32_t min_s = 0;
    struct world world;

    (void)state;
    world_init(&world, &config);
    assert_int_equal(ask(&world, "<sip:a@ok>, <sip:a@a>;expires=119", NULL), 423);
    assert_int_equal(sip_msg_number(world.raw.response, SIP_HEADER_MIN_EXPIRES, &min_s), 0);
    assert_int_equal(min_s, 120);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 0);
    assert_int_equal(dum_registrar_aors(world.home.registrar), 0);
    assert_int_equal(ask(&world, "<sip:a@a>;expires=120", NULL), 200);
    assert_int_equal(contact(&world, 0)->expires_s, 120);
    assert_int_equal(ask(&world, "<sip:a@a>;expires=4294967295", NULL), 200);
    assert_int_equal(contact(&world, 0)->expires_s, 5000);
    assert_int_equal(ask(&world, "<sip:a@a>", NULL), 200);
    assert_int_equal(contact(&world, 0)->expires_s, 400);
    assert_int_equal(ask(&world, "<sip:a@a>", "soon"), 200); /* malformed: the default */
    assert_int_equal(contact(&world, 0)->expires_s, 400);
    assert_int_equal(ask(&world, "<sip:a@a>;expires=300, <sip:a@a>;expires=0", NULL), 200);
    assert_null(contact(&world, 0)); /* the last word counts */
    world_finish(&world);
}

static void limits(void **state)
{
    dum_registrar_config config = {.max_bindings = 2, .max_aors = 1};
    char many[2000] = "<sip:m0@a>";
    struct world world;

    (void)state;
    world_init(&world, &config);
    for (int i = 1; i < 50; i++) {
        snprintf(many + strlen(many), sizeof many - strlen(many), ", <sip:m%d@a>", i);
    }
    assert_int_equal(ask(&world, many, NULL), 403);
    assert_int_equal(ask(&world, "<sip:a@a>, <sip:a@b>, <sip:a@c>", NULL), 403);
    assert_int_equal(dum_registrar_aors(world.home.registrar), 0);
    assert_int_equal(ask(&world, "<sip:a@a>, <sip:a@b>", NULL), 200);
    assert_int_equal(ask(&world, "<sip:a@c>", NULL), 403);
    assert_int_equal(ask(&world, "<sip:a@c>, <sip:a@a>;expires=0", NULL), 200);
    assert_int_equal(sim_home_bindings(&world.home, "alice"), 2);
    world.raw.to = "<sip:bob@home>";
    assert_int_equal(ask(&world, "<sip:b@c>", NULL), 503);
    assert_true(sip_msg_value(world.raw.response, SIP_HEADER_RETRY_AFTER, 0).len > 0);
    assert_int_equal(ask(&world, NULL, NULL), 200); /* asking is no burden */
    assert_int_equal(dum_registrar_aors(world.home.registrar), 1);
    world_finish(&world);
}

/* Steps 1, 2, 4 and 5. */
static void who_may_be_registered(void **state)
{
    static const sip_header require[] = {{"Require", "warp"}, {NULL, NULL}};
    struct world world;

    (void)state;
    world_init(&world, NULL);
    world.raw.to = "<sip:alice@elsewhere>";
    assert_int_equal(ask(&world, "<sip:a@a>", NULL), 404);
    world.raw.to = "<tel:+123>";
    assert_int_equal(ask(&world, "<sip:a@a>", NULL), 404);
    world.raw.to = "<sip:home>";
    assert_int_equal(ask(&world, "<sip:a@a>", NULL), 404);
    world.raw.to = "<sip:alice@home>";
    assert_int_equal(sim_raw_ask(&world.raw, "REGISTER", "sip:home", require, NULL), 420);
    assert_true(sip_msg_has_token(world.raw.response, SIP_HEADER_UNSUPPORTED, "warp"));
    world.home.refuse = 403;
    assert_int_equal(ask(&world, "<sip:a@a>", NULL), 403);
    world.home.refuse = -1;
    assert_int_equal(ask(&world, "<sip:a@a>", NULL), 403);
    assert_int_equal(dum_registrar_aors(world.home.registrar), 0);
    assert_int_equal(sim_raw_ask(&world.raw, "OPTIONS", "sip:home", NULL, NULL), 200);
    assert_true(sip_msg_has_token(world.raw.response, SIP_HEADER_ALLOW, "REGISTER"));
    world_finish(&world);
}

static void making_one(void **state)
{
    dum_registrar_config bad = {.min_expires_s = 100, .max_expires_s = 50};
    sip_sim_config net = {.seed = 1};
    sip_stack *stack;
    dum_manager *dum;
    sip_sim *sim;

    (void)state;
    assert_int_equal(sip_sim_create(&net, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "x", NULL, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &dum), 0);
    assert_int_equal(dum_registrar_create(NULL, NULL, NULL, NULL, NULL), SIP_EINVAL);
    assert_int_equal(dum_registrar_create(dum, &bad, NULL, NULL, NULL), SIP_EINVAL);
    assert_int_equal(dum_registrar_create_sized(dum, NULL, 0, NULL, 0, NULL, NULL), 0);
    assert_int_equal(dum_registrar_create_sized(dum, NULL, 0, NULL, 0, NULL, NULL), SIP_ESTATE);
    assert_int_equal(dum_registrar_aors(NULL), 0);
    sip_sim_destroy(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add_update_query_cancel),
        cmocka_unit_test(what_a_binding_looks_like),
        cmocka_unit_test(bindings_run_out),
        cmocka_unit_test(star),
        cmocka_unit_test(out_of_order),
        cmocka_unit_test(lifetimes),
        cmocka_unit_test(limits),
        cmocka_unit_test(who_may_be_registered),
        cmocka_unit_test(making_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
