#include "parser/header_names.h"

#include "parser/header_folds.h"

#include <string.h>

/* The last row of a fold has no room for a terminating zero, and needs none. */
const struct sip__header_fold sip__header_folds[SIP_HEADER_COUNT] = {
    /* No name has it: a byte that all is set in is not 0. */
    [SIP_HEADER_OTHER] = {.set = {0xff}},
#define HEADER_FOLD(id, set, seen) [SIP_HEADER_##id] = {set, seen},
    SIP__HEADER_FOLD_MAP(HEADER_FOLD)
#undef HEADER_FOLD
};

static const sip_str header_names[SIP_HEADER_COUNT] = {
#define HEADER_NAME(id, name, compact, list) [SIP_HEADER_##id] = SIP_STR_INIT(name),
    SIP_HEADER_MAP(HEADER_NAME)
#undef HEADER_NAME
};

const uint8_t sip__header_slots[SIP__HEADER_SLOTS] = {
#define HEADER_SLOT(slot, id) [slot] = SIP_HEADER_##id,
    SIP__HEADER_SLOT_MAP(HEADER_SLOT)
#undef HEADER_SLOT
};

const uint8_t sip__header_compacts[32] = {
#define HEADER_COMPACT(letter, id) [(letter)&0x1f] = SIP_HEADER_##id,
    SIP__HEADER_COMPACT_MAP(HEADER_COMPACT)
#undef HEADER_COMPACT
};

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

sip_header_id sip_header_id_of(sip_str name)
{
    sip_header_id id;

    if (name.len < 2) {
        return name.len == 1 && is_letter(*name.ptr)
                   ? (sip_header_id)sip__header_compacts[*name.ptr & 0x1f]
                   : SIP_HEADER_OTHER;
    }
    id = sip__header_candidate(name.ptr, name.len);
    return sip_str_same_nocase(name, header_names[id]) ? id : SIP_HEADER_OTHER;
}

sip_str sip_header_name(sip_header_id id)
{
    return header_names[(size_t)id < SIP_HEADER_COUNT ? (size_t)id : 0];
}

static const sip_str method_names[SIP_METHOD_COUNT] = {
#define METHOD_NAME(name) [SIP_METHOD_##name] = SIP_STR_INIT(#name),
    SIP_METHOD_MAP(METHOD_NAME)
#undef METHOD_NAME
};

/* The compiler makes one or two comparisons of words of each. */
#define IF_METHOD(at, method)                                                                      \
    (memcmp(at, #method, sizeof #method - 1) == 0 ? SIP_METHOD_##method : SIP_METHOD_OTHER)

static sip_method method_of_six(const char *at)
{
    switch (*at) {
    case 'I':
        return IF_METHOD(at, INVITE);
    case 'C':
        return IF_METHOD(at, CANCEL);
    case 'U':
        return IF_METHOD(at, UPDATE);
    default:
        return IF_METHOD(at, NOTIFY);
    }
}

static sip_method method_of_seven(const char *at)
{
    switch (*at) {
    case 'O':
        return IF_METHOD(at, OPTIONS);
    case 'M':
        return IF_METHOD(at, MESSAGE);
    default:
        return IF_METHOD(at, PUBLISH);
    }
}

sip_method sip_method_of(sip_str name)
{
    switch (name.len) {
    case 3:
        return *name.ptr == 'A' ? IF_METHOD(name.ptr, ACK) : IF_METHOD(name.ptr, BYE);
    case 4:
        return IF_METHOD(name.ptr, INFO);
    case 5:
        return *name.ptr == 'P' ? IF_METHOD(name.ptr, PRACK) : IF_METHOD(name.ptr, REFER);
    case 6:
        return method_of_six(name.ptr);
    case 7:
        return method_of_seven(name.ptr);
    case 8:
        return IF_METHOD(name.ptr, REGISTER);
    case 9:
        return IF_METHOD(name.ptr, SUBSCRIBE);
    default:
        return SIP_METHOD_OTHER;
    }
}

sip_str sip_method_name(sip_method method)
{
    return method_names[(size_t)method < SIP_METHOD_COUNT ? (size_t)method : 0];
}
