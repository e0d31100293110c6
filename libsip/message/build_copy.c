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
    for (uint32_t next = from->first[id]; next != 0; next = from->links[next - 1].next) {
        if (sip_str_same_nocase(sip__msg_line_name(from, next - 1), name)) {
            sip__build_line(build, id, sip__msg_line_name(from, next - 1),
                            sip__msg_line_value(from, next - 1));
        }
    }
}

/* Take up to `*skip` values off the front of a line. */
static sip_str skip_values(sip_header_id id, sip_str value, size_t *skip)
{
    sip_str unused;

    if (*skip > 0 && !sip__header_is_list(id)) {
        *skip -= 1;
        return (sip_str){NULL, 0};
    }
    while (*skip > 0 && sip__list_next(&value, &unused)) {
        *skip -= 1;
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
    for (uint32_t next = from->first[id]; next != 0; next = from->links[next - 1].next) {
        sip_str value = sip__msg_line_value(from, next - 1);

        if (skip > 0) {
            value = skip_values(id, value, &skip);
            while (value.len > 0 &&
                   (value.ptr[0] == ',' || sip__is_char(value.ptr[0], SIP__CHAR_SPACE))) {
                value = (sip_str){value.ptr + 1, value.len - 1};
            }
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
        sip_header_id id = (sip_header_id)from->links[i].id;

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
        return sip_build_request(from->allocator, sip__msg_span(from, from->method_text),
                                 uri.len > 0 ? uri : sip__msg_span(from, from->uri_text));
    }
    build = sip_alloc(from->allocator, sizeof(*build));
    if (build == NULL) {
        return NULL;
    }
    sip__build_init(build, from->allocator, from->n_lines + 4, (size_t)from->n_bytes + 512);
    sip__build_status_line(build, from->status, sip__msg_span(from, from->phrase));
    return build;
}
