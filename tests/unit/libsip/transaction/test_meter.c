#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "transaction/meter.h"

static uint64_t count_of(const sip__meter *meter, sip__meter_side side, sip_method method,
                         unsigned class_index)
{
    const sip__histogram *its = sip__meter_of(meter, side, method, class_index);
    sip__histogram_view view = {.count = 0};

    if (its != NULL) {
        sip__histogram_read(its, &view);
    }
    return view.count;
}

static void ends_are_kept_apart(void **state)
{
    static const struct {
        int status;
        unsigned class_index;
    } rows[] = {{0, 0},   {100, 0}, {200, 1}, {299, 1}, {302, 2},
                {404, 3}, {503, 4}, {699, 5}, {700, 0}};
    static sip__meter meter;

    (void)state;
    sip__meter_init(&meter, NULL);
    assert_null(sip__meter_of(&meter, SIP__METER_CLIENT, SIP_METHOD_INVITE, 1));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t before =
            count_of(&meter, SIP__METER_SERVER, SIP_METHOD_OTHER, rows[i].class_index);

        sip__meter_end(&meter, SIP__METER_SERVER, SIP_METHOD_OTHER, rows[i].status, 20);
        assert_int_equal(count_of(&meter, SIP__METER_SERVER, SIP_METHOD_OTHER, rows[i].class_index),
                         before + 1);
    }
    assert_int_equal(count_of(&meter, SIP__METER_CLIENT, SIP_METHOD_OTHER, 1), 0);
    sip__meter_request(&meter, SIP__METER_CLIENT, NULL, 200, 1);
    assert_int_equal(count_of(&meter, SIP__METER_CLIENT, SIP_METHOD_OTHER, 1), 0);
    assert_int_equal(count_of(&meter, SIP__METER_SERVER, SIP_METHOD_INVITE, 1), 0);
    sip__meter_finish(&meter);
    sip__meter_finish(&meter);
}

static void without_memory_nothing_is_counted(void **state)
{
    static sip__meter meter;
    fail_alloc fail;

    (void)state;
    fail_alloc_init(&fail, 1);
    sip__meter_init(&meter, &fail.allocator);
    sip__meter_end(&meter, SIP__METER_CLIENT, SIP_METHOD_INVITE, 200, 1);
    assert_null(sip__meter_of(&meter, SIP__METER_CLIENT, SIP_METHOD_INVITE, 1));
    sip__meter_end(&meter, SIP__METER_CLIENT, SIP_METHOD_INVITE, 200, 1);
    assert_int_equal(count_of(&meter, SIP__METER_CLIENT, SIP_METHOD_INVITE, 1), 1);
    sip__meter_finish(&meter);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_kept_apart),
        cmocka_unit_test(without_memory_nothing_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
