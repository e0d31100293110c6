#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/words.h"

static void check(const char *line, bool good, size_t count, const char *const *expected)
{
    words list = {0};

    assert_int_equal(words_split(&list, line), good);
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(list.items[i], expected[i]);
    }
    words_clear(&list);
    assert_null(list.items);
}

static void white_space_parts_words(void **state)
{
    (void)state;
    check("  call \t sip:bob@example.com\r\n", true, 2,
          (const char *const[]){"call", "sip:bob@example.com"});
    check("", true, 0, NULL);
    check(" \t ", true, 0, NULL);
}

static void quotes_keep_words_together(void **state)
{
    (void)state;
    check("message sip:b@h \"on my way\"", true, 3,
          (const char *const[]){"message", "sip:b@h", "on my way"});
    check("a\"b c\"d", true, 1, (const char *const[]){"ab cd"});
    check("\"\"", true, 1, (const char *const[]){""});
}

static void backslash_takes_the_next_character(void **state)
{
    (void)state;
    check("a\\ b \\\"c \"d\\\"e\" f\\", true, 4,
          (const char *const[]){"a b", "\"c", "d\"e", "f\\"});
}

static void an_open_quote_is_refused(void **state)
{
    (void)state;
    check("say \"hello", false, 1, (const char *const[]){"say"});
}

static void the_list_ends_with_null(void **state)
{
    words list = {0};

    (void)state;
    assert_true(words_add(&list, "a"));
    assert_true(words_add(&list, "b"));
    assert_null(list.items[2]);
    words_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_space_parts_words),
        cmocka_unit_test(quotes_keep_words_together),
        cmocka_unit_test(backslash_takes_the_next_character),
        cmocka_unit_test(an_open_quote_is_refused),
        cmocka_unit_test(the_list_ends_with_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
