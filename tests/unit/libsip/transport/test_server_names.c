/* Names as numbers: the same for the same name, none for one that was forgotten. */
#include "transport/server_names.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void test_there_and_back(void **state)
{
    sip__server_names names;
    char longest[SIP__SERVER_NAME_BYTES + 1];
    uint32_t a, b;

    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(
        sip__server_names_init(&names, sip_allocator_default(), sip_random_system(), 100), 0);
    a = sip__server_names_id(&names, SIP_STR("Example.COM"));
    b = sip__server_names_id(&names, SIP_STR("example.net"));
    assert_true(a != 0 && b != 0 && a != b);
    assert_int_equal(sip__server_names_id(&names, SIP_STR("example.com.")), a);
    assert_string_equal(sip__server_names_text(&names, a), "example.com");
    assert_string_equal(sip__server_names_text(&names, b), "example.net");
    assert_null(sip__server_names_text(&names, 0));
    assert_null(sip__server_names_text(&names, 77));
    assert_null(sip__server_names_text(&names, a + 0x10000u));
    assert_int_equal(sip__server_names_id(&names, SIP_STR("")), 0);
    assert_int_equal(sip__server_names_id(&names, SIP_STR(".")), 0);
    assert_int_equal(sip__server_names_id(&names, (sip_str){"a\0b", 3}), 0);
    assert_int_equal(sip__server_names_id(&names, (sip_str){longest, SIP__SERVER_NAME_BYTES}), 0);
    assert_true(sip__server_names_id(&names, (sip_str){longest, SIP__SERVER_NAME_BYTES - 1}) != 0);
    sip__server_names_finish(&names);
}

static void test_oldest_is_forgotten(void **state)
{
    sip__server_names names;
    uint32_t first, second, many = 0;
    char text[32];
    int i;

    (void)state;
    assert_int_equal(
        sip__server_names_init(&names, sip_allocator_default(), sip_random_system(), 20), 0);
    first = sip__server_names_id(&names, SIP_STR("first.test"));
    second = sip__server_names_id(&names, SIP_STR("second.test"));
    for (i = 0; i < 19; i++) {
        (void)snprintf(text, sizeof(text), "host%d.test", i);
        many = sip__server_names_id(&names, sip_str_of(text));
        assert_non_null(sip__server_names_text(&names, first)); /* it is in use */
    }
    assert_null(sip__server_names_text(&names, second));
    assert_string_equal(sip__server_names_text(&names, many), "host18.test");
    assert_int_equal(names.count, 20);
    assert_true(sip__server_names_id(&names, SIP_STR("second.test")) != second);
    sip__server_names_finish(&names);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        sip__server_names names = {0};

        fail_alloc_init(&fail, ++n);
        if (sip__server_names_init(&names, &fail.allocator, sip_random_system(), 2) == 0) {
            uint32_t id = sip__server_names_id(&names, SIP_STR("a.test"));

            assert_true(id != 0 || fail.failed);
        }
        sip__server_names_finish(&names);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_oldest_is_forgotten),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
