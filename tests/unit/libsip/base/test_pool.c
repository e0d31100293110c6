#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/pool.h"
#include "support/fail_alloc.h"

#define OBJECTS 1000

typedef struct thing {
    char bytes[72];
} thing;

static void objects_are_zeroed_aligned_and_apart(void **state)
{
    static const thing zeros;
    thing *things[OBJECTS];
    fail_alloc fail;
    sip__pool pool;

    (void)state;
    fail_alloc_init(&fail, 0);
    sip__pool_init(&pool, &fail.allocator, sizeof(thing), 0);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < OBJECTS; i++) {
            things[i] = sip__pool_take(&pool);
            assert_non_null(things[i]);
            assert_int_equal((uintptr_t)things[i] % alignof(max_align_t), 0);
            assert_memory_equal(things[i], &zeros, sizeof(zeros));
            memset(things[i], (int)i, sizeof(*things[i]));
        }
        assert_int_equal(pool.live, OBJECTS);
        for (size_t i = 0; i < OBJECTS; i++) {
            for (size_t j = 0; j < sizeof(thing); j++) {
                assert_int_equal((unsigned char)things[i]->bytes[j], i & 0xff);
            }
            sip__pool_give(&pool, things[i]);
        }
        assert_int_equal(pool.live, 0);
    }
    sip__pool_finish(&pool);
    assert_int_equal(fail.live, 0);
}

static void the_limit_counts_live_objects(void **state)
{
    sip__pool pool;

    (void)state;
    sip__pool_init(&pool, NULL, sizeof(thing), 2);
    void *a = sip__pool_take(&pool);
    void *b = sip__pool_take(&pool);

    assert_non_null(a);
    assert_non_null(b);
    assert_null(sip__pool_take(&pool));
    sip__pool_give(&pool, a);
    assert_non_null(sip__pool_take(&pool));
    assert_null(sip__pool_take(&pool));
    sip__pool_finish(&pool);
}

static void finish_takes_live_objects_along(void **state)
{
    fail_alloc fail;
    sip__pool pool;

    (void)state;
    fail_alloc_init(&fail, 0);
    sip__pool_init(&pool, &fail.allocator, sizeof(thing), 0);
    void *first = sip__pool_take(&pool);
    void *middle = sip__pool_take(&pool);

    assert_non_null(first);
    assert_non_null(sip__pool_take(&pool));
    sip__pool_give(&pool, middle);
    sip__pool_give(&pool, NULL);
    assert_int_equal(pool.live, 2);
    sip__pool_finish(&pool);
    assert_int_equal(pool.live, 0);
    assert_int_equal(fail.live, 0);
}

static void without_memory_it_gives_null_and_lives_on(void **state)
{
    fail_alloc fail;
    sip__pool pool;

    (void)state;
    fail_alloc_init(&fail, 1);
    sip__pool_init(&pool, &fail.allocator, 0, 0);
    assert_null(sip__pool_take(&pool));
    assert_int_equal(pool.live, 0);
    assert_non_null(sip__pool_take(&pool));
    sip__pool_finish(&pool);
    assert_int_equal(fail.live, 0);
}

static void objects_larger_than_a_slab_are_fine(void **state)
{
    sip__pool pool;

    (void)state;
    sip__pool_init(&pool, NULL, 100000, 3);
    for (int i = 0; i < 3; i++) {
        char *object = sip__pool_take(&pool);

        assert_non_null(object);
        object[99999] = 'x';
    }
    assert_null(sip__pool_take(&pool));
    sip__pool_finish(&pool);
}

#ifdef SIP_POOLS
static void a_warm_pool_does_not_ask_the_allocator(void **state)
{
    fail_alloc fail;
    sip__pool pool;

    (void)state;
    fail_alloc_init(&fail, 0);
    sip__pool_init(&pool, &fail.allocator, sizeof(thing), 0);
    sip__pool_give(&pool, sip__pool_take(&pool));
    size_t calls = fail.calls;

    for (int i = 0; i < 1000; i++) {
        void *object = sip__pool_take(&pool);

        assert_non_null(object);
        sip__pool_give(&pool, object);
    }
    assert_int_equal(fail.calls, calls);
    sip__pool_finish(&pool);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_zeroed_aligned_and_apart),
        cmocka_unit_test(the_limit_counts_live_objects),
        cmocka_unit_test(finish_takes_live_objects_along),
        cmocka_unit_test(without_memory_it_gives_null_and_lives_on),
        cmocka_unit_test(objects_larger_than_a_slab_are_fine),
#ifdef SIP_POOLS
        cmocka_unit_test(a_warm_pool_does_not_ask_the_allocator),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
