/* The machine's addresses. Every machine that runs tests has 127.0.0.1. */
#include "io/interfaces.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void test_list(void **state)
{
    sip__interface *list;
    sip_addr localhost;
    size_t n, i, found = 0;

    (void)state;
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 0, &localhost), 0);
    assert_int_equal(sip__interfaces_list(NULL, &list, &n), 0);
    for (i = 0; i < n; i++) {
        assert_true(strlen(list[i].name) > 0);
        assert_int_not_equal(list[i].addr.family, SIP_FAMILY_NONE);
        assert_int_equal(list[i].addr.port, 0);
        if (sip_addr_same_host(&list[i].addr, &localhost)) {
            assert_true(list[i].loopback);
            found++;
        }
    }
    assert_int_equal(found, 1);
    assert_true(sip__interfaces_have(list, n, &localhost));
    localhost.ip[3] = 99; /* of the loopback's network, though nobody lists it */
    assert_true(sip__interfaces_have(list, n, &localhost));
    localhost.ip[0] = 240;
    assert_false(sip__interfaces_have(list, n, &localhost));
    sip_free(NULL, list);
}

static void test_mark_stays(void **state)
{
    uint64_t first = 0;
    uint64_t second = 0;

    (void)state;
    assert_int_equal(sip__interfaces_mark(NULL, &first), 0);
    assert_int_equal(sip__interfaces_mark(NULL, &second), 0);
    assert_true(first == second);
    assert_true(first != 0);
}

static void test_without_memory(void **state)
{
    uint64_t mark = 5;
    fail_alloc fail;

    (void)state;
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip__interfaces_mark(&fail.allocator, &mark), SIP_ENOMEM);
    assert_int_equal(mark, 5);
    assert_int_equal(fail.live, 0);
}

/* One listing serves many sends, until it is old or dropped. */
static void test_kept(void **state)
{
    sip__interface_cache cache = {0};
    const sip__interface *first, *again;
    fail_alloc fail;
    size_t n;

    (void)state;
    fail_alloc_init(&fail, 4);
    assert_int_equal(sip__interface_cache_list(&cache, &fail.allocator, 1000, &first, &n), 0);
    assert_int_equal(sip__interface_cache_list(&cache, &fail.allocator, 5999, &again, &n), 0);
    assert_ptr_equal(first, again);
    assert_int_equal(fail.calls, 1);
    assert_int_equal(sip__interface_cache_list(&cache, &fail.allocator, 6000, &again, &n), 0);
    assert_int_equal(fail.calls, 2);
    sip__interface_cache_drop(&cache, &fail.allocator);
    assert_int_equal(fail.live, 0);
    assert_int_equal(sip__interface_cache_list(&cache, &fail.allocator, 6001, &again, &n), 0);
    assert_int_equal(fail.calls, 3);
    /* Nothing that is wrong is kept. */
    assert_int_equal(sip__interface_cache_list(&cache, &fail.allocator, 11001, &again, &n),
                     SIP_ENOMEM);
    assert_int_equal(sip__interface_cache_list(&cache, &fail.allocator, 11002, &again, &n), 0);
    sip__interface_cache_drop(&cache, &fail.allocator);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_mark_stays),
        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
