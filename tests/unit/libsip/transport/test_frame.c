/* Frames: every way of cutting a stream into two or three, and streams that are none. */
#include "transport/frame.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define LIMIT 65535

#define FIRST "OPTIONS sip:a@h SIP/2.0\r\nContent-Length: 0\r\n\r\n"
#define SECOND "SIP/2.0 200 OK\r\nl : 5\r\nX: y\r\n\r\nab\r\n\r"
#define THIRD "MESSAGE sip:b SIP/2.0\r\ncontent-length:\r\n 3\r\nContent-Length: 3\r\n\r\nxyz"
#define PING "\r\n\r\n"

static const char stream[] = "\r\n" FIRST PING SECOND PING PING THIRD "\r\n" FIRST PING;
static const char *const messages[] = {FIRST, SECOND, THIRD, FIRST};

static sip__buffers buffers;

typedef struct seen_events {
    size_t messages, pings;
    const char *reason;
} seen_events;

static void feed(sip__frame *frame, const char *bytes, size_t len, seen_events *seen)
{
    sip_str chunk = {bytes, len};
    sip_str message;

    for (;;) {
        switch (sip__frame_next(frame, &chunk, &message)) {
        case SIP__FRAME_MORE:
            assert_int_equal(chunk.len, 0);
            return;
        case SIP__FRAME_MESSAGE:
            if (seen->messages < 4) {
                assert_int_equal(message.len, strlen(messages[seen->messages]));
                assert_memory_equal(message.ptr, messages[seen->messages], message.len);
            }
            seen->messages++;
            break;
        case SIP__FRAME_PING:
            seen->pings++;
            break;
        case SIP__FRAME_BROKEN:
            seen->reason = frame->reason;
            return;
        }
    }
}

/* Fed from heap blocks of exact size, so that the address sanitizer sees a byte too far. */
static void feed_copy(sip__frame *frame, size_t from, size_t to, seen_events *seen)
{
    char *copy = malloc(to - from + 1);

    assert_non_null(copy);
    memcpy(copy, stream + from, to - from);
    copy = realloc(copy, to > from ? to - from : 1);
    assert_non_null(copy);
    feed(frame, copy, to - from, seen);
    free(copy);
}

static void expect_all(const seen_events *seen)
{
    assert_int_equal(seen->messages, 4);
    assert_int_equal(seen->pings, 4);
    assert_null(seen->reason);
}

static void test_every_split(void **state)
{
    size_t len = sizeof(stream) - 1;
    size_t i, j;

    (void)state;
    for (i = 0; i <= len; i++) {
        for (j = i; j <= len; j += 1 + i % 3) {
            sip__frame frame;
            seen_events seen = {0, 0, NULL};

            sip__frame_init(&frame, &buffers, LIMIT);
            feed_copy(&frame, 0, i, &seen);
            feed_copy(&frame, i, j, &seen);
            feed_copy(&frame, j, len, &seen);
            expect_all(&seen);
            assert_false(sip__frame_is_partial(&frame));
            sip__frame_finish(&frame);
        }
    }
}

static void test_byte_by_byte(void **state)
{
    sip__frame frame;
    seen_events seen = {0, 0, NULL};
    size_t i;

    (void)state;
    sip__frame_init(&frame, &buffers, LIMIT);
    for (i = 0; i + 1 < sizeof(stream); i++) {
        feed_copy(&frame, i, i + 1, &seen);
    }
    expect_all(&seen);
    sip__frame_finish(&frame);
}

static const char *reason_of(const char *bytes, size_t len, size_t piece)
{
    sip__frame frame;
    seen_events seen = {9, 0, NULL};
    size_t at;

    sip__frame_init(&frame, &buffers, LIMIT);
    for (at = 0; at < len && seen.reason == NULL; at += piece) {
        feed(&frame, bytes + at, len - at < piece ? len - at : piece, &seen);
        assert_true(frame.buffer.room <= 2 * LIMIT);
    }
    if (seen.reason != NULL) {
        /* It stays broken. */
        sip_str more = SIP_STR(FIRST);
        sip_str message;

        assert_int_equal(sip__frame_next(&frame, &more, &message), SIP__FRAME_BROKEN);
    }
    sip__frame_finish(&frame);
    return seen.reason;
}

static void expect_broken(const char *bytes, size_t len, const char *reason)
{
    static const size_t pieces[] = {1, 7, 4096, 1000000};
    size_t i;

    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        const char *found = reason_of(bytes, len, pieces[i]);

        assert_non_null(found);
        assert_string_equal(found, reason);
    }
}

#define START "OPTIONS sip:a SIP/2.0\r\n"

