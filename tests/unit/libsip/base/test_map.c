#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include <sip/containers.h>

#include "support/fail_alloc.h"

#define ITEMS 2000

typedef struct item {
    sip_map_node node;
    char key[16];
} item;

static void make_items(item *items)
{
    for (unsigned i = 0; i < ITEMS; i++) {
        snprintf(items[i].key, sizeof(items[i].key), "key%u", i);
    }
}

static item *find(const sip_map *map, const char *key)
{
    uint64_t hash = sip_map_hash(map, sip_str_of(key));

    for (sip_map_node *node = sip_map_first(map, hash); node; node = sip_map_next(node)) {
        item *found = SIP_CONTAINER_OF(node, item, node);

        if (sip_str_equal(sip_str_of(key), found->key)) {
            return found;
        }
    }
    return NULL;
}

static void insert_all(sip_map *map, item *items)
{
    for (size_t i = 0; i < ITEMS; i++) {
        sip_map_insert(map, sip_map_hash(map, sip_str_of(items[i].key)), &items[i].node);
    }
}

static void what_was_put_in_is_found(void **state)
{
    static item items[ITEMS];
    fail_alloc fail;
    sip_map map;

    (void)state;
    fail_alloc_init(&fail, 0);
    make_items(items);
    assert_int_equal(sip_map_init(&map, &fail.allocator, NULL), 0);
    assert_null(find(&map, "key0"));
    insert_all(&map, items);
    assert_int_equal(map.count, ITEMS);
    assert_true(map.bucket_count >= ITEMS);
    for (size_t i = 0; i < ITEMS; i += 2) {
        assert_ptr_equal(find(&map, items[i].key), &items[i]);
        sip_map_remove(&map, &items[i].node);
    }
    for (size_t i = 0; i < ITEMS; i++) {
        assert_ptr_equal(find(&map, items[i].key), i % 2 == 0 ? NULL : &items[i]);
    }
    assert_int_equal(map.count, ITEMS / 2);
    sip_map_finish(&map);
    assert_int_equal(fail.live, 0);
}

static void any_empties_a_map(void **state)
{
    static item items[ITEMS];
    sip_map map;
    size_t count = 0;
    sip_map_node *node;

    (void)state;
    make_items(items);
    assert_int_equal(sip_map_init(&map, NULL, NULL), 0);
    assert_null(sip_map_any(&map));
    for (int round = 0; round < 2; round++) {
        insert_all(&map, items);
        for (count = 0; (node = sip_map_any(&map)) != NULL; count++) {
            sip_map_remove(&map, node);
        }
        assert_int_equal(count, ITEMS);
        assert_int_equal(map.count, 0);
    }
    sip_map_insert(&map, 0, &items[3].node);
    assert_ptr_equal(sip_map_any(&map), &items[3].node);
    sip_map_finish(&map);
}

static void nodes_of_one_hash_are_all_reached(void **state)
{
    sip_map_node nodes[3] = {{0}}, other = {0};
    sip_map map;
    unsigned seen = 0;

    (void)state;
    assert_int_equal(sip_map_init(&map, NULL, NULL), 0);
    sip_map_insert(&map, 5, &nodes[0]);
    sip_map_insert(&map, 5 + ((uint64_t)1 << 40), &other);
    sip_map_insert(&map, 5, &nodes[1]);
    sip_map_insert(&map, 5, &nodes[2]);
    for (sip_map_node *node = sip_map_first(&map, 5); node; node = sip_map_next(node)) {
        assert_int_equal(node->hash, 5);
        seen |= 1u << (node - nodes);
    }
    assert_int_equal(seen, 7);
    assert_ptr_equal(sip_map_first(&map, other.hash), &other);
    assert_null(sip_map_next(&other));
    assert_null(sip_map_first(&map, 6));
    sip_map_finish(&map);
}

static void without_memory_to_grow_it_still_serves(void **state)
{
    static item items[ITEMS];
    fail_alloc fail;
    sip_map map;

    (void)state;
    make_items(items);
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip_map_init(&map, &fail.allocator, NULL), SIP_ENOMEM);
    for (size_t n = 2; n < 6; n++) {
        fail_alloc_init(&fail, n);
        assert_int_equal(sip_map_init(&map, &fail.allocator, NULL), 0);
        insert_all(&map, items);
        assert_true(fail.failed);
        for (size_t i = 0; i < ITEMS; i++) {
            assert_ptr_equal(find(&map, items[i].key), &items[i]);
        }
        sip_map_finish(&map);
        assert_int_equal(fail.live, 0);
    }
}

static void two_maps_hash_differently(void **state)
{
    sip_map a, b, zeroed = {0};

    (void)state;
    assert_int_equal(sip_map_init(&a, NULL, NULL), 0);
    assert_int_equal(sip_map_init(&b, NULL, NULL), 0);
    assert_int_not_equal(sip_map_hash(&a, SIP_STR("x")), sip_map_hash(&b, SIP_STR("x")));
    sip_map_finish(&a);
    sip_map_finish(&b);
    sip_map_finish(&zeroed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_is_found),
        cmocka_unit_test(any_empties_a_map),
        cmocka_unit_test(nodes_of_one_hash_are_all_reached),
        cmocka_unit_test(without_memory_to_grow_it_still_serves),
        cmocka_unit_test(two_maps_hash_differently),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
