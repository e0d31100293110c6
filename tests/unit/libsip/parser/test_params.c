#include "support/guard_str.h"

#include "parser/params.h"

static void test_next(void **state)
{
    guard_page page;
    sip_str rest =
        guard_str(&page, " newparam =\r\n newvalue ;\r\n second ; q = \"a;\\\"b\";x=[::1]");
    struct sip__param param;

    (void)state;
    assert_int_equal(sip__param_next(&rest, &param), 1);
    assert_str(param.name, "newparam");
    assert_str(param.value, "newvalue");
    assert_true(param.has_value);
    assert_false(param.quoted);
    assert_int_equal(sip__param_next(&rest, &param), 1);
    assert_str(param.name, "second");
    assert_false(param.has_value);
    assert_int_equal(param.value.len, 0);
    assert_int_equal(sip__param_next(&rest, &param), 1);
    assert_str(param.name, "q");
    assert_str(param.value, "a;\\\"b");
    assert_true(param.quoted);
    assert_int_equal(sip__param_next(&rest, &param), 1);
    assert_str(param.value, "[::1]");
    assert_int_equal(sip__param_next(&rest, &param), 0);
    guard_page_finish(&page);
    rest = (sip_str){NULL, 0};
    assert_int_equal(sip__param_next(&rest, &param), 0);
}

/* 0 if all are well formed. */
static int check_all(sip_str params)
{
    struct sip__param param;
    int err;

    do {
        err = sip__param_next(&params, &param);
    } while (err == 1);
    return err;
}

static void test_check(void **state)
{
    static const char *const sound[] = {"",          "a",       "a=b",    "a=\"\"",
                                        "a;b=c ; d", "tag=a==", "x=a@b/c"};
    static const char *const bad[] = {
        ";",     "a;",    "a;;b",     "=b",  "a=",    "a=;b",  "a b",
        "a=b c", "a=\"b", "a=\"b\"c", "a,b", "a=b,c", "a=<b>", "a=\\"};

    (void)state;
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        guard_page page;

        assert_int_equal(check_all(guard_str(&page, sound[i])), 0);
        guard_page_finish(&page);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        guard_page page;

        assert_int_equal(check_all(guard_str(&page, bad[i])), SIP_ESYNTAX);
        guard_page_finish(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
