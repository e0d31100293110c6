#include "message/build_internal.h"

#include <stdio.h>
#include <string.h>

#include "parser/cursor.h"

#define FIRST_LINES 24u
#define FIRST_BYTES 1536u

static const sip_str crlf = SIP_STR_INIT("\r\n");

void sip__build_init(sip_build *build, const sip_allocator *allocator, size_t lines, size_t bytes)
{
    /* `last` is written before it is read: see sip__msg_link(). */
    memset(build, 0, offsetof(sip_build, last));
    build->allocator = allocator != NULL ? allocator : sip_allocator_default();
    lines = lines < SIP__MSG_MAX_LINES ? lines : SIP__MSG_MAX_LINES;
    build->end = bytes < SIP__MSG_MAX_BYTES ? bytes : SIP__MSG_MAX_BYTES;
    build->msg = sip__msg_create(build->allocator, lines, build->end, SIP__MSG_ROOM_BYTES);
    if (build->msg == NULL) {
        build->err = SIP_ENOMEM;
    }
}

void sip__build_finish(sip_build *build)
{
    if (build->msg != NULL) {
        sip_free(build->allocator, build->msg);
        build->msg = NULL;
    }
    sip_free(build->allocator, build->contact);
    sip_free(build->allocator, build->seen_host);
    build->contact = NULL;
    build->seen_host = NULL;
}

void sip__build_fail(sip_build *build, int err)
{
    if (build->err == 0) {
        build->err = err;
    }
}

/* Move everything into a larger block. */
static void enlarge(sip_build *build, size_t bytes, size_t lines)
{
    size_t tail = build->tail_head_bytes + build->tail_data_bytes;
    sip_msg *old = build->msg;
    sip_msg *msg = sip__msg_create(build->allocator, lines, bytes, SIP__MSG_ROOM_BYTES);

    if (msg == NULL) {
        sip__build_fail(build, SIP_ENOMEM);
        return;
    }
    memcpy(msg->lines, old->lines, old->n_lines * sizeof(*old->lines));
    memcpy(msg->bytes, old->bytes, build->used);
    memcpy(msg->bytes + bytes - tail, old->bytes + build->end - tail, tail);
    memcpy(msg->first, old->first, sizeof(old->first));
    msg->n_lines = old->n_lines;
    msg->method_text = old->method_text;
    msg->uri_text = old->uri_text;
    msg->phrase = old->phrase;
    msg->method = old->method;
    msg->status = old->status;
    msg->is_request = old->is_request;
    msg->to_strict = old->to_strict;
    sip_free(build->allocator, old);
    build->msg = msg;
    build->end = bytes;
}

/* Twice as much as there is, or what is needed; `most` at most, which is no less than that. */
static size_t grown(size_t has, size_t needed, size_t most)
{
    const size_t more = 2 * has > needed ? 2 * has : needed;

    return more < most ? more : most;
}

bool sip__build_reserve(sip_build *build, size_t bytes, size_t lines)
{
    const size_t used = build->used + build->tail_head_bytes + build->tail_data_bytes;
    size_t max_bytes = build->end;
    size_t max_lines;

    if (build->err != 0) {
        return false;
    }
    max_lines = build->msg->max_lines;
    if (bytes <= max_bytes - used && lines <= max_lines - build->msg->n_lines) {
        return true;
    }
    if (bytes > SIP__MSG_MAX_BYTES - used || lines > SIP__MSG_MAX_LINES - build->msg->n_lines) {
        sip__build_fail(build, SIP_ETOOBIG);
        return false;
    }
    if (bytes > max_bytes - used) {
        max_bytes = grown(max_bytes, used + bytes + 256, SIP__MSG_MAX_BYTES);
    }
    if (lines > max_lines - build->msg->n_lines) {
        max_lines = grown(max_lines, build->msg->n_lines + lines, SIP__MSG_MAX_LINES);
    }
    enlarge(build, max_bytes, max_lines);
    return build->err == 0;
}

void sip__build_put(sip_build *build, sip_str text)
{
    if (text.len == 0 || !sip__build_reserve(build, text.len, 0)) {
        return;
    }
    memcpy(build->msg->bytes + build->used, text.ptr, text.len);
    build->used += text.len;
}

void sip__build_put_number(sip_build *build, uint32_t number)
{
    char digits[10];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    sip__build_put(build, (sip_str){digits + at, sizeof(digits) - at});
}

static const char compact_names[SIP_HEADER_COUNT] = {
#define COMPACT_NAME(id, name, compact, list) [SIP_HEADER_##id] = (compact),
    SIP_HEADER_MAP(COMPACT_NAME)
#undef COMPACT_NAME
};

void sip_build_compact(sip_build *build, bool compact)
{
    if (build != NULL) {
        build->is_compact = compact;
    }
}

