#include "dialog/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "support/fail_alloc.h"
#include "support/one_ua.h"

static void born_zeroed_counted_and_found(void **state)
{
    probe_log log = {.answer = 0};
    dum__usage *usage;
    dum_id id;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    usage = probe_create(ua.dum->builtin, &log);
    assert_non_null(usage);
    id = usage->object.id;
    assert_ptr_equal(usage->profile, ua.dum->builtin);
    assert_ptr_equal(usage->class, &probe_class);
    assert_false(usage->ending || usage->terminated || usage->reaped || usage->in_shutdown);
    assert_int_equal(dum_manager_usages(ua.dum), 1);
    assert_int_equal(sip_stack_live_objects(ua.stack), 1);
    assert_ptr_equal(dum__object_find(ua.dum, id, &probe_class.kind), usage);
    dum__usage_destroy(usage);
    assert_int_equal(log.destroyed, 1);
    assert_int_equal(dum_manager_usages(ua.dum), 0);
    assert_int_equal(sip_stack_live_objects(ua.stack), 0);
    assert_null(dum__object_find(ua.dum, id, &probe_class.kind));
    one_ua_close(&ua);
}

typedef struct odd {
    dum__usage usage;
    char more[13];
} odd;

static void free_odd(dum__usage *usage)
{
    dum__free(usage->object.dum, usage);
}

static void the_applications_bytes_follow_aligned(void **state)
{
    static const dum__usage_class odd_class = {.kind = {"odd"}, .destroy = free_odd};
    const size_t bytes = offsetof(odd, more) + 13; /* not a multiple of anything */
    const unsigned char zero[100] = {0};
    dum__usage *usage;
    char *data;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    usage = dum__usage_create(ua.dum->builtin, &odd_class, bytes, sizeof zero);
    assert_non_null(usage);
    data = dum__usage_data(usage, bytes);
    assert_int_equal((uintptr_t)data % _Alignof(max_align_t), 0);
    assert_true(data >= (char *)usage + bytes);
    assert_memory_equal(data, zero, sizeof zero);
    memset(data, 0xff, sizeof zero); /* the address sanitizer sees whether they are all there */
    dum__usage_destroy(usage);
    one_ua_close(&ua);
}

static void reaped_at_the_end_of_the_turn(void **state)
{
    probe_log log = {.answer = 0};
    dum__usage *usage;
    dum_id id;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    usage = probe_create(ua.dum->builtin, &log);
    id = usage->object.id;
    dum__usage_reap(usage);
    assert_null(dum__object_find(ua.dum, id, &probe_class.kind));
    assert_true(usage->ending && usage->terminated && usage->reaped);
    assert_int_equal(log.destroyed, 0);
    assert_int_equal(dum_manager_usages(ua.dum), 1);
    dum__usage_reap(usage);
    sip_sim_run(ua.sim, 1);
    assert_int_equal(log.destroyed, 1);
    assert_int_equal(dum_manager_usages(ua.dum), 0);
    assert_int_equal(sip_stack_live_objects(ua.stack), 0);
    one_ua_close(&ua);
    assert_int_equal(log.destroyed, 1);
}

static void destroyed_before_the_turn_ends(void **state)
{
    probe_log first = {.answer = 0}, second = {.answer = 0};
    dum__usage *usage;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    usage = probe_create(ua.dum->builtin, &first);
    dum__usage_reap(probe_create(ua.dum->builtin, &second));
    dum__usage_reap(usage);
    dum__usage_destroy(usage);
    assert_int_equal(first.destroyed, 1);
    sip_sim_run(ua.sim, 1);
    assert_int_equal(first.destroyed, 1);
    assert_int_equal(second.destroyed, 1);
    one_ua_close(&ua);
}

static unsigned gone;

static void note_gone(dum_manager *dum)
{
    gone += dum->n_usages == 0 ? 10u : 1u;
}

static void going_is_told(void **state)
{
    probe_log log = {.answer = 0};
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    ua.dum->usage_gone = note_gone;
    probe_create(ua.dum->builtin, &log);
    dum__usage_destroy(probe_create(ua.dum->builtin, &log));
    assert_int_equal(gone, 1);
    dum__usage_destroy(SIP_CONTAINER_OF(ua.dum->usages.next, dum__usage, link));
    assert_int_equal(gone, 11);
    ua.dum->usage_gone = NULL;
    dum__usage_destroy(probe_create(ua.dum->builtin, &log));
    assert_int_equal(log.destroyed, 3);
    one_ua_close(&ua);
}

static void without_memory_there_is_none(void **state)
{
    probe_log log = {.answer = 0};
    dum__usage *usage = NULL;
    fail_alloc fails;
    size_t n = 0;

    (void)state;
    while (usage == NULL) {
        one_ua ua;

        fail_alloc_init(&fails, 0);
        assert_int_equal(one_ua_open(&ua, NULL, &fails.allocator), 0);
        fails.fail_at = fails.calls + ++n;
        usage = probe_create(ua.dum->builtin, &log);
        assert_int_equal(dum_manager_usages(ua.dum), usage == NULL ? 0 : 1);
        assert_int_equal(sip_stack_live_objects(ua.stack), usage == NULL ? 0 : 1);
        one_ua_close(&ua);
        assert_int_equal(fails.live, 0);
    }
    assert_true(n > 2); /* its memory, and its place in the table of ids */
    assert_int_equal(log.destroyed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(born_zeroed_counted_and_found),
        cmocka_unit_test(the_applications_bytes_follow_aligned),
        cmocka_unit_test(reaped_at_the_end_of_the_turn),
        cmocka_unit_test(destroyed_before_the_turn_ends),
        cmocka_unit_test(going_is_told),
        cmocka_unit_test(without_memory_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
