/* Buffers that grow, and what of them is kept. */
#include "base/buffers.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void test_grows_and_keeps_its_bytes(void **state)
{
    sip__buffers buffers;
    sip__buffer buffer = {0};

    (void)state;
    sip__buffers_init(&buffers, sip_allocator_default());
    assert_int_equal(sip__buffer_reserve(&buffers, &buffer, 1), 0);
    assert_int_equal(buffer.room, SIP__BUFFER_BYTES);
    memcpy(buffer.ptr, "abc", 3);
    buffer.len = 3;
    assert_int_equal(sip__buffer_reserve(&buffers, &buffer, SIP__BUFFER_BYTES), 0);
    assert_int_equal(buffer.room, SIP__BUFFER_BYTES);
    assert_int_equal(sip__buffer_reserve(&buffers, &buffer, 5 * SIP__BUFFER_BYTES), 0);
    assert_int_equal(buffer.room, 8 * SIP__BUFFER_BYTES);
    assert_memory_equal(buffer.ptr, "abc", 3);
    assert_int_equal(buffers.n_free, 1); /* the small one */
    sip__buffer_release(&buffers, &buffer);
    assert_null(buffer.ptr);
    assert_int_equal(buffer.len, 0);
    assert_int_equal(buffers.n_free, 1);
    sip__buffer_release(&buffers, &buffer); /* an empty one */
    sip__buffers_finish(&buffers);
}

static void test_small_ones_are_used_again(void **state)
{
    fail_alloc alloc;
    sip__buffers buffers;
    sip__buffer many[100] = {{0}};
    size_t i;

    (void)state;
    fail_alloc_init(&alloc, 0);
    sip__buffers_init(&buffers, &alloc.allocator);
    for (i = 0; i < 100; i++) {
        assert_int_equal(sip__buffer_reserve(&buffers, &many[i], 10), 0);
    }
    for (i = 0; i < 100; i++) {
        sip__buffer_release(&buffers, &many[i]);
    }
    assert_int_equal(buffers.n_free, 64); /* no flood is remembered for ever */
    assert_int_equal(alloc.live, 64);
    assert_int_equal(sip__buffer_reserve(&buffers, &many[0], 10), 0);
    assert_int_equal(alloc.live, 64);
    sip__buffer_release(&buffers, &many[0]);
    sip__buffers_finish(&buffers);
    assert_int_equal(alloc.live, 0);
}

static void test_no_memory(void **state)
{
    fail_alloc alloc;
    sip__buffers buffers;
    sip__buffer buffer = {0};

    (void)state;
    fail_alloc_init(&alloc, 2);
    sip__buffers_init(&buffers, &alloc.allocator);
    assert_int_equal(sip__buffer_reserve(&buffers, &buffer, 10), 0);
    buffer.ptr[0] = 'x';
    buffer.len = 1;
    assert_int_equal(sip__buffer_reserve(&buffers, &buffer, 10000), SIP_ENOMEM);
    assert_int_equal(buffer.room, SIP__BUFFER_BYTES);
    assert_int_equal(buffer.ptr[0], 'x');
    sip__buffer_release(&buffers, &buffer);
    sip__buffers_finish(&buffers);
    assert_int_equal(alloc.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_and_keeps_its_bytes),
        cmocka_unit_test(test_small_ones_are_used_again),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
