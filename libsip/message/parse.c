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
    const sip_msg_limits *limits; /* all set */
    sip_str bytes;                /* without leading line ends */
    size_t max_lines;
    size_t extra_bytes; /* for unfolded values */
    sip_msg *placed;    /* the bytes stand in it already; NULL: they go into a new one */
    sip_parse_error error;
} parse_job;

/* The attempt had too little room; the job asks for more now. */
#define RETRY 1

static const sip_msg_limits defaults = {
    .message_bytes = 65535,
    .headers = 512,
    .header_bytes = 16384,
    .uri_bytes = 4096,
    .params = 128,
    .arena_factor = SIP__MSG_ARENA_FACTOR,
};

static size_t limit_of(size_t wanted, size_t otherwise, size_t most)
{
    return wanted == 0 ? otherwise : wanted < most ? wanted : most;
}

/* The limits with all that is not set; in `room` if they are not the defaults. */
static const sip_msg_limits *with_defaults(const sip_msg_limits *limits, sip_msg_limits *room)
{
    if (limits == NULL || (limits->message_bytes | limits->headers | limits->header_bytes |
                           limits->uri_bytes | limits->params | limits->arena_factor) == 0) {
        return &defaults;
    }
    *room = (sip_msg_limits){
        .message_bytes =
            limit_of(limits->message_bytes, defaults.message_bytes, SIP__MSG_MAX_BYTES),
        .headers = limit_of(limits->headers, defaults.headers, SIP__MSG_MAX_LINES),
        .header_bytes = limit_of(limits->header_bytes, defaults.header_bytes, SIZE_MAX),
        .uri_bytes = limit_of(limits->uri_bytes, defaults.uri_bytes, SIP__MSG_MAX_BYTES),
        .params = limit_of(limits->params, defaults.params, SIP__MSG_MAX_BYTES),
        .arena_factor = limits->arena_factor == 0 ? defaults.arena_factor : limits->arena_factor,
    };
    return room;
}

static int fail(parse_job *job, size_t offset, sip_rule rule)
{
    bool is_response =
        job->bytes.len >= 4 && sip_str_equal_nocase((sip_str){job->bytes.ptr, 4}, "SIP/");

    return sip__rule_broken(rule, offset, !is_response, &job->error);
}

static sip__span span_of(const sip_msg *msg, sip_str text)
{
    if (text.len == 0) {
        return (sip__span){0, 0};
    }
    return (sip__span){(uint32_t)(text.ptr - msg->bytes), (uint32_t)text.len};
}

/* True for "SIP/2.0 " and a status. */
static bool is_status_line(const char *text, uint16_t *ret_status)
{
    const unsigned hundreds = (unsigned)(unsigned char)text[8] - '0';
    const unsigned tens = (unsigned)(unsigned char)text[9] - '0';
    const unsigned ones = (unsigned)(unsigned char)text[10] - '0';

    *ret_status = (uint16_t)(100 * hundreds + 10 * tens + ones);
    return memcmp(text, "SIP/2.0 ", 8) == 0 && hundreds - 1 < 6 && tens < 10 && ones < 10;
}

/* Read a start line that is plain and sound; false if it is not. */
static bool take_plain_start(const parse_job *job, sip_msg *msg, size_t *ret_next)
{
    const char *text = msg->bytes;
    struct sip__plain_start start;

    if (!msg->way->start(text, &start) || start.next > job->limits->header_bytes) {
        return false;
    }
    msg->method = sip_method_of((sip_str){text, start.first_len});
    if (msg->method != SIP_METHOD_OTHER && start.second_len <= job->limits->uri_bytes) {
        msg->is_request = true;
        msg->method_text = (sip__span){0, start.first_len};
        msg->uri_text = (sip__span){start.first_len + 1, start.second_len};
    } else if (is_status_line(text, &msg->status)) {
        msg->phrase = (sip__span){start.phrase_len > 0 ? 12 : 0, start.phrase_len};
    } else {
        return false;
    }
    *ret_next = start.next;
    return true;
}

