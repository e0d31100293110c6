/* A registration with digest in which every allocation fails once, on either side: nothing crashes,
 * nothing leaks, every REGISTER is answered, and the client hears how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/sim_memory.h"

typedef struct world {
    uint32_t expires_s;
    sim_memory *memory;
    dum_registration *reg;
    dum_registrar *registrar;
    unsigned actives, retryings;
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
    it->memory->ended++;
    it->reg = NULL;
}

static const dum_registration_handler client = {
    .on_active = on_active,
    .on_retrying = on_retrying,
    .on_terminated = on_terminated,
};

static int set_alice(sim_memory *memory, void *user_data)
{
    ((world *)user_data)->memory = memory;
    return dum_manager_set_registration_handler(memory->alice, &client, user_data);
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

static int set_home(sim_memory *memory, void *user_data)
{
    world *it = user_data;

    return dum_registrar_create(memory->server, NULL, &server, it, &it->registrar);
}

/* ---- the sweep */

/* 30 s is too brief for the registrar, so there is a 423 as well; and alice moves. */
static void run(sim_memory *memory, void *user_data)
{
    world *it = user_data;
    const sip_header headers[] = {{"X-Line", "1"}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    const dum_registration_config config = {.expires_s = it->expires_s, .extras = &extras};

    if (dum_registration_create(memory->profile, &config, &it->reg) == 0) {
        memory->begun++;
    }
    sip_sim_run(memory->sim, 40000);
    dum_registration_refresh(it->reg);
    sip_sim_run(memory->sim, 40000);
    (void)sip_sim_move_host(memory->sim, "alice");
    sip_sim_run(memory->sim, 40000);
    if (memory->begun > 0) {
        assert_non_null(it->reg); /* what failed once has been tried again */
        assert_true(it->actives > 0);
        assert_int_equal(dum_registrar_aors(it->registrar), 1);
    }
    dum_registration_end(it->reg);
    sip_sim_run(memory->sim, 700000);
    assert_int_equal(memory->begun, memory->ended);
    assert_int_equal(it->added, it->removed);
    assert_int_equal(dum_registrar_aors(it->registrar), 0);
}

static const sim_memory_play play = {
    .server = "home", .set_alice = set_alice, .set_server = set_home, .run = run};

static void every_allocation_fails_once(void **state)
{
    static const uint32_t lifetimes[] = {600, 30};

    (void)state;
    for (size_t way = 0; way < 4; way++) {
        size_t n = 0;
        bool failed;

        do {
            world it = {.expires_s = lifetimes[way / 2]};

            failed = sim_memory_fail_at(&play, ++n, way % 2 == 1, &it);
        } while (failed);
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
