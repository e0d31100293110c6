#include "support/guard_str.h"

#include "parser/shape.h"

struct sample {
    sip_str head, comment, one, two, many;
    sip_str params;
    uint32_t number;
    bool has_comment, flag, has_number;
};

static const sip_field fields[] = {
    SIP_HEAD(TOKEN, 0, struct sample, head),
    SIP_HEAD_HAS(COMMENT, 0, struct sample, comment, has_comment),
    SIP_PARAM_FLAGS("one", TOKEN, struct sample, one, SIP_FIELD_REQUIRED),
    SIP_PARAM("two", QUOTED, struct sample, two),
    SIP_PARAM("flag", FLAG, struct sample, flag),
    SIP_PARAM_FLAGS("many", TOKEN, struct sample, many, SIP_FIELD_REPEATS),
    SIP_PARAM_FULL("number", NUMBER, struct sample, number, has_number, SIP_FIELD_TOLERANT),
};
static const sip_shape shape = SIP_SHAPE(fields, ';', struct sample, params);

static void check(const sip_shape *as, const struct sample *sample, const char *text)
{
    char out[128];
    const int len = sip__shape_print(as, sample, out, sizeof out);

    if (text == NULL) {
        assert_int_equal(len, SIP_EINVAL);
    } else {
        assert_int_equal(len, strlen(text));
        assert_string_equal(out, text);
    }
}

static struct sample sample_of(const char *text)
{
    struct sample sample = {0};
    size_t at;

    assert_int_equal(sip__shape_parse(&shape, sip_str_of(text), &sample, &at), 0);
    return sample;
}

static void test_new(void **state)
{
    struct sample sample = {.head = SIP_STR("h"), .one = SIP_STR("1")};

    (void)state;
    check(&shape, &sample, "h;one=1");
    sample.has_comment = true;
    sample.comment = SIP_STR("c");
    sample.two = SIP_STR("2");
    sample.flag = true;
    check(&shape, &sample, "h (c);one=1;two=\"2\";flag");
    sample.params = SIP_STR("x=y ; z");
    check(&shape, &sample, "h (c);x=y;z;one=1;two=\"2\";flag");
    sample.params = SIP_STR(";");
    check(&shape, &sample, NULL);
    sample.params = (sip_str){0};
    sample.one = (sip_str){0};
    check(&shape, &sample, NULL);
}

static void test_as_they_came(void **state)
{
    struct sample sample = sample_of("h;X = \"y\" ; TWO=2;one=\"1\";FLAG=yes;z");

    (void)state;
    check(&shape, &sample, "h;X = \"y\";TWO=2;one=\"1\";FLAG=yes;z");
    sample.two = SIP_STR("3");
    check(&shape, &sample, "h;X = \"y\";two=\"3\";one=\"1\";FLAG=yes;z");
    sample.flag = false;
    sample.two = (sip_str){0};
    check(&shape, &sample, "h;X = \"y\";one=\"1\";z");
    sample.one = SIP_STR("a b");
    check(&shape, &sample, NULL);
}

static void test_passed_over(void **state)
{
    struct sample sample = sample_of("h;one=1;number=x;z");

    (void)state;
    assert_false(sample.has_number);
    check(&shape, &sample, "h;one=1;number=x;z");
    sample.has_number = true;
    sample.number = 7;
    check(&shape, &sample, "h;one=1;number=7;z");
}

static void test_repeated(void **state)
{
    struct sample sample = sample_of("h;many=1;one=1;many=2");

    (void)state;
    check(&shape, &sample, "h;many=1;one=1;many=2");
    sample.many = SIP_STR("9");
    check(&shape, &sample, "h;many=9;one=1;many=2");
    sample.many = (sip_str){0};
    check(&shape, &sample, "h;one=1");
}

static void test_commas(void **state)
{
    const sip_shape commas = {fields, 6, ' ', ',', offsetof(struct sample, params)};
    const sip_shape bare = {fields + 2, 4, 0, ';', offsetof(struct sample, params)};
    const struct sample sample = {
        .head = SIP_STR("h"), .one = SIP_STR("1"), .two = SIP_STR("2"), .params = SIP_STR("a=b,c")};
    const struct sample other = {.one = SIP_STR("1"), .flag = true};

    (void)state;
    check(&commas, &sample, "h a=b, c, one=1, two=\"2\"");
    check(&bare, &other, "one=1;flag");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),         cmocka_unit_test(test_as_they_came),
        cmocka_unit_test(test_passed_over), cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_commas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
