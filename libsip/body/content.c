/* The body of a received or built message as a value. */
#include <sip/body.h>

#include "message/msg_internal.h"

#include <string.h>

static const sip_header_id further[] = {SIP_HEADER_CONTENT_ENCODING, SIP_HEADER_CONTENT_LANGUAGE,
                                        SIP_HEADER_MIME_VERSION};

const sip_msg *sip_body_msg(const sip_body *body)
{
    return body != NULL ? body->msg : NULL;
}

static sip_str first_line(const sip_msg *msg, sip_header_id id)
{
    return msg->first[id] != 0 ? sip__msg_line_value(msg, msg->first[id] - 1u) : (sip_str){NULL, 0};
}

static const char *keep_text(sip_msg *msg, sip_str text)
{
    char *copy = sip__arena_alloc(&msg->arena, text.len + 1);

    if (copy != NULL) {
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = '\0';
    }
    return copy;
}

/* List the headers about the body that sip_body has no member for. False without memory. */
static bool add_further(sip_msg *msg, sip_body *body)
{
    sip_header *headers;
    size_t count = 0;

    for (size_t i = 0; i < sizeof(further) / sizeof(further[0]); i++) {
        uint32_t next = msg->first[further[i]];

        for (; next != 0; next = msg->lines[next - 1].next) {
            count++;
        }
    }
    if (count == 0) {
        return true;
    }
    headers = sip__arena_alloc(&msg->arena, (count + 1) * sizeof(*headers));
    if (headers == NULL) {
        return false;
    }
    body->headers = headers;
    for (size_t i = 0; i < sizeof(further) / sizeof(further[0]); i++) {
        uint32_t next = msg->first[further[i]];

        for (; next != 0; next = msg->lines[next - 1].next, headers++) {
            headers->name = sip_header_name(further[i]).ptr;
            headers->value = keep_text(msg, sip__msg_line_value(msg, next - 1));
            if (headers->value == NULL) {
                return false;
            }
        }
    }
    *headers = (sip_header){NULL, NULL};
    return true;
}

const sip_body *sip_msg_body(const sip_msg *const_msg)
{
    sip_msg *msg = (sip_msg *)const_msg;

    if (msg == NULL || msg->body_at >= msg->n_bytes) {
        return NULL;
    }
    if (msg->body_state == SIP__LAZY_NEW) {
        msg->body = (sip_body){.type = first_line(msg, SIP_HEADER_CONTENT_TYPE),
                               .data = {msg->bytes + msg->body_at, msg->n_bytes - msg->body_at},
                               .disposition = first_line(msg, SIP_HEADER_CONTENT_DISPOSITION),
                               .msg = msg};
        if (!add_further(msg, &msg->body)) {
            return NULL;
        }
        msg->body_state = SIP__LAZY_READY;
    }
    return &msg->body;
}
