#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_agent.h"
#include "usage/register/register_client.h"

typedef struct world {
    sip_sim *sim;
    sim_home home;
    sim_agent bob;
} world;

static void world_open(world *it)
{
    const sip_sim_config net = {.seed = 1, .delay_ms = 10};

    assert_int_equal(sip_sim_create(&net, &it->sim), 0);
    sim_agent_init(&it->bob, it->sim, "bob", NULL);
    sim_home_init(&it->home, it->sim, NULL, NULL);
}

static void world_close(world *it)
{
    sip_sim_run(it->sim, 100000);
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
    sip_sim_destroy(it->sim);
}

static void nobodys(void **state)
{
    const dum_registration_config config = {.expires_s = 60};
    const dum_registration_handler handler = {.on_active = NULL};
    dum_registration *reg = NULL;
    world it;

    (void)state;
    assert_int_equal(dum_registration_create(NULL, &config, &reg), SIP_EINVAL);
    assert_null(reg);
    assert_int_equal(dum_registration_refresh(NULL), SIP_EINVAL);
    assert_int_equal(dum_registration_end(NULL), SIP_EINVAL);
    assert_int_equal(dum_registration_expires_s(NULL), 0);
    assert_null(dum_registration_data(NULL));
    assert_int_equal(dum_registration_id(NULL), 0);
    assert_int_equal(dum_manager_set_registration_handler(NULL, &handler, NULL), SIP_EINVAL);
    world_open(&it);
    assert_null(dum_registration_find(it.bob.dum, 0));
    assert_int_equal(dum_manager_set_registration_handler(it.bob.dum, &handler, NULL), SIP_ESTATE);
    world_close(&it);
}

/* Where the REGISTER goes (10.2): the registrar given, else the host of the AOR. */
static void the_request_uri(void **state)
{
    static const struct {
        const char *aor, *registrar, *uri; /* uri NULL: refused */
    } cases[] = {
        {"sip:bob@home", NULL, "sip:home"},
        {"Bob <sip:bob@home:5080>", NULL, "sip:home:5080"},
        {"sips:bob@home", NULL, "sips:home"},
        {"sip:bob@home", "sip:edge;transport=tcp", "sip:edge;transport=tcp"},
        {"sip:bob@home", "<sip:edge;transport=tcp>", "sip:edge;transport=tcp"},
        {"sip:bob@home", "mailto:edge", NULL},
        {"sip:bob@home", "", NULL},
    };
    world it;

    (void)state;
    world_open(&it);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const dum_profile_config profile = {.aor = cases[i].aor};
        const dum_registration_config config = {.registrar = cases[i].registrar};
        dum_registration *reg = NULL;
        dum_profile *of;
        int err;

        assert_int_equal(dum_profile_create(it.bob.dum, &profile, &of), 0);
        err = dum_registration_create(of, &config, &reg);
        if (cases[i].uri != NULL) {
            assert_int_equal(err, 0);
            assert_string_equal(reg->registrar, cases[i].uri);
            it.bob.terminations = 0;
            assert_int_equal(dum_registration_end(reg), 0);
            sip_sim_run(it.sim, 100000);
            assert_int_equal(it.bob.terminations, 1);
        } else {
            assert_int_equal(err, SIP_EINVAL);
            assert_null(reg);
            assert_non_null(strstr(sip_stack_error(it.bob.stack), "the registrar is no SIP URI"));
        }
        assert_int_equal(dum_manager_usages(it.bob.dum), 0);
    }
    world_close(&it);
}

