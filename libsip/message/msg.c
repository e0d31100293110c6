#include "message/kept.h"
#include "base/zero.h"
#include "message/msg_internal.h"
#include "message/print.h"

#include <stdio.h>
#include <string.h>

size_t sip__msg_block_size(size_t max_lines, size_t max_bytes, size_t room)
{
    return sizeof(sip_msg) + max_lines * sizeof(struct sip__scan_line) + max_bytes + room +
           SIP__MSG_ALIGN_BYTES;
}

sip_msg *sip__msg_init(void *block, size_t block_bytes, const sip_allocator *allocator,
                       size_t max_lines)
{
    sip_msg *msg = block;

    if (msg == NULL) {
        return NULL;
    }
    sip__zero(msg, offsetof(sip_msg, uri));
    msg->allocator = allocator;
    msg->way = sip__scan_way();
    msg->lines = (struct sip__scan_line *)(msg + 1);
    msg->bytes = (char *)(msg->lines + max_lines);
    msg->block_end = (char *)msg + block_bytes;
    msg->refs = 1;
    msg->short_value_bytes = UINT32_MAX;
    msg->max_lines = (uint32_t)max_lines;
    return msg;
}

sip_msg *sip__msg_create(const sip_allocator *allocator, size_t max_lines, size_t max_bytes,
                         size_t room)
{
    size_t block_bytes = sip__msg_block_size(max_lines, max_bytes, room);

    if (allocator == NULL) {
        allocator = sip_allocator_default();
    }
    return sip__msg_init(sip_alloc(allocator, block_bytes), block_bytes, allocator, max_lines);
}

void sip__msg_link(sip_msg *msg, uint32_t i, sip_header_id id, uint16_t last[SIP_HEADER_COUNT])
{
    msg->lines[i].next = 0;
    msg->lines[i].id = (uint8_t)id;
    if (msg->first[id] == 0) {
        msg->first[id] = (uint16_t)(i + 1);
    } else {
        msg->lines[last[id]].next = (uint16_t)(i + 1);
    }
    last[id] = (uint16_t)i;
}

sip_msg *sip_msg_ref(const sip_msg *msg)
{
    sip_msg *counted = (sip_msg *)msg;

    if (counted != NULL) {
        counted->refs++;
    }
    return counted;
}

sip_msg *sip_msg_unref(const sip_msg *msg)
{
    sip_msg *counted = (sip_msg *)msg;

    if (counted != NULL && --counted->refs == 0) {
        if (counted->kept != NULL) {
            sip__kept_finish(counted);
        }
        if (counted->arena.blocks != NULL) {
            sip__arena_finish(&counted->arena);
        }
        counted->allocator->free(counted, counted->allocator->user_data);
    }
    return NULL;
}

int sip_msg_copy(const sip_msg *msg, sip_msg **ret_copy)
{
    sip_msg *copy;

    if (msg == NULL || ret_copy == NULL) {
        return SIP_EINVAL;
    }
    copy = sip__msg_create(msg->allocator, msg->n_lines, (size_t)msg->n_bytes + msg->n_extra,
                           SIP__MSG_ROOM_BYTES);
    if (copy == NULL) {
        return SIP_ENOMEM;
    }
    memcpy(copy->lines, msg->lines, msg->n_lines * sizeof(*msg->lines));
    memcpy(copy->bytes, msg->bytes, (size_t)msg->n_bytes + msg->n_extra);
    memcpy(copy->first, msg->first, sizeof(msg->first));
    copy->n_lines = msg->n_lines;
    copy->n_bytes = msg->n_bytes;
    copy->n_extra = msg->n_extra;
    copy->body_at = msg->body_at;
    copy->method_text = msg->method_text;
    copy->uri_text = msg->uri_text;
    copy->phrase = msg->phrase;
    copy->method = msg->method;
    copy->status = msg->status;
    copy->is_request = msg->is_request;
    copy->other_version = msg->other_version;
    copy->wants_contact = msg->wants_contact;
    copy->to_strict = msg->to_strict;
    copy->short_value_bytes = msg->short_value_bytes;
    copy->max_uri_bytes = msg->max_uri_bytes;
    copy->max_params = msg->max_params;
    copy->contact_line = msg->contact_line;
    copy->contact_user_len = msg->contact_user_len;
    copy->source = msg->source;
    sip__msg_seal(copy, SIP__MSG_ARENA_FACTOR);
    if (msg->seen_host != NULL &&
        sip__msg_set_seen(copy, sip_str_of(msg->seen_host), msg->seen_port) != 0) {
        (void)sip_msg_unref(copy);
        return SIP_ENOMEM;
    }
    *ret_copy = copy;
    return 0;
}

