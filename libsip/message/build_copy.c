#include "message/build_internal.h"

#include <string.h>

#include "parser/cursor.h"

bool sip__header_is_about_body(sip_header_id id)
{
    return id == SIP_HEADER_CONTENT_TYPE || id == SIP_HEADER_CONTENT_DISPOSITION ||
           id == SIP_HEADER_CONTENT_ENCODING || id == SIP_HEADER_CONTENT_LANGUAGE ||
           id == SIP_HEADER_MIME_VERSION;
}

void sip_build_copy(sip_build *build, const sip_msg *from, sip_header_id id)
{
    if (id == SIP_HEADER_OTHER) {
        if (build != NULL) {
            sip__build_fail(build, SIP_EINVAL);
        }
        return;
    }
    sip_build_copy_from(build, from, id, 0);
}

void sip_build_copy_named(sip_build *build, const sip_msg *from, sip_str name)
{
    sip_header_id id = sip_header_id_of(name);

    if (build == NULL || from == NULL) {
        return;
    }
    if (id != SIP_HEADER_OTHER) {
        sip_build_copy(build, from, id);
        return;
    }
    for (uint32_t next = from->first[id]; next != 0; next = from->lines[next - 1].next) {
        if (sip_str_same_nocase(sip__msg_line_name(from, next - 1), name)) {
            sip__build_line(build, id, sip__msg_line_name(from, next - 1),
                            sip__msg_line_value(from, next - 1));
        }
    }
}

static sip_str skip_space_and_commas(sip_str value)
{
    while (value.len > 0 && (value.ptr[0] == ',' || sip__is_char(value.ptr[0], SIP__CHAR_SPACE))) {
        value = (sip_str){value.ptr + 1, value.len - 1};
    }
    return value;
}

sip_str sip__header_skip(sip_header_id id, sip_str value, size_t *skip)
{
    sip_str unused;

    if (*skip > 0 && !sip__header_is_list(id)) {
        *skip -= 1;
        return (sip_str){NULL, 0};
    }
    while (*skip > 0 && sip__header_list_next(id, &value, &unused)) {
        *skip -= 1;
        value = skip_space_and_commas(value);
        if (value.len == 0) {
            return (sip_str){NULL, 0};
        }
    }
    return *skip > 0 ? (sip_str){NULL, 0} : value;
}

void sip_build_copy_from(sip_build *build, const sip_msg *from, sip_header_id id, size_t skip)
{
    if (build == NULL || from == NULL) {
        return;
    }
    if ((unsigned)id >= SIP_HEADER_COUNT || id == SIP_HEADER_OTHER) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    if (id == SIP_HEADER_CONTENT_LENGTH) {
        return;
    }
    for (uint32_t next = from->first[id]; next != 0; next = from->lines[next - 1].next) {
        sip_str value = sip__msg_line_value(from, next - 1);

        if (skip > 0) {
            value = sip__header_skip(id, value, &skip);
            if (value.len == 0) {
                continue;
            }
        }
        sip__build_line(build, id, sip_header_name(id), value);
    }
}

