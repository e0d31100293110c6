#include "support/guard_str.h"

#include "field_sample.h"

static void check(const sip_field *field, const struct sample *sample, const char *text)
{
    char printed[128];
    sip__text_out out = {.at = printed, .size = sizeof printed};
    int len;

    if (field->name != NULL) {
        sip__field_print_param(field, sip__slot_of(field, sample), &out);
    } else {
        sip__field_print(field, sip__slot_of(field, sample), &out);
    }
    len = sip__out_end(&out);
    if (text == NULL) {
        assert_int_equal(len, SIP_EINVAL);
    } else {
        assert_int_equal(len, strlen(text));
        assert_string_equal(printed, text);
    }
}

#define HEAD(kind, member, value, text)                                                            \
    do {                                                                                           \
        const sip_field field = SIP_HEAD(kind, 0, struct sample, member);                          \
        check(&field, &(struct sample){.member = value}, text);                                    \
    } while (0)
#define PARAM(kind, member, value, text)                                                           \
    do {                                                                                           \
        const sip_field field = SIP_PARAM("p", kind, struct sample, member);                       \
        check(&field, &(struct sample){.member = value}, text);                                    \
    } while (0)

static void test_heads(void **state)
{
    (void)state;
    HEAD(TOKEN, text, SIP_STR("a.b"), "a.b");
    HEAD(TOKEN, text, SIP_STR("a@b"), NULL);
    HEAD(TOKEN, text, SIP_STR(""), NULL);
    HEAD(LABEL, text, SIP_STR("a"), "a");
    HEAD(LABEL, text, SIP_STR("a.b"), NULL);
    HEAD(WORD, text, SIP_STR("a@<b>"), "a@<b>");
    HEAD(WORD, text, SIP_STR("a;b"), NULL);
    HEAD(WORD, text, SIP_STR("a,b"), NULL);
    HEAD(WORD, text, SIP_STR("a\x7f"), NULL);
    HEAD(STRING, text, SIP_STR("a@b"), "a@b");
    HEAD(STRING, text, SIP_STR("a;b"), "\"a;b\"");
    HEAD(STRING, text, SIP_STR(""), "\"\"");
    HEAD(STRING, text, SIP_STR("\"a"), NULL);
    HEAD(QUOTED, text, SIP_STR("a \\\"b\\\""), "\"a \\\"b\\\"\"");
    HEAD(QUOTED, text, SIP_STR("a\""), NULL);
    HEAD(QUOTED, text, SIP_STR("a\\"), NULL);
    HEAD(QUOTED, text, SIP_STR("a\x01"), NULL);
    HEAD(QUOTED, text, SIP_STR("a\tb"), "\"a\tb\"");
    HEAD(ANGLED, text, SIP_STR("a:b"), "<a:b>");
    HEAD(ANGLED, text, SIP_STR("a b"), NULL);
    HEAD(COMMENT, text, SIP_STR("a (b) \\)"), "(a (b) \\))");
    HEAD(COMMENT, text, SIP_STR(")("), NULL);
    HEAD(TEXT, text, SIP_STR("a; \"b"), "a; \"b");
    HEAD(TEXT, text, SIP_STR("a\rb"), NULL);
    HEAD(INDEX, text, SIP_STR("1.2"), "1.2");
    HEAD(HEX32, text, SIP_STR("ab"), "ab");
    HEAD(NUMBER, number, UINT32_MAX, "4294967295");
    HEAD(SECONDS, number, 0, "0");
    HEAD(US, us, 1500000, "1.5");
    HEAD(PORT, small, 5060, "5060");
    HEAD(DATE, date, 1, "Thu, 01 Jan 1970 00:00:01 GMT");
    HEAD(DATE, date, INT64_MIN, NULL);
    HEAD(STAR, has, true, "*");
}

