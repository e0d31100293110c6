#include "support/guard_str.h"

#include "parser/shape.h"

struct sample {
    sip_str head, one, many;
    sip_str params;
};

static const sip_field fields[] = {
    SIP_HEAD(TOKEN, 0, struct sample, head),
    SIP_PARAM("one", WORD, struct sample, one),
    SIP_PARAM_FLAGS("many", WORD, struct sample, many, SIP_FIELD_REPEATS),
};
static const sip_shape shape = SIP_SHAPE(fields, ';', struct sample, params);

static const struct {
    const char *a, *b;
    bool equal;
} rows[] = {
    {"h", "H", true},
    {"h", "i", false},
    {"h;one=1", "h;ONE=\"1\"", true},
    {"h;one=1", "h", false},
    {"h;one=a", "h;one=A", false},
    {"h;x;y=2;one=1", "h;one=1;Y=2;X", true},
    {"h;y=a", "h;y=A", true},
    {"h;y=\"a\"", "h;y=\"A\"", false},
    {"h;y=\"a\"", "h;y=a", true},
    {"h;y", "h;y=\"\"", false},
    {"h;y", "h", false},
    {"h;many=1;many=2", "h;many=1;many=2", true},
    {"h;many=1;many=2", "h;many=1;many=3", false},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample a = {0};
        struct sample b = {0};
        size_t at;

        assert_int_equal(sip__shape_parse(&shape, sip_str_of(rows[i].a), &a, &at), 0);
        assert_int_equal(sip__shape_parse(&shape, sip_str_of(rows[i].b), &b, &at), 0);
        assert_int_equal(sip__shape_equal(&shape, &a, &b), rows[i].equal);
        assert_int_equal(sip__shape_equal(&shape, &b, &a), rows[i].equal);
        assert_true(sip__shape_equal(&shape, &a, &a));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
