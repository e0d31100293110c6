/* Connections counted by host. */
#include "transport/peer_count.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static sip_addr addr(const char *text)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(text), 1234, &addr), 0);
    return addr;
}

static void test_counts(void **state)
{
    sip_addr a = addr("192.0.2.1"), b = addr("192.0.2.2");
    sip__peer_count peers;

    (void)state;
    assert_int_equal(sip__peer_count_init(&peers, sip_allocator_default(), sip_random_system()), 0);
    assert_int_equal(sip__peer_count_of(&peers, &a), 0);
    assert_int_equal(sip__peer_count_add(&peers, &a, 2), 0);
    a.port = 77; /* ports do not matter */
    assert_int_equal(sip__peer_count_add(&peers, &a, 2), 0);
    assert_int_equal(sip__peer_count_add(&peers, &a, 2), SIP_EBUSY);
    assert_int_equal(sip__peer_count_add(&peers, &b, 2), 0);
    assert_int_equal(sip__peer_count_of(&peers, &a), 2);
    sip__peer_count_remove(&peers, &a);
    assert_int_equal(sip__peer_count_add(&peers, &a, 2), 0);
    sip__peer_count_remove(&peers, &b);
    assert_int_equal(sip__peer_count_of(&peers, &b), 0);
    sip__peer_count_remove(&peers, &b); /* it is not there */
    sip__peer_count_finish(&peers);
}

static void test_networks(void **state)
{
    sip_addr a = addr("2001:db8:1:2::1"), b = addr("2001:db8:1:2:ffff::1");
    sip_addr other = addr("2001:db8:1:3::1");
    sip__peer_count peers;

    (void)state;
    assert_int_equal(sip__peer_count_init(&peers, sip_allocator_default(), sip_random_system()), 0);
    assert_int_equal(sip__peer_count_add(&peers, &a, 1), 0);
    assert_int_equal(sip__peer_count_add(&peers, &b, 1), SIP_EBUSY);
    assert_int_equal(sip__peer_count_add(&peers, &other, 1), 0);
    sip__peer_count_finish(&peers);
}

static void test_no_memory(void **state)
{
    sip_addr a = addr("192.0.2.1");
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        sip__peer_count peers = {0};

        fail_alloc_init(&fail, ++n);
        if (sip__peer_count_init(&peers, &fail.allocator, sip_random_system()) == 0) {
            int err = sip__peer_count_add(&peers, &a, 0);

            assert_true(err == 0 || (err == SIP_ENOMEM && fail.failed));
        }
        sip__peer_count_finish(&peers);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
