#include "transport/frame.h"
#include <string.h>

#define START_LINE_BYTES 8192 /* none this long is SIP */

void sip__frame_init(sip__frame *frame, sip__buffers *buffers, size_t limit_bytes)
{
    memset(frame, 0, sizeof(*frame));
    frame->buffers = buffers;
    frame->limit_bytes = limit_bytes;
}

void sip__frame_finish(sip__frame *frame)
{
    sip__buffer_release(frame->buffers, &frame->buffer);
}

bool sip__frame_is_partial(const sip__frame *frame)
{
    return frame->buffer.len > 0 && !frame->given;
}

static sip__frame_event broken(sip__frame *frame, const char *reason)
{
    frame->reason = reason;
    return SIP__FRAME_BROKEN;
}

static void message_done(sip__frame *frame)
{
    frame->scanned = frame->need = 0;
    frame->given = false;
    frame->line_seen = false;
    frame->breaks = 0;
    sip__frame_finish(frame);
}

/* The bytes that may stand in a method or in "SIP/2.0". */
static bool starts_line(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-.!%*_+`'~", c) != NULL);
}

/* Line breaks before a message. Returns true when something else follows. */
static bool skip_breaks(sip__frame *frame, sip_str *chunk, bool *ret_ping)
{
    *ret_ping = false;
    while (chunk->len > 0) {
        char c = *chunk->ptr;

        if (c != '\r' && c != '\n') {
            return true;
        }
        chunk->ptr++;
        chunk->len--;
        if (c == '\n' && frame->pong_due) {
            frame->pong_due = false;
            frame->breaks = 0;
        } else if (c == '\n' && ++frame->breaks == 2) {
            frame->breaks = 0;
            *ret_ping = true;
            return false;
        }
    }
    return false;
}

static bool is_start_line(sip_str line)
{
    size_t i;

    for (i = 0; i < line.len; i++) {
        if ((unsigned char)line.ptr[i] < ' ' && line.ptr[i] != '\t') {
            return false;
        }
    }
    for (i = 0; i + 4 <= line.len; i++) {
        sip_str word = {line.ptr + i, 4};

        if ((i == 0 || line.ptr[i - 1] == ' ') && sip_str_equal_nocase(word, "SIP/")) {
            return true;
        }
    }
    return false;
}

/* Returns false if what came so far cannot begin a message. */
static bool check_start(sip__frame *frame, sip_str bytes)
{
    const char *end;
    sip_str line = bytes;

    if (frame->line_seen) {
        return true;
    }
    end = memchr(bytes.ptr, '\n', bytes.len);
    if (end == NULL) {
        return starts_line(*bytes.ptr) && bytes.len <= START_LINE_BYTES;
    }
    line.len = (size_t)(end - bytes.ptr);
    frame->line_seen = true;
    return starts_line(*bytes.ptr) && line.len <= START_LINE_BYTES &&
           is_start_line(sip_str_trim(line));
}

/* The length of the headers with their empty line, or 0 if that is still to come. */
static size_t find_end(sip__frame *frame, sip_str bytes)
{
    size_t at = frame->scanned;

    while (at < bytes.len) {
        const char *end = memchr(bytes.ptr + at, '\n', bytes.len - at);
        size_t next;

        if (end == NULL) {
            at = bytes.len;
            break;
        }
        next = (size_t)(end - bytes.ptr) + 1;
        if (next < bytes.len && bytes.ptr[next] == '\n') {
            return next + 1;
        }
        if (next + 1 < bytes.len && bytes.ptr[next] == '\r' && bytes.ptr[next + 1] == '\n') {
            return next + 2;
        }
        if (next + 1 >= bytes.len) {
            at = next - 1; /* look at this line break again with what follows */
            break;
        }
        at = next;
    }
    frame->scanned = at;
    return 0;
}

/* The name of a header line up to its colon. */
static bool is_length_header(sip_str line, sip_str *ret_value)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    sip_str name;

    if (colon == NULL) {
        return false;
    }
    name.ptr = line.ptr;
    name.len = (size_t)(colon - line.ptr);
    while (name.len > 0 && (name.ptr[name.len - 1] == ' ' || name.ptr[name.len - 1] == '\t')) {
        name.len--;
    }
    ret_value->ptr = colon + 1;
    ret_value->len = line.len - (size_t)(colon + 1 - line.ptr);
    return sip_str_equal_nocase(name, "Content-Length") || sip_str_equal_nocase(name, "l");
}

/* Returns false unless `value` is nothing but digits. */
static bool read_length(sip_str value, uint64_t *ret_length)
{
    uint64_t length = 0;
    size_t i;

    value = sip_str_trim(value);
    for (i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9' || length > UINT32_MAX) {
            return false;
        }
        length = length * 10 + (uint64_t)(value.ptr[i] - '0');
    }
    *ret_length = length;
    return value.len > 0;
}

/* One header with its folded lines, without the last line break. `rest` moves behind it. */
static sip_str take_line(sip_str *rest)
{
    sip_str line = {rest->ptr, 0};

    while (line.len < rest->len) {
        const char *end = memchr(rest->ptr + line.len, '\n', rest->len - line.len);

        if (end == NULL) {
            line.len = rest->len;
            break;
        }
        line.len = (size_t)(end - rest->ptr) + 1;
        if (line.len >= rest->len || (end[1] != ' ' && end[1] != '\t')) {
            break;
        }
    }
    rest->ptr += line.len;
    rest->len -= line.len;
    return line;
}

/* Find the body's length in complete headers. Returns NULL or what is wrong. */
static const char *find_length(sip_str headers, uint64_t *ret_length)
{
    bool found = false;
    uint64_t length = 0;

    while (headers.len > 0) {
        sip_str line = take_line(&headers);
        sip_str value;
        uint64_t this_length;

        if (!is_length_header(line, &value)) {
            continue;
        }
        if (!read_length(value, &this_length)) {
            return "malformed Content-Length in a stream";
        }
        if (found && this_length != length) {
            return "two different Content-Lengths in a stream";
        }
        found = true;
        length = this_length;
    }
    *ret_length = length;
    return found ? NULL : "no Content-Length in a stream";
}

/* Look at `bytes`, which begin with a message; sets frame->need once the headers are complete.
 * Returns NULL or what is wrong. */
static const char *measure(sip__frame *frame, sip_str bytes)
{
    size_t headers_bytes;
    uint64_t length;
    const char *wrong;
    sip_str headers = bytes;

    if (frame->need > 0) {
        return NULL;
    }
    if (!check_start(frame, bytes)) {
        return "not SIP in a stream";
    }
    headers_bytes = find_end(frame, bytes);
    if (headers_bytes == 0) {
        return bytes.len >= frame->limit_bytes ? "headers over the limit in a stream" : NULL;
    }
    headers.len = headers_bytes;
    wrong = find_length(headers, &length);
    if (wrong == NULL && headers_bytes + length > frame->limit_bytes) {
        wrong = "message over the limit in a stream";
    }
    if (wrong == NULL) {
        frame->need = headers_bytes + (size_t)length;
    }
    return wrong;
}

/* Append as much of the chunk as the message or the limit has room for; returns how much, or
 * SIP_ENOMEM. */
static int append(sip__frame *frame, sip_str chunk)
{
    size_t most = (frame->need > 0 ? frame->need : frame->limit_bytes) - frame->buffer.len;
    size_t n = chunk.len < most ? chunk.len : most;

    if (sip__buffer_reserve(frame->buffers, &frame->buffer, frame->buffer.len + n) != 0) {
        return SIP_ENOMEM;
    }
    memcpy(frame->buffer.ptr + frame->buffer.len, chunk.ptr, n);
    frame->buffer.len += n;
    return (int)n;
}

static void advance(sip_str *chunk, size_t n)
{
    chunk->ptr += n;
    chunk->len -= n;
}

/* A message that begins in this chunk: handed out in place if it is all here, else put into the
 * buffer. */
static sip__frame_event begin(sip__frame *frame, sip_str *chunk, sip_str *ret_message)
{
    const char *wrong = measure(frame, *chunk);
    int n;

    if (wrong != NULL) {
        return broken(frame, wrong);
    }
    if (frame->need > 0 && frame->need <= chunk->len) {
        ret_message->ptr = chunk->ptr;
        ret_message->len = frame->need;
        advance(chunk, frame->need);
        message_done(frame);
        return SIP__FRAME_MESSAGE;
    }
    n = append(frame, *chunk);
    if (n < 0) {
        return broken(frame, "out of memory for a stream");
    }
    advance(chunk, (size_t)n);
    return SIP__FRAME_MORE;
}

/* A message whose beginning is in the buffer. */
static sip__frame_event go_on(sip__frame *frame, sip_str *chunk, sip_str *ret_message)
{
    size_t before = frame->buffer.len;
    int n = append(frame, *chunk);
    sip_str bytes;
    const char *wrong;

    if (n < 0) {
        return broken(frame, "out of memory for a stream");
    }
    bytes.ptr = frame->buffer.ptr;
    bytes.len = frame->buffer.len;
    wrong = measure(frame, bytes);
    if (wrong != NULL) {
        return broken(frame, wrong);
    }
    if (frame->need == 0 || frame->buffer.len < frame->need) {
        advance(chunk, (size_t)n);
        return SIP__FRAME_MORE;
    }
    /* What was appended beyond the message goes back. */
    advance(chunk, frame->need - before);
    frame->buffer.len = frame->need;
    frame->given = true;
    ret_message->ptr = frame->buffer.ptr;
    ret_message->len = frame->need;
    return SIP__FRAME_MESSAGE;
}

void sip__frame_expect_pong(sip__frame *frame)
{
    frame->pong_due = true;
}

sip__frame_event sip__frame_next(sip__frame *frame, sip_str *chunk, sip_str *ret_message)
{
    if (frame->reason != NULL) {
        return SIP__FRAME_BROKEN;
    }
    if (frame->given) {
        message_done(frame);
    }
    while (chunk->len > 0) {
        sip__frame_event event;

        if (frame->buffer.len == 0) {
            bool ping;

            if (!skip_breaks(frame, chunk, &ping)) {
                return ping ? SIP__FRAME_PING : SIP__FRAME_MORE;
            }
            frame->breaks = 0;
            frame->pong_due = false;
            event = begin(frame, chunk, ret_message);
        } else {
            event = go_on(frame, chunk, ret_message);
        }
        if (event != SIP__FRAME_MORE) {
            return event;
        }
    }
    return SIP__FRAME_MORE;
}
