#include "couple.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void couple_init(couple *two, const char *aor)
{
    const sip_sim_config net = {.seed = 3, .delay_ms = 10};
    const dum_profile_config profile = {.aor = aor};

    assert_false(sip_sim_create(&net, &two->sim) ||
                 sip_sim_add_host(two->sim, "alice", NULL, &two->alice_stack) ||
                 sip_sim_add_host(two->sim, "bob", NULL, &two->bob_stack) ||
                 dum_manager_create(two->alice_stack, NULL, &two->alice) ||
                 dum_manager_create(two->bob_stack, NULL, &two->bob) ||
                 dum_profile_create(two->alice, &profile, &two->profile));
}

void couple_finish(couple *two)
{
    sip_sim_run(two->sim, 40000);
    assert_int_equal(sip_sim_live_objects(two->sim), 0);
    sip_sim_destroy(two->sim);
}
