#include "parser/header_names.h"

#include <string.h>

const char sip__header_texts[SIP_HEADER_COUNT][SIP__HEADER_NAME_BYTES] = {
#define HEADER_TEXT(id, name, compact, list) [SIP_HEADER_##id] = name ":",
    SIP_HEADER_MAP(HEADER_TEXT)
#undef HEADER_TEXT
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

/* The methods of each length. */
static const uint8_t methods_by_length[][4] = {
    [3] = {SIP_METHOD_ACK, SIP_METHOD_BYE},
    [4] = {SIP_METHOD_INFO},
    [5] = {SIP_METHOD_PRACK, SIP_METHOD_REFER},
    [6] = {SIP_METHOD_INVITE, SIP_METHOD_CANCEL, SIP_METHOD_UPDATE, SIP_METHOD_NOTIFY},
    [7] = {SIP_METHOD_OPTIONS, SIP_METHOD_MESSAGE, SIP_METHOD_PUBLISH},
    [8] = {SIP_METHOD_REGISTER},
    [9] = {SIP_METHOD_SUBSCRIBE},
};

#define LONGEST_METHOD (sizeof methods_by_length / sizeof methods_by_length[0] - 1)

sip_method sip_method_of(sip_str name)
{
    if (name.len == 0 || name.len > LONGEST_METHOD) {
        return SIP_METHOD_OTHER;
    }
    for (size_t i = 0; i < sizeof methods_by_length[0]; i++) {
        const uint8_t method = methods_by_length[name.len][i];
        const char *known = method_names[method].ptr;
        size_t same = 0;

        while (same < name.len && method != SIP_METHOD_OTHER && name.ptr[same] == known[same]) {
            same++;
        }
        if (same == name.len) {
            return (sip_method)method;
        }
    }
    return SIP_METHOD_OTHER;
}

sip_str sip_method_name(sip_method method)
{
    return method_names[(size_t)method < SIP_METHOD_COUNT ? (size_t)method : 0];
}
