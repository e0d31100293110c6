/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "message/msg_block.h"
#include "message_samples.h"
#include "support/fail_alloc.h"
#include "support/msg_walk.h"

/* `text` in a new block for just so many bytes. */
static sip_str place(sip_msg_block **ret_block, const sip_allocator *allocator, sip_str text)
{
    char *bytes;

    *ret_block = sip__msg_block_create(allocator, text.len);
    assert_non_null(*ret_block);
    bytes = sip__msg_block_bytes(*ret_block);
    memcpy(bytes, text.ptr, text.len);
    return (sip_str){bytes, text.len};
}

static void test_samples_are_read_in_place(void **state)
{
    const sip_path path = {.protocol = SIP_PROTOCOL_UDP, .received_ms = 77};

    (void)state;
    for (size_t i = 0; i < MESSAGE_SAMPLES; i++) {
        const sip_str text = {message_samples[i].text, message_samples[i].len};
        sip_msg_block *block;
        sip_str bytes = place(&block, NULL, text);
        sip_msg *msg = NULL;
        sip_msg *copied = NULL;
        bool taken = false;

        assert_int_equal(sip__msg_adopt(block, NULL, bytes, &path, &taken, &msg, NULL), 0);
        assert_true(taken);
        assert_ptr_equal(sip_msg_bytes(msg).ptr, bytes.ptr);
        assert_true(sip_str_same(sip_msg_bytes(msg), text));
        assert_int_equal(sip_msg_source(msg)->received_ms, 77);
        assert_int_equal(sip_msg_parse(NULL, NULL, text, &path, &copied, NULL), 0);
        assert_true(msg_walk(msg) == msg_walk(copied));
        assert_int_equal(sip_msg_check(msg, NULL, NULL), 0);
        sip_msg_unref(copied);
        sip_msg_unref(msg);
    }
}

static void test_line_ends_before_are_skipped(void **state)
{
    sip_msg_block *block;
    sip_str bytes;
    sip_msg *msg = NULL;
    bool taken = false;
    char text[sizeof(sample_bye) + 4];

    (void)state;
    memcpy(text, "\r\n\r\n", 4);
    memcpy(text + 4, sample_bye, sizeof(sample_bye));
    bytes = place(&block, NULL, sip_str_of(text));
    assert_int_equal(sip__msg_adopt(block, NULL, bytes, NULL, &taken, &msg, NULL), 0);
    assert_true(taken);
    assert_ptr_equal(sip_msg_bytes(msg).ptr, bytes.ptr + 4);
    assert_true(sip_str_equal(sip_msg_bytes(msg), sample_bye));
    sip_msg_unref(msg);
}

/* What fails leaves the block and its bytes, for an answer and for the next datagram. */
static void test_what_fails_is_not_taken(void **state)
{
    static const char *const texts[] = {"\r\n\r\n", "nonsense", "BYE sip:a SIP/2.0\r\nTo\r\n\r\n"};
    static const int errors[] = {SIP_EAGAIN, SIP_ESYNTAX, SIP_ESYNTAX};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        sip_msg_block *block;
        sip_str bytes = place(&block, NULL, sip_str_of(texts[i]));
        sip_msg *msg = NULL;
        bool taken = true;

        assert_int_equal(sip__msg_adopt(block, NULL, bytes, NULL, &taken, &msg, NULL), errors[i]);
        assert_false(taken);
        assert_null(msg);
        assert_ptr_equal(bytes.ptr, sip__msg_block_bytes(block));
        assert_true(sip_str_equal(bytes, texts[i]));
        sip__msg_block_destroy(block);
    }
    sip__msg_block_destroy(NULL);
}

static size_t write_long(char *out, size_t size, size_t headers, bool folded)
{
    int n = snprintf(out, size, "OPTIONS sip:a@b SIP/2.0\r\n");

    for (size_t i = 0; i < headers; i++) {
        n += snprintf(out + n, size - (size_t)n, "X-Number-%zu:%sa value of some length\r\n", i,
                      folded ? "\r\n " : " ");
    }
    n += snprintf(out + n, size - (size_t)n, "\r\n");
    return (size_t)n;
}

static void test_many_lines_are_copied(void **state)
{
    char text[8000];
    sip_msg_block *block;
    sip_msg *msg = NULL;
    bool taken = true;
    sip_str bytes = place(&block, NULL, (sip_str){text, write_long(text, sizeof(text), 60, false)});

    (void)state;
    assert_int_equal(sip__msg_adopt(block, NULL, bytes, NULL, &taken, &msg, NULL), 0);
    assert_false(taken);
    assert_int_equal(sip_msg_header_lines(msg), 60);
    assert_ptr_not_equal(sip_msg_bytes(msg).ptr, bytes.ptr);
    sip_msg_unref(msg);
    /* The block serves again. */
    memcpy(sip__msg_block_bytes(block), sample_bye, sizeof(sample_bye) - 1);
    bytes.len = sizeof(sample_bye) - 1;
    assert_int_equal(sip__msg_adopt(block, NULL, bytes, NULL, &taken, &msg, NULL), 0);
    assert_true(taken);
    sip_msg_unref(msg);
}

/* Folded values are written behind the bytes where they fit, else the message is copied. */
static void test_folded(void **state)
{
    char text[8000];

    (void)state;
    for (size_t headers = 1; headers <= 30; headers += 29) {
        sip_str whole = {text, write_long(text, sizeof(text), headers, true)};
        sip_msg_block *block;
        sip_msg *msg = NULL;
        bool taken = false;
        sip_str bytes;

        /* The larger one gets a body, so that all of it twice is more than the room behind. */
        if (headers > 1) {
            memset(text + whole.len, 'b', 4000);
            whole.len += 4000;
        }
        bytes = place(&block, NULL, whole);
        assert_int_equal(sip__msg_adopt(block, NULL, bytes, NULL, &taken, &msg, NULL), 0);
        assert_int_equal(taken, headers == 1);
        assert_true(sip_str_equal(sip_msg_find(msg, "X-Number-0", 0), "a value of some length"));
        assert_true(sip_str_same(sip_msg_bytes(msg), whole));
        sip_msg_unref(msg);
        if (!taken) {
            sip__msg_block_destroy(block);
        }
    }
}

static void test_without_memory(void **state)
{
    char text[8000];
    const sip_str whole = {text, write_long(text, sizeof(text), 60, false)};
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        sip_msg_block *block;

        fail_alloc_init(&fail, ++n);
        block = sip__msg_block_create(&fail.allocator, whole.len);
        if (block != NULL) {
            sip_str bytes = {sip__msg_block_bytes(block), whole.len};
            sip_msg *msg = NULL;
            bool taken = true;
            int err;

            memcpy(sip__msg_block_bytes(block), whole.ptr, whole.len);
            err = sip__msg_adopt(block, NULL, bytes, NULL, &taken, &msg, NULL);
            assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
            assert_false(taken);
            sip_msg_unref(msg);
            sip__msg_block_destroy(block);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_are_read_in_place),
        cmocka_unit_test(test_line_ends_before_are_skipped),
        cmocka_unit_test(test_what_fails_is_not_taken),
        cmocka_unit_test(test_many_lines_are_copied),
        cmocka_unit_test(test_folded),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
