/* Tokens of flows: there and back, and nothing that was altered. */
#include "transport/flow_token.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const uint8_t key[SIP__FLOW_KEY_BYTES] = "a key of thirty-two bytes, or so";

static sip_path udp_path(const char *remote, const char *local, uint32_t scope)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP};

    assert_int_equal(sip_addr_parse(sip_str_of(remote), 65535, &path.remote), 0);
    assert_int_equal(sip_addr_parse(sip_str_of(local), 5060, &path.local), 0);
    path.remote.scope = scope;
    return path;
}

static void expect_same(const sip_path *path)
{
    char out[SIP_FLOW_TOKEN_BYTES];
    sip_str token = sip__flow_token_write(key, path, out);
    sip_path back;
    size_t i;

    assert_true(token.len > 20 && token.len < SIP_FLOW_TOKEN_BYTES);
    assert_int_equal(out[token.len], '\0');
    assert_int_equal(sip__flow_token_parse(key, token, &back), 0);
    assert_int_equal(back.protocol, path->protocol);
    assert_true(back.flow == path->flow);
    assert_true(sip_addr_equal(&back.remote, &path->remote));
    assert_true(sip_addr_equal(&back.local, &path->local));
    /* Any other character, and any that is missing or too many, is noticed. */
    for (i = 0; i < token.len; i++) {
        char was = out[i];

        out[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(sip__flow_token_parse(key, token, &back), SIP_ESYNTAX);
        out[i] = '=';
        assert_int_equal(sip__flow_token_parse(key, token, &back), SIP_ESYNTAX);
        out[i] = was;
        assert_int_equal(sip__flow_token_parse(key, (sip_str){out, i}, &back), SIP_ESYNTAX);
    }
    out[token.len] = 'A';
    assert_int_equal(sip__flow_token_parse(key, (sip_str){out, token.len + 1}, &back), SIP_ESYNTAX);
}

static void test_there_and_back(void **state)
{
    sip_path stream = {.protocol = SIP_PROTOCOL_WSS, .flow = UINT64_C(0xfedcba9876543210)};
    sip_path four = udp_path("192.0.2.1", "198.51.100.7", 0);
    sip_path six = udp_path("fe80::1:2:3", "2001:db8::1", 0x12345678);

    (void)state;
    expect_same(&stream);
    expect_same(&four);
    expect_same(&six);
}

static void test_none(void **state)
{
    sip_path nowhere = {.protocol = SIP_PROTOCOL_UDP};
    sip_path mixed = udp_path("192.0.2.1", "2001:db8::1", 0);
    char out[SIP_FLOW_TOKEN_BYTES];

    (void)state;
    assert_int_equal(sip__flow_token_write(key, &nowhere, out).len, 0);
    assert_int_equal(sip__flow_token_write(key, &mixed, out).len, 0);
}

static size_t value_of(char digit)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    return (size_t)(strchr(digits, digit) - digits);
}

/* As anybody would who finds one in a Record-Route. */
static bool shows(sip_str token, const uint8_t *bytes, size_t len)
{
    uint8_t all[SIP_FLOW_TOKEN_BYTES];
    size_t n = 0, bits = 0, have = 0;

    for (size_t i = 0; i < token.len; i++) {
        bits = bits << 6 | value_of(token.ptr[i]);
        have += 6;
        if (have >= 8) {
            have -= 8;
            all[n++] = (uint8_t)(bits >> have);
        }
    }
    for (size_t i = 0; i + len <= n; i++) {
        if (memcmp(all + i, bytes, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The address that we have behind a NAT is nobody's business, nor is that of another peer. */
static void test_opaque(void **state)
{
    sip_path a = udp_path("192.0.2.1", "10.1.2.3", 0);
    sip_path b = udp_path("192.0.2.2", "10.1.2.3", 0);
    sip_path six = udp_path("2001:db8::77", "fd00::1:2", 0);
    char text_a[SIP_FLOW_TOKEN_BYTES], text_b[SIP_FLOW_TOKEN_BYTES];
    sip_str token = sip__flow_token_write(key, &a, text_a);

    (void)state;
    assert_false(shows(token, a.local.ip, 4));
    assert_false(shows(token, a.remote.ip, 4));
    assert_memory_not_equal(text_a, sip__flow_token_write(key, &b, text_b).ptr, 8);
    assert_string_equal(text_a, sip__flow_token_write(key, &a, text_b).ptr);
    token = sip__flow_token_write(key, &six, text_a);
    assert_false(shows(token, six.local.ip, 8));
    assert_false(shows(token, six.local.ip + 8, 8));
    assert_false(shows(token, six.remote.ip + 8, 8));
}

static void test_of_others(void **state)
{
    static const uint8_t other[SIP__FLOW_KEY_BYTES] = "another key";
    static const char *const texts[] = {"", "A", "alice", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    sip_path path = udp_path("192.0.2.1", "198.51.100.7", 0);
    char out[SIP_FLOW_TOKEN_BYTES];
    char too_long[200];
    sip_path back;
    size_t i;

    (void)state;
    assert_int_equal(sip__flow_token_parse(key, sip__flow_token_write(other, &path, out), &back),
                     SIP_ESYNTAX);
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(sip__flow_token_parse(key, sip_str_of(texts[i]), &back), SIP_ESYNTAX);
    }
    memset(too_long, 'A', sizeof(too_long));
    assert_int_equal(sip__flow_token_parse(key, (sip_str){too_long, sizeof(too_long)}, &back),
                     SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_opaque),
        cmocka_unit_test(test_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