bool sip_build_has(const sip_build *build, sip_header_id id)
{
    return build != NULL && build->msg != NULL && (unsigned)id < SIP_HEADER_COUNT &&
           build->msg->first[id] != 0;
}

void sip__build_begin(sip_build *build, sip_header_id id, sip_str name)
{
    struct sip__scan_line *line;
    char *at;

    if (build->is_compact && compact_names[id] != 0) {
        name = (sip_str){&compact_names[id], 1};
    }
    if (!sip__build_reserve(build, name.len + 4, 1)) {
        return;
    }
    line = &build->msg->lines[build->msg->n_lines];
    at = build->msg->bytes + build->used;
    memcpy(at, name.ptr, name.len);
    at[name.len] = ':';
    at[name.len + 1] = ' ';
    *line = (struct sip__scan_line){.name = (uint32_t)build->used, .name_len = (uint32_t)name.len};
    sip__msg_link(build->msg, build->msg->n_lines, id, build->last);
    build->msg->n_lines++;
    build->used += name.len + 2;
    build->value_at = build->used;
}

void sip__build_end(sip_build *build)
{
    struct sip__scan_line *line;

    if (build->err != 0) {
        return;
    }
    line = &build->msg->lines[build->msg->n_lines - 1];
    line->value = (uint32_t)build->value_at;
    line->value_len = (uint32_t)(build->used - build->value_at);
    sip__build_put(build, crlf);
}

void sip__build_line(sip_build *build, sip_header_id id, sip_str name, sip_str value)
{
    sip__build_begin(build, id, name);
    sip__build_put(build, value);
    sip__build_end(build);
}

static sip__span put_span(sip_build *build, sip_str text)
{
    sip__span span = {(uint32_t)build->used, (uint32_t)text.len};

    sip__build_put(build, text);
    return span;
}

void sip__build_request_line(sip_build *build, sip_str method, sip_str uri)
{
    sip__span method_span, uri_span;

    method_span = put_span(build, method);
    sip__build_put(build, SIP_STR(" "));
    uri_span = put_span(build, uri);
    sip__build_put(build, SIP_STR(" SIP/2.0\r\n"));
    if (build->err == 0) {
        build->msg->is_request = true;
        build->msg->method = sip_method_of(method);
        build->msg->method_text = method_span;
        build->msg->uri_text = uri_span;
    }
}

void sip__build_status_line(sip_build *build, int status, sip_str phrase)
{
    sip__span span;

    sip__build_put(build, SIP_STR("SIP/2.0 "));
    sip__build_put_number(build, (uint32_t)status);
    sip__build_put(build, SIP_STR(" "));
    span = put_span(build, phrase);
    sip__build_put(build, crlf);
    if (build->err == 0) {
        build->msg->status = (uint16_t)status;
        build->msg->phrase = span;
    }
}

bool sip__is_one_line(sip_str text)
{
    return text.len == 0 || sip__scan_stop(text.ptr, text.ptr + text.len) == text.ptr + text.len;
}

bool sip__is_solid(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f) {
            return false;
        }
    }
    return text.len > 0;
}

sip_str sip__without_uri_headers(sip_str text)
{
    sip_uri uri;

    if (memchr(text.ptr, '?', text.len) == NULL || sip_uri_parse(text, &uri) != 0 ||
        (uri.scheme != SIP_SCHEME_SIP && uri.scheme != SIP_SCHEME_SIPS) ||
        uri.headers.ptr == NULL) {
        return text;
    }
    return (sip_str){text.ptr, (size_t)(uri.headers.ptr - text.ptr) - 1};
}

sip_build *sip_build_request(const sip_allocator *allocator, sip_str method, sip_str uri)
{
    sip_build *build =
        sip_alloc(allocator != NULL ? allocator : sip_allocator_default(), sizeof(*build));

    if (build == NULL) {
        return NULL;
    }
    sip__build_init(build, allocator, FIRST_LINES, FIRST_BYTES);
    if (!sip__is_token(method) || !sip__is_solid(uri)) {
        sip__build_fail(build, SIP_EINVAL);
        return build;
    }
    sip__build_request_line(build, method, sip__without_uri_headers(uri));
    return build;
}

void sip_build_named(sip_build *build, sip_str name, sip_str value)
{
    sip_header_id id;

    if (build == NULL || build->err != 0) {
        return;
    }
    id = sip_header_id_of(name);
    if (!sip__is_token(name) || !sip__is_one_line(value) || id == SIP_HEADER_CONTENT_LENGTH) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    sip__build_line(build, id, name, sip_str_trim(value));
}

void sip_build_header(sip_build *build, sip_header_id id, sip_str value)
{
    if (build == NULL || build->err != 0) {
        return;
    }
    if ((unsigned)id >= SIP_HEADER_COUNT || id == SIP_HEADER_OTHER ||
        id == SIP_HEADER_CONTENT_LENGTH || !sip__is_one_line(value)) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    sip__build_line(build, id, sip_header_name(id), sip_str_trim(value));
}

