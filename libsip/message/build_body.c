#include "message/build_internal.h"

#include <string.h>

#include "parser/cursor.h"

#define FIRST_PRINT_BYTES 1024u

/* Lines about a body that are written into the room behind the headers, then moved to the end of
 * it. */
typedef struct tail_text {
    char *out; /* NULL: only measure */
    size_t bytes, lines;
} tail_text;

static void tail_add(tail_text *tail, sip_str text)
{
    if (tail->out != NULL && text.len > 0) {
        memcpy(tail->out + tail->bytes, text.ptr, text.len);
    }
    tail->bytes += text.len;
}

static void tail_line(tail_text *tail, sip_str name, sip_str value)
{
    tail_add(tail, name);
    tail_add(tail, SIP_STR(": "));
    tail_add(tail, value);
    tail_add(tail, SIP_STR("\r\n"));
    tail->lines++;
}

static sip_str type_of(const sip_body *body)
{
    return body->type.len == 0 && body->codec != NULL ? sip_str_of(body->codec->type) : body->type;
}

static void write_head(tail_text *tail, const sip_body *body)
{
    sip_str type = sip_str_trim(type_of(body));
    sip_str disposition = sip_str_trim(body->disposition);

    if (type.len > 0) {
        tail_line(tail, sip_header_name(SIP_HEADER_CONTENT_TYPE), type);
    }
    if (disposition.len > 0) {
        tail_line(tail, sip_header_name(SIP_HEADER_CONTENT_DISPOSITION), disposition);
    }
    for (const sip_header *header = body->headers; header != NULL && header->name != NULL;
         header++) {
        tail_line(tail, sip_str_of(header->name), sip_str_trim(sip_str_of(header->value)));
    }
}

static bool is_sound(const sip_body *body)
{
    if (!sip__is_one_line(type_of(body)) || !sip__is_one_line(body->disposition)) {
        return false;
    }
    for (const sip_header *header = body->headers; header != NULL && header->name != NULL;
         header++) {
        sip_str name = sip_str_of(header->name);

        if (!sip__is_token(name) || !sip__is_one_line(sip_str_of(header->value)) ||
            sip_header_id_of(name) == SIP_HEADER_CONTENT_LENGTH) {
            return false;
        }
    }
    return true;
}

/* Put the body's bytes after `head_bytes` of the free room. @return the length or a SIP_E… */
static int64_t write_data(sip_build *build, const sip_body *body, size_t head_bytes)
{
    size_t room;
    int len;

    if (body->codec == NULL) {
        if (!sip__build_reserve(build, head_bytes + body->data.len, 0)) {
            return build->err;
        }
        if (body->data.len > 0) {
            memcpy(build->msg->bytes + build->used + head_bytes, body->data.ptr, body->data.len);
        }
        return (int64_t)body->data.len;
    }
    if (!sip__build_reserve(build, head_bytes + FIRST_PRINT_BYTES, 0)) {
        return build->err;
    }
    room = build->end - build->used - head_bytes;
    len = body->codec->print(body->object, build->msg->bytes + build->used + head_bytes, room);
    if (len < 0 || (size_t)len < room) {
        return len;
    }
    room = (size_t)len + 1;
    if (!sip__build_reserve(build, head_bytes + room, 0)) {
        return build->err;
    }
    len = body->codec->print(body->object, build->msg->bytes + build->used + head_bytes, room);
    return (size_t)(len < 0 ? 0 : len) < room ? len : SIP_EINVAL;
}

static void clear_tail(sip_build *build)
{
    build->tail_head_bytes = 0;
    build->tail_head_lines = 0;
    build->tail_data_bytes = 0;
}

/* What stands at the front of the free room becomes the tail. */
static void set_tail(sip_build *build, const tail_text *head, size_t data_bytes)
{
    size_t bytes = head->bytes + data_bytes;

    memmove(build->msg->bytes + build->end - bytes, build->msg->bytes + build->used, bytes);
    build->tail_head_bytes = head->bytes;
    build->tail_head_lines = head->lines;
    build->tail_data_bytes = data_bytes;
}

void sip_build_body(sip_build *build, const sip_body *body)
{
    tail_text measure = {0};
    tail_text head = {0};
    int64_t len;

    if (build == NULL || build->err != 0) {
        return;
    }
    clear_tail(build);
    if (body == NULL || (body->codec == NULL && body->data.len == 0)) {
        return;
    }
    if (!is_sound(body)) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    write_head(&measure, body);
    len = write_data(build, body, measure.bytes);
    if (len < 0) {
        sip__build_fail(build, (int)len);
        return;
    }
    if (len > 0) {
        head.out = build->msg->bytes + build->used;
        write_head(&head, body);
        set_tail(build, &head, (size_t)len);
    }
}

static void copy_head(tail_text *tail, const sip_msg *from)
{
    for (size_t i = 0; i < from->n_lines; i++) {
        if (sip__header_is_about_body((sip_header_id)from->lines[i].id)) {
            tail_line(tail, sip__msg_line_name(from, i), sip__msg_line_value(from, i));
        }
    }
}

void sip_build_copy_body(sip_build *build, const sip_msg *from)
{
    tail_text measure = {0};
    tail_text head = {0};
    sip_body body = {0};

    if (build == NULL || from == NULL || build->err != 0) {
        return;
    }
    clear_tail(build);
    body.data = (sip_str){from->bytes + from->body_at, from->n_bytes - from->body_at};
    copy_head(&measure, from);
    if (write_data(build, &body, measure.bytes) >= 0) {
        head.out = build->msg->bytes + build->used;
        copy_head(&head, from);
        set_tail(build, &head, body.data.len);
    }
}
