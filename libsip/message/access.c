#include "message/msg_internal.h"

#include <string.h>

#include "message/limits.h"
#include "parser/address.h"
#include "parser/auth.h"
#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/uri_text.h"
#include "parser/via.h"

static const uint8_t slot_of[SIP_HEADER_COUNT] = {
#define SLOT_ENTRY(id, kind) [SIP_HEADER_##id] = SIP__SLOT_##id,
    SIP__TYPED_MAP(SLOT_ENTRY)
#undef SLOT_ENTRY
};

/* What a value of each slot takes. */
static const struct {
    uint16_t bytes;
    uint8_t kind;
} slots[SIP__SLOT_COUNT] = {
#define BYTES_VIA sizeof(sip_via)
#define BYTES_ADDRESS sizeof(sip_address)
#define BYTES_CSEQ sizeof(sip_cseq)
#define BYTES_AUTH sizeof(sip_auth)
#define SLOT_ROW(id, kind)                                                                         \
    [SIP__SLOT_##id] = {offsetof(sip__value, of) + BYTES_##kind, SIP__KIND_##kind},
    SIP__TYPED_MAP(SLOT_ROW)
#undef SLOT_ROW
};

/* As in SIP_HEADER_MAP. */
static const uint8_t is_list[SIP_HEADER_COUNT] = {
#define LIST_ENTRY(id, name, compact, list) [SIP_HEADER_##id] = (list),
    SIP_HEADER_MAP(LIST_ENTRY)
#undef LIST_ENTRY
};

bool sip__header_is_list(sip_header_id id)
{
    return is_list[id] != 0;
}

bool sip__header_list_next(sip_header_id id, sip_str *rest, sip_str *ret_value)
{
    return is_list[id] == 2 ? sip__comma_list_next(rest, ret_value)
                            : sip__list_next(rest, ret_value);
}

static bool is_known(sip_header_id id)
{
    return (unsigned)id < SIP_HEADER_COUNT;
}

void sip__value_iter_init(const sip_msg *msg, sip_header_id id, sip__value_iter *iter)
{
    *iter = (sip__value_iter){.next_line = msg->first[id]};
}

bool sip__value_next(const sip_msg *msg, sip_header_id id, sip__value_iter *iter,
                     sip_str *ret_value)
{
    for (;;) {
        sip_str value;
        size_t line;

        if (iter->rest.len > 0 && sip__header_list_next(id, &iter->rest, ret_value)) {
            return true;
        }
        iter->rest = (sip_str){NULL, 0};
        if (iter->next_line == 0) {
            return false;
        }
        line = iter->next_line - 1;
        iter->next_line = msg->lines[line].next;
        value = sip__msg_line_value(msg, line);
        if (is_list[id] == 0) {
            *ret_value = value;
            return true;
        }
        iter->rest = value;
    }
}

static bool read_via(const sip_msg *msg, sip_str text, sip_via *via)
{
    return msg->way->via(text, via) || sip__via_read(text, via) == 0;
}

static bool read_address(const sip_msg *msg, sip_str text, sip_address *address)
{
    const char *end = msg->way->address(text, address);

    return end == text.ptr + text.len || sip__address_read_on(text, end, address) == 0;
}

/* A value of a list's line is read as if it were the only one there; if it is not, it is not sound:
 * no comma stands in a sound value outside quotes and angles. */
static bool parse_value(const sip_msg *msg, sip__kind kind, sip_str text, sip__value *value)
{
    switch (kind) {
    case SIP__KIND_VIA:
        return read_via(msg, text, &value->of.via);
    case SIP__KIND_ADDRESS:
        return read_address(msg, text, &value->of.address);
    case SIP__KIND_CSEQ:
        return sip__cseq_read(text, &value->of.cseq) == 0;
    case SIP__KIND_AUTH:
        return sip__auth_parse(text, &value->of.auth) == 0;
    case SIP__KIND_NONE:
        break;
    }
    return false;
}

/* The rule of the limit that a sound value is over, or NONE. */
static sip_rule limit_hit(const sip_msg *msg, sip__kind kind, const sip__value *value)
{
    switch (kind) {
    case SIP__KIND_VIA:
        return sip__limit_of_params(msg, value->of.via.params, ';');
    case SIP__KIND_ADDRESS:
        return sip__limit_of_address(msg, &value->of.address);
    case SIP__KIND_AUTH:
        return sip__limit_of_params(msg, value->of.auth.params, ',');
    case SIP__KIND_CSEQ:
    case SIP__KIND_NONE:
        break;
    }
    return SIP_RULE_NONE;
}

/* Parse the text of a value, and see whether it keeps to the limits: a short one does. */
static inline void read_value(const sip_msg *msg, sip__kind kind, sip_str text, sip__value *value)
{
    value->over = SIP_RULE_NONE;
    value->sound = parse_value(msg, kind, text, value);
    if (text.len > msg->short_value_bytes && value->sound) {
        value->over = (uint8_t)limit_hit(msg, kind, value);
        value->sound = value->over == SIP_RULE_NONE;
    }
}

static inline sip__kind kind_of(sip_header_id id)
{
    return (sip__kind)slots[slot_of[id]].kind;
}

/* Room for a value; it is in no chain yet, and nothing comes after it. NULL without memory. */
static inline sip__value *new_value(sip_msg *msg, sip_header_id id, size_t bytes)
{
    sip__value *value = sip__arena_alloc(&msg->arena, bytes);

    if (value != NULL) {
        memset(value, 0, offsetof(sip__value, of));
        value->id = (uint8_t)id;
    }
    return value;
}

/* Parse the value that `*iter` comes to next. NULL past the end, or without memory. */
static sip__value *parse_next(sip_msg *msg, sip_header_id id, sip__value_iter *iter)
{
    sip__value *value;
    sip_str text;

    if (!sip__value_next(msg, id, iter, &text) ||
        (value = new_value(msg, id, slots[slot_of[id]].bytes)) == NULL) {
        return NULL;
    }
    value->after = *iter;
    read_value(msg, kind_of(id), text, value);
    return value;
}

/* Parse the first value of a header that is there. Most lines have one, which is then read without
 * looking for commas. Made for each kind, since each message has a value of most of them. */
static inline __attribute__((always_inline)) sip__value *
first_value_of(sip_msg *msg, sip_header_id id, sip__kind kind, size_t bytes)
{
    const struct sip__scan_line *line = &msg->lines[msg->first[id] - 1u];
    sip__value *value = new_value(msg, id, bytes);

    if (value == NULL) {
        return NULL;
    }
    value->after.next_line = line->next;
    read_value(msg, kind, (sip_str){msg->bytes + line->value, line->value_len}, value);
    if (!value->sound && value->over == SIP_RULE_NONE && is_list[id] != 0) {
        sip__arena_undo(&msg->arena, value, bytes);
        value = parse_next(msg, id, &(sip__value_iter){.next_line = msg->first[id]});
    }
    msg->values[slot_of[id]] = value;
    return value;
}

#define FIRST_OF(kind, member)                                                                     \
    first_value_of(msg, id, SIP__KIND_##kind, offsetof(sip__value, of) + sizeof(member))

static __attribute__((noinline)) sip__value *first_address(sip_msg *msg, sip_header_id id)
{
    return FIRST_OF(ADDRESS, sip_address);
}

static __attribute__((noinline)) sip__value *first_value(sip_msg *msg, sip_header_id id)
{
    switch (kind_of(id)) {
    case SIP__KIND_VIA:
        return FIRST_OF(VIA, sip_via);
    case SIP__KIND_ADDRESS:
        return first_address(msg, id);
    case SIP__KIND_CSEQ:
        return FIRST_OF(CSEQ, sip_cseq);
    case SIP__KIND_AUTH:
        return FIRST_OF(AUTH, sip_auth);
    case SIP__KIND_NONE:
        break;
    }
    return NULL;
}

static sip__value *next_value(sip_msg *msg, sip_header_id id, sip__value *previous)
{
    sip__value_iter iter = previous->after;

    previous->next = parse_next(msg, id, &iter);
    if (previous->next != NULL) {
        previous->next->n = previous->n + 1;
    }
    return previous->next;
}

/* Past the first value. */
static const sip__value *later_value(sip_msg *msg, sip_header_id id, size_t n)
{
    sip__value *value = (sip__value *)sip__msg_typed(msg, id, 0);

    if (msg->recent != NULL && msg->recent->id == id && msg->recent->n <= n) {
        value = msg->recent;
    }
    while (value != NULL && value->n < n) {
        msg->recent = value;
        value = value->next != NULL ? value->next : next_value(msg, id, value);
    }
    return value;
}

const sip__value *sip__msg_typed(const sip_msg *msg, sip_header_id id, size_t n)
{
    const sip__value *value;

    if (msg == NULL || !is_known(id) || slot_of[id] == SIP__SLOT_NONE) {
        return NULL;
    }
    if (n != 0) {
        return later_value((sip_msg *)msg, id, n);
    }
    value = msg->values[slot_of[id]];
    return value != NULL || msg->first[id] == 0 ? value : first_value((sip_msg *)msg, id);
}

/* sip__msg_typed() of a first value that was asked for before, mostly. */
static inline const sip__value *first_typed(const sip_msg *msg, sip_header_id id, size_t slot)
{
    return msg != NULL && msg->values[slot] != NULL ? msg->values[slot]
                                                    : sip__msg_typed(msg, id, 0);
}

const sip__value *sip__msg_contact(const sip_msg *msg)
{
    const sip__value *value = msg->values[SIP__SLOT_CONTACT];

    return value != NULL ? value : first_address((sip_msg *)msg, SIP_HEADER_CONTACT);
}

bool sip__msg_basics_sound(const sip_msg *const_msg)
{
    sip_msg *msg = (sip_msg *)const_msg;
    const sip__value *via = msg->values[SIP__SLOT_VIA];
    const sip__value *from = msg->values[SIP__SLOT_FROM];
    const sip__value *to = msg->values[SIP__SLOT_TO];
    const sip__value *cseq = msg->values[SIP__SLOT_CSEQ];

    via = via != NULL ? via : first_value(msg, SIP_HEADER_VIA);
    from = from != NULL ? from : first_address(msg, SIP_HEADER_FROM);
    to = to != NULL ? to : first_address(msg, SIP_HEADER_TO);
    cseq = cseq != NULL ? cseq : first_value(msg, SIP_HEADER_CSEQ);
    return via != NULL && via->sound && from != NULL && from->sound && !from->of.address.is_star &&
           to != NULL && to->sound && !to->of.address.is_star && cseq != NULL && cseq->sound;
}

static const sip_address *address_of(const sip__value *value)
{
    return value != NULL && value->sound ? &value->of.address : NULL;
}

const sip_address *sip_msg_from(const sip_msg *msg)
{
    return address_of(first_typed(msg, SIP_HEADER_FROM, SIP__SLOT_FROM));
}

const sip_address *sip_msg_to(const sip_msg *msg)
{
    return address_of(first_typed(msg, SIP_HEADER_TO, SIP__SLOT_TO));
}

const sip_address *sip_msg_address(const sip_msg *msg, sip_header_id id, size_t n)
{
    if (!is_known(id) || kind_of(id) != SIP__KIND_ADDRESS) {
        return NULL;
    }
    return address_of(n == 0 ? first_typed(msg, id, slot_of[id]) : sip__msg_typed(msg, id, n));
}

const sip_cseq *sip_msg_cseq(const sip_msg *msg)
{
    const sip__value *value = first_typed(msg, SIP_HEADER_CSEQ, SIP__SLOT_CSEQ);

    return value != NULL && value->sound ? &value->of.cseq : NULL;
}

const sip_via *sip_msg_via(const sip_msg *msg, size_t n)
{
    const sip__value *value = n == 0 ? first_typed(msg, SIP_HEADER_VIA, SIP__SLOT_VIA)
                                     : sip__msg_typed(msg, SIP_HEADER_VIA, n);

    return value != NULL && value->sound ? &value->of.via : NULL;
}

const sip_auth *sip_msg_auth(const sip_msg *msg, sip_header_id id, size_t n)
{
    const sip__value *value;

    if (!is_known(id) || kind_of(id) != SIP__KIND_AUTH) {
        return NULL;
    }
    value = sip__msg_typed(msg, id, n);
    return value != NULL && value->sound ? &value->of.auth : NULL;
}

sip_str sip_msg_call_id(const sip_msg *msg)
{
    if (msg == NULL || msg->first[SIP_HEADER_CALL_ID] == 0) {
        return (sip_str){NULL, 0};
    }
    return sip__msg_line_value(msg, msg->first[SIP_HEADER_CALL_ID] - 1u);
}

const sip_uri *sip_msg_request_uri(const sip_msg *const_msg)
{
    sip_msg *msg = (sip_msg *)const_msg;

    if (msg == NULL || !msg->is_request) {
        return NULL;
    }
    if (msg->uri_state == SIP__LAZY_NEW) {
        const sip_str text = sip__msg_span(msg, msg->uri_text);
        const char *end = text.ptr + text.len;
        bool is_sound =
            msg->way->uri(text.ptr, end, &msg->uri) == end || sip__uri_read(text, &msg->uri) == 0;

        msg->uri_state = is_sound ? SIP__LAZY_READY : SIP__LAZY_ABSENT;
    }
    return msg->uri_state == SIP__LAZY_READY ? &msg->uri : NULL;
}

/* Retry-After and Session-Expires carry more behind their number: a comment, parameters. */
static sip_str leading_number(sip_str value)
{
    size_t len = 0;

    while (len < value.len && value.ptr[len] != '(' && value.ptr[len] != ';') {
        len++;
    }
    return (sip_str){value.ptr, len};
}

int sip_msg_number(const sip_msg *msg, sip_header_id id, uint32_t *ret_number)
{
    const bool has_more = id == SIP_HEADER_RETRY_AFTER || id == SIP_HEADER_SESSION_EXPIRES;
    sip_str value;

    if (msg == NULL || !is_known(id) || msg->first[id] == 0) {
        return SIP_ENOENT;
    }
    value = sip__msg_line_value(msg, msg->first[id] - 1u);
    if (has_more || id == SIP_HEADER_EXPIRES || id == SIP_HEADER_MIN_EXPIRES) {
        return sip__number_parse_saturated(has_more ? leading_number(value) : value, ret_number);
    }
    return sip__number_parse(value, ret_number);
}

bool sip_msg_has_token(const sip_msg *msg, sip_header_id id, const char *token)
{
    sip__value_iter iter;
    sip_str value;

    if (msg == NULL || token == NULL || !is_known(id)) {
        return false;
    }
    sip__value_iter_init(msg, id, &iter);
    while (sip__value_next(msg, id, &iter, &value)) {
        if (sip_str_equal_nocase(value, token)) {
            return true;
        }
    }
    return false;
}

sip_str sip_msg_value(const sip_msg *const_msg, sip_header_id id, size_t n)
{
    sip_msg *msg = (sip_msg *)const_msg;
    sip_str value = {NULL, 0};

    if (msg == NULL || !is_known(id) || msg->first[id] == 0) {
        return value;
    }
    /* Without the cursor a walk over all values of a long list would take quadratic time. */
    if (msg->cursor_id != id || msg->cursor_n > n || msg->cursor_n == 0) {
        sip__value_iter_init(msg, id, &msg->cursor);
        msg->cursor_id = id;
        msg->cursor_n = 0;
    }
    while (msg->cursor_n <= n) {
        if (!sip__value_next(msg, id, &msg->cursor, &value)) {
            return (sip_str){NULL, 0};
        }
        msg->cursor_n++;
    }
    return value;
}

sip_str sip_msg_find(const sip_msg *msg, const char *name, size_t n)
{
    sip_str wanted = sip_str_of(name);
    sip_header_id id;
    uint32_t next;

    if (msg == NULL || wanted.len == 0) {
        return (sip_str){NULL, 0};
    }
    id = sip_header_id_of(wanted);
    for (next = msg->first[id]; next != 0; next = msg->lines[next - 1].next) {
        if (id == SIP_HEADER_OTHER &&
            !sip_str_same_nocase(sip__msg_line_name(msg, next - 1), wanted)) {
            continue;
        }
        if (n == 0) {
            return sip__msg_line_value(msg, next - 1);
        }
        n--;
    }
    return (sip_str){NULL, 0};
}
