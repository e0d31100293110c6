/* The source that the routing table chooses, asked and remembered. */
#include "io/route_probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static sip_addr addr_of(const char *host, uint16_t port)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &addr), 0);
    return addr;
}

static void test_asks_the_system(void **state)
{
    sip_addr local, to = addr_of("127.0.0.9", 0);
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    assert_int_equal(sip__route_probe(NULL, 0, &to, &local), 0);
    assert_string_equal(sip_addr_text(&local, text), "127.0.0.1:0");
    to = addr_of("::1", 5060);
    assert_int_equal(sip__route_probe(NULL, 0, &to, &local), 0);
    assert_string_equal(sip_addr_host(&local, text), "[::1]");
}

static void test_remembers_for_a_while(void **state)
{
    static sip__route_cache cache;
    sip_addr local, to = addr_of("127.0.0.9", 0);
    sip_addr planted = addr_of("192.0.2.1", 0);
    size_t i;

    (void)state;
    assert_int_equal(sip__route_probe(&cache, 1000, &to, &local), 0);
    for (i = 0; i < SIP__ROUTE_SLOTS; i++) {
        cache.slots[i].route.local = planted; /* shows where the answer comes from */
    }
    to.port = 7; /* the port does not matter */
    assert_int_equal(sip__route_probe(&cache, 5999, &to, &local), 0);
    assert_true(sip_addr_equal(&local, &planted));
    assert_int_equal(sip__route_probe(&cache, 6000, &to, &local), 0);
    assert_false(sip_addr_equal(&local, &planted));
}

static void test_mtu(void **state)
{
    static sip__route_cache cache;
    sip__route route = {0};
    sip_addr to = addr_of("127.0.0.9", 0);
    sip_addr six = addr_of("::1", 0);

    (void)state;
    assert_int_equal(sip__route_find(&cache, 1000, &to, NULL, &route), 0);
#ifdef SIP_PORTABLE
    assert_int_equal(route.mtu_bytes, 0);
#else
    assert_true(route.mtu_bytes >= 1500);
    assert_int_equal(sip__route_find(&cache, 1000, &six, NULL, &route), 0);
    assert_true(route.mtu_bytes >= 1500);
#endif
    for (size_t i = 0; i < SIP__ROUTE_SLOTS; i++) {
        cache.slots[i].route.mtu_bytes = 7;
    }
    assert_int_equal(sip__route_find(&cache, 1001, &to, NULL, &route), 0);
    assert_int_equal(route.mtu_bytes, 7);
    sip__route_forget(&cache, &six); /* another one */
    assert_int_equal(sip__route_find(&cache, 1002, &to, NULL, &route), 0);
    assert_int_equal(route.mtu_bytes, 7);
    sip__route_forget(&cache, &to);
    assert_int_equal(sip__route_find(&cache, 1003, &to, NULL, &route), 0);
    assert_int_not_equal(route.mtu_bytes, 7);
}

static void test_by_interface(void **state)
{
    static sip__route_cache cache;
    sip__route route;
    sip_addr local, to = addr_of("127.0.0.9", 0);

    (void)state;
    assert_int_equal(sip__route_find(&cache, 1000, &to, "no-such-one", &route), SIP_EIO);
    assert_int_equal(sip__route_probe(&cache, 1000, &to, &local), 0); /* asked apart */
    assert_int_equal(sip__route_find(&cache, 1000, &to, "no-such-one", &route), SIP_EIO);
}

static void test_no_route(void **state)
{
    sip_addr local, to = addr_of("255.255.255.255", 5060);

    (void)state;
    memset(&local, 0, sizeof(local));
    /* Broadcast is not allowed to a socket that did not ask for it. */
    assert_int_equal(sip__route_probe(NULL, 0, &to, &local), SIP_EIO);
    assert_int_equal(local.family, SIP_FAMILY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asks_the_system),
        cmocka_unit_test(test_remembers_for_a_while),
        cmocka_unit_test(test_mtu),
        cmocka_unit_test(test_by_interface),
        cmocka_unit_test(test_no_route),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
