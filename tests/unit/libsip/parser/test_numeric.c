#include "support/guard_str.h"

#include "parser/numeric.h"

static void test_number(void **state)
{
    static const struct {
        const char *text;
        int err;
        uint32_t number;
        uint32_t saturated;
    } cases[] = {
        {"0", 0, 0, 0},
        {" 70\r\n ", 0, 70, 70},
        {"0000000000000000000000070", 0, 70, 70},
        {"4294967295", 0, UINT32_MAX, UINT32_MAX},
        {"0004294967295", 0, UINT32_MAX, UINT32_MAX},
        {"4294967296", SIP_ESYNTAX, 0, UINT32_MAX},
        {"5000000000", SIP_ESYNTAX, 0, UINT32_MAX},
        {"10000000000000000000000", SIP_ESYNTAX, 0, UINT32_MAX},
        {"36893488147419103232", SIP_ESYNTAX, 0, UINT32_MAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        const sip_str text = guard_str(&page, cases[i].text);
        uint32_t number = 0;

        assert_int_equal(sip__number_parse(text, &number), cases[i].err);
        assert_int_equal(number, cases[i].number);
        assert_int_equal(sip__number_parse_saturated(text, &number), 0);
        assert_int_equal(number, cases[i].saturated);
        guard_page_finish(&page);
    }
}

static void test_no_number(void **state)
{
    static const char *const texts[] = {"", " ", "-1", "+1", "1 2", "1a", "0x10", "1.5"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        const sip_str text = guard_str(&page, texts[i]);
        uint32_t number = 42;

        assert_int_equal(sip__number_parse(text, &number), SIP_ESYNTAX);
        assert_int_equal(sip__number_parse_saturated(text, &number), SIP_ESYNTAX);
        assert_int_equal(number, 42);
        guard_page_finish(&page);
    }
}

static void test_port(void **state)
{
    uint16_t port = 42;

    (void)state;
    assert_int_equal(sip__port_parse(SIP_STR("0"), &port), SIP_ESYNTAX);
    assert_int_equal(sip__port_parse(SIP_STR("65536"), &port), SIP_ESYNTAX);
    assert_int_equal(sip__port_parse(SIP_STR(""), &port), SIP_ESYNTAX);
    assert_int_equal(port, 42);
    assert_int_equal(sip__port_parse(SIP_STR("1"), &port), 0);
    assert_int_equal(port, 1);
    assert_int_equal(sip__port_parse(SIP_STR("65535"), &port), 0);
    assert_int_equal(port, 65535);
}

static void test_q(void **state)
{
    static const struct {
        const char *text;
        int permille; /* -1: refused */
    } cases[] = {
        {"0", 0},       {"1", 1000},     {"0.", 0},      {"1.", 1000}, {"0.5", 500}, {"0.33", 330},
        {"0.007", 7},   {"1.000", 1000}, {" 0.1 ", 100}, {"", -1},     {"2", -1},    {"1.001", -1},
        {"0.0001", -1}, {"05", -1},      {".5", -1},     {"0,5", -1},  {"0.x", -1},  {"-1", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        guard_page page;
        uint16_t permille = 42;
        const int err = sip__q_parse(guard_str(&page, cases[i].text), &permille);

        assert_int_equal(err, cases[i].permille < 0 ? SIP_ESYNTAX : 0);
        assert_int_equal(permille, cases[i].permille < 0 ? 42 : cases[i].permille);
        guard_page_finish(&page);
    }
}

static void test_cseq(void **state)
{
    guard_page page;
    sip_cseq cseq;

    (void)state;
    assert_int_equal(sip__cseq_parse(guard_str(&page, " 0009\r\n  INVITE "), &cseq), 0);
    assert_int_equal(cseq.number, 9);
    assert_int_equal(cseq.method, SIP_METHOD_INVITE);
    assert_str(cseq.method_text, "INVITE");
    guard_page_finish(&page);
    assert_int_equal(sip__cseq_parse(guard_str(&page, "4294967295 NEWMETHOD"), &cseq), 0);
    assert_int_equal(cseq.number, UINT32_MAX);
    assert_int_equal(cseq.method, SIP_METHOD_OTHER);
    assert_str(cseq.method_text, "NEWMETHOD");
    guard_page_finish(&page);
}

static void test_bad_cseq(void **state)
{
    static const char *const texts[] = {
        "",          "1",          "1 ",  "INVITE",    "1INVITE",
        "-1 INVITE", "1 INVITE x", "1 @", " INVITE 1", "36893488147419103232 REGISTER"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_cseq cseq;

        assert_int_equal(sip__cseq_parse(guard_str(&page, texts[i]), &cseq), SIP_ESYNTAX);
        guard_page_finish(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number), cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_port),   cmocka_unit_test(test_q),
        cmocka_unit_test(test_cseq),   cmocka_unit_test(test_bad_cseq),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
