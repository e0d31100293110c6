#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "trace/packet.h"

static const sip__packet_way way4 = {
    .from = {.ip = {192, 0, 2, 1}, .port = 5060, .family = SIP_FAMILY_IP4},
    .to = {.ip = {198, 51, 100, 7}, .port = 5070, .family = SIP_FAMILY_IP4},
};
static const sip__packet_way way6 = {
    .from = {.ip = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = 5060, .family = SIP_FAMILY_IP6},
    .to = {.ip = {0x20, 1, 0xd, 0xb8, [15] = 2}, .port = 40000, .family = SIP_FAMILY_IP6},
};

/* The expected bytes were made by another program. */
static void test_udp_over_ip4(void **state)
{
    static const uint8_t wanted[] = {0x45, 0x00, 0x00, 0x21, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                     0x4e, 0x90, 0xc0, 0x00, 0x02, 0x01, 0xc6, 0x33, 0x64, 0x07,
                                     0x13, 0xc4, 0x13, 0xce, 0x00, 0x0d, 0xa8, 0x33};
    uint8_t out[SIP__PACKET_HEAD_BYTES];

    (void)state;
    assert_int_equal(sip__packet_udp(&way4, SIP_STR("hello"), out), sizeof(wanted));
    assert_memory_equal(out, wanted, sizeof(wanted));
}

/* A sum of zero is written as its other form. */
static void test_udp_with_a_sum_of_zero(void **state)
{
    uint8_t out[SIP__PACKET_HEAD_BYTES];

    (void)state;
    assert_int_equal(sip__packet_udp(&way4, SIP_STR("\xec\x0b"), out), 28);
    assert_int_equal(out[26], 0xff);
    assert_int_equal(out[27], 0xff);
}

static void test_tcp_over_ip6(void **state)
{
    static const uint8_t wanted[] = {
        0x60, 0x00, 0x00, 0x00, 0x00, 0x18, 0x06, 0x40, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x13, 0xc4, 0x9c, 0x40, 0x01,
        0x02, 0x03, 0x04, 0x0a, 0x0b, 0x0c, 0x0d, 0x50, 0x18, 0xff, 0xff, 0xbf, 0x4c, 0x00, 0x00};
    uint8_t out[SIP__PACKET_HEAD_BYTES];

    (void)state;
    assert_int_equal(sip__packet_tcp(&way6, 0x01020304, 0x0a0b0c0d, SIP_STR("even"), out),
                     sizeof(wanted));
    assert_memory_equal(out, wanted, sizeof(wanted));
}

/* An end that is not known has zeros of the other's family. */
static void test_unknown_end(void **state)
{
    static const uint8_t zeros[16];
    sip__packet_way way = way6;
    uint8_t out[SIP__PACKET_HEAD_BYTES];

    (void)state;
    memset(&way.from, 0, sizeof(way.from));
    assert_int_equal(sip__packet_udp(&way, SIP_STR("x"), out), 48);
    assert_int_equal(out[0] >> 4, 6);
    assert_memory_equal(out + 8, zeros, 16);
    assert_memory_equal(out + 24, way6.to.ip, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_udp_over_ip4),
        cmocka_unit_test(test_udp_with_a_sum_of_zero),
        cmocka_unit_test(test_tcp_over_ip6),
        cmocka_unit_test(test_unknown_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
