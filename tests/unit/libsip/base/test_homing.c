#include "base/homing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "support/fail_alloc.h"

#define BLOCK 200
#define MOST 4

static void blocks_come_home(void **state)
{
    const sip_allocator *allocator;
    sip__homing *homing;
    fail_alloc memory;
    void *a, *b, *again;

    (void)state;
    fail_alloc_init(&memory, 0);
    homing = sip__homing_create(&memory.allocator, BLOCK, MOST);
    allocator = sip__homing_allocator(homing);
    a = sip_alloc(allocator, BLOCK);
    memset(a, 1, BLOCK);
    assert_int_equal((uintptr_t)a % 16, 0);
    sip_free(allocator, a);
    again = sip_alloc(allocator, BLOCK / 2 + 1); /* a little less is as good */
    assert_ptr_equal(again, a);
    memset(again, 2, BLOCK);
    b = sip_alloc(allocator, BLOCK / 2); /* of another size: not kept */
    assert_int_equal(memory.live, 3);
    sip_free(allocator, b);
    assert_int_equal(memory.live, 2);
    b = sip_alloc(allocator, BLOCK + 1);
    sip_free(allocator, b);
    assert_int_equal(memory.live, 2);
    sip_free(allocator, again);
    sip_free(allocator, NULL);
    sip__homing_release(homing);
    sip__homing_release(NULL);
    assert_int_equal(memory.live, 0);
}

static void *allocate_elsewhere(void *allocator)
{
    return sip_alloc(allocator, BLOCK);
}

/* What has come home is its owner's alone: the queue has one taker. */
static void another_thread_takes_nothing_from_home(void **state)
{
    sip__homing *homing = sip__homing_create(NULL, BLOCK, MOST);
    const sip_allocator *allocator = sip__homing_allocator(homing);
    void *mine = sip_alloc(allocator, BLOCK), *others = NULL;
    pthread_t thread;

    (void)state;
    sip_free(allocator, mine);
    assert_int_equal(pthread_create(&thread, NULL, allocate_elsewhere, (void *)allocator), 0);
    assert_int_equal(pthread_join(thread, &others), 0);
    assert_non_null(others);
    assert_ptr_not_equal(others, mine);
    assert_ptr_equal(sip_alloc(allocator, BLOCK), mine);
    sip_free(allocator, others);
    assert_ptr_equal(sip_alloc(allocator, BLOCK), others);
    sip_free(allocator, others);
    sip_free(allocator, mine);
    sip__homing_release(homing);
}

static void so_many_are_kept_and_no_more(void **state)
{
    const sip_allocator *allocator;
    void *blocks[2 * MOST];
    sip__homing *homing;
    fail_alloc memory;

    (void)state;
    fail_alloc_init(&memory, 0);
    homing = sip__homing_create(&memory.allocator, BLOCK, MOST);
    allocator = sip__homing_allocator(homing);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 2 * MOST; i++) {
            blocks[i] = sip_alloc(allocator, BLOCK);
            assert_non_null(blocks[i]);
        }
        assert_int_equal(memory.live, 1 + 2 * MOST);
        for (unsigned i = 0; i < 2 * MOST; i++) {
            sip_free(allocator, blocks[i]);
        }
        assert_int_equal(memory.live, 1 + MOST);
    }
    sip__homing_release(homing);
    assert_int_equal(memory.live, 0);
}

static void what_is_away_may_outlive_its_owner(void **state)
{
    const sip_allocator *allocator;
    sip__homing *homing;
    fail_alloc memory;
    void *a, *b;

    (void)state;
    fail_alloc_init(&memory, 0);
    homing = sip__homing_create(&memory.allocator, BLOCK, MOST);
    allocator = sip__homing_allocator(homing);
    a = sip_alloc(allocator, BLOCK);
    b = sip_alloc(allocator, 3 * BLOCK);
    sip__homing_release(homing);
    sip_free(allocator, a);
    assert_true(memory.live > 0);
    sip_free(allocator, b);
    assert_int_equal(memory.live, 0);
}

