/* Values by their types: read when first asked for, kept in the message's arena under the address
 * of the type. */
#include <sip/header_type.h>

#include "message/limits.h"
#include "message/rules.h"
#include "parser/cursor.h"

#include <string.h>

/* One value, sound or not; the struct of its type stands behind it. */
struct typed_value {
    struct typed_value *next;
    sip__value_iter after;
    size_t n;
    sip_str text;
    uint32_t line;
    uint32_t fault_at; /* in the text */
    bool is_sound;
    uint8_t over; /* the rule of the limit that it is over, then it is not sound; else NONE */
};

/* What a message knows of one type. */
struct sip__typed {
    struct sip__typed *next;
    const sip_header_type *type;
    sip_header_id id;
    uint32_t first_line; /* index + 1 of the first line; 0: none */
    struct typed_value *first, *recent;
};

#define ALIGN_BYTES _Alignof(max_align_t)
#define VALUE_BYTES ((sizeof(struct typed_value) + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES)

static void *object_of(const struct typed_value *value)
{
    return (char *)value + VALUE_BYTES;
}

/* True if a line without an id is one of the type, by its long or its compact name. */
static bool is_of(const sip_msg *msg, uint32_t line, const sip_header_type *type)
{
    const sip_str name = sip__msg_line_name(msg, line);

    if (sip_str_equal_nocase(name, type->name)) {
        return true;
    }
    return type->compact != 0 && sip_str_same_nocase(name, (sip_str){&type->compact, 1});
}

/* The first line of the type from `line` (index + 1) on. */
static uint32_t skip_others(const sip_msg *msg, sip_header_id id, uint32_t line,
                            const sip_header_type *type)
{
    while (line != 0 && id == SIP_HEADER_OTHER && !is_of(msg, line - 1, type)) {
        line = msg->lines[line - 1].next;
    }
    return line;
}

static struct sip__typed *typed_of(sip_msg *msg, const sip_header_type *type)
{
    struct sip__typed *typed = msg->typed;

    while (typed != NULL && typed->type != type) {
        typed = typed->next;
    }
    if (typed != NULL) {
        return typed;
    }
    typed = sip__arena_alloc(&msg->arena, sizeof(*typed));
    if (typed == NULL) {
        return NULL;
    }
    *typed = (struct sip__typed){.next = msg->typed, .type = type};
    typed->id = sip_header_id_of(sip_str_of(type->name));
    typed->first_line = skip_others(msg, typed->id, msg->first[typed->id], type);
    msg->typed = typed;
    return typed;
}

/* Take the text of the next value; *ret_line is that of the line it stands in. */
static bool next_text(const sip_msg *msg, const struct sip__typed *typed, sip__value_iter *iter,
                      sip_str *ret_text, uint32_t *ret_line)
{
    for (;;) {
        sip_str value;

        if (iter->rest.len > 0 && sip__header_list_next(typed->id, &iter->rest, ret_text)) {
            return true;
        }
        iter->rest = (sip_str){NULL, 0};
        if (iter->next_line == 0) {
            return false;
        }
        *ret_line = iter->next_line - 1;
        iter->next_line = skip_others(msg, typed->id, msg->lines[*ret_line].next, typed->type);
        value = sip__msg_line_value(msg, *ret_line);
        if (!typed->type->is_list) {
            *ret_text = value;
            return true;
        }
        iter->rest = value;
    }
}

/* Read the value after `previous` (NULL: the first). @return 0, SIP_ENOENT, SIP_ENOMEM */
static int add_value(sip_msg *msg, struct sip__typed *typed, struct typed_value *previous,
                     struct typed_value **ret_value)
{
    sip__value_iter iter = {.next_line = typed->first_line};
    struct typed_value *value;
    uint32_t line = 0;
    size_t fault_at = 0;
    sip_str text;

