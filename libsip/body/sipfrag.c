#include <sip/sipfrag.h>

#include "body/body_box.h"
#include "body/body_line.h"
#include "body/body_registry.h"
#include "message/msg_internal.h"
#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/start_line.h"

/* Take the start line, if the first line is one. */
static int read_start(sip_str *rest, sip_sipfrag *frag)
{
    struct sip__start_line start;
    sip_str at = *rest;
    sip_str line;

    if (!sip__body_line_take(&at, &line) || line.len == 0 ||
        sip__start_line_parse(line, &start) != 0) {
        return 0;
    }
    if (start.other_version) {
        return SIP_ESYNTAX;
    }
    frag->start = start.is_request ? SIP_SIPFRAG_REQUEST : SIP_SIPFRAG_RESPONSE;
    frag->method = start.is_request ? start.method : SIP_METHOD_OTHER;
    frag->method_text = start.method_text;
    frag->uri = start.uri;
    frag->status = start.status;
    frag->phrase = start.phrase;
    *rest = at;
    return 0;
}

static int read_headers(sip_str *rest, const sip_body_registry *registry, sip_sipfrag *frag)
{
    const size_t count = sip__body_count_headers(*rest);
    sip__arena *arena = sip__body_box_arena(frag);
    sip_sipfrag_header *headers;
    sip__body_line line;
    sip_str name, value;
    size_t n = 0;

    if (count > sip__body_limits_of(registry).headers) {
        return SIP__BODY_OVER(registry, too_many_headers);
    }
    headers = sip__arena_alloc(arena, count * sizeof(*headers));
    if (headers == NULL) {
        return SIP_ENOMEM;
    }
    while ((line = sip__body_header_take(rest, &name, &value)) == SIP__BODY_HEADER) {
        headers[n].id = sip_header_id_of(name);
        headers[n].name = name;
        if (!sip__body_unfold(arena, value, &headers[n++].value)) {
            return SIP_ENOMEM;
        }
    }
    frag->headers = headers;
    frag->n_headers = n;
    frag->has_body = line == SIP__BODY_BLANK;
    return line == SIP__BODY_BAD ? SIP_ESYNTAX : 0;
}

static sip_str first_of(const sip_sipfrag *frag, sip_header_id id)
{
    for (size_t i = 0; i < frag->n_headers; i++) {
        if (frag->headers[i].id == id) {
            return frag->headers[i].value;
        }
    }
    return (sip_str){NULL, 0};
}

static int measure_body(sip_str rest, sip_sipfrag *frag)
{
    const sip_str length = first_of(frag, SIP_HEADER_CONTENT_LENGTH);
    uint32_t bytes;

    if (length.ptr != NULL) {
        if (sip__number_parse(length, &bytes) != 0 || (frag->has_body && bytes > rest.len)) {
            return SIP_ESYNTAX;
        }
        rest.len = frag->has_body ? bytes : 0;
    }
    if (first_of(frag, SIP_HEADER_CONTENT_TYPE).len == 0 && sip_str_trim(rest).len > 0) {
        return SIP_ESYNTAX;
    }
    frag->body = rest;
    return 0;
}

static int read_frag(const sip_allocator *allocator, sip_str text,
                     const sip_body_registry *registry, sip_sipfrag **ret_frag)
{
    sip_sipfrag *frag = sip__body_box_create(allocator, sizeof(*frag));
    int err;

    if (frag == NULL) {
        return SIP_ENOMEM;
    }
    err = read_start(&text, frag);
    if (err == 0) {
        err = read_headers(&text, registry, frag);
    }
    if (err == 0) {
        err = measure_body(text, frag);
    }
    if (err != 0) {
        sip_sipfrag_free(allocator, frag);
        return err;
    }
    *ret_frag = frag;
    return 0;
}

int sip_sipfrag_parse(const sip_allocator *allocator, sip_str text, sip_sipfrag **ret_sipfrag)
{
    return read_frag(allocator, text, NULL, ret_sipfrag);
}

