#include "support/sim_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/sim_agent.h"

static int open_alice(sim_memory *it, const sip_allocator *allocator)
{
    const sip_stack_config config = {.allocator = allocator};
    const dum_profile_config profile = {.aor = "sip:alice@home", .password = "secret"};
    sip_stack *stack;
    int err = sip_sim_add_host(it->sim, "alice", &config, &stack);

    if (err == 0) {
        err = dum_manager_create(stack, NULL, &it->alice);
    }
    return err != 0 ? err : dum_profile_create(it->alice, &profile, &it->profile);
}

static int open_server(sim_memory *it, const char *name, const sip_allocator *allocator)
{
    static const dum_server_auth_handler passwords = {.find_a1 = sim_find_a1};
    const sip_stack_config config = {.allocator = allocator};
    const dum_server_auth_config auth = {.realm = "home"};
    sip_stack *stack;
    int err = sip_sim_add_host(it->sim, name, &config, &stack);

    if (err == 0) {
        err = dum_manager_create(stack, NULL, &it->server);
    }
    return err != 0 ? err : dum_manager_set_server_auth(it->server, &auth, &passwords, NULL);
}

bool sim_memory_fail_at(const sim_memory_play *play, size_t n, bool at_server, void *user_data)
{
    const sip_sim_config net = {.seed = n, .delay_ms = 5};
    sim_memory it = {.begun = 0};
    bool opened;

    fail_alloc_init(&it.fails, n);
    assert_int_equal(sip_sim_create(&net, &it.sim), 0);
    opened = open_alice(&it, at_server ? NULL : &it.fails.allocator) == 0 &&
             play->set_alice(&it, user_data) == 0 &&
             open_server(&it, play->server, at_server ? &it.fails.allocator : NULL) == 0 &&
             play->set_server(&it, user_data) == 0;
    assert_true(opened || it.fails.failed);
    if (opened) {
        play->run(&it, user_data);
        assert_int_equal(sip_sim_settle(it.sim, 300000), 0);
        assert_int_equal(sip_sim_live_objects(it.sim), 0);
    }
    sip_sim_destroy(it.sim);
    assert_int_equal(it.begun, it.ended);
    assert_int_equal(it.fails.live, 0);
    return it.fails.failed;
}
