#include "support/fail_alloc.h"
#include "support/guard_str.h"

#include "body/xml_alloc.h"

static void test_blocks(void **state)
{
    const XML_Memory_Handling_Suite *suite = sip__xml_alloc_suite();
    fail_alloc outer, inner;
    sip__xml_heap outer_heap = {.allocator = &outer.allocator, .left_bytes = 10000};
    sip__xml_heap inner_heap = {.allocator = &inner.allocator, .left_bytes = 10000};
    sip__xml_heap *before;
    void *a, *b;

    (void)state;
    fail_alloc_init(&outer, 0);
    fail_alloc_init(&inner, 2);
    assert_null(sip__xml_alloc_enter(&outer_heap));
    a = suite->malloc_fcn(10);
    assert_int_equal(outer.live, 1);
    before = sip__xml_alloc_enter(&inner_heap);
    assert_ptr_equal(before, &outer_heap);
    b = suite->malloc_fcn(10);
    assert_int_equal(inner.live, 1);
    assert_false(inner_heap.is_exhausted);
    assert_null(suite->realloc_fcn(b, 100));
    assert_true(inner_heap.is_exhausted);
    suite->free_fcn(b);
    suite->free_fcn(NULL);
    assert_int_equal(inner.live, 0);
    sip__xml_alloc_leave(before);
    a = suite->realloc_fcn(a, 1000);
    assert_non_null(a);
    suite->free_fcn(a);
    assert_int_equal(outer.live, 0);
    outer.fail_at = outer.calls + 1;
    assert_false(outer_heap.is_exhausted);
    assert_null(suite->malloc_fcn(1));
    assert_true(outer_heap.is_exhausted);
    sip__xml_alloc_leave(NULL);
    assert_null(sip__xml_alloc_enter(NULL));
}

static void test_limit(void **state)
{
    const XML_Memory_Handling_Suite *suite = sip__xml_alloc_suite();
    fail_alloc fail;
    sip__xml_heap heap = {.allocator = &fail.allocator, .left_bytes = 100};
    char *a, *b;

    (void)state;
    fail_alloc_init(&fail, 0);
    sip__xml_alloc_enter(&heap);
    a = suite->malloc_fcn(60);
    assert_non_null(a);
    memset(a, 'a', 60);
    assert_int_equal(heap.left_bytes, 40);
    a = suite->realloc_fcn(a, 100);
    assert_non_null(a);
    assert_int_equal(a[59], 'a');
    assert_int_equal(heap.left_bytes, 0);
    assert_false(heap.is_over);
    assert_null(suite->malloc_fcn(1));
    assert_true(heap.is_over);
    heap.is_over = false;
    assert_null(suite->realloc_fcn(a, 101));
    assert_true(heap.is_over);
    a = suite->realloc_fcn(a, 30);
    b = suite->malloc_fcn(70);
    assert_non_null(b);
    suite->free_fcn(b);
    suite->free_fcn(a);
    assert_int_equal(heap.left_bytes, 100);
    assert_null(suite->malloc_fcn(SIZE_MAX));
    heap.left_bytes = SIZE_MAX;
    assert_null(suite->malloc_fcn(SIZE_MAX));
    assert_false(heap.is_exhausted);
    sip__xml_alloc_leave(NULL);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
