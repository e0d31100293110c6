#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "support/fail_alloc.h"

static void the_first_block_is_used_before_the_allocator(void **state)
{
    alignas(max_align_t) char first[256];
    fail_alloc fail;
    sip__arena arena;

    (void)state;
    fail_alloc_init(&fail, 0);
    sip__arena_init(&arena, &fail.allocator, first, sizeof(first), 4096);
    char *a = sip__arena_alloc(&arena, 100);
    char *b = sip__arena_alloc(&arena, 100);

    assert_ptr_equal(a, first);
    assert_true(b >= a + 100 && b + 100 <= first + sizeof(first));
    assert_int_equal(fail.calls, 0);
    char *c = sip__arena_alloc(&arena, 100);

    assert_non_null(c);
    assert_true(c < first || c >= first + sizeof(first));
    assert_int_equal(fail.calls, 1);
    sip__arena_finish(&arena);
    assert_int_equal(fail.live, 0);
}

static void blocks_are_aligned_and_do_not_overlap(void **state)
{
    alignas(max_align_t) char first[101];
    sip__arena arena;
    char *blocks[200];

    (void)state;
    sip__arena_init(&arena, NULL, first + 1, sizeof(first) - 1, 1000000);
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = sip__arena_alloc(&arena, i + 1);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        memset(blocks[i], (int)i, i + 1);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t j = 0; j <= i; j++) {
            assert_int_equal((unsigned char)blocks[i][j], i);
        }
    }
    sip__arena_finish(&arena);
}

static void the_limit_holds_to_the_byte(void **state)
{
    fail_alloc fail;
    sip__arena arena;

    (void)state;
    fail_alloc_init(&fail, 0);
    sip__arena_init(&arena, &fail.allocator, NULL, 0, 2000);
    assert_null(sip__arena_alloc(&arena, 2001));
    assert_null(sip__arena_alloc(&arena, SIZE_MAX));
    assert_non_null(sip__arena_alloc(&arena, 1500));
    assert_null(sip__arena_alloc(&arena, 501));
    assert_non_null(sip__arena_alloc(&arena, 500));
    assert_null(sip__arena_alloc(&arena, 0));
    sip__arena_finish(&arena);
    assert_int_equal(fail.live, 0);
}

static void no_bytes_are_a_block_too(void **state)
{
    sip__arena arena;

    (void)state;
    sip__arena_init(&arena, NULL, NULL, 0, 64);
    void *a = sip__arena_alloc(&arena, 0);
    void *b = sip__arena_alloc(&arena, 0);

    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    sip__arena_finish(&arena);
}

static void without_memory_it_gives_null_and_lives_on(void **state)
{
    fail_alloc fail;
    sip__arena arena;

    (void)state;
    fail_alloc_init(&fail, 2);
    sip__arena_init(&arena, &fail.allocator, NULL, 0, 100000);
    assert_non_null(sip__arena_alloc(&arena, 1000));
    assert_null(sip__arena_alloc(&arena, 1000));
    assert_non_null(sip__arena_alloc(&arena, 1000));
    sip__arena_finish(&arena);
    assert_int_equal(fail.live, 0);
}

static void blocks_of_the_allocator_are_few(void **state)
{
    fail_alloc fail;
    sip__arena arena;

    (void)state;
    fail_alloc_init(&fail, 0);
    sip__arena_init(&arena, &fail.allocator, NULL, 0, 1u << 20);
    for (size_t i = 0; i < (1u << 20) / 64; i++) {
        assert_non_null(sip__arena_alloc(&arena, 64));
    }
    assert_null(sip__arena_alloc(&arena, 1));
    assert_true(fail.calls <= 12);
    sip__arena_finish(&arena);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_block_is_used_before_the_allocator),
        cmocka_unit_test(blocks_are_aligned_and_do_not_overlap),
        cmocka_unit_test(the_limit_holds_to_the_byte),
        cmocka_unit_test(no_bytes_are_a_block_too),
        cmocka_unit_test(without_memory_it_gives_null_and_lives_on),
        cmocka_unit_test(blocks_of_the_allocator_are_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
