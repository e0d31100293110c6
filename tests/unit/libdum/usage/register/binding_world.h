/* A store of bindings on a manager in virtual time, whose allocations are counted and may fail. */
#ifndef BINDING_WORLD_H
#define BINDING_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <sip/sim.h>

#include "support/fail_alloc.h"
#include "usage/register/binding_store.h"

typedef struct binding_world {
    dum__binding_store store; /* first */
    fail_alloc memory;
    sip_sim *sim;
    dum_manager *dum;
    unsigned expired;
    char last_expired[100]; /* its contact */
} binding_world;

static inline void world_on_expired(dum__binding_store *store, const dum__binding *binding)
{
    binding_world *world = SIP_CONTAINER_OF(store, binding_world, store);

    world->expired++;
    snprintf(world->last_expired, sizeof world->last_expired, SIP_FMT, SIP_ARG(binding->contact));
}

static inline void world_open(binding_world *world)
{
    sip_stack_config config = {.allocator = &world->memory.allocator};
    sip_stack *stack;

    *world = (binding_world){.expired = 0};
    fail_alloc_init(&world->memory, 0);
    assert_int_equal(sip_sim_create(NULL, &world->sim), 0);
    assert_int_equal(sip_sim_add_host(world->sim, "ua", &config, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &world->dum), 0);
    assert_int_equal(dum__binding_store_init(&world->store, world->dum, world_on_expired), 0);
}

static inline void world_close(binding_world *world)
{
    dum__binding_store_finish(&world->store);
    assert_int_equal(sip_sim_live_objects(world->sim), 0);
    sip_sim_destroy(world->sim);
    assert_int_equal(world->memory.live, 0);
}

/* From now on the n-th allocation fails. */
static inline void world_fail(binding_world *world, size_t n)
{
    world->memory.fail_at = world->memory.calls + n;
    world->memory.failed = false;
}

/* The contacts of a set in order, each with a blank behind it. */
static inline const char *world_contacts(const dum__binding_set *set, char out[300])
{
    size_t len = 0;

    out[0] = '\0';
    for (const sip_list *at = set->bindings.next; at != &set->bindings; at = at->next) {
        const dum__binding *binding = SIP_CONTAINER_OF(at, const dum__binding, link);

        len += (size_t)snprintf(out + len, 300 - len, SIP_FMT " ", SIP_ARG(binding->contact));
    }
    return out;
}

#endif
