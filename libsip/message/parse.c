#include "message/msg_internal.h"

#include <string.h>

#include "message/msg_block.h"
#include "message/rules.h"
#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/start_line.h"

/* What the present attempt makes room for, and what it is measured by. */
typedef struct parse_job {
    const sip_allocator *allocator;
    sip_msg_limits limits;
    sip_str bytes; /* without leading line ends */
    size_t max_lines;
    size_t extra_bytes; /* for unfolded values */
    sip_msg *placed;    /* the bytes stand in it already; NULL: they go into a new one */
    sip_parse_error error;
} parse_job;

/* The attempt had too little room; the job asks for more now. */
#define RETRY 1

static sip_msg_limits with_defaults(const sip_msg_limits *limits)
{
    sip_msg_limits full = {0};

    if (limits != NULL) {
        full = *limits;
    }
    if (full.message_bytes == 0) {
        full.message_bytes = 65535;
    }
    if (full.message_bytes > SIP__MSG_MAX_BYTES) {
        full.message_bytes = SIP__MSG_MAX_BYTES;
    }
    if (full.headers == 0) {
        full.headers = 512;
    }
    if (full.headers > SIP__MSG_MAX_LINES) {
        full.headers = SIP__MSG_MAX_LINES;
    }
    if (full.header_bytes == 0) {
        full.header_bytes = 16384;
    }
    full.uri_bytes = full.uri_bytes == 0 ? 4096 : full.uri_bytes;
    full.uri_bytes = full.uri_bytes < SIP__MSG_MAX_BYTES ? full.uri_bytes : SIP__MSG_MAX_BYTES;
    full.params = full.params == 0 ? 128 : full.params;
    full.params = full.params < SIP__MSG_MAX_BYTES ? full.params : SIP__MSG_MAX_BYTES;
    if (full.arena_factor == 0) {
        full.arena_factor = SIP__MSG_ARENA_FACTOR;
    }
    return full;
}

static int fail(parse_job *job, size_t offset, sip_rule rule)
{
    bool is_response = job->bytes.len >= 4 && memcmp(job->bytes.ptr, "SIP/", 4) == 0;

    return sip__rule_broken(rule, offset, !is_response, &job->error);
}

static sip__span span_of(const sip_msg *msg, sip_str text)
{
    if (text.len == 0) {
        return (sip__span){0, 0};
    }
    return (sip__span){(uint32_t)(text.ptr - msg->bytes), (uint32_t)text.len};
}

/* Read the start line; *ret_next is where the headers begin. */
static int parse_start(parse_job *job, sip_msg *msg, size_t *ret_next)
{
    size_t end = sip__scan_line_end(msg->bytes, job->bytes.len, 0);
    size_t len = end;
    struct sip__start_line start;

    if (end == job->bytes.len) {
        return fail(job, end, SIP_RULE_START_LINE_END);
    }
    if (len > 0 && msg->bytes[len - 1] == '\r') {
        len--;
    }
    if (len > job->limits.header_bytes) {
        return fail(job, 0, SIP_RULE_START_LINE_LENGTH);
    }
    if (sip__start_line_parse((sip_str){msg->bytes, len}, &start) != 0) {
        return fail(job, 0, SIP_RULE_START_LINE);
    }
    if (start.uri.len > job->limits.uri_bytes) {
        return fail(job, (size_t)(start.uri.ptr - msg->bytes), SIP_RULE_REQUEST_URI_LENGTH);
    }
    msg->is_request = start.is_request;
    msg->other_version = start.other_version;
    msg->method = start.method;
    msg->status = start.status;
    msg->method_text = span_of(msg, start.method_text);
    msg->uri_text = span_of(msg, start.uri);
    msg->phrase = span_of(msg, start.phrase);
    *ret_next = end + 1;
    return 0;
}

static size_t count_lines(sip_str bytes)
{
    size_t count = 1;

    for (size_t at = 0; at < bytes.len; at++) {
        at = sip__scan_line_end(bytes.ptr, bytes.len, at);
        count++;
    }
    return count;
}

/* A folded value is kept a second time behind the bytes, on one line (RFC 3261 7.3.1): what reads
 * it, and what copies it into another message, then never meets a line end. */
