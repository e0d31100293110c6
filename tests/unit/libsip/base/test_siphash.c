#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/siphash.h"
#include "support/guard_page.h"

/* OpenSSL's SipHash with our numbers of rounds. */
static uint64_t reference(const uint8_t key[16], const uint8_t *bytes, size_t len)
{
    unsigned compression = 1, finalization = 3;
    size_t size = 8, written = 0;
    uint8_t out[8];
    uint64_t hash = 0;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_uint("c-rounds", &compression),
        OSSL_PARAM_construct_uint("d-rounds", &finalization),
        OSSL_PARAM_construct_size_t("size", &size),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);

    assert_int_equal(EVP_MAC_CTX_set_params(context, params), 1);
    assert_int_equal(EVP_MAC_init(context, key, 16, NULL), 1);
    assert_int_equal(EVP_MAC_update(context, bytes, len), 1);
    assert_int_equal(EVP_MAC_final(context, out, &written, sizeof(out)), 1);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    for (size_t i = 0; i < 8; i++) {
        hash |= (uint64_t)out[i] << (8 * i);
    }
    return hash;
}

static void all_lengths_agree_with_another_implementation(void **state)
{
    const uint64_t key[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
    uint8_t key_bytes[16], bytes[300];

    (void)state;
    for (size_t i = 0; i < sizeof(key_bytes); i++) {
        key_bytes[i] = (uint8_t)i;
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i * 7 + 1);
    }
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        guard_page page;

        guard_page_init(&page, bytes, len);
        assert_int_equal(sip__siphash(key, (sip_str){page.bytes, len}),
                         reference(key_bytes, bytes, len));
        guard_page_finish(&page);
    }
}

static void the_key_matters(void **state)
{
    const uint64_t a[2] = {1, 2}, b[2] = {1, 3}, c[2] = {2, 2};
    uint64_t hash = sip__siphash(a, SIP_STR("Call-ID"));

    (void)state;
    assert_int_equal(hash, sip__siphash(a, SIP_STR("Call-ID")));
    assert_int_not_equal(hash, sip__siphash(b, SIP_STR("Call-ID")));
    assert_int_not_equal(hash, sip__siphash(c, SIP_STR("Call-ID")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lengths_agree_with_another_implementation),
        cmocka_unit_test(the_key_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
