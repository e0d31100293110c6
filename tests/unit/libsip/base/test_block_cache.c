#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/block_cache.h"
#include "support/fail_alloc.h"

static void test_each_size(void **state)
{
    sip__block_cache *cache;
    const sip_allocator *allocator;
    fail_alloc memory;

    (void)state;
    fail_alloc_init(&memory, 0);
    cache = sip__block_cache_create(&memory.allocator);
    allocator = sip__block_cache_allocator(cache);
    for (size_t bytes = 1; bytes < 10000; bytes += bytes < 1100 ? 1 : 37) {
        char *block = sip_alloc(allocator, bytes);

        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 16, 0);
        memset(block, (int)bytes, bytes);
        sip_free(allocator, block);
    }
    sip_free(allocator, NULL);
    sip__block_cache_close(cache);
    assert_int_equal(memory.live, 0);
}

/* What was freed is given again; what is too large, and what is too much, goes. */
static void test_keeps(void **state)
{
    static void *blocks[3000];
    sip__block_cache *cache;
    const sip_allocator *allocator;
    fail_alloc memory;
    size_t calls, live;
    void *block;

    (void)state;
    fail_alloc_init(&memory, 0);
    cache = sip__block_cache_create(&memory.allocator);
    allocator = sip__block_cache_allocator(cache);
    block = sip_alloc(allocator, 400);
    sip_free(allocator, block);
    calls = memory.calls;
#ifdef SIP_POOLS
    assert_ptr_equal(sip_alloc(allocator, 395), block);
    assert_int_equal(memory.calls, calls);
#else
    block = sip_alloc(allocator, 395);
    assert_int_equal(memory.calls, calls + 1);
#endif
    sip_free(allocator, block);
    live = memory.live;
    sip_free(allocator, sip_alloc(allocator, 9000));
    assert_int_equal(memory.live, live);
    for (size_t i = 0; i < 3000; i++) {
        blocks[i] = sip_alloc(allocator, 8000);
    }
    for (size_t i = 0; i < 3000; i++) {
        sip_free(allocator, blocks[i]);
    }
    assert_true(memory.live < 1200); /* 8 MiB of them */
    sip__block_cache_close(cache);
    assert_int_equal(memory.live, 0);
}

static void test_grows(void **state)
{
    sip__block_cache *cache;
    const sip_allocator *allocator;
    fail_alloc memory;
    char *block;

    (void)state;
    fail_alloc_init(&memory, 0);
    cache = sip__block_cache_create(&memory.allocator);
    allocator = sip__block_cache_allocator(cache);
    block = sip_realloc(allocator, NULL, 10);
    memcpy(block, "0123456789", 10);
    assert_ptr_equal(sip_realloc(allocator, block, 16), block);
    block = sip_realloc(allocator, block, 5000);
    assert_memory_equal(block, "0123456789", 10);
    memory.fail_at = memory.calls + 1;
    assert_null(sip_realloc(allocator, block, 100000));
    assert_memory_equal(block, "0123456789", 10);
    assert_null(sip_alloc(allocator, SIZE_MAX));
    sip_free(allocator, block);
    sip__block_cache_close(cache);
    assert_int_equal(memory.live, 0);
}

/* A message may live longer than the stack that received it. */
static void test_outlives_its_owner(void **state)
{
    sip__block_cache *cache;
    const sip_allocator *allocator;
    fail_alloc memory;
    void *block;

    (void)state;
    fail_alloc_init(&memory, 1);
    assert_null(sip__block_cache_create(&memory.allocator));
    sip__block_cache_close(NULL);
    cache = sip__block_cache_create(&memory.allocator);
    allocator = sip__block_cache_allocator(cache);
    block = sip_alloc(allocator, 100);
    sip__block_cache_close(cache);
    assert_true(memory.live > 0);
    sip_free(allocator, block);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_size),
        cmocka_unit_test(test_keeps),
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_outlives_its_owner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
