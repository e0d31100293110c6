#include "support/typed_walk.h"

#include <string.h>

#include <sip/build.h>

#define PRINT_BYTES 4096
#define PRIME UINT64_C(1099511628211)

sip_msg_limits typed_walk_limits(void)
{
    return (sip_msg_limits){
        .message_bytes = 1 << 20, .headers = 4096, .header_bytes = 1 << 20, .arena_factor = 1000};
}

static uint64_t add(uint64_t sum, sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        sum = (sum ^ (unsigned char)text.ptr[i]) * PRIME;
    }
    return (sum ^ text.len) * PRIME;
}

static uint64_t add_uri(uint64_t sum, const sip_uri *uri)
{
    char out[PRINT_BYTES];
    sip_str rest, name, value;
    sip_tel tel;
    int len;

    if (uri == NULL || uri->text.len == 0) {
        return sum;
    }
    len = sip_uri_print(uri, NULL, out, sizeof out);
    sum = add(sum, (sip_str){out, len > 0 && (size_t)len <= sizeof out ? (size_t)len : 0});
    sum = (sum ^ sip_uri_flaws(uri)) * PRIME;
    for (rest = uri->params; sip_uri_param_next(&rest, &name, &value);) {
        sum = add(add(sum, name), value);
    }
    for (rest = uri->headers; sip_uri_header_next(&rest, &name, &value);) {
        sum = add(add(sum, name), value);
    }
    if (sip_uri_tel(uri, &tel) == 0) {
        sum = add(sum, tel.number);
    }
    return sum ^ sip_uri_equal(uri, uri);
}

/* Every value of the header, and the URIs of those that are addresses. */
static uint64_t add_header(uint64_t sum, const sip_msg *msg, sip_header_id id)
{
    const sip_header_type *type = sip_header_type_of(id);
    const size_t count = sip_msg_typed_count(msg, type);
    char out[PRINT_BYTES];

    for (size_t n = 0; n < count; n++) {
        const void *value = sip_msg_typed(msg, type, n);
        sip_parse_error error;
        int len;

        if (value == NULL) {
            sum ^= (uint64_t)(sip_msg_typed_error(msg, type, n, &error) + 100);
            continue;
        }
        len = sip_header_print(type, value, out, sizeof out);
        sum = add(sum, (sip_str){out, len > 0 && (size_t)len < sizeof out ? (size_t)len : 0});
    }
    for (size_t n = 0; n < count; n++) {
        const sip_address *address = sip_msg_address(msg, id, n);

        sum = add_uri(sum, address != NULL ? &address->uri : NULL);
    }
    return sum;
}

/* True for the first line of a header with a type. */
static bool begins(const sip_msg *msg, size_t line, sip_header_id id)
{
    for (size_t i = 0; i < line; i++) {
        if (sip_msg_header_line(msg, i, NULL, NULL) == id) {
            return false;
        }
    }
    return sip_header_type_of(id) != NULL;
}

uint64_t typed_walk(const sip_msg *msg)
{
    const sip_body *body = sip_msg_body(msg);
    uint64_t sum = add_uri(1, sip_msg_request_uri(msg));

    for (size_t i = 0; i < sip_msg_header_lines(msg); i++) {
        sip_str name, value;
        const sip_header_id id = sip_msg_header_line(msg, i, &name, &value);

        sum = add(add(sum, name), value);
        sum = begins(msg, i, id) ? add_header(sum, msg, id) : sum;
    }
    return body != NULL ? add(add(sum, body->type), body->data) : sum;
}

/* Headers that the builder sets along with a body. */
static bool is_about_body(sip_header_id id, bool has_body)
{
    switch ((int)id) {
    case SIP_HEADER_CONTENT_LENGTH:
        return true;
    case SIP_HEADER_CONTENT_TYPE:
    case SIP_HEADER_CONTENT_DISPOSITION:
    case SIP_HEADER_CONTENT_ENCODING:
    case SIP_HEADER_CONTENT_LANGUAGE:
    case SIP_HEADER_MIME_VERSION:
        return has_body;
    default:
        return false;
    }
}

static void build_header(sip_build *build, const sip_msg *msg, sip_header_id id)
{
    const sip_header_type *type = sip_header_type_of(id);
    const size_t count = sip_msg_typed_count(msg, type);

    for (size_t n = 0; n < count; n++) {
        const void *value = sip_msg_typed(msg, type, n);

        if (value != NULL) {
            sip_build_typed(build, type, value);
        } else {
            sip_build_header(build, id, sip_msg_value(msg, id, n));
        }
    }
}

