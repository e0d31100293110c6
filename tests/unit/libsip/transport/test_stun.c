/* STUN: the answers of RFC 5769, what we print read again, and what is none. */
#include "transport/stun.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define HEAD(type, len)                                                                            \
    (type) >> 8, (type)&0xff, 0, len, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,  \
        0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae
#define SOFTWARE                                                                                   \
    0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20

static const uint8_t id[SIP__STUN_ID_BYTES] = {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
                                               0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};

/* RFC 5769 2.2 and 2.3. */
static const uint8_t answer4[] = {
    HEAD(0x0101, 0x3c),
    SOFTWARE,
    0x00,
    0x20,
    0x00,
    0x08,
    0x00,
    0x01,
    0xa1,
    0x47,
    0xe1,
    0x12,
    0xa6,
    0x43,
    0x00,
    0x08,
    0x00,
    0x14,
    0x2b,
    0x91,
    0xf5,
    0x99,
    0xfd,
    0x9e,
    0x90,
    0xc3,
    0x8c,
    0x74,
    0x89,
    0xf9,
    0x2a,
    0xf9,
    0xba,
    0x53,
    0xf0,
    0x6b,
    0xe7,
    0xd7,
    0x80,
    0x28,
    0x00,
    0x04,
    0xc0,
    0x7d,
    0x4c,
    0x96,
};
static const uint8_t answer6[] = {
    HEAD(0x0101, 0x28),
    SOFTWARE,
    0x00,
    0x20,
    0x00,
    0x14,
    0x00,
    0x02,
    0xa1,
    0x47,
    0x01,
    0x13,
    0xa9,
    0xfa,
    0xa5,
    0xd3,
    0xf1,
    0x79,
    0xbc,
    0x25,
    0xf4,
    0xb5,
    0xbe,
    0xd2,
    0xb9,
    0xd9,
};

static int read_bytes(const uint8_t *bytes, size_t len, sip__stun *ret)
{
    return sip__stun_read((sip_str){(const char *)bytes, len}, ret);
}

static sip_addr address(const char *host)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), 32853, &addr), 0);
    return addr;
}

static void test_answers(void **state)
{
    sip_addr addr4 = address("192.0.2.1");
    sip_addr addr6 = address("2001:db8:1234:5678:11:2233:4455:6677");
    sip__stun stun;

    (void)state;
    assert_int_equal(read_bytes(answer4, sizeof(answer4), &stun), 0);
    assert_int_equal(stun.kind, SIP__STUN_SUCCESS);
    assert_memory_equal(stun.id, id, sizeof(id));
    assert_true(sip_addr_equal(&stun.mapped, &addr4));
    assert_int_equal(stun.n_unknown, 0);
    assert_int_equal(read_bytes(answer6, sizeof(answer6), &stun), 0);
    assert_true(sip_addr_equal(&stun.mapped, &addr6));
}

static void check_answer(const char *host)
{
    sip_addr addr = address(host);
    uint8_t out[SIP__STUN_PRINT_BYTES];
    sip__stun request, answer;

    assert_int_equal(read_bytes(out, sip__stun_print_request(id, out), &request), 0);
    assert_int_equal(request.kind, SIP__STUN_REQUEST);
    assert_int_equal(read_bytes(out, sip__stun_print_answer(&request, &addr, out), &answer), 0);
    assert_int_equal(answer.kind, SIP__STUN_SUCCESS);
    assert_memory_equal(answer.id, id, sizeof(id));
    assert_true(sip_addr_equal(&answer.mapped, &addr));
}

static void test_both_ends(void **state)
{
    (void)state;
    check_answer("192.0.2.1");
    check_answer("2001:db8:1234:5678:11:2233:4455:6677");
}

