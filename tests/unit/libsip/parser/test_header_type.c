#include "support/guard_str.h"

#include <sip/headers.h>

/* A type that an application makes by hand. */
struct pair {
    char first, second;
};

static int pair_parse(const sip_header_type *type, sip_str text, void *ret_value, size_t *ret_at)
{
    struct pair *pair = ret_value;

    (void)type;
    assert_int_equal(pair->first, 0);
    *ret_at = 1;
    if (text.len != 2) {
        return SIP_ESYNTAX;
    }
    *pair = (struct pair){text.ptr[0], text.ptr[1]};
    return 0;
}

static int pair_print(const sip_header_type *type, const void *value, char *out, size_t size)
{
    const struct pair *pair = value;

    (void)type;
    if (size > 2) {
        out[0] = pair->first;
        out[1] = pair->second;
        out[2] = '\0';
    }
    return 2;
}

static bool pair_equal(const sip_header_type *type, const void *a, const void *b)
{
    (void)type;
    return ((const struct pair *)a)->first == ((const struct pair *)b)->first;
}

static const sip_header_type pair_type = {.name = "X-Pair",
                                          .size = sizeof(struct pair),
                                          .parse = pair_parse,
                                          .print = pair_print,
                                          .equal = pair_equal};

static void test_own(void **state)
{
    struct pair a = {'x', 'x'};
    struct pair b;
    size_t at = 42;
    char out[4];

    (void)state;
    assert_int_equal(sip_header_parse(&pair_type, SIP_STR(" ab "), &a, &at), 0);
    assert_int_equal(at, 42);
    assert_int_equal(a.second, 'b');
    assert_int_equal(sip_header_parse(&pair_type, SIP_STR("abc"), &b, &at), SIP_ESYNTAX);
    assert_int_equal(at, 1);
    assert_int_equal(sip_header_parse(&pair_type, SIP_STR(" \tabc"), &b, &at), SIP_ESYNTAX);
    assert_int_equal(at, 3);
    assert_int_equal(sip_header_parse(&pair_type, SIP_STR("abc"), &b, NULL), SIP_ESYNTAX);
    assert_int_equal(sip_header_print(&pair_type, &a, out, sizeof out), 2);
    assert_string_equal(out, "ab");
    b = (struct pair){'a', 'z'};
    assert_true(sip_header_equal(&pair_type, &a, &b));
    b.first = 'z';
    assert_false(sip_header_equal(&pair_type, &a, &b));
}

static void test_nothing(void **state)
{
    sip_header_text text = {{0}};
    char out[4];

    (void)state;
    assert_int_equal(sip_header_parse(NULL, SIP_STR("a"), &text, NULL), SIP_EINVAL);
    assert_int_equal(sip_header_parse(&sip_subject_type, SIP_STR("a"), NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_header_parse(&sip_subject_type, (sip_str){NULL, 0}, &text, NULL), 0);
    assert_int_equal(sip_header_print(NULL, &text, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_header_print(&sip_subject_type, NULL, out, sizeof out), SIP_EINVAL);
    assert_int_equal(sip_header_print(&sip_subject_type, &text, NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_header_print(&sip_subject_type, &text, NULL, 0), 0);
    assert_false(sip_header_equal(NULL, &text, &text));
    assert_false(sip_header_equal(&sip_subject_type, NULL, &text));
    assert_false(sip_header_equal(&sip_subject_type, &text, NULL));
    assert_true(sip_header_equal(&sip_subject_type, &text, &text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
