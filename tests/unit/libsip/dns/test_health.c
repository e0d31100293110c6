#include "dns/health.h"
#include "support/fail_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static sip_time_ms time_ms;

static sip_time_ms now_ms(void *user_data)
{
    (void)user_data;
    return time_ms;
}

static const sip_clock test_clock = {.now_ms = now_ms};

static sip_hop hop(uint8_t last, sip_protocol protocol)
{
    return (sip_hop){.protocol = protocol,
                     .addr = {.ip = {192, 0, 2, last}, .port = 5060, .family = SIP_FAMILY_IP4}};
}

static void init(sip__health *health, size_t most)
{
    time_ms = 100000;
    assert_int_equal(sip__health_init(health, NULL, NULL, &test_clock, most), 0);
}

static void a_target_is_protocol_address_and_port(void **state)
{
    sip_hop udp = hop(1, SIP_PROTOCOL_UDP), tcp = hop(1, SIP_PROTOCOL_TCP), port = udp;
    sip__health health;

    (void)state;
    init(&health, 0);
    port.addr.port = 5061;
    sip__health_mark_failed(&health, &udp, SIP__HEALTH_UNREACHABLE, 0);
    assert_int_equal(sip__health_of(&health, &udp), SIP__HEALTH_BAD);
    assert_int_equal(sip__health_of(&health, &tcp), SIP__HEALTH_GOOD);
    assert_int_equal(sip__health_of(&health, &port), SIP__HEALTH_GOOD);
    sip__health_mark_good(&health, &tcp);
    sip__health_mark_good(&health, &udp);
    assert_int_equal(sip__health_of(&health, &udp), SIP__HEALTH_GOOD);
    assert_int_equal(health.count, 0);
    sip__health_finish(&health);
}

static void longer_each_time(void **state)
{
    static const uint32_t spans_s[] = {30, 60, 120, 240, 480, 600, 600};
    sip_hop it = hop(1, SIP_PROTOCOL_TCP);
    sip__health health;

    (void)state;
    init(&health, 0);
    for (size_t i = 0; i < sizeof(spans_s) / sizeof(spans_s[0]); i++) {
        sip__health_mark_failed(&health, &it, SIP__HEALTH_CONNECT, 0);
        time_ms += spans_s[i] * 1000 - 1;
        assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_BAD);
        time_ms += 1;
        assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_GOOD); /* to be tried again */
    }
    time_ms += 600000; /* long ago */
    sip__health_mark_failed(&health, &it, SIP__HEALTH_CONNECT, 0);
    time_ms += 30000;
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_GOOD);
    sip__health_finish(&health);
}

static void one_timeout_makes_suspect(void **state)
{
    sip_hop it = hop(1, SIP_PROTOCOL_UDP);
    sip__health health;

    (void)state;
    init(&health, 0);
    sip__health_mark_failed(&health, &it, SIP__HEALTH_TIMEOUT, 0);
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_SUSPECT);
    time_ms += 29999;
    sip__health_mark_failed(&health, &it, SIP__HEALTH_TIMEOUT, 0);
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_BAD);
    time_ms += 90000;
    sip__health_mark_failed(&health, &it, SIP__HEALTH_TIMEOUT, 0);
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_SUSPECT);
    sip__health_finish(&health);
}

static void retry_after_is_obeyed(void **state)
{
    sip_hop it = hop(1, SIP_PROTOCOL_UDP), other = hop(2, SIP_PROTOCOL_UDP);
    sip__health health;

    (void)state;
    init(&health, 0);
    sip__health_mark_failed(&health, &it, SIP__HEALTH_REFUSED, 7);
    sip__health_mark_failed(&health, &it, SIP__HEALTH_REFUSED, 0); /* says no more */
    time_ms += 6999;
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_BAD);
    time_ms += 1;
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_GOOD);
    sip__health_mark_failed(&health, &it, SIP__HEALTH_REFUSED, 4000000000u);
    time_ms += 3599999;
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_BAD);
    time_ms += 1;
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_GOOD);
    sip__health_mark_failed(&health, &other, SIP__HEALTH_REFUSED, 0);
    assert_int_equal(sip__health_of(&health, &other), SIP__HEALTH_SUSPECT);
    sip__health_finish(&health);
}

static void order_drops_none(void **state)
{
    sip_hop hops[6];
    uint8_t got[7] = {0};
    sip__health health;

    (void)state;
    init(&health, 0);
    for (uint8_t i = 0; i < 6; i++) {
        hops[i] = hop((uint8_t)(i + '1'), SIP_PROTOCOL_UDP);
    }
    sip__health_order(&health, hops, 6);
    assert_int_equal(hops[0].addr.ip[3], '1');
    sip__health_mark_failed(&health, &hops[0], SIP__HEALTH_REFUSED, 100);
    sip__health_mark_failed(&health, &hops[1], SIP__HEALTH_TIMEOUT, 0);
    sip__health_mark_failed(&health, &hops[3], SIP__HEALTH_CONNECT, 0);
    sip__health_mark_failed(&health, &hops[4], SIP__HEALTH_TIMEOUT, 0);
    sip__health_order(&health, hops, 6);
    for (size_t i = 0; i < 6; i++) {
        got[i] = hops[i].addr.ip[3];
    }
    assert_string_equal((char *)got, "362541");
    for (size_t i = 0; i < 6; i++) {
        sip__health_mark_failed(&health, &hops[i], SIP__HEALTH_REFUSED, 10);
    }
    sip__health_order(&health, hops, 6);
    assert_int_equal(hops[0].addr.ip[3], '3');
    sip__health_finish(&health);
}

static void the_table_is_bounded(void **state)
{
    sip_hop first = hop(0, SIP_PROTOCOL_UDP);
    sip__health health;

    (void)state;
    init(&health, 3);
    for (uint8_t i = 0; i < 4; i++) {
        sip_hop it = hop(i, SIP_PROTOCOL_UDP);

        sip__health_mark_failed(&health, &it, SIP__HEALTH_CONNECT, 0);
    }
    assert_int_equal(health.count, 3);
    assert_int_equal(sip__health_of(&health, &first), SIP__HEALTH_GOOD);
    sip__health_finish(&health);
}

static void without_memory(void **state)
{
    sip_hop it = hop(1, SIP_PROTOCOL_UDP);
    sip__health health = {0};
    fail_alloc fail;

    (void)state;
    sip__health_finish(&health);
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip__health_init(&health, &fail.allocator, NULL, &test_clock, 0), SIP_ENOMEM);
    fail_alloc_init(&fail, 2);
    assert_int_equal(sip__health_init(&health, &fail.allocator, NULL, &test_clock, 0), 0);
    sip__health_mark_failed(&health, &it, SIP__HEALTH_CONNECT, 0);
    assert_int_equal(sip__health_of(&health, &it), SIP__HEALTH_GOOD);
    sip__health_finish(&health);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_protocol_address_and_port),
        cmocka_unit_test(longer_each_time),
        cmocka_unit_test(one_timeout_makes_suspect),
        cmocka_unit_test(retry_after_is_obeyed),
        cmocka_unit_test(order_drops_none),
        cmocka_unit_test(the_table_is_bounded),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
