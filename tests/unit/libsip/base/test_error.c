#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sip/base.h>

static void every_error_has_its_own_number_and_text(void **state)
{
    static const int errors[] = {
#define ERROR_NUMBER(name, number, status, text) SIP_E##name,
        SIP_ERROR_MAP(ERROR_NUMBER)
#undef ERROR_NUMBER
    };
    const size_t count = sizeof(errors) / sizeof(errors[0]);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_true(errors[i] < 0);
        assert_true(strlen(sip_error_text(errors[i])) > 0);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(errors[i], errors[j]);
            assert_string_not_equal(sip_error_text(errors[i]), sip_error_text(errors[j]));
        }
    }
}

static void statuses_are_those_of_the_map(void **state)
{
    (void)state;
    assert_int_equal(sip_error_status(0), 0);
    assert_int_equal(sip_error_status(SIP_ESYNTAX), 400);
    assert_int_equal(sip_error_status(SIP_EHOPS), 483);
    assert_int_equal(sip_error_status(SIP_ELOOP), 482);
    assert_int_equal(sip_error_status(SIP_EGONE), 481);
    assert_int_equal(sip_error_status(SIP_ENOMEM), 500);
}

static void where_the_map_has_no_status_it_is_500(void **state)
{
    (void)state;
    assert_int_equal(sip_error_status(SIP_EINVAL), 500);
    assert_int_equal(sip_error_status(SIP_EAGAIN), 500);
    assert_int_equal(sip_error_status(-1000), 500);
    assert_int_equal(sip_error_status(7), 500);
}

static void text_is_never_null(void **state)
{
    (void)state;
    assert_string_equal(sip_error_text(0), "no error");
    assert_string_equal(sip_error_text(SIP_ESYNTAX), "malformed message");
    assert_string_equal(sip_error_text(-1000), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_own_number_and_text),
        cmocka_unit_test(statuses_are_those_of_the_map),
        cmocka_unit_test(where_the_map_has_no_status_it_is_500),
        cmocka_unit_test(text_is_never_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
