#include "core/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sip/sim.h>

typedef struct job {
    dum__deferred deferred;
    dum__turn *turn;
    struct job *then;
    char name;
} job;

static char order[32];
static size_t done;

static void run(dum__deferred *deferred)
{
    job *self = SIP_CONTAINER_OF(deferred, job, deferred);

    order[done++] = self->name;
    if (self->then != NULL) {
        dum__turn_defer(self->turn, &self->then->deferred, run);
    }
}

static void run_other(dum__deferred *deferred)
{
    (void)deferred;
    order[done++] = '!';
}

typedef struct world {
    sip_sim *sim;
    dum__turn turn;
    job a, b, c;
} world;

static void open_world(world *w)
{
    sip_stack *stack;

    *w = (world){.a = {.name = 'a'}, .b = {.name = 'b'}, .c = {.name = 'c'}};
    done = 0;
    assert_int_equal(sip_sim_create(NULL, &w->sim), 0);
    assert_int_equal(sip_sim_add_host(w->sim, "a", NULL, &stack), 0);
    dum__turn_init(&w->turn, sip_stack_worker(stack, 0));
    w->a.turn = w->b.turn = w->c.turn = &w->turn;
}

static void runs_once_in_order(void **state)
{
    world w;

    (void)state;
    open_world(&w);
    dum__turn_defer(&w.turn, &w.b.deferred, run);
    dum__turn_defer(&w.turn, &w.a.deferred, run);
    dum__turn_defer(&w.turn, &w.b.deferred, run);
    assert_int_equal(done, 0);
    sip_sim_run(w.sim, 1);
    assert_memory_equal(order, "ba", 2);
    assert_int_equal(done, 2);
    sip_sim_run(w.sim, 1);
    assert_int_equal(done, 2);
    dum__turn_finish(&w.turn);
    sip_sim_destroy(w.sim);
}

static void what_it_queues_runs_as_well(void **state)
{
    world w;

    (void)state;
    open_world(&w);
    w.a.then = &w.c;
    dum__turn_defer(&w.turn, &w.a.deferred, run);
    dum__turn_defer(&w.turn, &w.b.deferred, run);
    dum__turn_run(&w.turn);
    assert_int_equal(done, 3);
    assert_memory_equal(order, "abc", 3);
    dum__turn_finish(&w.turn);
    sip_sim_destroy(w.sim);
}

static void forgotten_in_every_place(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) {
        world w;

        open_world(&w);
        dum__turn_defer(&w.turn, &w.a.deferred, run);
        dum__turn_defer(&w.turn, &w.b.deferred, run);
        if (which < 3) {
            dum__turn_defer(&w.turn, &w.c.deferred, run);
        }
        dum__turn_forget(&w.turn, which == 0   ? &w.a.deferred
                                  : which == 1 ? &w.b.deferred
                                               : &w.c.deferred);
        dum__turn_defer(&w.turn, &w.a.deferred, run_other); /* replaced, or new at the end */
        dum__turn_finish(&w.turn);
        assert_int_equal(done, which == 0 ? 3 : 2);
        assert_memory_equal(order, which == 0 ? "bc!" : which == 1 ? "!c" : "!b", done);
        sip_sim_destroy(w.sim);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_once_in_order),
        cmocka_unit_test(what_it_queues_runs_as_well),
        cmocka_unit_test(forgotten_in_every_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