void sip_build_headerf(sip_build *build, sip_header_id id, const char *format, ...)
{
    char text[4001];
    va_list args;
    int len;

    if (build == NULL || build->err != 0) {
        return;
    }
    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof(text)) {
        sip__build_fail(build, len < 0 ? SIP_EINVAL : SIP_ETOOBIG);
        return;
    }
    sip_build_header(build, id, (sip_str){text, (size_t)len});
}

/* Print the lines about the body, which wait in front of it. */
static void put_tail_head(sip_build *build)
{
    const char *at =
        build->msg->bytes + build->end - build->tail_data_bytes - build->tail_head_bytes;

    for (size_t i = 0; i < build->tail_head_lines; i++) {
        const char *rest = build->msg->bytes + build->end - build->tail_data_bytes;
        const char *colon = memchr(at, ':', (size_t)(rest - at));
        const char *end = memchr(colon, '\r', (size_t)(rest - colon));
        sip_str name = {at, (size_t)(colon - at)};

        sip__build_line(build, sip_header_id_of(name), name,
                        (sip_str){colon + 2, (size_t)(end - colon) - 2});
        at = end + 2;
    }
}

/* Keep what a Contact to come needs behind the bytes. */
static void put_contact_request(sip_build *build)
{
    sip_msg *msg = build->msg;

    msg->wants_contact = true;
    msg->contact_line = build->contact_line;
    msg->contact_user_len = (uint32_t)build->contact_user_len;
    msg->n_extra = (uint32_t)(build->contact_user_len + build->contact_params_len);
    if (msg->n_extra > 0) {
        memcpy(msg->bytes + build->used, build->contact, msg->n_extra);
    }
}

/* The unfolded values of folded lines go along behind the bytes, as in a parsed message. */
static void put_folds(sip_build *build)
{
    const sip_msg *from = build->folds_of;
    sip_msg *msg = build->msg;

    memcpy(msg->bytes + build->used, from->bytes + from->n_bytes, from->n_extra);
    msg->n_extra = from->n_extra;
    for (uint32_t i = 0; i < msg->n_lines; i++) {
        if (msg->lines[i].folded) {
            msg->lines[i].value += (uint32_t)build->used;
        }
    }
}

int sip__build_give(sip_build *build, size_t body_at, sip_msg **ret_msg)
{
    const bool has_room =
        build->folds_of == NULL || sip__build_reserve(build, build->folds_of->n_extra, 0);
    int err = build->err;

    if (err == 0 && has_room) {
        sip_msg *msg = build->msg;

        msg->body_at = (uint32_t)body_at;
        msg->n_bytes = (uint32_t)build->used;
        if (build->contact != NULL) {
            put_contact_request(build);
        } else if (build->folds_of != NULL) {
            put_folds(build);
        }
        sip__msg_seal(msg, SIP__MSG_ARENA_FACTOR);
        *ret_msg = msg;
        build->msg = NULL;
    }
    sip__build_finish(build);
    return err;
}

int sip__build_complete(sip_build *build, sip_msg **ret_msg)
{
    size_t extra = build->contact_user_len + build->contact_params_len;
    size_t body_at = 0;

    /* All room at once: the tail must not move while it is read. */
    if (sip__build_reserve(build, build->tail_head_bytes + extra + 64,
                           build->tail_head_lines + 1)) {
        put_tail_head(build);
        sip__build_begin(build, SIP_HEADER_CONTENT_LENGTH,
                         sip_header_name(SIP_HEADER_CONTENT_LENGTH));
        sip__build_put_number(build, (uint32_t)build->tail_data_bytes);
        sip__build_end(build);
        sip__build_put(build, crlf);
        body_at = build->used;
        memmove(build->msg->bytes + body_at,
                build->msg->bytes + build->end - build->tail_data_bytes, build->tail_data_bytes);
        build->used += build->tail_data_bytes;
        build->tail_head_bytes = 0;
        build->tail_data_bytes = 0;
    }
    return sip__build_give(build, body_at, ret_msg);
}

void sip_build_discard(sip_build *build)
{
    if (build != NULL) {
        sip__build_finish(build);
        sip_free(build->allocator, build);
    }
}

int sip_build_finish(sip_build *build, sip_msg **ret_msg)
{
    const sip_allocator *allocator;
    int err;

    if (build == NULL) {
        return SIP_ENOMEM;
    }
    if (ret_msg == NULL) {
        sip_build_discard(build);
        return SIP_EINVAL;
    }
    allocator = build->allocator;
    err = sip__build_complete(build, ret_msg);
    sip_free(allocator, build);
    return err;
}
