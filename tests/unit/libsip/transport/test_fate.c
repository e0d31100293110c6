#include "transport/fate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void fill(void *bytes, size_t len, void *user_data)
{
    unsigned char *out = bytes;
    uint64_t *state = user_data;

    while (len-- > 0) {
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        *out++ = (unsigned char)(*state >> 56);
    }
}

static void all_or_nothing(void **state)
{
    uint64_t seed = 1;
    const sip_random random = {.fill = fill, .user_data = &seed};
    const sip__fate_odds lost = {.loss_percent = 100, .dup_percent = 100};
    const sip__fate_odds doubled = {
        .delay_ms = 7, .dup_percent = 100, .reorder_percent = 100, .reorder_ms = 1000};
    sip__fate_counts counts = {0};
    uint32_t delays_ms[SIP__FATE_COPIES];

    (void)state;
    assert_int_equal(sip__fate_draw(&lost, &random, &counts, delays_ms), 0);
    assert_int_equal(counts.lost, 1);
    assert_int_equal(counts.doubled, 0);
    assert_int_equal(sip__fate_draw(&doubled, &random, &counts, delays_ms), 2);
    assert_int_equal(delays_ms[0], 1007);
    assert_int_equal(delays_ms[1], 1007);
    assert_int_equal(counts.doubled, 1);
    assert_int_equal(counts.held_back, 2);
}

static void shares_are_about_what_they_should_be(void **state)
{
    uint64_t seed = 2;
    const sip_random random = {.fill = fill, .user_data = &seed};
    const sip__fate_odds odds = {.delay_ms = 10,
                                 .jitter_ms = 90,
                                 .loss_percent = 20,
                                 .reorder_percent = 10,
                                 .reorder_ms = 500};
    sip__fate_counts counts = {0};
    uint32_t delays_ms[SIP__FATE_COPIES], least_ms = UINT32_MAX, most_ms = 0;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        if (sip__fate_draw(&odds, &random, &counts, delays_ms) == 1) {
            least_ms = delays_ms[0] < least_ms ? delays_ms[0] : least_ms;
            most_ms = delays_ms[0] > most_ms ? delays_ms[0] : most_ms;
        }
    }
    assert_in_range(counts.lost, 1800, 2200);
    assert_in_range(counts.held_back, 650, 950);
    assert_int_equal(least_ms, 10);
    assert_int_equal(most_ms, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_or_nothing),
        cmocka_unit_test(shares_are_about_what_they_should_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
