#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sip/base.h>

#include "support/fail_alloc.h"

static void default_gives_and_grows_memory(void **state)
{
    const sip_allocator *allocator = sip_allocator_default();
    char *block = sip_alloc(allocator, 4);

    (void)state;
    assert_non_null(block);
    memcpy(block, "abc", 4);
    block = sip_realloc(allocator, block, 4096);
    assert_non_null(block);
    assert_string_equal(block, "abc");
    sip_free(allocator, block);
    sip_free(allocator, NULL);
}

static void null_stands_for_the_default(void **state)
{
    void *block = sip_alloc(NULL, 8);

    (void)state;
    assert_non_null(block);
    block = sip_realloc(NULL, block, 16);
    assert_non_null(block);
    sip_free(NULL, block);
}

static void no_bytes_are_not_an_error(void **state)
{
    void *block = sip_alloc(NULL, 0);

    (void)state;
    assert_non_null(block);
    block = sip_realloc(NULL, block, 0);
    assert_non_null(block);
    sip_free(NULL, block);
}

static void alloc0_zeroes(void **state)
{
    static const char zeros[64];
    char *block = sip_alloc0(NULL, sizeof(zeros));

    (void)state;
    assert_non_null(block);
    assert_memory_equal(block, zeros, sizeof(zeros));
    sip_free(NULL, block);
}

static void strdup_copies_and_terminates(void **state)
{
    char *copy = sip_strdup(NULL, (sip_str){"abcdef", 3});

    (void)state;
    assert_string_equal(copy, "abc");
    sip_free(NULL, copy);
    copy = sip_strdup(NULL, (sip_str){NULL, 0});
    assert_string_equal(copy, "");
    sip_free(NULL, copy);
}

static void failure_comes_back_as_null(void **state)
{
    fail_alloc fail;

    (void)state;
    fail_alloc_init(&fail, 1);
    assert_null(sip_alloc0(&fail.allocator, 8));
    fail_alloc_init(&fail, 1);
    assert_null(sip_strdup(&fail.allocator, SIP_STR("abc")));
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_gives_and_grows_memory),
        cmocka_unit_test(null_stands_for_the_default),
        cmocka_unit_test(no_bytes_are_not_an_error),
        cmocka_unit_test(alloc0_zeroes),
        cmocka_unit_test(strdup_copies_and_terminates),
        cmocka_unit_test(failure_comes_back_as_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