/* Read any start line; *ret_next is where the headers begin. */
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
    if (len > job->limits->header_bytes) {
        return fail(job, 0, SIP_RULE_START_LINE_LENGTH);
    }
    if (sip__start_line_parse((sip_str){msg->bytes, len}, &start) != 0) {
        return fail(job, 0, SIP_RULE_START_LINE);
    }
    if (start.uri.len > job->limits->uri_bytes) {
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

/* The lines that there may be, at most `most`: those of the body count too. */
static size_t count_lines(sip_str bytes, size_t most)
{
    size_t count = 1;

    for (size_t at = 0; at < bytes.len && count < most; at++) {
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
    *out = '\r'; /* as what is plain ends with; it takes no more room than the line ends did */
    msg->n_extra += line->value_len + 1;
}

/* The first line that is too long is an error; folded ones need room for their values. */
static int check_lines(parse_job *job, const sip_msg *msg)
{
    bool folded = false;

    for (uint32_t i = 0; i < msg->n_lines; i++) {
        const struct sip__scan_line *line = &msg->lines[i];

        if (line->value + (size_t)line->value_len - line->name > job->limits->header_bytes) {
            return fail(job, line->name, SIP_RULE_HEADER_LENGTH);
        }
        folded = folded || line->folded;
    }
    if (folded && job->extra_bytes == 0) {
        job->extra_bytes = job->bytes.len;
        return (size_t)(msg->block_end - msg->bytes) >= 2 * job->bytes.len + SIP__SCAN_PAD_BYTES
                   ? 0
                   : RETRY;
    }
    return 0;
}

static int scan(parse_job *job, sip_msg *msg, size_t from)
{
    struct sip__scan_result result;
    size_t max = msg->max_lines < job->limits->headers ? msg->max_lines : job->limits->headers;

    msg->way->headers(msg->bytes, job->bytes.len, from, msg->lines, max, &result);
    switch (result.end) {
    case SIP__SCAN_BLANK:
        break;
    case SIP__SCAN_MORE:
        return fail(job, job->bytes.len, SIP_RULE_HEADERS_END);
    case SIP__SCAN_FULL:
        if (max == job->limits->headers) {
            return fail(job, result.next, SIP_RULE_HEADER_COUNT);
        }
        job->max_lines = count_lines(job->bytes, job->limits->headers);
        return RETRY;
    case SIP__SCAN_BAD:
        return fail(job, result.bad, SIP_RULE_HEADER_LINE);
    }
    msg->n_lines = (uint32_t)result.n_lines;
    msg->body_at = (uint32_t)result.next;
    /* A short message has no long line. */
    return result.folded || job->bytes.len > job->limits->header_bytes ? check_lines(job, msg) : 0;
}

/* Enter the lines from the last to the first, so that each finds the next one of its name there. */
static void index_lines(sip_msg *msg)
{
    struct sip__scan_line *line = msg->lines + msg->n_lines;

    for (uint32_t i = msg->n_lines; i > 0; i--) {
        uint16_t *first = &msg->first[(--line)->id];

        line->next = *first;
        *first = (uint16_t)i;
    }
}

/* Find the end of the body. Several Content-Lengths that agree do no harm; others would make two
 * readers see two messages. */
static int measure_body(parse_job *job, sip_msg *msg)
{
    uint32_t next = msg->first[SIP_HEADER_CONTENT_LENGTH];
    uint32_t available = (uint32_t)job->bytes.len - msg->body_at;
    uint32_t wanted = available;

    for (uint32_t i = 0; next != 0; i++, next = msg->lines[next - 1].next) {
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
    memset(msg->bytes + job->bytes.len, 0, SIP__SCAN_PAD_BYTES);
    rc = take_plain_start(job, msg, &next) ? 0 : parse_start(job, msg, &next);
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
    msg->max_uri_bytes = (uint32_t)job->limits->uri_bytes;
    msg->max_params = (uint32_t)job->limits->params;
    /* Each parameter takes two bytes. */
    msg->short_value_bytes =
        msg->max_uri_bytes < 2 * msg->max_params ? msg->max_uri_bytes : 2 * msg->max_params;
    if (source != NULL) {
        msg->source = *source;
    }
    sip__msg_seal(msg, job->limits->arena_factor);
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
    if (job->bytes.len > job->limits->message_bytes) {
        rc = fail(job, job->limits->message_bytes, SIP_RULE_MESSAGE_LENGTH);
    } else {
        do {
            rc = attempt(job, &msg);
        } while (rc == RETRY);
    }
    if (msg != NULL) {
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
    sip_msg_limits room;
    parse_job job;

    if (ret_msg == NULL) {
        return SIP_EINVAL;
    }
    job.allocator = allocator;
    job.limits = with_defaults(limits, &room);
    job.bytes = bytes;
    job.placed = NULL;
    return parse(&job, source, ret_msg, reterr);
}

int sip__msg_parse_placed(sip_msg *placed, const sip_msg_limits *limits, sip_str bytes,
                          const sip_path *source, sip_msg **ret_msg, sip_parse_error *reterr)
{
    sip_msg_limits room;
    parse_job job;

    placed->bytes = (char *)bytes.ptr + leading_bytes(bytes);
    job.allocator = placed->allocator;
    job.limits = with_defaults(limits, &room);
    job.bytes = bytes;
    job.placed = placed;
    return parse(&job, source, ret_msg, reterr);
}
