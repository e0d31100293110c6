#include "support/guard_str.h"

#include "body/body_box.h"

#include "support/fail_alloc.h"

static void test_box(void **state)
{
    fail_alloc fail;
    unsigned char *object;
    char *copy;

    (void)state;
    fail_alloc_init(&fail, 0);
    object = sip__body_box_create(&fail.allocator, 33);
    for (size_t i = 0; i < 33; i++) {
        assert_int_equal(object[i], 0);
    }
    copy = sip__body_keep(sip__body_box_arena(object), SIP_STR("abc"));
    assert_string_equal(copy, "abc");
    assert_string_equal(sip__body_keep(sip__body_box_arena(object), (sip_str){NULL, 0}), "");
    for (int i = 0; i < 100; i++) {
        assert_non_null(sip__arena_alloc(sip__body_box_arena(object), 100));
    }
    assert_true(fail.live > 1);
    sip__body_box_free(&fail.allocator, object);
    sip__body_box_free(&fail.allocator, NULL);
    assert_int_equal(fail.live, 0);
}

static void test_without_memory(void **state)
{
    fail_alloc fail;
    void *object;
    char big[2000];

    (void)state;
    memset(big, 'x', sizeof big);
    fail_alloc_init(&fail, 1);
    assert_null(sip__body_box_create(&fail.allocator, 1));
    fail_alloc_init(&fail, 2);
    object = sip__body_box_create(&fail.allocator, 1);
    assert_null(sip__body_keep(sip__body_box_arena(object), (sip_str){big, sizeof big}));
    sip__body_box_free(&fail.allocator, object);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_box),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
