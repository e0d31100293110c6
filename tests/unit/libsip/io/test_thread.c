#include "io/thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include "support/fail_alloc.h"

typedef struct seen {
    const void *self;
    bool takes_interrupts;
} seen;

static void look(void *arg)
{
    seen *it = arg;
    sigset_t blocked;

    (void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    it->self = sip__thread_self();
    it->takes_interrupts = sigismember(&blocked, SIGINT) == 0;
}

static void a_thread_runs_beside_and_takes_no_signals(void **state)
{
    sip__thread *threads[2] = {NULL, NULL};
    seen them[2] = {{NULL, false}, {NULL, false}};
    sigset_t blocked;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sip__thread_start(sip_allocator_default(), look, &them[i], &threads[i]),
                         0);
    }
    sip__thread_join(threads[0]);
    sip__thread_join(threads[1]);
    sip__thread_join(NULL);
    for (int i = 0; i < 2; i++) {
        assert_non_null(them[i].self);
        assert_ptr_not_equal(them[i].self, sip__thread_self());
        assert_false(them[i].takes_interrupts);
    }
    assert_ptr_equal(sip__thread_self(), sip__thread_self());
    (void)pthread_sigmask(SIG_SETMASK, NULL, &blocked); /* here they are as before */
    assert_int_equal(sigismember(&blocked, SIGINT), 0);
}

static void without_memory_there_is_none(void **state)
{
    sip__thread *thread = NULL;
    fail_alloc memory;

    (void)state;
    fail_alloc_init(&memory, 1);
    assert_int_equal(sip__thread_start(&memory.allocator, look, NULL, &thread), SIP_ENOMEM);
    assert_null(thread);
    assert_int_equal(memory.live, 0);
}

static void there_is_a_processor(void **state)
{
    (void)state;
    assert_true(sip__thread_cpus() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_runs_beside_and_takes_no_signals),
        cmocka_unit_test(without_memory_there_is_none),
        cmocka_unit_test(there_is_a_processor),
    };

    return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
