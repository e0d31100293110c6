#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sip/digest.h>

#include "support/fail_alloc.h"

static const uint8_t key[32] = "a key that only the tests know.";

static sip_time_ms no_time_ms(void *user_data)
{
    (void)user_data;
    return 0;
}

static int64_t set_unix_s(void *user_data)
{
    return *(int64_t *)user_data;
}

typedef struct fixture {
    int64_t now_s;
    sip_clock clock;
    sip_nonces *nonces;
} fixture;

static int set_up(void **state)
{
    static fixture f;

    f.now_s = 1790000000;
    f.clock = (sip_clock){no_time_ms, set_unix_s, &f.now_s};
    *state = &f;
    return sip_nonces_create(NULL, &f.clock, key, 3, 60, &f.nonces);
}

static int tear_down(void **state)
{
    fixture *f = *state;

    sip_nonces_destroy(f->nonces);
    return 0;
}

static void each_count_is_good_once(void **state)
{
    fixture *f = *state;
    char text[SIP_NONCE_BYTES];

    assert_int_equal(sip_nonces_make(f->nonces, text), 0);
    sip_str nonce = sip_str_of(text);

    for (uint32_t nc = 1; nc <= 200; nc++) {
        assert_int_equal(sip_nonces_check(f->nonces, nonce, nc), SIP_NONCE_GOOD);
        assert_int_equal(sip_nonces_check(f->nonces, nonce, nc), SIP_NONCE_REPLAYED);
    }
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 1), SIP_NONCE_REPLAYED);
}

static void counts_may_come_out_of_order_within_the_window(void **state)
{
    fixture *f = *state;
    char text[SIP_NONCE_BYTES];

    assert_int_equal(sip_nonces_make(f->nonces, text), 0);
    sip_str nonce = sip_str_of(text);

    assert_int_equal(sip_nonces_check(f->nonces, nonce, 100), SIP_NONCE_GOOD);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 36), SIP_NONCE_REPLAYED);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 37), SIP_NONCE_GOOD);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 99), SIP_NONCE_GOOD);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 99), SIP_NONCE_REPLAYED);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 101), SIP_NONCE_GOOD);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 100), SIP_NONCE_REPLAYED);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 37), SIP_NONCE_REPLAYED);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, UINT32_MAX), SIP_NONCE_GOOD);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, 102), SIP_NONCE_REPLAYED);
    assert_int_equal(sip_nonces_check(f->nonces, nonce, UINT32_MAX - 1), SIP_NONCE_GOOD);
}

static void without_a_count_there_is_one_use(void **state)
{
    fixture *f = *state;
    char text[SIP_NONCE_BYTES];

    assert_int_equal(sip_nonces_make(f->nonces, text), 0);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 0), SIP_NONCE_GOOD);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 0), SIP_NONCE_REPLAYED);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_REPLAYED);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), UINT32_MAX), SIP_NONCE_REPLAYED);
    assert_int_equal(sip_nonces_make(f->nonces, text), 0);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_GOOD);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 0), SIP_NONCE_REPLAYED);
}

static void nonces_grow_old(void **state)
{
    fixture *f = *state;
    char text[SIP_NONCE_BYTES];

    assert_int_equal(sip_nonces_make(f->nonces, text), 0);
    f->now_s += 60;
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_GOOD);
    f->now_s += 1;
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 2), SIP_NONCE_STALE);
    /* Nor is one of the future good: the clock was set back. */
    f->now_s -= 62;
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 3), SIP_NONCE_STALE);
}

static void a_lifetime_of_none_is_five_minutes(void **state)
{
    fixture *f = *state;
    char text[SIP_NONCE_BYTES];
    sip_nonces *nonces = NULL;

    assert_int_equal(sip_nonces_create(NULL, &f->clock, key, 0, 0, &nonces), 0);
    assert_int_equal(sip_nonces_make(nonces, text), 0);
    f->now_s += 300;
    assert_int_equal(sip_nonces_check(nonces, sip_str_of(text), 1), SIP_NONCE_GOOD);
    f->now_s += 1;
    assert_int_equal(sip_nonces_check(nonces, sip_str_of(text), 2), SIP_NONCE_STALE);
    sip_nonces_destroy(nonces);
}

