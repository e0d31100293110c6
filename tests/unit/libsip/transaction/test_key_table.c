#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "transaction/key_table.h"

#define MANY 2000

static void *find(const sip__key_table *table, uint64_t hash, const void *wanted)
{
    size_t at = sip__key_table_first(table, hash);
    void *object;

    while ((object = sip__key_table_at(table, hash, &at)) != NULL && object != wanted) {
        at++;
    }
    return object;
}

/* Against a plain array, with hashes that crowd in few places and wrap around. */
static void walk(uint64_t seed, uint64_t mask)
{
    static char objects[MANY];
    static uint64_t hashes[MANY];
    static bool in[MANY];
    sip__key_table table;
    fail_alloc memory;
    uint64_t state = seed;
    size_t count = 0;

    fail_alloc_init(&memory, 0);
    assert_int_equal(sip__key_table_init(&table, &memory.allocator, NULL), 0);
    for (size_t i = 0; i < MANY; i++) {
        in[i] = false;
    }
    for (unsigned step = 0; step < 20000; step++) {
        size_t i;

        state = state * 6364136223846793005u + 1442695040888963407u;
        i = (size_t)(state >> 33) % MANY;
        if (in[i]) {
            assert_ptr_equal(find(&table, hashes[i], &objects[i]), &objects[i]);
            sip__key_table_remove(&table, hashes[i], &objects[i]);
            count--;
        } else {
            hashes[i] = (state >> 20) & mask;
            assert_null(find(&table, hashes[i], &objects[i]));
            assert_true(sip__key_table_insert(&table, hashes[i], &objects[i]));
            count++;
        }
        in[i] = !in[i];
        assert_int_equal(table.count, count);
    }
    for (size_t i = 0; i < MANY; i++) {
        if (in[i]) {
            assert_ptr_equal(find(&table, hashes[i], &objects[i]), &objects[i]);
        }
    }
    sip__key_table_finish(&table);
    sip__key_table_finish(&table);
    assert_int_equal(memory.live, 0);
}

static void test_as_an_array(void **state)
{
    (void)state;
    walk(1, UINT64_MAX);
    walk(2, 0xfff);
    walk(3, 0x1f);
    walk(4, 0);
}

/* It fills up to the last place but one, and then says so. */
static void test_without_memory(void **state)
{
    char objects[16];
    sip__key_table table;
    fail_alloc memory;
    size_t n = 0;

    (void)state;
    fail_alloc_init(&memory, 1);
    assert_int_equal(sip__key_table_init(&table, &memory.allocator, NULL), SIP_ENOMEM);
    assert_int_equal(sip__key_table_init(&table, &memory.allocator, NULL), 0);
    for (;; n++) {
        memory.fail_at = memory.calls + 1;
        if (!sip__key_table_insert(&table, 15, &objects[n])) {
            break;
        }
    }
    assert_int_equal(n, 15);
    assert_int_equal(table.count, 15);
    assert_null(find(&table, 14, objects));
    assert_ptr_equal(find(&table, 15, &objects[14]), &objects[14]);
    memory.fail_at = 0;
    assert_true(sip__key_table_insert(&table, 15, &objects[n]));
    assert_int_equal(table.mask, 31);
    for (size_t i = 0; i <= n; i++) {
        sip__key_table_remove(&table, 15, &objects[i]);
    }
    assert_int_equal(table.count, 0);
    assert_null(find(&table, 15, objects));
    sip__key_table_finish(&table);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_an_array),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
