/* Sends that have not left: noted, written, waiting, taken back. */
#include "transport/send_queue.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void test_notes(void **state)
{
    sip__send_queue queue;
    sip__buffers buffers;
    uint64_t i;

    (void)state;
    memset(&queue, 0, sizeof(queue));
    sip__buffers_init(&buffers, sip_allocator_default());
    assert_true(sip__send_queue_is_empty(&queue));
    for (i = 1; i <= 500; i++) {
        assert_int_equal(sip__send_queue_note(&queue, &buffers, i % 3 == 0 ? 0 : i, i * 10), 0);
        if (i % 4 == 0) {
            sip__send_queue_written(&queue, &buffers, i * 5); /* half of it */
        }
    }
    assert_false(sip__send_queue_is_empty(&queue));
    sip__send_queue_written(&queue, &buffers, 4979); /* the 498th has not left whole */
    assert_int_equal(sip__send_queue_note(&queue, &buffers, 501, UINT64_MAX), 0);
    sip__send_queue_end_last(&queue, 5010);
    assert_int_equal(sip__send_queue_note(&queue, &buffers, 502, 1), 0);
    sip__send_queue_unnote(&queue);
    assert_int_equal(sip__send_queue_take(&queue, &buffers), 499); /* 498 has no name */
    assert_int_equal(sip__send_queue_take(&queue, &buffers), 500);
    sip__send_queue_written(&queue, &buffers, 5010);
    assert_int_equal(sip__send_queue_take(&queue, &buffers), 0);
    assert_null(queue.notes.ptr); /* nothing is held */
    sip__send_queue_finish(&queue, &buffers);
    sip__buffers_finish(&buffers);
}

static void test_messages_wait(void **state)
{
    sip__send_queue queue;
    sip__buffers buffers;
    sip_str bytes;
    uint64_t ref;

    (void)state;
    memset(&queue, 0, sizeof(queue));
    sip__buffers_init(&buffers, sip_allocator_default());
    assert_false(sip__send_queue_first(&queue, &bytes, &ref));
    assert_int_equal(sip__send_queue_wait(&queue, &buffers, SIP_STR("one"), 1, 10), 0);
    assert_int_equal(sip__send_queue_wait(&queue, &buffers, SIP_STR("nobody"), 0, 10), 0);
    assert_int_equal(sip__send_queue_wait(&queue, &buffers, SIP_STR("xy"), 9, 10), SIP_ETOOBIG);
    assert_int_equal(sip__send_queue_wait(&queue, &buffers, SIP_STR("x"), 3, 10), 0);
    assert_false(sip__send_queue_is_empty(&queue));
    assert_true(sip__send_queue_first(&queue, &bytes, &ref));
    assert_true(sip_str_equal(bytes, "one"));
    assert_int_equal(ref, 1);
    sip__send_queue_drop_first(&queue, &buffers);
    assert_int_equal(queue.message_bytes, 7);
    /* Those that were written come first, those without a name are not told. */
    assert_int_equal(sip__send_queue_note(&queue, &buffers, 7, 100), 0);
    assert_int_equal(sip__send_queue_take(&queue, &buffers), 7);
    assert_int_equal(sip__send_queue_take(&queue, &buffers), 3);
    assert_int_equal(sip__send_queue_take(&queue, &buffers), 0);
    assert_int_equal(sip__send_queue_wait(&queue, &buffers, SIP_STR("left"), 4, 10), 0);
    sip__send_queue_finish(&queue, &buffers);
    sip__buffers_finish(&buffers);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        sip__send_queue queue;
        sip__buffers buffers;
        int err;

        memset(&queue, 0, sizeof(queue));
        fail_alloc_init(&fail, ++n);
        sip__buffers_init(&buffers, &fail.allocator);
        err = sip__send_queue_note(&queue, &buffers, 1, 1);
        assert_true(err == 0 || (err == SIP_ENOMEM && fail.failed));
        err = sip__send_queue_wait(&queue, &buffers, SIP_STR("a"), 1, 1);
        assert_true(err == 0 || (err == SIP_ENOMEM && fail.failed));
        sip__send_queue_finish(&queue, &buffers);
        sip__buffers_finish(&buffers);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_messages_wait),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
