/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "message/kept.h"

#include "support/fail_alloc.h"

static void release(const sip_allocator *allocator, void *object)
{
    sip_free(allocator, object);
}

static void test_kept_until_the_message_goes(void **state)
{
    static const char keys[2];
    fail_alloc fail;
    sip_msg *msg = NULL;
    sip_str text, other;
    int *a, *b;

    (void)state;
    fail_alloc_init(&fail, 0);
    assert_int_equal(sip_msg_parse(&fail.allocator, NULL, SIP_STR("A sip:b SIP/2.0\r\n\r\nbody"),
                                   NULL, &msg, NULL),
                     0);
    text = sip_msg_body(msg)->data;
    other = (sip_str){text.ptr, text.len - 1};
    a = sip_alloc(&fail.allocator, sizeof(*a));
    b = sip_alloc(&fail.allocator, sizeof(*b));
    assert_null(sip__kept_find(msg, &keys[0], text));
    assert_int_equal(sip__kept_add(msg, &keys[0], text, a, release), 0);
    assert_int_equal(sip__kept_add(msg, &keys[1], text, b, release), 0);
    assert_ptr_equal(sip__kept_find(msg, &keys[0], text), a);
    assert_ptr_equal(sip__kept_find(msg, &keys[1], text), b);
    assert_null(sip__kept_find(msg, &keys[0], other));
    sip_msg_unref(sip_msg_ref(msg));
    assert_ptr_equal(sip__kept_find(msg, &keys[0], text), a);
    sip_msg_unref(msg);
    assert_int_equal(fail.live, 0);
}

static void test_without_memory(void **state)
{
    fail_alloc fail;
    sip_msg *msg = NULL;
    int object = 0;

    (void)state;
    fail_alloc_init(&fail, 2);
    assert_int_equal(
        sip_msg_parse(&fail.allocator, NULL, SIP_STR("A sip:b SIP/2.0\r\n\r\n"), NULL, &msg, NULL),
        0);
    assert_int_equal(sip__kept_add(msg, &object, SIP_STR(""), &object, release), SIP_ENOMEM);
    sip_msg_unref(msg);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_until_the_message_goes),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
