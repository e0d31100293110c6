#include "parser/field.h"

#include "parser/cursor.h"

static bool same_address(const sip_address *a, const sip_address *b)
{
    if (a->is_star || b->is_star) {
        return a->is_star == b->is_star;
    }
    return sip_str_same(a->uri.text, b->uri.text) || sip_uri_equal(&a->uri, &b->uri);
}

static sip_str via_protocol(const sip_via *via)
{
    return via->protocol_text.len > 0 ? via->protocol_text : sip_protocol_name(via->protocol);
}

static bool same_via(const sip_via *a, const sip_via *b)
{
    return sip_str_same_nocase(via_protocol(a), via_protocol(b)) &&
           sip_str_same_nocase(a->host, b->host) && a->port == b->port;
}

bool sip__field_is_set(const sip_field *field, sip__slot slot)
{
    switch ((sip_field_kind)field->kind) {
    case SIP_FIELD_CHOICE:
        return *(const uint8_t *)slot.has != 0 || ((const sip_str *)slot.member)->len > 0;
    case SIP_FIELD_METHOD:
        return sip__field_text(field, slot).len > 0;
    case SIP_FIELD_OPTIONAL:
        return *(const uint8_t *)slot.has != SIP_ABSENT;
    case SIP_FIELD_FLAG:
        return *(const bool *)slot.member;
    case SIP_FIELD_SWITCH:
        return *(const sip_switch *)slot.member != SIP_DEFAULT;
    case SIP_FIELD_PORT:
        return slot.has != NULL ? *(const bool *)slot.has : *(const uint16_t *)slot.member != 0;
    case SIP_FIELD_NUMBER:
    case SIP_FIELD_SECONDS:
    case SIP_FIELD_US:
    case SIP_FIELD_Q:
    case SIP_FIELD_DATE:
    case SIP_FIELD_STAR:
    case SIP_FIELD_ADDRESS:
    case SIP_FIELD_VIA:
        return slot.has == NULL || *(const bool *)slot.has;
    case SIP_FIELD_TOKEN:
    case SIP_FIELD_LABEL:
    case SIP_FIELD_WORD:
    case SIP_FIELD_STRING:
    case SIP_FIELD_QUOTED:
    case SIP_FIELD_ANGLED:
    case SIP_FIELD_COMMENT:
    case SIP_FIELD_TEXT:
    case SIP_FIELD_HEX32:
    case SIP_FIELD_INDEX:
        break;
    }
    return slot.has != NULL ? *(const bool *)slot.has : ((const sip_str *)slot.member)->len > 0;
}

static bool same_member(const sip_field *field, sip__slot a, sip__slot b)
{
    switch ((sip_field_kind)field->kind) {
    case SIP_FIELD_TOKEN:
        if ((field->flags & SIP_FIELD_EXACT) != 0) {
            break;
        }
        return sip_str_same_nocase(*(const sip_str *)a.member, *(const sip_str *)b.member);
    case SIP_FIELD_LABEL:
    case SIP_FIELD_HEX32:
        return sip_str_same_nocase(*(const sip_str *)a.member, *(const sip_str *)b.member);
    case SIP_FIELD_CHOICE:
        return sip_str_same_nocase(sip__field_text(field, a), sip__field_text(field, b));
    case SIP_FIELD_METHOD:
        return sip_str_same(sip__field_text(field, a), sip__field_text(field, b));
    case SIP_FIELD_OPTIONAL:
        return *(const uint8_t *)a.has == *(const uint8_t *)b.has &&
               (*(const uint8_t *)a.has != SIP_VALUED ||
                *(const uint32_t *)a.member == *(const uint32_t *)b.member);
    case SIP_FIELD_NUMBER:
    case SIP_FIELD_SECONDS:
        return *(const uint32_t *)a.member == *(const uint32_t *)b.member;
    case SIP_FIELD_US:
        return *(const uint64_t *)a.member == *(const uint64_t *)b.member;
    case SIP_FIELD_Q:
    case SIP_FIELD_PORT:
        return *(const uint16_t *)a.member == *(const uint16_t *)b.member;
    case SIP_FIELD_DATE:
        return *(const int64_t *)a.member == *(const int64_t *)b.member;
    case SIP_FIELD_SWITCH:
        return *(const sip_switch *)a.member == *(const sip_switch *)b.member;
    case SIP_FIELD_ADDRESS:
        return same_address(a.member, b.member);
    case SIP_FIELD_VIA:
        return same_via(a.member, b.member);
    case SIP_FIELD_FLAG:
    case SIP_FIELD_STAR:
        return true;
    case SIP_FIELD_WORD:
    case SIP_FIELD_STRING:
    case SIP_FIELD_QUOTED:
    case SIP_FIELD_ANGLED:
    case SIP_FIELD_COMMENT:
    case SIP_FIELD_TEXT:
    case SIP_FIELD_INDEX:
        break;
    }
    return sip_str_same(*(const sip_str *)a.member, *(const sip_str *)b.member);
}

bool sip__field_same(const sip_field *field, sip__slot a, sip__slot b)
{
    const bool is_set = sip__field_is_set(field, a);

    if (is_set != sip__field_is_set(field, b)) {
        return false;
    }
    return !is_set || same_member(field, a, b);
}