int typed_rebuild(const sip_msg *msg, sip_msg **ret_anew)
{
    const sip_body *body = sip_msg_body(msg);
    sip_build *build =
        sip_msg_is_request(msg) && sip_msg_request_uri(msg) != NULL
            ? sip_build_request(NULL, sip_msg_method_text(msg), sip_msg_request_uri(msg)->text)
            : sip_build_from(msg, (sip_str){NULL, 0});

    for (size_t i = 0; i < sip_msg_header_lines(msg); i++) {
        sip_str name, value;
        const sip_header_id id = sip_msg_header_line(msg, i, &name, &value);

        if (is_about_body(id, body != NULL)) {
            continue;
        }
        if (begins(msg, i, id)) {
            build_header(build, msg, id);
        } else if (sip_header_type_of(id) == NULL) {
            sip_build_named(build, name, value);
        }
    }
    sip_build_body(build, body);
    return sip_build_finish(build, ret_anew);
}

/* The room for typed values is bounded: one message may have less of it than the other. */
static bool is_out_of_room(const sip_msg *msg, const sip_header_type *type, size_t n)
{
    return sip_msg_typed_error(msg, type, n, NULL) == SIP_ENOMEM;
}

static bool same_header(const sip_msg *a, const sip_msg *b, sip_header_id id)
{
    const sip_header_type *type = sip_header_type_of(id);
    const size_t count = sip_msg_typed_count(a, type);

    if (count != sip_msg_typed_count(b, type)) {
        return false;
    }
    for (size_t n = 0; n < count; n++) {
        if (is_out_of_room(a, type, n) || is_out_of_room(b, type, n)) {
            break;
        }
        const void *in_a = sip_msg_typed(a, type, n);
        const void *in_b = sip_msg_typed(b, type, n);

        if (in_a == NULL || in_b == NULL) {
            if (in_a != in_b || !sip_str_same(sip_msg_value(a, id, n), sip_msg_value(b, id, n))) {
                return false;
            }
        } else if (!sip_header_equal(type, in_a, in_b)) {
            return false;
        }
    }
    return true;
}

static bool same_body(const sip_body *a, const sip_body *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return sip_str_same(a->type, b->type) && sip_str_same(a->data, b->data) &&
           sip_str_same(a->disposition, b->disposition);
}

/* The n-th line whose name has no type. */
static bool other_line(const sip_msg *msg, size_t n, sip_str *ret_name, sip_str *ret_value)
{
    for (size_t i = 0; i < sip_msg_header_lines(msg); i++) {
        const sip_header_id id = sip_msg_header_line(msg, i, ret_name, ret_value);

        if (sip_header_type_of(id) == NULL && n-- == 0) {
            return true;
        }
    }
    return false;
}

static bool same_others(const sip_msg *a, const sip_msg *b)
{
    sip_str name_a, value_a, name_b, value_b;

    for (size_t n = 0;; n++) {
        const bool in_a = other_line(a, n, &name_a, &value_a);

        if (in_a != other_line(b, n, &name_b, &value_b)) {
            return false;
        }
        if (!in_a) {
            return true;
        }
        if (!sip_str_same(name_a, name_b) || !sip_str_same(value_a, value_b)) {
            return false;
        }
    }
}

static bool same_start(const sip_msg *a, const sip_msg *b)
{
    const sip_uri *uri_a = sip_msg_request_uri(a);
    const sip_uri *uri_b = sip_msg_request_uri(b);
    sip_uri plain;

    if (sip_msg_is_request(a) != sip_msg_is_request(b) || sip_msg_status(a) != sip_msg_status(b) ||
        !sip_str_same(sip_msg_phrase(a), sip_msg_phrase(b)) ||
        !sip_str_same(sip_msg_method_text(a), sip_msg_method_text(b))) {
        return false;
    }
    if (uri_a == NULL || uri_b == NULL) {
        return uri_a == uri_b;
    }
    /* The builder leaves the headers of a Request-URI out. */
    plain = *uri_a;
    plain.headers = uri_b->headers;
    return sip_uri_equal(&plain, uri_b);
}

const char *typed_difference(const sip_msg *a, const sip_msg *b)
{
    const bool has_body = sip_msg_body(a) != NULL;

    if (!same_start(a, b)) {
        return "start line";
    }
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        if (!is_about_body((sip_header_id)id, has_body) && !same_header(a, b, (sip_header_id)id)) {
            return sip_header_name((sip_header_id)id).ptr;
        }
    }
    if (!same_body(sip_msg_body(a), sip_msg_body(b))) {
        return "body";
    }
    return same_others(a, b) ? NULL : "headers without a type";
}