void sip_sipfrag_free(const sip_allocator *allocator, sip_sipfrag *sipfrag)
{
    sip__body_box_free(allocator, sipfrag);
}

static bool is_word(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f) {
            return false;
        }
    }
    return text.len > 0;
}

static void put_request(sip__body_out *out, const sip_sipfrag *frag)
{
    if (!sip__is_token(frag->method_text) || !is_word(frag->uri)) {
        out->err = SIP_EINVAL;
    }
    sip__body_put(out, frag->method_text);
    sip__body_put(out, SIP_STR(" "));
    sip__body_put(out, frag->uri);
    sip__body_put(out, SIP_STR(" SIP/2.0\r\n"));
}

static void put_response(sip__body_out *out, const sip_sipfrag *frag)
{
    if (frag->status < 100 || frag->status > 699 || !sip__body_is_one_line(frag->phrase)) {
        out->err = SIP_EINVAL;
        return;
    }
    sip__body_put(out, SIP_STR("SIP/2.0 "));
    sip__body_put_number(out, (uint32_t)frag->status);
    sip__body_put(out, SIP_STR(" "));
    sip__body_put(out, frag->phrase.len > 0 ? frag->phrase : sip_status_phrase(frag->status));
    sip__body_put(out, SIP_STR("\r\n"));
}

static void put_start(sip__body_out *out, const sip_sipfrag *frag)
{
    switch (frag->start) {
    case SIP_SIPFRAG_NO_START:
        break;
    case SIP_SIPFRAG_REQUEST:
        put_request(out, frag);
        break;
    case SIP_SIPFRAG_RESPONSE:
        put_response(out, frag);
        break;
    }
}

