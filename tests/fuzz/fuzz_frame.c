/* Stream framing: the same stream whole and in pieces must give the same messages, within the
 * limit. The first byte says how to cut. */
#include "transport/frame.h"
#include <stdlib.h>
#include <string.h>

#define LIMIT 4096

typedef struct tally {
    size_t messages, pings, bytes;
    unsigned sum;
    bool broken;
} tally;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void count_message(tally *t, sip_str message)
{
    size_t i;

    check(message.len > 0 && message.len <= LIMIT);
    t->messages++;
    t->bytes += message.len;
    for (i = 0; i < message.len; i++) {
        t->sum = t->sum * 31 + (unsigned char)message.ptr[i];
    }
}

static void feed(sip__frame *frame, sip_str chunk, tally *t)
{
    sip_str message;

    for (;;) {
        switch (sip__frame_next(frame, &chunk, &message)) {
        case SIP__FRAME_MORE:
            check(chunk.len == 0);
            return;
        case SIP__FRAME_MESSAGE:
            count_message(t, message);
            break;
        case SIP__FRAME_PING:
            t->pings++;
            break;
        case SIP__FRAME_BROKEN:
            check(frame->reason != NULL);
            t->broken = true;
            return;
        }
    }
}

static tally run(const char *bytes, size_t size, size_t piece)
{
    tally t = {0, 0, 0, 0, false};
    sip__buffers buffers;
    sip__frame frame;
    size_t at;

    sip__buffers_init(&buffers, sip_allocator_default());
    sip__frame_init(&frame, &buffers, LIMIT);
    for (at = 0; at < size && !t.broken; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        char *copy = malloc(n); /* of exact size, for the sanitizer */
        sip_str chunk = {copy, n};

        check(copy != NULL);
        memcpy(copy, bytes + at, n);
        feed(&frame, chunk, &t);
        check(frame.buffer.room <= 2 * LIMIT);
        free(copy);
    }
    sip__frame_finish(&frame);
    sip__buffers_finish(&buffers);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tally whole, cut;

    if (size < 2) {
        return 0;
    }
    whole = run((const char *)data + 1, size - 1, size);
    cut = run((const char *)data + 1, size - 1, (size_t)data[0] % 64 + 1);
    check(whole.broken == cut.broken && whole.messages == cut.messages &&
          whole.pings == cut.pings && whole.bytes == cut.bytes && whole.sum == cut.sum);
    return 0;
}
