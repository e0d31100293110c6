#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "stack/source_limit.h"
#include "support/fail_alloc.h"

static sip_addr addr(const char *host, uint16_t port)
{
    sip_addr out;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &out), 0);
    return out;
}

static sip__source_limit make(uint32_t rate, uint32_t burst, uint32_t most)
{
    sip__source_limit limit;

    assert_int_equal(sip__source_limit_init(&limit, NULL, NULL, rate, burst, most), 0);
    return limit;
}

/* How many of `n` at once are taken, refused and dropped. */
static void expect(sip__source_limit *limit, const sip_addr *from, sip_time_ms now_ms, unsigned n,
                   const unsigned expected[3])
{
    unsigned got[3] = {0};

    for (unsigned i = 0; i < n; i++) {
        got[sip__source_limit_take(limit, from, now_ms)]++;
    }
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(got[i], expected[i]);
    }
}

#define EXPECT(limit, from, now_ms, n, ...)                                                        \
    expect(limit, from, now_ms, n, (const unsigned[3]){__VA_ARGS__})

static void each_address_has_its_share(void **state)
{
    sip__source_limit limit = make(10, 20, 64);
    sip_addr a = addr("192.0.2.1", 5060), b = addr("192.0.2.2", 5060);

    (void)state;
    EXPECT(&limit, &a, 1000, 100, 20, 20, 60);
    EXPECT(&limit, &b, 1000, 5, 5, 0, 0);
    a.port = 9; /* a port makes nobody another */
    EXPECT(&limit, &a, 1000, 1, 0, 0, 1);
    EXPECT(&limit, &a, 1100, 3, 1, 1, 1); /* one in a hundred milliseconds */
    EXPECT(&limit, &a, 2100, 30, 10, 10, 10);
    EXPECT(&limit, &a, 100000, 50, 20, 20, 10); /* never more than the burst */
    EXPECT(&limit, &b, 900, 15, 15, 0, 0);      /* time that goes back brings nothing */
    EXPECT(&limit, &b, 900, 1, 0, 1, 0);
    sip__source_limit_finish(&limit);
}

static void a_flood_does_not_take_its_own_share_away(void **state)
{
    sip__source_limit limit = make(100, 0, 4);
    sip_addr a = addr("192.0.2.1", 5060);
    unsigned taken = 0;

    (void)state;
    for (sip_time_ms now_ms = 1; now_ms <= 10000; now_ms++) {
        taken += sip__source_limit_take(&limit, &a, now_ms) == SIP__SOURCE_FINE ? 1 : 0;
    }
    assert_in_range(taken, 1095, 1105); /* the burst, and ten seconds' worth */
    sip__source_limit_finish(&limit);
}

static void an_ip6_network_counts_as_one(void **state)
{
    sip__source_limit limit = make(1, 4, 64);
    sip_addr a = addr("2001:db8::1", 5060), b = addr("2001:db8::ffff:2", 5060),
             c = addr("2001:db8:0:1::1", 5060);

    (void)state;
    EXPECT(&limit, &a, 1, 4, 4, 0, 0);
    EXPECT(&limit, &b, 1, 1, 0, 1, 0);
    EXPECT(&limit, &c, 1, 1, 1, 0, 0);
    sip__source_limit_finish(&limit);
}

static void the_table_is_bounded(void **state)
{
    sip__source_limit limit = make(1, 1, 4);
    sip_addr from = addr("192.0.2.0", 5060);

    (void)state;
    assert_int_equal(limit.sets, 1);
    for (unsigned i = 0; i < 4; i++) {
        from.ip[3] = (uint8_t)i;
        EXPECT(&limit, &from, 1 + i, 1, 1, 0, 0);
    }
    from.ip[3] = 1;
    EXPECT(&limit, &from, 10, 1, 0, 1, 0);
    from.ip[3] = 9; /* takes the place of 0, which was silent longest */
    EXPECT(&limit, &from, 11, 1, 1, 0, 0);
    from.ip[3] = 1;
    EXPECT(&limit, &from, 12, 1, 0, 0, 1);
    from.ip[3] = 0;
    EXPECT(&limit, &from, 13, 1, 1, 0, 0);
    sip__source_limit_finish(&limit);
    limit = make(1, 1, UINT32_MAX / 2); /* more than is sensible */
    assert_int_equal(limit.sets, 1u << 22);
    sip__source_limit_finish(&limit);
}

static void without_a_limit_there_is_none(void **state)
{
    sip__source_limit limit = make(0, 5, 64);
    sip_addr a = addr("192.0.2.1", 5060), none = {0};

    (void)state;
    EXPECT(&limit, &a, 1, 1000, 1000, 0, 0);
    sip__source_limit_finish(&limit);
    sip__source_limit_finish(&limit);
    limit = make(1, 0, 0);
    assert_int_equal(limit.burst, 1);
    assert_int_equal(limit.sets * 4, 65536);
    EXPECT(&limit, &none, 1, 10, 10, 0, 0); /* no address, as of an application's transport */
    sip__source_limit_finish(&limit);
}

static void want_of_memory_is_said(void **state)
{
    sip__source_limit limit;
    fail_alloc fail;

    (void)state;
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip__source_limit_init(&limit, &fail.allocator, NULL, 1, 1, 1), SIP_ENOMEM);
    sip__source_limit_finish(&limit);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_address_has_its_share),
        cmocka_unit_test(a_flood_does_not_take_its_own_share_away),
        cmocka_unit_test(an_ip6_network_counts_as_one),
        cmocka_unit_test(the_table_is_bounded),
        cmocka_unit_test(without_a_limit_there_is_none),
        cmocka_unit_test(want_of_memory_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