static void unfold(sip_msg *msg, struct sip__scan_line *line)
{
    const char *in = msg->bytes + line->value;
    const char *end = in + line->value_len;
    char *begin = msg->bytes + msg->n_bytes + msg->n_extra;
    char *out = begin;

    while (in < end) {
        if (*in != '\r' && *in != '\n') {
            *out++ = *in++;
            continue;
        }
        while (out > begin && (out[-1] == ' ' || out[-1] == '\t')) {
            out--;
        }
        while (in < end && (*in == '\r' || *in == '\n' || *in == ' ' || *in == '\t')) {
            in++;
        }
        *out++ = ' ';
    }
    line->value = (uint32_t)(begin - msg->bytes);
    line->value_len = (uint32_t)(out - begin);
    msg->n_extra += line->value_len;
}

/* The first line that is too long is an error; folded ones need room for their values. */
static int check_lines(parse_job *job, const sip_msg *msg)
{
    bool folded = false;

    for (uint32_t i = 0; i < msg->n_lines; i++) {
        const struct sip__scan_line *line = &msg->lines[i];

        if (line->value + (size_t)line->value_len - line->name > job->limits.header_bytes) {
            return fail(job, line->name, SIP_RULE_HEADER_LENGTH);
        }
        folded = folded || line->folded;
    }
    if (folded && job->extra_bytes == 0) {
        job->extra_bytes = job->bytes.len;
        return (size_t)(msg->block_end - msg->bytes) >= 2 * job->bytes.len ? 0 : RETRY;
    }
    return 0;
}

static int scan(parse_job *job, sip_msg *msg, size_t from)
{
    struct sip__scan_result result;
    size_t max = msg->max_lines < job->limits.headers ? msg->max_lines : job->limits.headers;

    sip__scan_headers(msg->bytes, job->bytes.len, from, msg->lines, max, &result);
    switch (result.end) {
    case SIP__SCAN_BLANK:
        break;
    case SIP__SCAN_MORE:
        return fail(job, job->bytes.len, SIP_RULE_HEADERS_END);
    case SIP__SCAN_FULL:
        if (max == job->limits.headers) {
            return fail(job, result.next, SIP_RULE_HEADER_COUNT);
        }
        job->max_lines = count_lines(job->bytes);
        return RETRY;
    case SIP__SCAN_BAD:
        return fail(job, result.bad, SIP_RULE_HEADER_LINE);
    }
    msg->n_lines = (uint32_t)result.n_lines;
    msg->body_at = (uint32_t)result.next;
    /* A short message has no long line. */
    return result.folded || job->bytes.len > job->limits.header_bytes ? check_lines(job, msg) : 0;
}

/* Enter the lines from the last to the first, so that each finds the next one of its name there. */
static void index_lines(sip_msg *msg)
{
    const struct sip__scan_line *line = msg->lines + msg->n_lines;
    sip__link *link = msg->links + msg->n_lines;
    uint16_t *first = msg->first;

    for (uint32_t i = msg->n_lines; i > 0; i--) {
        const uint8_t id = (--line)->id;

        *--link = (sip__link){.next = first[id], .id = id};
        first[id] = (uint16_t)i;
    }
}

/* Find the end of the body. Several Content-Lengths that agree do no harm; others would make two
 * readers see two messages. */
static int measure_body(parse_job *job, sip_msg *msg)
{
    uint32_t next = msg->first[SIP_HEADER_CONTENT_LENGTH];
    uint32_t available = (uint32_t)job->bytes.len - msg->body_at;
    uint32_t wanted = available;

    for (uint32_t i = 0; next != 0; i++, next = msg->links[next - 1].next) {
        uint32_t number;

        if (sip__number_parse(sip__msg_line_value(msg, next - 1), &number) != 0 ||
            (i > 0 && number != wanted)) {
            return fail(job, msg->lines[next - 1].name, SIP_RULE_CONTENT_LENGTH);
        }
        wanted = number;
    }
    if (wanted > available) {
        return fail(job, job->bytes.len, SIP_RULE_BODY_LENGTH);
    }
    msg->n_bytes = msg->body_at + wanted;
    return 0;
}

