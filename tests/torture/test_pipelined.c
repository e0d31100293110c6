/* The messages of all folders, pipelined as on a stream, cut at every place and into pieces of
 * every size: the same messages must come out, byte for byte, and the pings between them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/corpus.h"
#include "transport/frame.h"

#define LIMIT 65535
#define WINDOW 4 /* messages in one pipeline: a cut concerns its neighbours at most */
#define PING "\r\n\r\n"

typedef struct pipeline {
    char *bytes;
    size_t len;
    size_t ends[WINDOW]; /* of its messages */
    size_t count, pings;
} pipeline;

static sip__buffers buffers;

static void check(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "test_pipelined: %s\n", what);
        abort();
    }
}

/* What comes out, compared with what went in. */
typedef struct outcome {
    const pipeline *all;
    size_t messages, pings;
} outcome;

static void feed(sip__frame *frame, const char *bytes, size_t len, outcome *out)
{
    char *copy = malloc(len + 1); /* of its own, so that a byte too far is seen */
    sip_str chunk = {copy, len};
    sip_str message;
    sip__frame_event event;

    check(copy != NULL, "no memory");
    memcpy(copy, bytes, len);
    while ((event = sip__frame_next(frame, &chunk, &message)) != SIP__FRAME_MORE) {
        size_t end;

        check(event != SIP__FRAME_BROKEN, "a sound stream is called broken");
        if (event == SIP__FRAME_PING) {
            out->pings++;
            continue;
        }
        check(out->messages < out->all->count, "a message too many");
        end = out->all->ends[out->messages++];
        check(message.len <= end &&
                  memcmp(message.ptr, out->all->bytes + end - message.len, message.len) == 0,
              "another message than was sent");
    }
    check(chunk.len == 0, "bytes are left over");
    free(copy);
}

static void run(const pipeline *all, size_t first, size_t second, size_t piece)
{
    outcome out = {all, 0, 0};
    sip__frame frame;
    size_t at;

    sip__frame_init(&frame, &buffers, LIMIT);
    feed(&frame, all->bytes, first, &out);
    feed(&frame, all->bytes + first, second - first, &out);
    for (at = second; at < all->len; at += piece) {
        feed(&frame, all->bytes + at, all->len - at < piece ? all->len - at : piece, &out);
    }
    check(out.messages == all->count, "a message is missing");
    check(out.pings == all->pings, "a ping is missing, or one too many");
    check(!sip__frame_is_partial(&frame), "a part of a message is left");
    sip__frame_finish(&frame);
}

/* All places for one cut, and for a second one close behind; then pieces of every small size. */
static size_t cut_everywhere(const pipeline *all)
{
    size_t n = 0;
    size_t i, gap;

    for (i = 0; i <= all->len; i++) {
        gap = i + 1 + i % 4 <= all->len ? 1 + i % 4 : 0;
        run(all, i, i, LIMIT);
        run(all, i, i + gap, LIMIT);
        n += 2;
    }
    for (i = 1; i <= 64; i++) {
        run(all, 0, 0, i);
        n++;
    }
    return n;
}

/* Some are for datagrams only: without a length, or broken on purpose. */
static bool is_whole(const corpus_file *file)
{
    sip_str chunk = {file->bytes, file->len};
    sip_str message;
    sip__frame frame;
    bool whole;

    sip__frame_init(&frame, &buffers, LIMIT);
    whole =
        sip__frame_next(&frame, &chunk, &message) == SIP__FRAME_MESSAGE && message.len == file->len;
    sip__frame_finish(&frame);
    return whole;
}

static void add(pipeline *all, const corpus_file *file)
{
    all->bytes = realloc(all->bytes, all->len + file->len + sizeof(PING));
    check(all->bytes != NULL, "no memory");
    memcpy(all->bytes + all->len, file->bytes, file->len);
    all->len += file->len;
    all->ends[all->count++] = all->len;
    if (all->count % 2 == 0) {
        memcpy(all->bytes + all->len, PING, sizeof(PING) - 1);
        all->len += sizeof(PING) - 1;
        all->pings++;
    }
}

int main(int argc, char **argv)
{
    corpus files = {.files = NULL};
    pipeline all = {.bytes = NULL};
    size_t messages = 0, cuts = 0;

    sip__buffers_init(&buffers, sip_allocator_default());
    for (int i = 1; i < argc; i++) {
        corpus_add(&files, argv[i], ".sip");
    }
    for (size_t i = 0; i < files.count; i++) {
        if (!is_whole(&files.files[i])) {
            continue;
        }
        messages++;
        add(&all, &files.files[i]);
        if (all.count == WINDOW) {
            cuts += cut_everywhere(&all);
            all.len = all.count = all.pings = 0;
        }
    }
    cuts += cut_everywhere(&all);
    free(all.bytes);
    printf("%zu of %zu messages pipelined, cut in %zu ways\n", messages, files.count, cuts);
    corpus_finish(&files);
    sip__buffers_finish(&buffers);
    return messages > 50 ? 0 : 1;
}