static void test_malformed(void **state)
{
    static const struct {
        const char *bytes, *reason;
    } cases[] = {
        {START "Content-Length: -1\r\n\r\n", "malformed Content-Length in a stream"},
        {START "Content-Length: 1x\r\n\r\n", "malformed Content-Length in a stream"},
        {START "Content-Length:\r\n\r\n", "malformed Content-Length in a stream"},
        {START "l: 99999999999999999999999\r\n\r\n", "malformed Content-Length in a stream"},
        {START "l: 4294967295\r\n\r\n", "message over the limit in a stream"},
        {START "l: 65535\r\n\r\n", "message over the limit in a stream"},
        {START "l: 1\r\nl: 2\r\n\r\n", "two different Content-Lengths in a stream"},
        {START "X: y\r\n\r\n", "no Content-Length in a stream"},
        {"GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "not SIP in a stream"},
        {"\x16\x03\x01\x02", "not SIP in a stream"},
        {"a\x01 SIP/2.0\r\n", "not SIP in a stream"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        expect_broken(cases[i].bytes, strlen(cases[i].bytes), cases[i].reason);
    }
    expect_broken("\0\0\0\0", 4, "not SIP in a stream");
}

static void test_floods(void **state)
{
    size_t len = 200000;
    char *bytes = malloc(len);

    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'a', len);
    expect_broken(bytes, len, "not SIP in a stream");
    memcpy(bytes, START "X: ", sizeof(START "X: ") - 1);
    expect_broken(bytes, len, "headers over the limit in a stream");
    free(bytes);
}

static void test_largest_message(void **state)
{
    static char bytes[LIMIT + 1];
    int n = snprintf(bytes, sizeof(bytes), START "l: %d\r\n\r\n", LIMIT);
    sip__frame frame;
    seen_events seen = {9, 0, NULL};

    (void)state;
    n = snprintf(bytes, sizeof(bytes), START "l: %d\r\n\r\n", LIMIT - n);
    memset(bytes + n, 'b', sizeof(bytes) - (size_t)n);
    sip__frame_init(&frame, &buffers, LIMIT);
    feed(&frame, bytes, 100, &seen);
    assert_true(sip__frame_is_partial(&frame));
    feed(&frame, bytes + 100, LIMIT - 100, &seen);
    assert_int_equal(seen.messages, 10);
    feed(&frame, FIRST, sizeof(FIRST) - 1, &seen);
    assert_int_equal(seen.messages, 11);
    assert_true(frame.buffer.room == 0); /* the large buffer went back */
    sip__frame_finish(&frame);
}

static void test_bare_line_feeds(void **state)
{
    static const char bytes[] = "OPTIONS sip:a SIP/2.0\nl: 0\n\n";
    sip__frame frame;
    seen_events seen = {9, 0, NULL};

    (void)state;
    sip__frame_init(&frame, &buffers, LIMIT);
    feed(&frame, bytes, sizeof(bytes) - 1, &seen);
    assert_int_equal(seen.messages, 10);
    sip__frame_finish(&frame);
}

static void test_no_memory(void **state)
{
    static const char start[] = START "l: 3000\r\n";
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        sip__buffers scarce;
        sip__frame frame;
        seen_events seen = {9, 0, NULL};

        fail_alloc_init(&fail, ++n);
        sip__buffers_init(&scarce, &fail.allocator);
        sip__frame_init(&frame, &scarce, LIMIT);
        feed(&frame, start, 20, &seen);
        feed(&frame, start + 20, sizeof(start) - 21, &seen);
        feed(&frame, "\r\n", 2, &seen);
        feed(&frame, stream, sizeof(stream) - 1, &seen);
        if (fail.failed) {
            assert_string_equal(seen.reason, "out of memory for a stream");
        } else {
            assert_null(seen.reason);
        }
        sip__frame_finish(&frame);
        sip__buffers_finish(&scarce);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 1);
}

/* Answers to our pings do not add up to one of the peer's, however they mingle. */
static void test_pongs(void **state)
{
    seen_events seen = {3, 0, NULL};
    sip__frame frame;

    (void)state;
    sip__frame_init(&frame, &buffers, LIMIT);
    for (int i = 0; i < 4; i++) {
        sip__frame_expect_pong(&frame);
        feed(&frame, "\r", 1, &seen);
        feed(&frame, "\n", 1, &seen);
    }
    assert_int_equal(seen.pings, 0);
    sip__frame_expect_pong(&frame);
    feed(&frame, PING "\r\n", 6, &seen);
    assert_int_equal(seen.pings, 1);
    sip__frame_expect_pong(&frame); /* a message proves as much; later breaks are no answers */
    feed(&frame, FIRST PING, sizeof(FIRST PING) - 1, &seen);
    assert_int_equal(seen.messages, 4);
    assert_int_equal(seen.pings, 2);
    sip__frame_finish(&frame);
}

static int open_buffers(void **state)
{
    (void)state;
    sip__buffers_init(&buffers, sip_allocator_default());
    return 0;
}

static int close_buffers(void **state)
{
    (void)state;
    sip__buffers_finish(&buffers);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_split),     cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_malformed),       cmocka_unit_test(test_floods),
        cmocka_unit_test(test_largest_message), cmocka_unit_test(test_bare_line_feeds),
        cmocka_unit_test(test_no_memory),       cmocka_unit_test(test_pongs),
    };

    return cmocka_run_group_tests(tests, open_buffers, close_buffers);
}
