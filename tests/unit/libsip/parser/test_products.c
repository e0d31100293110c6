#include "support/guard_str.h"

#include <sip/headers_core.h>

static void test_products(void **state)
{
    guard_page page;
    sip_product product;
    sip_str rest = guard_str(&page, " Parley/1.2 (Linux; (x86) \\) y) Foo / 3  Bar b:1/2 (z");

    (void)state;
    assert_true(sip_product_next(&rest, &product));
    assert_str(product.name, "Parley");
    assert_str(product.version, "1.2");
    assert_int_equal(product.comment.len, 0);
    assert_true(sip_product_next(&rest, &product));
    assert_str(product.comment, "Linux; (x86) \\) y");
    assert_int_equal(product.name.len, 0);
    assert_true(sip_product_next(&rest, &product));
    assert_str(product.name, "Foo");
    assert_str(product.version, "3");
    assert_true(sip_product_next(&rest, &product));
    assert_str(product.name, "Bar");
    assert_int_equal(product.version.len, 0);
    assert_true(sip_product_next(&rest, &product));
    assert_str(product.name, "b");
    assert_true(sip_product_next(&rest, &product));
    assert_str(product.name, ":1/2");
    assert_true(sip_product_next(&rest, &product));
    assert_str(product.name, "(z");
    assert_false(sip_product_next(&rest, &product));
    guard_page_finish(&page);
}

static void test_ends(void **state)
{
    static const char *const texts[] = {"", " \t ", "a/", "/", "(", "()", "(\\", "\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        guard_page page;
        sip_product product;
        sip_str rest = guard_str(&page, texts[i]);
        size_t n = 0;

        while (sip_product_next(&rest, &product)) {
            n++;
        }
        assert_int_equal(n, i < 2 ? 0 : 1);
        guard_page_finish(&page);
    }
    assert_false(sip_product_next(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
