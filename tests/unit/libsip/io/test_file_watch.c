/* Changes of a file: seen once each, and not before it is looked at again. */
#include "io/file_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void test_changes(void **state)
{
    char path[] = "/tmp/parley-watched-XXXXXX";
    int fd = mkstemp(path);
    sip__file_watch watch;

    (void)state;
    assert_true(fd >= 0);
    sip__file_watch_init(&watch, path, 1000);
    assert_true(sip__file_watch_has_changed(&watch, 5));
    assert_int_equal(write(fd, "x", 1), 1);
    assert_false(sip__file_watch_has_changed(&watch, 5));
    assert_false(sip__file_watch_has_changed(&watch, 1004));
    assert_true(sip__file_watch_has_changed(&watch, 1005));
    assert_false(sip__file_watch_has_changed(&watch, 9000));
    assert_int_equal(unlink(path), 0);
    assert_true(sip__file_watch_has_changed(&watch, 10000));
    assert_false(sip__file_watch_has_changed(&watch, 11000));
    sip__file_watch_forget(&watch);
    assert_false(sip__file_watch_has_changed(&watch, 11999));
    assert_true(sip__file_watch_has_changed(&watch, 12000));
    assert_false(sip__file_watch_has_changed(&watch, 13000));
    (void)close(fd);
}

static void test_no_file(void **state)
{
    sip__file_watch watch;

    (void)state;
    sip__file_watch_init(&watch, "/nonexistent/parley", 1);
    assert_false(sip__file_watch_has_changed(&watch, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