static void pushed_out_of_the_table_is_stale(void **state)
{
    fixture *f = *state;
    char first[SIP_NONCE_BYTES], second[SIP_NONCE_BYTES], text[SIP_NONCE_BYTES];

    assert_int_equal(sip_nonces_make(f->nonces, first), 0);
    assert_int_equal(sip_nonces_make(f->nonces, second), 0);
    for (int i = 2; i < 4097; i++) {
        assert_int_equal(sip_nonces_make(f->nonces, text), 0);
        assert_string_not_equal(text, first);
    }
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(first), 1), SIP_NONCE_STALE);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(second), 1), SIP_NONCE_GOOD);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_GOOD);
}

static void one_of_another_worker_or_an_earlier_start_is_stale(void **state)
{
    fixture *f = *state;
    char text[SIP_NONCE_BYTES];
    sip_nonces *other = NULL;

    assert_int_equal(sip_nonces_create(NULL, &f->clock, key, 4, 60, &other), 0);
    assert_int_equal(sip_nonces_make(other, text), 0);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_STALE);
    sip_nonces_destroy(other);
    assert_int_equal(sip_nonces_create(NULL, &f->clock, key, 3, 60, &other), 0);
    assert_int_equal(sip_nonces_make(other, text), 0);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_STALE);
    f->now_s += 1;
    char ours[SIP_NONCE_BYTES];

    /* The same slot and serial number, but another time. */
    assert_int_equal(sip_nonces_make(f->nonces, ours), 0);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_STALE);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(ours), 1), SIP_NONCE_GOOD);
    sip_nonces_destroy(other);
}

static void what_we_did_not_make_is_foreign(void **state)
{
    fixture *f = *state;
    uint8_t other_key[32] = {1};
    char text[SIP_NONCE_BYTES], changed[SIP_NONCE_BYTES];
    sip_nonces *other = NULL;

    assert_int_equal(sip_nonces_create(NULL, &f->clock, other_key, 3, 60, &other), 0);
    assert_int_equal(sip_nonces_make(other, text), 0);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_FOREIGN);
    sip_nonces_destroy(other);
    assert_int_equal(sip_nonces_make(f->nonces, text), 0);
    for (size_t i = 0; i < strlen(text); i++) {
        memcpy(changed, text, sizeof(changed));
        changed[i] = changed[i] == '0' ? '1' : '0';
        assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(changed), 1), SIP_NONCE_FOREIGN);
        changed[i] = i % 2 == 0 ? 'G' : '/';
        assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(changed), 1), SIP_NONCE_FOREIGN);
        assert_int_equal(sip_nonces_check(f->nonces, (sip_str){text, i}, 1), SIP_NONCE_FOREIGN);
    }
    assert_int_equal(sip_nonces_check(f->nonces, (sip_str){NULL, 0}, 1), SIP_NONCE_FOREIGN);
    assert_int_equal(sip_nonces_check(f->nonces, sip_str_of(text), 1), SIP_NONCE_GOOD);
}

static void without_memory_create_says_so(void **state)
{
    fixture *f = *state;
    fail_alloc fail;
    sip_nonces *nonces = NULL;

    fail_alloc_init(&fail, 1);
    assert_int_equal(sip_nonces_create(&fail.allocator, &f->clock, key, 0, 0, &nonces), SIP_ENOMEM);
    assert_null(nonces);
    assert_int_equal(sip_nonces_create(&fail.allocator, &f->clock, key, 0, 0, &nonces), 0);
    sip_nonces_destroy(nonces);
    sip_nonces_destroy(NULL);
    assert_int_equal(fail.live, 0);
}

#define WITH_NONCES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NONCES(each_count_is_good_once),
        WITH_NONCES(counts_may_come_out_of_order_within_the_window),
        WITH_NONCES(without_a_count_there_is_one_use),
        WITH_NONCES(nonces_grow_old),
        WITH_NONCES(a_lifetime_of_none_is_five_minutes),
        WITH_NONCES(pushed_out_of_the_table_is_stale),
        WITH_NONCES(one_of_another_worker_or_an_earlier_start_is_stale),
        WITH_NONCES(what_we_did_not_make_is_foreign),
        WITH_NONCES(without_memory_create_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
