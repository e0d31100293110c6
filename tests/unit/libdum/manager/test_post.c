#include <dum/dum.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>

#include "support/fail_alloc.h"
#include "support/one_ua.h"

static char order[32];
static size_t n_order;

static void note(dum_manager *dum, void *arg)
{
    assert_non_null(dum);
    assert_true(n_order + 1 < sizeof order);
    order[n_order++] = *(const char *)arg;
    order[n_order] = '\0';
}

static char letters[] = "abc";

static void post_letter(dum_manager *dum, size_t i)
{
    assert_int_equal(dum_manager_post(dum, note, &letters[i]), 0);
}

static void forget_order(void)
{
    n_order = 0;
    order[0] = '\0';
}

static void wrong_arguments(void **state)
{
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    assert_int_equal(dum_manager_post(NULL, note, NULL), SIP_EINVAL);
    assert_int_equal(dum_manager_post(ua.dum, NULL, NULL), SIP_EINVAL);
    one_ua_close(&ua);
}

static void in_order_and_once(void **state)
{
    one_ua ua;

    (void)state;
    forget_order();
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        post_letter(ua.dum, i);
    }
    assert_string_equal(order, ""); /* never from inside the call */
    sip_stack_process(ua.stack);
    assert_string_equal(order, "abc");
    sip_stack_process(ua.stack);
    assert_string_equal(order, "abc");
    one_ua_close(&ua);
}

static void post_more(dum_manager *dum, void *arg)
{
    note(dum, arg);
    post_letter(dum, 1);
    post_letter(dum, 2);
}

/* However many were queued beside it: what a posted function posts is a later turn's. */
static void from_within_in_a_later_turn(void **state)
{
    one_ua ua;

    (void)state;
    forget_order();
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    assert_int_equal(dum_manager_post(ua.dum, post_more, &letters[0]), 0);
    post_letter(ua.dum, 0);
    post_letter(ua.dum, 0);
    sip_stack_process(ua.stack);
    assert_string_equal(order, "aaa");
    sip_stack_process(ua.stack);
    assert_string_equal(order, "aaabc");
    one_ua_close(&ua);
}

static void two_managers_of_a_worker(void **state)
{
    dum_manager *other;
    one_ua ua;

    (void)state;
    forget_order();
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    assert_int_equal(dum_manager_create(ua.stack, NULL, &other), 0);
    post_letter(ua.dum, 0);
    post_letter(other, 1);
    sip_stack_process(ua.stack);
    assert_string_equal(order, "ab");
    one_ua_close(&ua);
}

static void what_never_ran_is_freed(void **state)
{
    fail_alloc counts;
    one_ua ua;

    (void)state;
    forget_order();
    fail_alloc_init(&counts, 0);
    assert_int_equal(one_ua_open(&ua, NULL, &counts.allocator), 0);
    post_letter(ua.dum, 0);
    post_letter(ua.dum, 1);
    one_ua_close(&ua);
    assert_string_equal(order, "");
    assert_int_equal(counts.live, 0);
}

static void without_memory(void **state)
{
    fail_alloc fails;
    one_ua ua;

    (void)state;
    forget_order();
    fail_alloc_init(&fails, 0);
    assert_int_equal(one_ua_open(&ua, NULL, &fails.allocator), 0);
    fails.fail_at = fails.calls + 1;
    assert_int_equal(dum_manager_post(ua.dum, note, &letters[0]), SIP_ENOMEM);
    sip_stack_process(ua.stack);
    assert_string_equal(order, "");
    fails.fail_at = fails.calls + 2; /* the waking: it runs with the next */
    post_letter(ua.dum, 0);
    assert_true(fails.failed);
    sip_stack_process(ua.stack);
    assert_string_equal(order, "");
    post_letter(ua.dum, 1);
    sip_stack_process(ua.stack);
    assert_string_equal(order, "ab");
    one_ua_close(&ua);
    assert_int_equal(fails.live, 0);
}

/* ---- other threads: a real stack with its loop */

#define THREADS 4
#define POSTS 500

typedef struct sender {
    dum_manager *dum;
    pthread_t thread;
    struct crowd *crowd;
    unsigned got; /* touched by the worker alone */
} sender;

typedef struct crowd {
    sip_stack *stack;
    sender senders[THREADS];
    unsigned finished;
    bool in_order;
} crowd;

typedef struct letter {
    sender *from;
    unsigned number;
} letter;

static letter mail[THREADS][POSTS];

static void receive(dum_manager *dum, void *arg)
{
    const letter *it = arg;
    sender *from = it->from;

    from->crowd->in_order = from->crowd->in_order && from->got == it->number && dum == from->dum;
    from->got++;
    if (from->got == POSTS && ++from->crowd->finished == THREADS) {
        sip_stack_stop(from->crowd->stack);
    }
}

static void *send_all(void *arg)
{
    sender *self = arg;
    size_t which = (size_t)(self - self->crowd->senders);

    for (unsigned i = 0; i < POSTS; i++) {
        mail[which][i] = (letter){.from = self, .number = i};
        if (dum_manager_post(self->dum, receive, &mail[which][i]) != 0) {
            return self;
        }
    }
    return NULL;
}

static void from_other_threads(void **state)
{
    crowd c = {.in_order = true};
    dum_manager *dum;

    (void)state;
    assert_int_equal(sip_stack_create(NULL, &c.stack), 0);
    assert_int_equal(dum_manager_create(c.stack, NULL, &dum), 0);
    for (size_t i = 0; i < THREADS; i++) {
        c.senders[i].dum = dum;
        c.senders[i].crowd = &c;
        assert_int_equal(pthread_create(&c.senders[i].thread, NULL, send_all, &c.senders[i]), 0);
    }
    assert_int_equal(sip_stack_run(c.stack), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed;

        assert_int_equal(pthread_join(c.senders[i].thread, &failed), 0);
        assert_null(failed);
        assert_int_equal(c.senders[i].got, POSTS);
    }
    assert_true(c.in_order); /* a thread's own are never overtaken */
    sip_stack_destroy(c.stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_arguments),
        cmocka_unit_test(in_order_and_once),
        cmocka_unit_test(from_within_in_a_later_turn),
        cmocka_unit_test(two_managers_of_a_worker),
        cmocka_unit_test(what_never_ran_is_freed),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(from_other_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