/* CHANGE-REQUEST of RFC 3489 must be understood and is not; a user name does not matter. */
static void test_unknown(void **state)
{
    static const uint8_t bytes[] = {HEAD(0x0001, 0x14),
                                    0x00,
                                    0x06,
                                    0x00,
                                    0x02,
                                    'm',
                                    'e',
                                    0,
                                    0,
                                    0x00,
                                    0x03,
                                    0x00,
                                    0x00,
                                    0x7f,
                                    0xff,
                                    0x00,
                                    0x00,
                                    0xff,
                                    0xff,
                                    0x00,
                                    0x00};
    sip_addr addr = address("192.0.2.1");
    uint8_t out[SIP__STUN_PRINT_BYTES];
    sip__stun request, answer;
    size_t len;

    (void)state;
    assert_int_equal(read_bytes(bytes, sizeof(bytes), &request), 0);
    assert_int_equal(request.n_unknown, 2);
    assert_int_equal(request.unknown[0], 3);
    assert_int_equal(request.unknown[1], 0x7fff);
    len = sip__stun_print_answer(&request, &addr, out);
    assert_int_equal(read_bytes(out, len, &answer), 0);
    assert_int_equal(answer.kind, SIP__STUN_ERROR);
    assert_int_equal(answer.status, 420);
    assert_int_equal(answer.mapped.family, SIP_FAMILY_NONE);
    request.n_unknown = 1; /* an odd list is padded */
    len = sip__stun_print_answer(&request, &addr, out);
    assert_int_equal(read_bytes(out, len, &answer), 0);
    request.n_unknown = SIP__STUN_MAX_UNKNOWN;
    assert_true(sip__stun_print_answer(&request, &addr, out) <= sizeof(out));
}

static void test_many_unknown(void **state)
{
    uint8_t bytes[20 + 20 * 4] = {HEAD(0x0001, 80)};
    sip__stun stun;
    size_t i;

    (void)state;
    for (i = 0; i < 20; i++) {
        bytes[20 + i * 4] = 0x7f;
        bytes[20 + i * 4 + 1] = (uint8_t)i;
    }
    assert_int_equal(read_bytes(bytes, sizeof(bytes), &stun), 0);
    assert_int_equal(stun.n_unknown, SIP__STUN_MAX_UNKNOWN);
}

static void test_none(void **state)
{
    static const uint8_t cut[] = {HEAD(0x0001, 4), 0x80, 0x22, 0x00, 0x01};
    static const uint8_t no_cookie[20] = {0, 1};
    static const uint8_t third[] = {HEAD(0x8001, 0)};
    static const uint8_t shape[] = {
        HEAD(0x0101, 12), 0x00, 0x20, 0x00, 0x08, 0x00, 0x02, 1, 2, 3, 4, 5, 6};
    static const uint8_t codes[] = {HEAD(0x0111, 8), 0x00, 0x09, 0x00, 0x04, 0, 0, 7, 1};
    static const uint8_t other[] = {HEAD(0x0011, 0)};
    sip__stun stun;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(answer4); n++) {
        assert_int_equal(read_bytes(answer4, n, &stun), SIP_ESYNTAX);
    }
    assert_false(sip__stun_is(SIP_STR("OPTIONS sip:a@h SIP/2.0\r\n\r\n")));
    assert_int_equal(read_bytes(cut, sizeof(cut), &stun), SIP_ESYNTAX);
    assert_int_equal(read_bytes(no_cookie, sizeof(no_cookie), &stun), SIP_ESYNTAX);
    assert_int_equal(read_bytes(third, sizeof(third), &stun), SIP_ESYNTAX);
    assert_int_equal(read_bytes(shape, sizeof(shape), &stun), 0);
    assert_int_equal(stun.mapped.family, SIP_FAMILY_NONE);
    assert_int_equal(read_bytes(codes, sizeof(codes), &stun), 0);
    assert_int_equal(stun.status, 0);
    assert_int_equal(read_bytes(other, sizeof(other), &stun), 0);
    assert_int_equal(stun.kind, SIP__STUN_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers), cmocka_unit_test(test_both_ends),
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_many_unknown),
        cmocka_unit_test(test_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
