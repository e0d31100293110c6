#include "support/guard_str.h"

#include "parser/shape.h"

struct sample {
    sip_str first, second, third, known, other;
    sip_str params;
    uint32_t number;
    bool has_third, has_number;
};

static const sip_field fields[] = {
    SIP_HEAD(TOKEN, 0, struct sample, first),
    SIP_HEAD(TOKEN, '/', struct sample, second),
    SIP_HEAD_HAS(TOKEN, ' ', struct sample, third, has_third),
    SIP_PARAM_FLAGS("known", TOKEN, struct sample, known, SIP_FIELD_REQUIRED),
    SIP_PARAM_FULL("number", NUMBER, struct sample, number, has_number, SIP_FIELD_TOLERANT),
    SIP_PARAM_FLAGS("other", TOKEN, struct sample, other, SIP_FIELD_REPEATS),
};
static const sip_shape shape = SIP_SHAPE(fields, ';', struct sample, params);

static const struct {
    const char *text;
    size_t at; /* of the fault; or SIZE_MAX */
    const char *first, *second, *third, *known, *params;
} rows[] = {
    {"a/b;known=c", SIZE_MAX, "a", "b", "", "c", "known=c"},
    {"a / b  d ; x=1 ; KNOWN = \"c\"", SIZE_MAX, "a", "b", "d", "c", "x=1 ; KNOWN = \"c\""},
    {"a/b;known=c;number=x", SIZE_MAX, "a", "b", "", "c", "known=c;number=x"},
    {"a/b;other=1;known=c;other=2", SIZE_MAX, "a", "b", "", "c", "other=1;known=c;other=2"},
    {"", 0, NULL, NULL, NULL, NULL, NULL},
    {"a", 1, NULL, NULL, NULL, NULL, NULL},
    {"a/;known=c", 2, NULL, NULL, NULL, NULL, NULL},
    {"a/b", 3, NULL, NULL, NULL, NULL, NULL},
    {"a/b c d;known=c", 6, NULL, NULL, NULL, NULL, NULL},
    {"a/b;", 4, NULL, NULL, NULL, NULL, NULL},
    {"a/b;x;known=c;;y", 14, NULL, NULL, NULL, NULL, NULL},
    {"a/b;known=c;x;known=c", 14, NULL, NULL, NULL, NULL, NULL},
    {"a/b;x;known", 6, NULL, NULL, NULL, NULL, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample sample = {0};
        size_t at = 0;
        guard_page page;
        const int err = sip__shape_parse(&shape, guard_str(&page, rows[i].text), &sample, &at);

        assert_int_equal(err, rows[i].at == SIZE_MAX ? 0 : SIP_ESYNTAX);
        if (err == 0) {
            assert_str(sample.first, rows[i].first);
            assert_str(sample.second, rows[i].second);
            assert_str(sample.third, rows[i].third);
            assert_int_equal(sample.has_third, sample.third.len > 0);
            assert_str(sample.known, rows[i].known);
            assert_str(sample.params, rows[i].params);
            assert_str(sip__shape_params(&shape, &sample), rows[i].params);
            assert_false(sample.has_number);
        } else {
            assert_int_equal(at, rows[i].at);
        }
        guard_page_finish(&page);
    }
}

static void test_find(void **state)
{
    (void)state;
    assert_int_equal(sip__shape_find(&shape, SIP_STR("Known")), 3);
    assert_int_equal(sip__shape_find(&shape, SIP_STR("other")), 5);
    assert_int_equal(sip__shape_find(&shape, SIP_STR("first")), 6);
}

static void test_other_leads(void **state)
{
    static const sip_field only[] = {SIP_PARAM("known", TOKEN, struct sample, known)};
    static const sip_shape bare = SIP_SHAPE(only, 0, struct sample, params);
    static const sip_field head[] = {SIP_HEAD(TOKEN, 0, struct sample, first),
                                     SIP_PARAM("known", TOKEN, struct sample, known)};
    static const sip_shape spaced = {head, 2, ' ', ',', offsetof(struct sample, params)};
    static const sip_shape closed = {head, 1, 0, ';', SIP_NO_MEMBER};
    struct sample sample = {0};
    size_t at = 0;

    (void)state;
    assert_int_equal(sip__shape_parse(&bare, SIP_STR("x;known=1"), &sample, &at), 0);
    assert_str(sample.known, "1");
    assert_int_equal(sip__shape_parse(&bare, SIP_STR(""), &sample, &at), SIP_ESYNTAX);
    assert_int_equal(sip__shape_parse(&spaced, SIP_STR("a x=1, known=2"), &sample, &at), 0);
    assert_str(sample.known, "2");
    assert_str(sample.params, "x=1, known=2");
    assert_int_equal(sip__shape_parse(&spaced, SIP_STR("a x=1; known=2"), &sample, &at),
                     SIP_ESYNTAX);
    assert_int_equal(sip__shape_parse(&closed, SIP_STR("a"), &sample, &at), 0);
    assert_int_equal(sip__shape_parse(&closed, SIP_STR("a;x"), &sample, &at), SIP_ESYNTAX);
    assert_int_equal(at, 1);
    assert_int_equal(sip__shape_params(&closed, &sample).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_other_leads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
