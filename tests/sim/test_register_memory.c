/* A registration with digest in which every allocation fails once, on either side: nothing crashes,
 * nothing leaks, every REGISTER is answered, and the client hears how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/sim_agent.h"

typedef struct world {
    sip_sim *sim;
    fail_alloc fails;
    dum_manager *alice, *home;
    dum_profile *profile;
    dum_registration *reg;
    dum_registrar *registrar;
    unsigned begun, actives, retryings, ended;
    unsigned added, refreshed, removed;
} world;

/* ---- alice */

static void on_active(dum_registration *reg, const sip_msg *response, void *user_data)
{
    world *it = user_data;

    assert_int_equal(sip_msg_status(response), 200);
    assert_true(dum_registration_expires_s(reg) > 0);
    it->actives++;
}

static void on_retrying(dum_registration *reg, const dum_cause *cause, void *user_data)
{
    world *it = user_data;

    (void)reg;
    assert_true(cause->text.len > 0);
    assert_true(cause->retry_ms > 0);
    it->retryings++;
}

static void on_terminated(dum_registration *reg, const dum_cause *cause, void *user_data)
{
    world *it = user_data;

    assert_ptr_equal(reg, it->reg);
    assert_true(cause->text.len > 0);
    it->ended++;
    it->reg = NULL;
}

static const dum_registration_handler client = {
    .on_active = on_active,
    .on_retrying = on_retrying,
    .on_terminated = on_terminated,
};

static int open_alice(world *it, const sip_allocator *allocator)
{
    const sip_stack_config config = {.allocator = allocator};
    const dum_profile_config profile = {.aor = "sip:alice@home", .password = "secret"};
    sip_stack *stack;
    int err = sip_sim_add_host(it->sim, "alice", &config, &stack);

    if (err == 0) {
        err = dum_manager_create(stack, NULL, &it->alice);
    }
    if (err == 0) {
        err = dum_profile_create(it->alice, &profile, &it->profile);
    }
    return err != 0 ? err : dum_manager_set_registration_handler(it->alice, &client, it);
}

/* ---- the registrar */

static void on_added(dum_registrar *registrar, const dum_binding *binding, void *user_data)
{
    (void)registrar, (void)binding;
    ((world *)user_data)->added++;
}

static void on_refreshed(dum_registrar *registrar, const dum_binding *binding, void *user_data)
{
    (void)registrar, (void)binding;
    ((world *)user_data)->refreshed++;
}

static void on_removed(dum_registrar *registrar, const dum_binding *binding, bool expired,
                       void *user_data)
{
    (void)registrar, (void)binding, (void)expired;
    ((world *)user_data)->removed++;
}

static const dum_registrar_handler server = {
    .on_added = on_added, .on_refreshed = on_refreshed, .on_removed = on_removed};
static const dum_server_auth_handler passwords = {.find_a1 = sim_find_a1};

static int open_home(world *it, const sip_allocator *allocator)
{
    const sip_stack_config config = {.allocator = allocator};
    const dum_server_auth_config auth = {.realm = "home"};
    sip_stack *stack;
    int err = sip_sim_add_host(it->sim, "home", &config, &stack);

    if (err == 0) {
        err = dum_manager_create(stack, NULL, &it->home);
    }
    if (err == 0) {
        err = dum_manager_set_server_auth(it->home, &auth, &passwords, NULL);
    }
    return err != 0 ? err : dum_registrar_create(it->home, NULL, &server, it, &it->registrar);
}

/* ---- the sweep */

/* 30 s is too brief for the registrar, so there is a 423 as well. */
static void play(world *it, uint32_t expires_s)
{
    const sip_header headers[] = {{"X-Line", "1"}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    const dum_registration_config config = {.expires_s = expires_s, .extras = &extras};

    if (dum_registration_create(it->profile, &config, &it->reg) == 0) {
        it->begun++;
    }
    sip_sim_run(it->sim, 40000);
    dum_registration_refresh(it->reg);
    sip_sim_run(it->sim, 40000);
    if (it->begun > 0) {
        assert_non_null(it->reg); /* what failed once has been tried again */
        assert_true(it->actives > 0);
        assert_int_equal(dum_registrar_aors(it->registrar), 1);
    }
    dum_registration_end(it->reg);
    sip_sim_run(it->sim, 700000);
    assert_int_equal(it->begun, it->ended);
    assert_int_equal(it->added, it->removed);
    assert_int_equal(dum_registrar_aors(it->registrar), 0);
    assert_int_equal(sip_sim_settle(it->sim, 300000), 0);
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
}

static bool fail_at(size_t n, bool at_home, uint32_t expires_s)
{
    const sip_sim_config net = {.seed = n, .delay_ms = 5};
    world it = {.begun = 0};
    bool opened;

    fail_alloc_init(&it.fails, n);
    assert_int_equal(sip_sim_create(&net, &it.sim), 0);
    opened = open_alice(&it, at_home ? NULL : &it.fails.allocator) == 0 &&
             open_home(&it, at_home ? &it.fails.allocator : NULL) == 0;
    assert_true(opened || it.fails.failed);
    if (opened) {
        play(&it, expires_s);
    }
    sip_sim_destroy(it.sim);
    assert_int_equal(it.begun, it.ended);
    assert_int_equal(it.fails.live, 0);
    return it.fails.failed;
}

static void every_allocation_fails_once(void **state)
{
    static const uint32_t lifetimes[] = {600, 30};

    (void)state;
    for (size_t way = 0; way < 4; way++) {
        size_t n = 0;

        while (fail_at(++n, way % 2 == 1, lifetimes[way / 2])) {
        }
        assert_true(n > 30);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_fails_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