sip_str sip_msg_bytes(const sip_msg *msg)
{
    return msg != NULL ? (sip_str){msg->bytes, msg->n_bytes} : (sip_str){NULL, 0};
}

const sip_path *sip_msg_source(const sip_msg *msg)
{
    return msg != NULL ? &msg->source : NULL;
}

bool sip_msg_is_request(const sip_msg *msg)
{
    return msg != NULL && msg->is_request;
}

int sip_msg_status(const sip_msg *msg)
{
    return msg != NULL ? msg->status : 0;
}

sip_str sip_msg_phrase(const sip_msg *msg)
{
    return msg != NULL ? sip__msg_span(msg, msg->phrase) : (sip_str){NULL, 0};
}

sip_str sip_msg_request_uri_text(const sip_msg *msg)
{
    return msg != NULL ? sip__msg_span(msg, msg->uri_text) : (sip_str){NULL, 0};
}

sip_method sip_msg_method(const sip_msg *msg)
{
    const sip_cseq *cseq;

    if (msg == NULL || msg->is_request) {
        return msg != NULL ? msg->method : SIP_METHOD_OTHER;
    }
    cseq = sip_msg_cseq(msg);
    return cseq != NULL ? cseq->method : SIP_METHOD_OTHER;
}

sip_str sip_msg_method_text(const sip_msg *msg)
{
    const sip_cseq *cseq;

    if (msg == NULL || msg->is_request) {
        return msg != NULL ? sip__msg_span(msg, msg->method_text) : (sip_str){NULL, 0};
    }
    cseq = sip_msg_cseq(msg);
    return cseq != NULL ? cseq->method_text : (sip_str){NULL, 0};
}

size_t sip_msg_header_lines(const sip_msg *msg)
{
    return msg != NULL ? msg->n_lines : 0;
}

sip_header_id sip_msg_header_line(const sip_msg *msg, size_t i, sip_str *ret_name,
                                  sip_str *ret_value)
{
    bool is_there = msg != NULL && i < msg->n_lines;

    if (ret_name != NULL) {
        *ret_name = is_there ? sip__msg_line_name(msg, i) : (sip_str){NULL, 0};
    }
    if (ret_value != NULL) {
        *ret_value = is_there ? sip__msg_line_value(msg, i) : (sip_str){NULL, 0};
    }
    return is_there ? (sip_header_id)msg->lines[i].id : SIP_HEADER_OTHER;
}

const char *sip_msg_summary(const sip_msg *msg, char *out, size_t size)
{
    sip_str method = sip_msg_method_text(msg);
    int len = 0;

    if (out == NULL || size == 0) {
        return out;
    }
    out[0] = '\0';
    if (msg == NULL) {
        return out;
    }
    if (msg->is_request) {
        sip_str uri = sip_msg_request_uri_text(msg);

        len = snprintf(out, size, SIP_FMT " " SIP_FMT, SIP_ARG(method), SIP_ARG(uri));
    } else {
        sip_str phrase = sip_msg_phrase(msg);

        len = snprintf(out, size, "%d " SIP_FMT " (" SIP_FMT ")", msg->status, SIP_ARG(phrase),
                       SIP_ARG(method));
    }
    for (size_t i = 0; i < size && i < (size_t)(len < 0 ? 0 : len) && out[i] != '\0'; i++) {
        if ((unsigned char)out[i] < 0x20 || (unsigned char)out[i] >= 0x7f) {
            out[i] = '?';
        }
    }
    return out;
}