static void test_q(void **state)
{
    (void)state;
    HEAD(Q, small, 0, "0.0");
    HEAD(Q, small, 1, "0.001");
    HEAD(Q, small, 10, "0.01");
    HEAD(Q, small, 500, "0.5");
    HEAD(Q, small, 999, "0.999");
    HEAD(Q, small, 1000, "1");
    HEAD(Q, small, 1001, NULL);
}

static void test_params(void **state)
{
    (void)state;
    PARAM(TOKEN, text, SIP_STR("[::1]"), "p=[::1]");
    PARAM(TOKEN, text, SIP_STR("a b"), NULL);
    PARAM(TOKEN, text, SIP_STR(""), NULL);
    PARAM(STRING, text, SIP_STR("a"), "p=a");
    PARAM(STRING, text, SIP_STR("a:b"), "p=\"a:b\"");
    PARAM(QUOTED, text, SIP_STR("a"), "p=\"a\"");
    PARAM(ANGLED, text, SIP_STR("a:b"), "p=<a:b>");
    PARAM(NUMBER, number, 7, "p=7");
    PARAM(FLAG, has, true, "p");
    PARAM(SWITCH, state, SIP_ON, "p");
    PARAM(SWITCH, state, SIP_OFF, "p=\"FALSE\"");
    PARAM(PORT, small, 0, "p");
    PARAM(PORT, small, 9, "p=9");
}

static void test_optional(void **state)
{
    const sip_field field = SIP_PARAM_HAS("p", OPTIONAL, struct sample, number, index);

    (void)state;
    check(&field, &(struct sample){.index = SIP_BARE, .number = 4}, "p");
    check(&field, &(struct sample){.index = SIP_VALUED}, "p=0");
}

static void test_choices(void **state)
{
    const sip_field choice = SIP_HEAD_CHOICE(CHOICE, 0, struct sample, text, index, sample_choices);
    const sip_field method = SIP_HEAD_CHOICE(METHOD, 0, struct sample, text, method, NULL);

    (void)state;
    check(&choice, &(struct sample){.index = 2}, "two");
    check(&choice, &(struct sample){.index = 2, .text = SIP_STR("Two")}, "Two");
    check(&choice, &(struct sample){.index = 2, .text = SIP_STR("one")}, "two");
    check(&choice, &(struct sample){.text = SIP_STR("other")}, "other");
    check(&choice, &(struct sample){.index = 3}, NULL);
    check(&choice, &(struct sample){0}, NULL);
    check(&method, &(struct sample){.method = SIP_METHOD_BYE}, "BYE");
    check(&method, &(struct sample){.text = SIP_STR("X")}, "X");
    check(&method, &(struct sample){0}, NULL);
}

static void test_addresses(void **state)
{
    const sip_field address = SIP_HEAD(ADDRESS, 0, struct sample, address);
    const sip_field any = SIP_HEAD_FLAGS(ADDRESS, 0, struct sample, address, SIP_FIELD_WILDCARD);
    const sip_field via = SIP_HEAD(VIA, 0, struct sample, via);
    struct sample sample = {.address = {.is_star = true}};

    (void)state;
    check(&any, &sample, "*");
    check(&address, &sample, NULL);
    sample.address = (sip_address){.uri = {.text = SIP_STR("sip:a")}};
    check(&address, &sample, "<sip:a>");
    sample.address.display = SIP_STR("A. B");
    check(&address, &sample, "A. B <sip:a>");
    sample.address.display = SIP_STR("\xc3\xa9");
    check(&address, &sample, "\"\xc3\xa9\" <sip:a>");
    sample.via = (sip_via){.protocol = SIP_PROTOCOL_UDP, .host = SIP_STR("h"), .port = 5};
    check(&via, &sample, "SIP/2.0/UDP h:5");
    sample.via.protocol_text = SIP_STR("X Y");
    check(&via, &sample, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads),   cmocka_unit_test(test_q),
        cmocka_unit_test(test_params),  cmocka_unit_test(test_optional),
        cmocka_unit_test(test_choices), cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