static void a_host_that_is_too_long(void **state)
{
    dum_registration_config config = {.expires_s = 0};
    char aor[400] = "sip:bob@";
    dum_profile_config profile = {.aor = aor};
    dum_profile *of;
    world it;

    (void)state;
    world_open(&it);
    memset(aor + 8, 'h', 300);
    assert_int_equal(dum_profile_create(it.bob.dum, &profile, &of), 0);
    assert_int_equal(dum_registration_create(of, &config, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_usages(it.bob.dum), 0);
    world_close(&it);
}

static void in_each_phase(void **state)
{
    dum_registration *reg;
    dum_id id;
    world it;

    (void)state;
    world_open(&it);
    sim_agent_register(&it.bob, 600);
    reg = it.bob.reg;
    id = dum_registration_id(reg);
    assert_ptr_equal(dum_registration_find(it.bob.dum, id), reg);
    assert_int_equal(dum_registration_refresh(reg), SIP_ESTATE); /* one is under way */
    assert_int_equal(dum_registration_expires_s(reg), 0);
    sip_sim_run(it.sim, 100);
    assert_int_equal(dum_registration_expires_s(reg), 600);
    assert_int_equal(dum_registration_refresh(reg), 0);
    assert_int_equal(dum_registration_refresh(reg), SIP_ESTATE);
    sip_sim_run(it.sim, 100);
    assert_int_equal(it.home.refreshed, 1);
    assert_int_equal(dum_registration_end(reg), 0);
    assert_int_equal(dum_registration_end(reg), SIP_ESTATE);
    assert_int_equal(dum_registration_refresh(reg), SIP_ESTATE);
    sip_sim_run(it.sim, 100);
    assert_int_equal(it.bob.terminations, 1);
    assert_null(dum_registration_find(it.bob.dum, id));
    assert_int_equal(it.home.removed, 1);
    world_close(&it);
}

/* A parameter of a URI that an application gives is the URI's, with brackets or without. */
static void a_transport_that_was_asked_for(void **state)
{
    static const struct {
        const char *registrar, *proxy;
        sip_protocol protocol;
    } cases[] = {
        {NULL, NULL, SIP_PROTOCOL_UDP},
        {"sip:home;transport=tcp", NULL, SIP_PROTOCOL_TCP},
        {"<sip:home;transport=tcp>", NULL, SIP_PROTOCOL_TCP},
        {NULL, "sip:home;transport=tcp", SIP_PROTOCOL_TCP},
        {NULL, "<sip:home;transport=tcp;lr>", SIP_PROTOCOL_TCP},
    };
    sip_uri aor;

    (void)state;
    assert_int_equal(sip_uri_parse(SIP_STR("sip:bob@home"), &aor), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const dum_profile_config profile = {.aor = "sip:bob@home",
                                            .outbound_proxy = cases[i].proxy};
        const dum_registration_config config = {.registrar = cases[i].registrar};
        dum_registration *reg;
        dum_binding binding;
        dum_profile *of;
        world it;

        world_open(&it);
        assert_int_equal(dum_profile_create(it.bob.dum, &profile, &of), 0);
        assert_int_equal(dum_registration_create(of, &config, &reg), 0);
        sip_sim_run(it.sim, 1000);
        assert_true(dum_registrar_binding(it.home.registrar, &aor, 0, &binding));
        assert_int_equal(binding.path.protocol, cases[i].protocol);
        assert_int_equal(dum_registration_end(reg), 0);
        world_close(&it);
    }
}

/* What goes along is sent again with every REGISTER, though the caller's is gone. */
static void extras_are_kept(void **state)
{
    char value[] = "first";
    const sip_header headers[] = {{"X-Line", value}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    const dum_registration_config config = {.extras = &extras};
    world it;

    (void)state;
    world_open(&it);
    assert_int_equal(dum_registration_create(it.bob.profile, &config, &it.bob.reg), 0);
    memset(value, 'x', sizeof value - 1);
    sip_sim_run(it.sim, 100);
    assert_int_equal(dum_registration_refresh(it.bob.reg), 0);
    sip_sim_run(it.sim, 100);
    assert_int_equal(it.home.lines, 2);
    assert_true(sip_str_equal(sip_msg_find(it.bob.reg->extras, "X-Line", 0), "first"));
    assert_int_equal(dum_registration_end(it.bob.reg), 0);
    world_close(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobodys),
        cmocka_unit_test(the_request_uri),
        cmocka_unit_test(a_host_that_is_too_long),
        cmocka_unit_test(in_each_phase),
        cmocka_unit_test(a_transport_that_was_asked_for),
        cmocka_unit_test(extras_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
