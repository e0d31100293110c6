#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sip/containers.h>

#include "support/fail_alloc.h"

#define OBJECTS 1000

static void ids_name_their_objects(void **state)
{
    static int objects[OBJECTS];
    uint64_t ids[OBJECTS];
    fail_alloc fail;
    sip_id_table table;

    (void)state;
    fail_alloc_init(&fail, 0);
    sip_id_table_init(&table, &fail.allocator, 7);
    assert_null(sip_id_table_find(&table, 0));
    for (size_t i = 0; i < OBJECTS; i++) {
        assert_int_equal(sip_id_table_add(&table, &objects[i], &ids[i]), 0);
        assert_int_not_equal(ids[i], 0);
        assert_int_equal(ids[i] >> 56, 7);
    }
    for (size_t i = 0; i < OBJECTS; i++) {
        assert_ptr_equal(sip_id_table_find(&table, ids[i]), &objects[i]);
    }
    sip_id_table_finish(&table);
    assert_int_equal(fail.live, 0);
}

static void stale_ids_name_nothing(void **state)
{
    int a, b;
    uint64_t first = 0, second = 0;
    sip_id_table table;

    (void)state;
    sip_id_table_init(&table, NULL, 0);
    assert_int_equal(sip_id_table_add(&table, &a, &first), 0);
    sip_id_table_remove(&table, first);
    assert_null(sip_id_table_find(&table, first));
    assert_int_equal(sip_id_table_add(&table, &b, &second), 0);
    /* The slot serves again under another generation. */
    assert_int_equal(first >> 32, second >> 32);
    assert_int_not_equal(first, second);
    assert_null(sip_id_table_find(&table, first));
    sip_id_table_remove(&table, first);
    assert_ptr_equal(sip_id_table_find(&table, second), &b);
    sip_id_table_finish(&table);
}

static void foreign_and_wild_ids_name_nothing(void **state)
{
    int object;
    uint64_t id = 0;
    sip_id_table table;

    (void)state;
    sip_id_table_init(&table, NULL, 3);
    assert_int_equal(sip_id_table_add(&table, &object, &id), 0);
    assert_null(sip_id_table_find(&table, 0));
    assert_null(sip_id_table_find(&table, UINT64_MAX));
    assert_null(sip_id_table_find(&table, id ^ (UINT64_C(1) << 56)));
    assert_null(sip_id_table_find(&table, id + (UINT64_C(1) << 32)));
    assert_null(sip_id_table_find(&table, id + (UINT64_C(1) << 50)));
    assert_null(sip_id_table_find(&table, id + 1));
    sip_id_table_remove(&table, 0);
    sip_id_table_remove(&table, UINT64_MAX);
    assert_ptr_equal(sip_id_table_find(&table, id), &object);
    sip_id_table_finish(&table);
}

static void without_memory_add_says_so(void **state)
{
    int object;
    uint64_t id = 42, last = 0;
    fail_alloc fail;
    sip_id_table table;

    (void)state;
    fail_alloc_init(&fail, 2);
    sip_id_table_init(&table, &fail.allocator, 0);
    while (sip_id_table_add(&table, &object, &id) == 0) {
        last = id;
    }
    assert_true(fail.failed);
    assert_int_equal(id, last);
    assert_ptr_equal(sip_id_table_find(&table, last), &object);
    assert_int_equal(sip_id_table_add(&table, &object, &id), 0);
    sip_id_table_finish(&table);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_name_their_objects),
        cmocka_unit_test(stale_ids_name_nothing),
        cmocka_unit_test(foreign_and_wild_ids_name_nothing),
        cmocka_unit_test(without_memory_add_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
