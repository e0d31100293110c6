#include "support/guard_str.h"

#include "parser/param_pair.h"

static void test_pairs(void **state)
{
    guard_page page;
    sip_param param;
    sip_str rest = guard_str(&page, " a ; b = c;d=\"e;\\\"\" ;f=<g;h>;+i.j=[::1]");

    (void)state;
    assert_int_equal(sip_param_next(&rest, &param), 1);
    assert_str(param.name, "a");
    assert_str(param.text, "a");
    assert_false(param.has_value);
    assert_int_equal(sip_param_next(&rest, &param), 1);
    assert_str(param.name, "b");
    assert_str(param.value, "c");
    assert_str(param.text, "b = c");
    assert_true(param.has_value);
    assert_false(param.is_quoted);
    assert_int_equal(sip_param_next(&rest, &param), 1);
    assert_str(param.name, "d");
    assert_str(param.value, "e;\\\"");
    assert_str(param.text, "d=\"e;\\\"\"");
    assert_true(param.is_quoted);
    assert_int_equal(sip_param_next(&rest, &param), 1);
    assert_str(param.value, "g;h");
    assert_str(param.text, "f=<g;h>");
    assert_int_equal(sip_param_next(&rest, &param), 1);
    assert_str(param.name, "+i.j");
    assert_str(param.value, "[::1]");
    assert_int_equal(sip_param_next(&rest, &param), 0);
    guard_page_finish(&page);
}

static void test_commas(void **state)
{
    guard_page page;
    sip_param param;
    sip_str rest = guard_str(&page, "a=b;c , d=\"e\",f");

    (void)state;
    assert_int_equal(sip__pair_next(&rest, ',', &param), 1);
    assert_str(param.value, "b;c");
    assert_int_equal(sip__pair_next(&rest, ',', &param), 1);
    assert_str(param.value, "e");
    assert_int_equal(sip__pair_next(&rest, ',', &param), 1);
    assert_str(param.name, "f");
    assert_int_equal(sip__pair_next(&rest, ',', &param), 0);
    guard_page_finish(&page);
}

static void test_faults(void **state)
{
    static const struct {
        const char *text;
        size_t at;
    } rows[] = {
        {";", 0},    {" ", 1},     {"=a", 0},        {"a=", 2},  {"a;", 2},
        {"a;;b", 2}, {"a=\"b", 2}, {"a=<b", 2},      {"a b", 2}, {"a=b c", 4},
        {"a,b", 1},  {"a=b,c", 3}, {"a=\\\"b\"", 2},
    };

    (void)state;
    assert_int_equal(sip_param_next(NULL, NULL), SIP_EINVAL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        guard_page page;
        const sip_str text = guard_str(&page, rows[i].text);
        sip_str rest = text;
        sip_param param = {.is_quoted = true};
        int err;

        do {
            err = sip_param_next(&rest, &param);
        } while (err == 1);
        assert_int_equal(err, SIP_ESYNTAX);
        assert_int_equal(rest.ptr - text.ptr, rows[i].at);
        guard_page_finish(&page);
    }
}

static void test_bare_values(void **state)
{
    (void)state;
    assert_true(sip__is_bare_value(SIP_STR("a@b=[::1]/:")));
    assert_false(sip__is_bare_value(SIP_STR("")));
    for (const char *c = " ;,\"<>\\\t\x7f\x80"; *c != '\0'; c++) {
        assert_false(sip__is_bare_value((sip_str){c, 1}));
    }
}

static void test_find(void **state)
{
    const sip_str params = SIP_STR("a=b;C;d=\"e f\"");
    sip_str value = {NULL, 0};

    (void)state;
    assert_true(sip_param_find(params, "A", &value));
    assert_str(value, "b");
    assert_true(sip_param_find(params, "c", &value));
    assert_int_equal(value.len, 0);
    assert_true(sip_param_find(params, "d", &value));
    assert_str(value, "e f");
    assert_true(sip_param_find(params, "d", NULL));
    assert_false(sip_param_find(params, "e", &value));
    assert_true(sip_param_find(SIP_STR("info=<https://h/c;x=1>;ppt=div"), "ppt", &value));
    assert_str(value, "div");
    assert_true(sip_param_find(SIP_STR("info=<https://h/c;x=1>;ppt=div"), "info", &value));
    assert_str(value, "https://h/c;x=1");
    assert_false(sip_param_find(SIP_STR("a=;b"), "b", &value));
    assert_false(sip_param_find((sip_str){NULL, 0}, "b", &value));
    assert_str(value, "https://h/c;x=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_commas),      cmocka_unit_test(test_faults),
        cmocka_unit_test(test_bare_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