    if (previous != NULL) {
        iter = previous->after;
        line = previous->line;
    }
    if (!next_text(msg, typed, &iter, &text, &line)) {
        return SIP_ENOENT;
    }
    value = sip__arena_alloc(&msg->arena, VALUE_BYTES + typed->type->size);
    if (value == NULL) {
        return SIP_ENOMEM;
    }
    *value = (struct typed_value){.after = iter, .text = text, .line = line};
    value->n = previous != NULL ? previous->n + 1 : 0;
    value->is_sound = sip_header_parse(typed->type, text, object_of(value), &fault_at) == 0;
    value->fault_at = (uint32_t)fault_at;
    if (value->is_sound) {
        value->over = (uint8_t)sip__limit_of_typed(msg, typed->type, text, object_of(value));
        value->is_sound = value->over == SIP_RULE_NONE;
    }
    if (previous != NULL) {
        previous->next = value;
    } else {
        typed->first = value;
    }
    *ret_value = value;
    return 0;
}

/* @return 0, SIP_ENOENT, SIP_ENOMEM */
static int find(const sip_msg *const_msg, const sip_header_type *type, size_t n,
                struct typed_value **ret_value)
{
    sip_msg *msg = (sip_msg *)const_msg;
    struct sip__typed *typed = typed_of(msg, type);
    struct typed_value *value;
    int err = 0;

    if (typed == NULL) {
        return SIP_ENOMEM;
    }
    value = typed->recent != NULL && typed->recent->n <= n ? typed->recent : typed->first;
    if (value == NULL) {
        err = add_value(msg, typed, NULL, &value);
    }
    while (err == 0 && value->n < n) {
        struct typed_value *next = value->next;

        if (next == NULL) {
            err = add_value(msg, typed, value, &next);
        }
        value = err == 0 ? next : value;
    }
    if (err == 0) {
        typed->recent = value;
        *ret_value = value;
    }
    return err;
}

const void *sip_msg_typed(const sip_msg *msg, const sip_header_type *type, size_t n)
{
    struct typed_value *value;

    if (msg == NULL || type == NULL || find(msg, type, n, &value) != 0 || !value->is_sound) {
        return NULL;
    }
    return object_of(value);
}

size_t sip_msg_typed_count(const sip_msg *msg, const sip_header_type *type)
{
    sip__value_iter iter;
    struct sip__typed typed = {.type = type};
    size_t count = 0;
    uint32_t line;
    sip_str text;

    if (msg == NULL || type == NULL) {
        return 0;
    }
    typed.id = sip_header_id_of(sip_str_of(type->name));
    iter = (sip__value_iter){.next_line = skip_others(msg, typed.id, msg->first[typed.id], type)};
    while (next_text(msg, &typed, &iter, &text, &line)) {
        count++;
    }
    return count;
}

/* Where in the message the fault is; an unfolded value stands outside of it. */
static size_t offset_of(const sip_msg *msg, const struct typed_value *value)
{
    const size_t at = (size_t)(value->text.ptr - msg->bytes) + value->fault_at;

    return (size_t)(value->text.ptr - msg->bytes) < msg->n_bytes ? at
                                                                 : msg->lines[value->line].name;
}

int sip_msg_typed_error(const sip_msg *msg, const sip_header_type *type, size_t n,
                        sip_parse_error *ret_error)
{
    struct typed_value *value;
    int err;

    if (msg == NULL || type == NULL) {
        return SIP_EINVAL;
    }
    err = find(msg, type, n, &value);
    if (err != 0 || value->is_sound) {
        return err;
    }
    if (value->over != SIP_RULE_NONE) {
        return sip__rule_broken((sip_rule)value->over, offset_of(msg, value), true, ret_error);
    }
    if (ret_error != NULL) {
        *ret_error = (sip_parse_error){.offset = offset_of(msg, value),
                                       .rule = type->name,
                                       .section = type->section != NULL ? type->section : "",
                                       .status = 400};
    }
    return SIP_ESYNTAX;
}
