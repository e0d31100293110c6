#include "core/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sip/sim.h>

#include "core/context.h"

static void found_by_kind_while_alive(void **state)
{
    const dum__kind apple = {"apple"}, pear = {"pear"};
    dum__object object = {.id = 0};
    dum_manager *dum;
    sip_stack *stack;
    sip_sim *sim;
    dum_id id;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "a", NULL, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &dum), 0);
    assert_int_equal(dum__object_init(&object, dum, &apple), 0);
    id = object.id;
    assert_true(id != 0);
    assert_int_equal(sip_stack_live_objects(stack), 1);
    assert_ptr_equal(dum__object_find(dum, id, &apple), &object);
    assert_null(dum__object_find(dum, id, &pear));
    assert_null(dum__object_find(dum, 0, &apple));
    assert_null(dum__object_find(NULL, id, &apple));
    dum__object_finish(&object);
    dum__object_finish(&object);
    assert_null(dum__object_find(dum, id, &apple));
    assert_int_equal(sip_stack_live_objects(stack), 0);
    sip_sim_destroy(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(found_by_kind_while_alive)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
