/* RFC 2782: priorities, and how the weights spread over many draws. */
#include "dns/srv_order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DRAWS 10000

static void fill(void *bytes, size_t len, void *user_data)
{
    uint64_t *seed = user_data;
    unsigned char *out = bytes;

    for (size_t i = 0; i < len; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        out[i] = (unsigned char)(*seed >> 56);
    }
}

static sip_dns_record srv(uint16_t priority, uint16_t weight, const char *target)
{
    return (sip_dns_record){
        .type = SIP_DNS_SRV, .priority = priority, .weight = weight, .target = target};
}

static void the_spread_is_that_of_the_weights(void **state)
{
    const sip_dns_record records[] = {srv(1, 60, "a"), srv(1, 30, "b"), srv(1, 10, "c"),
                                      srv(1, 0, "d"), srv(0, 5, "first")};
    const sip_dns_answer answer = {.records = records, .n_records = 5};
    uint64_t seed = 7;
    sip_random random = {.fill = fill, .user_data = &seed};
    unsigned second[4] = {0};
    unsigned third[4] = {0};

    (void)state;
    for (unsigned i = 0; i < DRAWS; i++) {
        const sip_dns_record *out[SIP__SRV_MAX];

        assert_int_equal(sip__srv_order(&answer, &random, out), 5);
        assert_string_equal(out[0]->target, "first");
        second[out[1]->target[0] - 'a']++;
        third[out[2]->target[0] - 'a']++;
    }
    /* 60, 30, 10 of 101 numbers, and the one that is left for weight 0 */
    assert_in_range(second[0], 5750, 6130);
    assert_in_range(second[1], 2790, 3150);
    assert_in_range(second[2], 870, 1110);
    assert_in_range(second[3], 50, 160);
    /* a comes after b, c or d with 60 of 71, 91 or 101; b after a with 30 of 41, and so on */
    assert_in_range(third[0], 3100, 3450);
    assert_in_range(third[1], 4550, 4950);
}

static void equal_draws_are_equal(void **state)
{
    const sip_dns_record records[] = {srv(1, 1, "a"), srv(1, 1, "b"), srv(1, 1, "c")};
    const sip_dns_answer answer = {.records = records, .n_records = 3};
    const sip_dns_record *one[SIP__SRV_MAX], *other[SIP__SRV_MAX];
    uint64_t seed = 3, same = 3;
    sip_random random = {.fill = fill, .user_data = &seed};
    sip_random again = {.fill = fill, .user_data = &same};

    (void)state;
    assert_int_equal(sip__srv_order(&answer, &random, one), 3);
    assert_int_equal(sip__srv_order(&answer, &again, other), 3);
    assert_memory_equal(one, other, 3 * sizeof(one[0]));
}

static void no_draw_without_a_choice(void **state)
{
    const sip_dns_record records[] = {srv(3, 9, "c"), srv(1, 9, "a"), srv(2, 0, "b")};
    const sip_dns_answer answer = {.records = records, .n_records = 3};
    const sip_dns_record *out[SIP__SRV_MAX];
    uint64_t seed = 3;
    sip_random random = {.fill = fill, .user_data = &seed};

    (void)state;
    assert_int_equal(sip__srv_order(&answer, &random, out), 3);
    assert_string_equal(out[0]->target, "a");
    assert_string_equal(out[1]->target, "b");
    assert_string_equal(out[2]->target, "c");
    assert_int_equal(seed, 3);
}

static void what_is_no_server_is_left_out(void **state)
{
    sip_dns_record records[] = {srv(0, 0, "."), srv(0, 0, ""), srv(0, 0, NULL)};
    sip_dns_answer answer = {.records = records, .n_records = 3};
    const sip_dns_record *out[SIP__SRV_MAX];

    (void)state;
    assert_int_equal(sip__srv_order(&answer, NULL, out), 0);
    assert_true(sip__srv_is_refusal(&answer)); /* as often as it is said */
    answer.n_records = 1;
    assert_true(sip__srv_is_refusal(&answer));
    answer.n_records = 0;
    assert_false(sip__srv_is_refusal(&answer));
    answer = (sip_dns_answer){.records = records, .n_records = 1, .err = SIP_EIO};
    assert_false(sip__srv_is_refusal(&answer));
    answer.err = 0;
    records[0] = srv(0, 0, "a");
    assert_false(sip__srv_is_refusal(&answer));
    records[0].type = SIP_DNS_A;
    assert_int_equal(sip__srv_order(&answer, NULL, out), 0);
    assert_false(sip__srv_is_refusal(&answer));
}

/* Where an answer has more than are tried, those with the last priorities go, and within one those
 * with the least weight; wherever they stand. */
static void of_too_many_the_best_are_kept(void **state)
{
    sip_dns_record records[80];
    const sip_dns_answer answer = {.records = records, .n_records = 80};
    const sip_dns_record *out[SIP__SRV_MAX];
    uint64_t seed = 9;
    sip_random random = {.fill = fill, .user_data = &seed};

    (void)state;
    for (unsigned i = 0; i < 80; i++) {
        records[i] = srv((uint16_t)(79 - i), 0, "a");
    }
    assert_int_equal(sip__srv_order(&answer, &random, out), SIP__SRV_MAX);
    for (unsigned i = 0; i < SIP__SRV_MAX; i++) {
        assert_int_equal(out[i]->priority, i);
    }
    for (unsigned i = 0; i < 80; i++) {
        records[i] = srv((uint16_t)(i < 79), (uint16_t)(i * 37 % 80), "a");
    }
    assert_int_equal(sip__srv_order(&answer, &random, out), SIP__SRV_MAX);
    assert_ptr_equal(out[0], &records[79]);
    for (unsigned i = 1; i < SIP__SRV_MAX; i++) {
        assert_in_range(out[i]->weight, 80 - SIP__SRV_MAX, 79);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spread_is_that_of_the_weights),
        cmocka_unit_test(equal_draws_are_equal),
        cmocka_unit_test(no_draw_without_a_choice),
        cmocka_unit_test(what_is_no_server_is_left_out),
        cmocka_unit_test(of_too_many_the_best_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