static void a_block_grows(void **state)
{
    const sip_allocator *allocator;
    sip__homing *homing;
    fail_alloc memory;
    char *a, *larger;

    (void)state;
    fail_alloc_init(&memory, 0);
    homing = sip__homing_create(&memory.allocator, BLOCK, MOST);
    allocator = sip__homing_allocator(homing);
    a = sip_realloc(allocator, NULL, BLOCK - 10);
    memset(a, 7, BLOCK);
    assert_ptr_equal(sip_realloc(allocator, a, BLOCK), a);
    larger = sip_realloc(allocator, a, 4 * BLOCK);
    assert_non_null(larger);
    assert_int_equal(larger[0], 7);
    assert_int_equal(larger[BLOCK - 1], 7);
    sip_free(allocator, larger);
    sip__homing_release(homing);
    assert_int_equal(memory.live, 0);
}

static void without_memory(void **state)
{
    sip__homing *homing;
    fail_alloc memory;

    (void)state;
    fail_alloc_init(&memory, 1);
    assert_null(sip__homing_create(&memory.allocator, BLOCK, MOST));
    fail_alloc_init(&memory, 2);
    homing = sip__homing_create(&memory.allocator, BLOCK, MOST);
    assert_null(sip_alloc(sip__homing_allocator(homing), BLOCK));
    sip__homing_release(homing);
    assert_int_equal(memory.live, 0);
}

/* ---- one makes, others free */

#define ROUNDS 3000
#define THREADS 2

typedef struct lane {
    const sip_allocator *allocator;
    void *_Atomic slot;
} lane;

static void *free_what_comes(void *arg)
{
    lane *it = arg;

    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned char *block;

        do {
            block = atomic_exchange(&it->slot, NULL);
            if (block == NULL) {
                sched_yield();
            }
        } while (block == NULL);
        block[BLOCK - 1] = (unsigned char)i;
        sip_free(it->allocator, block);
    }
    return NULL;
}

static void threads_free_what_another_made(void **state)
{
    sip__homing *homing = sip__homing_create(sip_allocator_default(), BLOCK, MOST);
    pthread_t threads[THREADS];
    lane lanes[THREADS];

    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        lanes[i] = (lane){.allocator = sip__homing_allocator(homing)};
        assert_int_equal(pthread_create(&threads[i], NULL, free_what_comes, &lanes[i]), 0);
    }
    for (unsigned i = 0; i < ROUNDS * THREADS; i++) {
        lane *to = &lanes[i % THREADS];
        unsigned char *block = sip_alloc(sip__homing_allocator(homing), BLOCK);

        assert_non_null(block);
        memset(block, (int)i, BLOCK);
        while (atomic_load(&to->slot) != NULL) {
            sched_yield();
        }
        atomic_store(&to->slot, block);
    }
    sip__homing_release(homing);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
}

static void *own_and_use(void *arg)
{
    sip__homing *homing = arg;
    const sip_allocator *allocator = sip__homing_allocator(homing);
    void *block;

    sip__homing_own(homing);
    block = sip_alloc(allocator, BLOCK);
    sip_free(allocator, block);
    return block;
}

/* Blocks that one thread made and left at home are another's, once it is the owner. */
static void a_home_changes_hands(void **state)
{
    const sip_allocator *allocator;
    sip__homing *homing;
    fail_alloc memory;
    pthread_t thread;
    void *first, *theirs;

    (void)state;
    fail_alloc_init(&memory, 0);
    homing = sip__homing_create(&memory.allocator, BLOCK, MOST);
    allocator = sip__homing_allocator(homing);
    first = sip_alloc(allocator, BLOCK);
    sip_free(allocator, first);
    assert_int_equal(pthread_create(&thread, NULL, own_and_use, homing), 0);
    assert_int_equal(pthread_join(thread, &theirs), 0);
    assert_ptr_equal(theirs, first);
    sip__homing_own(NULL);
    sip__homing_release(homing);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_come_home),
        cmocka_unit_test(another_thread_takes_nothing_from_home),
        cmocka_unit_test(so_many_are_kept_and_no_more),
        cmocka_unit_test(what_is_away_may_outlive_its_owner),
        cmocka_unit_test(a_block_grows),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(threads_free_what_another_made),
        cmocka_unit_test(a_home_changes_hands),
    };

    return cmocka_run_group_tests_name("homing", tests, NULL, NULL);
}
