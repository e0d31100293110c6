#include "core/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

typedef struct grown {
    int a, b, c;
} grown;

static void structs_of_other_sizes(void **state)
{
    const grown given = {1, 2, 3}, shorter = {1, 2, 0};
    grown own;

    (void)state;
    assert_int_equal(dum__copy_sized(&own, sizeof own, &given, sizeof given), 0);
    assert_int_equal(own.c, 3);
    assert_int_equal(dum__copy_sized(&own, sizeof own, &given, sizeof(int)), 0);
    assert_int_equal(own.a, 1);
    assert_int_equal(own.b + own.c, 0);
    assert_int_equal(dum__copy_sized(&own, sizeof(int), &given, sizeof given), SIP_EINVAL);
    assert_int_equal(dum__copy_sized(&own, 2 * sizeof(int), &shorter, sizeof shorter), 0);
    assert_int_equal(own.b, 2);
    assert_int_equal(dum__copy_sized(&own, sizeof own, NULL, sizeof own), 0);
    assert_int_equal(own.a, 0);
}

static void handlers_are_set_once(void **state)
{
    const grown given = {1, 2, 3};
    bool set = false;
    grown own;

    (void)state;
    assert_int_equal(dum__set_handler(&own, sizeof own, NULL, sizeof own, &set), SIP_EINVAL);
    assert_int_equal(dum__set_handler(&own, sizeof(int), &given, sizeof given, &set), SIP_EINVAL);
    assert_false(set);
    assert_int_equal(dum__set_handler(&own, sizeof own, &given, sizeof given, &set), 0);
    assert_true(set);
    assert_int_equal(dum__set_handler(&own, sizeof own, &given, sizeof given, &set), SIP_ESTATE);
}

static void allow_says_what_is_set(void **state)
{
    dum_manager dum = {.allow = 1u << SIP_METHOD_INVITE | 1u << SIP_METHOD_MESSAGE};
    char out[DUM__ALLOW_BYTES];

    (void)state;
    assert_true(sip_str_equal(dum__allow_text(&dum, out), "INVITE, MESSAGE"));
    dum.allow = 0;
    assert_int_equal(dum__allow_text(&dum, out).len, 0);
    dum.allow = ~0u;
    assert_non_null(strstr(dum__allow_text(&dum, out).ptr, "PUBLISH"));
}

static unsigned destroyed;

static void destroy(dum__part *part)
{
    (void)part;
    destroyed++;
}

static void parts_are_linked(void **state)
{
    dum_manager dum = {.allocator = sip_allocator_default()};
    dum__part part;
    void *block;

    (void)state;
    sip_list_init(&dum.parts);
    dum__part_add(&dum, &part, destroy);
    assert_ptr_equal(dum.parts.next, &part.link);
    part.destroy(&part);
    assert_int_equal(destroyed, 1);
    block = dum__alloc0(&dum, 10);
    assert_non_null(block);
    dum__free(&dum, block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structs_of_other_sizes),
        cmocka_unit_test(handlers_are_set_once),
        cmocka_unit_test(allow_says_what_is_set),
        cmocka_unit_test(parts_are_linked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