static bool is_among(sip_header_id id, const sip_header_id *ids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

void sip_build_copy_others(sip_build *build, const sip_msg *from, const sip_header_id *except,
                           size_t n)
{
    if (build == NULL || from == NULL) {
        return;
    }
    for (size_t i = 0; i < from->n_lines; i++) {
        sip_header_id id = (sip_header_id)from->lines[i].id;

        if (id != SIP_HEADER_CONTENT_LENGTH && !sip__header_is_about_body(id) &&
            !is_among(id, except, n)) {
            sip__build_line(build, id, sip__msg_line_name(from, i), sip__msg_line_value(from, i));
        }
    }
}

sip_build *sip_build_from(const sip_msg *from, sip_str uri)
{
    sip_build *build;

    if (from == NULL) {
        return NULL;
    }
    if (from->is_request) {
        build = sip_build_request(from->allocator, sip__msg_span(from, from->method_text),
                                  uri.len > 0 ? uri : sip__msg_span(from, from->uri_text));
        if (build != NULL && build->msg != NULL) {
            build->msg->to_strict = uri.len == 0 && from->to_strict;
        }
        return build;
    }
    build = sip_alloc(from->allocator, sizeof(*build));
    if (build == NULL) {
        return NULL;
    }
    sip__build_init(build, from->allocator, from->n_lines + 4, (size_t)from->n_bytes + 512);
    sip__build_status_line(build, from->status, sip__msg_span(from, from->phrase));
    return build;
}

/* True for "SIP/2.0" in upper case, as it has to be sent (RFC 3261 7.1). */
static bool has_plain_version(const sip_msg *msg, sip_str line)
{
    static const sip_str version = SIP_STR_INIT("SIP/2.0");

    line = sip_str_trim(line);
    if (line.len < version.len || msg->other_version) {
        return false;
    }
    return memcmp(line.ptr + (msg->is_request ? line.len - version.len : 0), version.ptr,
                  version.len) == 0;
}

void sip__build_copy_start(sip_build *build, const sip_msg *from)
{
    sip_str line = {from->bytes, sip__scan_line_end(from->bytes, from->n_bytes, 0)};

    if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    if (!has_plain_version(from, line)) {
        if (from->is_request) {
            sip__build_request_line(build, sip__msg_span(from, from->method_text),
                                    sip__msg_span(from, from->uri_text));
        } else {
            sip__build_status_line(build, from->status, sip__msg_span(from, from->phrase));
        }
        return;
    }
    sip__build_put(build, line);
    sip__build_put(build, SIP_STR("\r\n"));
    if (build->err == 0) {
        build->msg->is_request = from->is_request;
        build->msg->method = from->method;
        build->msg->method_text = from->method_text;
        build->msg->uri_text = from->uri_text;
        build->msg->status = from->status;
        build->msg->phrase = from->phrase;
    }
}

/* Where line `i` begins; for the number of lines, where the blank line does. */
static uint32_t line_at(const sip_msg *msg, uint32_t i)
{
    if (i < msg->n_lines) {
        return msg->lines[i].name;
    }
    return msg->body_at - (msg->body_at > 1 && msg->bytes[msg->body_at - 2] == '\r' ? 2 : 1);
}

static bool ends_with_crlf(const sip_msg *msg, uint32_t i)
{
    const uint32_t end = line_at(msg, i + 1);

    return end > 1 && msg->bytes[end - 2] == '\r';
}

/* Copy lines that all end with CRLF. */
static void copy_run(sip_build *build, const sip_msg *from, uint32_t first, uint32_t end)
{
    uint32_t at;
    uint32_t move;

    if (first == end || !sip__build_reserve(build, 0, end - first)) {
        return;
    }
    at = line_at(from, first);
    move = (uint32_t)build->used - at;
    sip__build_put(build, (sip_str){from->bytes + at, line_at(from, end) - at});
    if (build->err != 0) {
        return;
    }
    for (uint32_t i = first; i < end; i++) {
        struct sip__scan_line *line = &build->msg->lines[build->msg->n_lines];

        *line = from->lines[i];
        line->name += move;
        line->value += move;
        if (line->folded) {
            line->value = from->lines[i].value - from->n_bytes;
            build->folds_of = from;
        }
        sip__msg_link(build->msg, build->msg->n_lines++, (sip_header_id)from->lines[i].id,
                      build->last);
    }
}

void sip__build_run(sip_build *build, const sip_msg *from, uint32_t first, uint32_t end)
{
    uint32_t begin = first;

    for (uint32_t i = first; i < end; i++) {
        if (!ends_with_crlf(from, i)) {
            copy_run(build, from, begin, i);
            sip__build_line(build, (sip_header_id)from->lines[i].id, sip__msg_line_name(from, i),
                            sip__msg_line_value(from, i));
            begin = i + 1;
        }
    }
    if (begin < end) {
        copy_run(build, from, begin, end);
    }
}

int sip__build_give_body_of(sip_build *build, const sip_msg *from, sip_msg **ret_msg)
{
    const sip_str body = {from->bytes + from->body_at, from->n_bytes - from->body_at};
    size_t body_at;

    if (from->first[SIP_HEADER_CONTENT_LENGTH] == 0) {
        sip__build_begin(build, SIP_HEADER_CONTENT_LENGTH,
                         sip_header_name(SIP_HEADER_CONTENT_LENGTH));
        sip__build_put_number(build, (uint32_t)body.len);
        sip__build_end(build);
    }
    sip__build_put(build, SIP_STR("\r\n"));
    body_at = build->used;
    sip__build_put(build, body);
    return sip__build_give(build, body_at, ret_msg);
}