int sip_sipfrag_print(const sip_sipfrag *sipfrag, char *out, size_t size)
{
    sip__body_out text = {.at = out, .size = size};

    if (sipfrag == NULL || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    put_start(&text, sipfrag);
    for (size_t i = 0; i < sipfrag->n_headers; i++) {
        sip__body_put_header(&text, sipfrag->headers[i].name, sipfrag->headers[i].value);
    }
    if (sipfrag->has_body) {
        sip__body_put(&text, SIP_STR("\r\n"));
        sip__body_put(&text, sipfrag->body);
    }
    return sip__body_out_end(&text);
}

static bool is_chosen(const sip_sipfrag_choice *choice, sip_header_id id)
{
    for (size_t i = 0; i < choice->n_headers; i++) {
        if (choice->headers[i] == id) {
            return true;
        }
    }
    return choice->body && (id == SIP_HEADER_CONTENT_LENGTH || sip__header_is_about_body(id));
}

static void choose_start(const sip_msg *msg, sip_sipfrag *frag)
{
    if (sip_msg_is_request(msg)) {
        frag->start = SIP_SIPFRAG_REQUEST;
        frag->method = sip_msg_method(msg);
        frag->method_text = sip_msg_method_text(msg);
        frag->uri = sip_msg_request_uri_text(msg);
    } else {
        frag->start = SIP_SIPFRAG_RESPONSE;
        frag->status = sip_msg_status(msg);
        frag->phrase = sip_msg_phrase(msg);
    }
}

int sip_sipfrag_of(const sip_allocator *allocator, const sip_msg *msg,
                   const sip_sipfrag_choice *choice, sip_sipfrag **ret_sipfrag)
{
    const size_t n_lines = sip_msg_header_lines(msg);
    sip_sipfrag_header *headers;
    sip_sipfrag *frag;

    if (msg == NULL || choice == NULL || ret_sipfrag == NULL) {
        return SIP_EINVAL;
    }
    frag = sip__body_box_create(allocator, sizeof(*frag));
    headers = frag != NULL ? sip__arena_alloc(sip__body_box_arena(frag), n_lines * sizeof(*headers))
                           : NULL;
    if (headers == NULL) {
        sip_sipfrag_free(allocator, frag);
        return SIP_ENOMEM;
    }
    if (choice->start_line) {
        choose_start(msg, frag);
    }
    for (size_t i = 0; i < n_lines; i++) {
        sip_sipfrag_header *header = &headers[frag->n_headers];

        header->id = sip_msg_header_line(msg, i, &header->name, &header->value);
        frag->n_headers += is_chosen(choice, header->id);
    }
    frag->headers = headers;
    if (choice->body && sip_msg_body(msg) != NULL) {
        frag->has_body = true;
        frag->body = sip_msg_body(msg)->data;
    }
    *ret_sipfrag = frag;
    return 0;
}

static bool has_name(const sip_sipfrag_header *header, sip_str name)
{
    const sip_header_id id = sip_header_id_of(name);

    return id != SIP_HEADER_OTHER ? sip_header_id_of(header->name) == id
                                  : sip_str_same_nocase(header->name, name);
}

sip_str sip_sipfrag_find(const sip_sipfrag *sipfrag, const char *name, size_t n)
{
    for (size_t i = 0; sipfrag != NULL && i < sipfrag->n_headers; i++) {
        if (has_name(&sipfrag->headers[i], sip_str_of(name)) && n-- == 0) {
            return sipfrag->headers[i].value;
        }
    }
    return (sip_str){NULL, 0};
}

int sip_sipfrag_typed(const sip_sipfrag *sipfrag, const sip_header_type *type, size_t n,
                      void *ret_value)
{
    sip_header_id id;
    sip_str line;

    if (sipfrag == NULL || type == NULL || ret_value == NULL) {
        return SIP_EINVAL;
    }
    id = sip_header_id_of(sip_str_of(type->name));
    for (size_t i = 0; (line = sip_sipfrag_find(sipfrag, type->name, i)).ptr != NULL; i++) {
        sip_str value = line;

        while (!type->is_list || sip__header_list_next(id, &line, &value)) {
            if (n-- == 0) {
                return sip_header_parse(type, value, ret_value, NULL);
            }
            if (!type->is_list) {
                break;
            }
        }
    }
    return SIP_ENOENT;
}

sip_body sip_sipfrag_body(const sip_sipfrag *sipfrag)
{
    sip_body body = {.data = {NULL, 0}};

    if (sipfrag != NULL) {
        body.type = first_of(sipfrag, SIP_HEADER_CONTENT_TYPE);
        body.disposition = first_of(sipfrag, SIP_HEADER_CONTENT_DISPOSITION);
        body.data = sipfrag->body;
    }
    return body;
}

static int read_body(const sip_allocator *allocator, const sip_body *body,
                     const sip_body_registry *registry, void **ret_object)
{
    sip_sipfrag *frag;
    int err = read_frag(allocator, body->data, registry, &frag);

    if (err == 0) {
        *ret_object = frag;
    }
    return err;
}

static int print_body(const void *object, char *out, size_t size)
{
    return sip_sipfrag_print(object, out, size);
}

const sip_body_type sip_sipfrag_type = {
    .codec = {"message/sipfrag", print_body}, .read = read_body, .free = sip__body_box_free};

static int parse_msg(const sip_allocator *allocator, sip_str text, void **ret_object)
{
    sip_msg *msg;
    int err = sip_msg_parse(allocator, NULL, text, NULL, &msg, NULL);

    if (err == 0) {
        *ret_object = msg;
    }
    return err == SIP_EAGAIN ? SIP_ESYNTAX : err;
}

static int print_msg(const void *object, char *out, size_t size)
{
    sip__body_out text = {.at = out, .size = size};

    sip__body_put(&text, sip_msg_bytes(object));
    return sip__body_out_end(&text);
}

static void free_msg(const sip_allocator *allocator, void *object)
{
    (void)allocator;
    sip_msg_unref(object);
}

const sip_body_type sip_message_sip_type = {
    .codec = {"message/sip", print_msg}, .parse = parse_msg, .free = free_msg};
