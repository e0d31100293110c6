#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mac.h"

static const uint64_t key[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

/* The first of the reference's test vectors: the bytes 0, 1, 2 … under the key above. */
static void test_vectors(void **state)
{
    static const uint64_t wanted[] = {
        0x726fdb47dd0e0e31u, 0x74f839c593dc67fdu, 0x0d6c8009d9a94f5au, 0x85676696d7fb7e2du,
        0xcf2794e0277187b7u, 0x18765564cd99a68du, 0xcbc9466e58fee3ceu, 0xab0200f58b01d137u,
        0x93f5f5799a932462u, 0x9e0082df0ba9e4b0u, 0x7a5dbbc594ddb9f3u, 0xf4b32f46226bada7u,
        0x751e8fbc860ee5fbu, 0x14ea5627c0843d90u, 0xf723ca908e7af2eeu, 0xa129ca6149be45e5u,
    };
    char bytes[16];

    (void)state;
    for (size_t len = 0; len < 16; len++) {
        sip__mac whole, parts;

        bytes[len] = (char)len;
        sip__mac_init(&whole, key);
        sip__mac_add(&whole, (sip_str){bytes, len});
        assert_true(sip__mac_finish(&whole) == wanted[len]);
        for (size_t cut = 0; cut <= len; cut++) {
            sip__mac_init(&parts, key);
            sip__mac_add(&parts, (sip_str){bytes, cut});
            sip__mac_add(&parts, (sip_str){bytes + cut, len - cut});
            assert_true(sip__mac_finish(&parts) == wanted[len]);
        }
    }
}

static uint64_t of_parts(sip_str a, sip_str b)
{
    sip__mac mac;

    sip__mac_init(&mac, key);
    sip__mac_add_part(&mac, a);
    sip__mac_add_part(&mac, b);
    return sip__mac_finish(&mac);
}

static void test_parts_are_kept_apart(void **state)
{
    const uint64_t other[2] = {key[0], key[1] + 1};
    sip__mac a, b;

    (void)state;
    assert_true(of_parts(SIP_STR("ab"), SIP_STR("c")) != of_parts(SIP_STR("a"), SIP_STR("bc")));
    assert_true(of_parts(SIP_STR("ab"), SIP_STR("")) != of_parts(SIP_STR(""), SIP_STR("ab")));
    assert_true(of_parts(SIP_STR("ab"), SIP_STR("c")) == of_parts(SIP_STR("ab"), SIP_STR("c")));
    sip__mac_init(&a, key);
    sip__mac_init(&b, other);
    assert_true(sip__mac_finish(&a) != sip__mac_finish(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_parts_are_kept_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
