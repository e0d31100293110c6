#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/histogram.h"

static sip__histogram histogram;

static sip__histogram_view view_of(const uint64_t *us, size_t n)
{
    sip__histogram_view view = {.count = 0};

    histogram = (sip__histogram){.sum_us = 0};
    for (size_t i = 0; i < n; i++) {
        sip__histogram_add(&histogram, us[i]);
    }
    sip__histogram_read(&histogram, &view);
    return view;
}

static void each_duration_has_its_bucket(void **state)
{
    (void)state;
    for (unsigned power = 0; power < 40; power++) {
        for (unsigned part = 0; part < 8; part++) {
            uint64_t us = ((uint64_t)1 << power) + ((uint64_t)part << power) / 8;
            sip__histogram_view view = view_of(&us, 1);
            uint64_t found;

            assert_int_equal(view.count, 1);
            assert_int_equal(view.sum_us, us);
            assert_int_equal(view.most_us, us);
            found = sip__histogram_quantile(&view, 500);
            assert_int_equal(found,
                             power < 32 ? us : 0xffffffffu); /* never more than the longest */
            for (unsigned at = 2; at <= 31; at++) {
                assert_int_equal(sip__histogram_below(&view, at),
                                 us < (uint64_t)1 << at && power < 32 ? 1 : 0);
            }
        }
    }
}

static void quantiles_are_right_to_a_quarter(void **state)
{
    sip__histogram_view view = {.count = 0};

    (void)state;
    histogram = (sip__histogram){.sum_us = 0};
    for (uint64_t us = 1; us <= 100000; us++) {
        sip__histogram_add(&histogram, us);
    }
    sip__histogram_read(&histogram, &view);
    assert_int_equal(view.count, 100000);
    assert_in_range(sip__histogram_quantile(&view, 500), 50000, 62500);
    assert_in_range(sip__histogram_quantile(&view, 900), 90000, 100000);
    assert_int_equal(sip__histogram_quantile(&view, 1000), 100000);
    assert_in_range(sip__histogram_quantile(&view, 0), 0, 1);
    assert_int_equal(sip__histogram_below(&view, 16), 65535);
    sip__histogram_read(&histogram, &view); /* two workers' are added up */
    assert_int_equal(view.count, 200000);
    assert_int_equal(view.most_us, 100000);
    assert_int_equal(sip__histogram_below(&view, 16), 2 * 65535);
}

static void nothing_has_no_quantile(void **state)
{
    sip__histogram_view view = view_of(NULL, 0);
    const uint64_t zero = 0;

    (void)state;
    assert_int_equal(sip__histogram_quantile(&view, 990), 0);
    view = view_of(&zero, 1);
    assert_int_equal(view.count, 1);
    assert_int_equal(sip__histogram_quantile(&view, 990), 0);
    assert_int_equal(sip__histogram_below(&view, 2), 1);
}

static void *add_many(void *arg)
{
    for (unsigned i = 0; i < 20000; i++) {
        sip__histogram_add(arg, i % 1000);
    }
    return NULL;
}

/* One thread writes while another reads: what is read never goes back. */
static void any_thread_reads(void **state)
{
    pthread_t thread;
    uint64_t before = 0;

    (void)state;
    histogram = (sip__histogram){.sum_us = 0};
    assert_int_equal(pthread_create(&thread, NULL, add_many, &histogram), 0);
    while (before < 20000) {
        sip__histogram_view view = {.count = 0};

        sip__histogram_read(&histogram, &view);
        assert_true(view.count >= before && view.count <= 20000);
        before = view.count;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_duration_has_its_bucket),
        cmocka_unit_test(quantiles_are_right_to_a_quarter),
        cmocka_unit_test(nothing_has_no_quantile),
        cmocka_unit_test(any_thread_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