static int attempt(parse_job *job, sip_msg **ret_msg)
{
    sip_msg *msg = job->placed;
    size_t next = 0;
    int rc;

    if (msg == NULL) {
        msg = sip__msg_create(job->allocator, job->max_lines, job->bytes.len + job->extra_bytes,
                              SIP__MSG_ROOM_BYTES);
        if (msg == NULL) {
            return SIP_ENOMEM;
        }
        memcpy(msg->bytes, job->bytes.ptr, job->bytes.len);
    }
    rc = parse_start(job, msg, &next);
    if (rc == 0) {
        rc = scan(job, msg, next);
    }
    if (rc == 0) {
        index_lines(msg);
        rc = measure_body(job, msg);
    }
    if (rc != 0) {
        if (msg != job->placed) {
            sip_free(msg->allocator, msg);
        }
        job->placed = NULL;
        return rc;
    }
    *ret_msg = msg;
    return 0;
}

static void finish(const parse_job *job, const sip_path *source, sip_msg *msg)
{
    for (uint32_t i = 0; job->extra_bytes > 0 && i < msg->n_lines; i++) {
        if (msg->lines[i].folded) {
            unfold(msg, &msg->lines[i]);
        }
    }
    msg->max_uri_bytes = (uint32_t)job->limits.uri_bytes;
    msg->max_params = (uint32_t)job->limits.params;
    /* Each parameter takes two bytes. */
    msg->short_value_bytes =
        msg->max_uri_bytes < 2 * msg->max_params ? msg->max_uri_bytes : 2 * msg->max_params;
    if (source != NULL) {
        msg->source = *source;
    }
    sip__msg_seal(msg, job->limits.arena_factor);
}

/* How many line ends stand before the message, or all its bytes if they are but white space. */
static size_t leading_bytes(sip_str bytes)
{
    size_t line_ends = 0;
    size_t blanks = 0;

    while (blanks < bytes.len && sip__is_char(bytes.ptr[blanks], SIP__CHAR_SPACE)) {
        if (line_ends == blanks && (bytes.ptr[blanks] == '\r' || bytes.ptr[blanks] == '\n')) {
            line_ends++;
        }
        blanks++;
    }
    return blanks == bytes.len ? blanks : line_ends;
}

static int parse(parse_job *job, const sip_path *source, sip_msg **ret_msg, sip_parse_error *reterr)
{
    size_t skipped = leading_bytes(job->bytes);
    sip_msg *msg = NULL;
    int rc;

    if (skipped == job->bytes.len) {
        return SIP_EAGAIN;
    }
    job->bytes.ptr += skipped;
    job->bytes.len -= skipped;
    job->max_lines = SIP__MSG_BLOCK_LINES;
    job->extra_bytes = 0;
    if (job->bytes.len > job->limits.message_bytes) {
        rc = fail(job, job->limits.message_bytes, SIP_RULE_MESSAGE_LENGTH);
    } else {
        do {
            rc = attempt(job, &msg);
        } while (rc == RETRY);
    }
    if (rc == 0) {
        finish(job, source, msg);
        *ret_msg = msg;
    } else if (rc != SIP_ENOMEM && reterr != NULL) {
        *reterr = job->error;
        reterr->offset += skipped;
    }
    return rc;
}

int sip_msg_parse(const sip_allocator *allocator, const sip_msg_limits *limits, sip_str bytes,
                  const sip_path *source, sip_msg **ret_msg, sip_parse_error *reterr)
{
    parse_job job;

    if (ret_msg == NULL) {
        return SIP_EINVAL;
    }
    job.allocator = allocator;
    job.limits = with_defaults(limits);
    job.bytes = bytes;
    job.placed = NULL;
    return parse(&job, source, ret_msg, reterr);
}

int sip__msg_parse_placed(sip_msg *placed, const sip_msg_limits *limits, sip_str bytes,
                          const sip_path *source, sip_msg **ret_msg, sip_parse_error *reterr)
{
    parse_job job;

    placed->bytes = (char *)bytes.ptr + leading_bytes(bytes);
    job.allocator = placed->allocator;
    job.limits = with_defaults(limits);
    job.bytes = bytes;
    job.placed = placed;
    return parse(&job, source, ret_msg, reterr);
}
