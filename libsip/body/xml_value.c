#include "body/xml_table.h"

#include <sip/datetime.h>

#include <stdio.h>
#include <string.h>

static const struct {
    const char *uri, *prefix;
} namespaces[SIP__NS_COUNT] = {
    [SIP__NS_NONE] = {"", ""},
    [SIP__NS_XML] = {SIP_XML_NS_XML, "xml"},
    [SIP__NS_PIDF] = {"urn:ietf:params:xml:ns:pidf", "pidf"},
    [SIP__NS_DATA_MODEL] = {"urn:ietf:params:xml:ns:pidf:data-model", "dm"},
    [SIP__NS_RPID] = {"urn:ietf:params:xml:ns:pidf:rpid", "rpid"},
    [SIP__NS_CAPS] = {"urn:ietf:params:xml:ns:pidf:caps", "caps"},
    [SIP__NS_LOCATION_TYPE] = {"urn:ietf:params:xml:ns:location-type", "lt"},
    [SIP__NS_PIDF_DIFF] = {"urn:ietf:params:xml:ns:pidf-diff", "p"},
    [SIP__NS_DIALOG_INFO] = {"urn:ietf:params:xml:ns:dialog-info", "di"},
    [SIP__NS_REGINFO] = {"urn:ietf:params:xml:ns:reginfo", "reg"},
    [SIP__NS_GRUU_INFO] = {"urn:ietf:params:xml:ns:gruuinfo", "gr"},
    [SIP__NS_WATCHERINFO] = {"urn:ietf:params:xml:ns:watcherinfo", "wi"},
    [SIP__NS_CONFERENCE_INFO] = {"urn:ietf:params:xml:ns:conference-info", "ci"},
    [SIP__NS_RLMI] = {"urn:ietf:params:xml:ns:rlmi", "rlmi"},
    [SIP__NS_RESOURCE_LISTS] = {"urn:ietf:params:xml:ns:resource-lists", "rl"},
    [SIP__NS_COPY_CONTROL] = {"urn:ietf:params:xml:ns:copycontrol", "cp"},
    [SIP__NS_IMDN] = {"urn:ietf:params:xml:ns:imdn", "imdn"},
    [SIP__NS_ISCOMPOSING] = {"urn:ietf:params:xml:ns:im-iscomposing", "ic"},
};

const char *const sip__xml_states[] = {NULL, "full", "partial", NULL};

static const struct sip__xml_row text_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_xml_text, lang, .name = "lang", .ns = SIP__NS_XML),
    SIP__XML_ROW(CONTENT, TEXT, sip_xml_text, text, .name = ""),
};
const struct sip__xml_shape sip__xml_text_shape = SIP__XML_SHAPE(text_rows, sip_xml_text);

const char *sip__xml_ns_uri(unsigned ns)
{
    return namespaces[ns].uri;
}

const char *sip__xml_ns_prefix(unsigned ns)
{
    return namespaces[ns].prefix;
}

bool sip__xml_name_is_in(const char *const *names, sip_str name, unsigned *ret_index)
{
    for (unsigned i = 1; names[i] != NULL; i++) {
        if (sip_str_equal(name, names[i])) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static bool read_digits(sip_str text, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];

        if (c < '0' || c > '9' || value > (UINT64_MAX - (uint64_t)(c - '0')) / 10) {
            return false;
        }
        value = value * 10 + (uint64_t)(c - '0');
    }
    *ret_value = value;
    return text.len > 0;
}

static sip_str without_sign(sip_str text, char *ret_sign)
{
    *ret_sign = text.len > 0 && (text.ptr[0] == '+' || text.ptr[0] == '-') ? text.ptr[0] : '+';
    return text.len > 0 && (text.ptr[0] == '+' || text.ptr[0] == '-')
               ? (sip_str){text.ptr + 1, text.len - 1}
               : text;
}

static bool read_uint(sip_str text, sip_xml_uint *number)
{
    char sign;
    uint64_t value;

    if (!read_digits(without_sign(text, &sign), &value) || (sign == '-' && value != 0)) {
        return false;
    }
    *number = (sip_xml_uint){true, value};
    return true;
}

static bool read_int(sip_str text, sip_xml_int *number)
{
    char sign;
    uint64_t value;

    if (!read_digits(without_sign(text, &sign), &value) ||
        value > (uint64_t)INT64_MAX + (sign == '-')) {
        return false;
    }
    /* The least number has no positive counterpart. */
    *number =
        (sip_xml_int){true, sign == '-' && value > 0 ? -(int64_t)(value - 1) - 1 : (int64_t)value};
    return true;
}

/* 0 to 1 with up to three digits after the point (RFC 3863 4.4). */
static bool read_q(sip_str text, sip_xml_uint *number)
{
    uint64_t value = 0;

    if (text.len == 0 || text.len > 5 || (text.len > 1 && text.ptr[1] != '.')) {
        return false;
    }
    for (size_t i = 0, place = 1000; i < 5; i++) {
        const char c = i < text.len ? text.ptr[i] : '0';

        if (i == 1) {
            continue;
        }
        if (c < '0' || c > '9') {
            return false;
        }
        value += (uint64_t)(c - '0') * place;
        place /= 10;
    }
    if (value > 1000) {
        return false;
    }
    *number = (sip_xml_uint){true, value};
    return true;
}

static bool read_bool(sip_str text, sip_switch *value)
{
    const bool on = sip_str_equal(text, "true") || sip_str_equal(text, "1");

    if (!on && !sip_str_equal(text, "false") && !sip_str_equal(text, "0")) {
        return false;
    }
    *value = on ? SIP_ON : SIP_OFF;
    return true;
}

/* An enum of ours is as wide as an unsigned. */
static bool read_enum(const char *const *names, sip_str text, void *member)
{
    unsigned value;

    if (!sip__xml_name_is_in(names, text, &value)) {
        return false;
    }
    memcpy(member, &value, sizeof value);
    return true;
}

bool sip__xml_value_read(const struct sip__xml_row *row, sip_str text, void *member)
{
    const sip_str token = sip_str_trim(text);
    const sip_str present = {"", 0};

    switch ((enum sip__xml_kind)row->kind) {
    case SIP__XML_TEXT:
        *(sip_str *)member = text.ptr != NULL ? text : present;
        return true;
    case SIP__XML_TOKEN:
        *(sip_str *)member = token.len > 0 ? token : present;
        return true;
    case SIP__XML_UINT:
        return read_uint(token, member);
    case SIP__XML_INT:
        return read_int(token, member);
    case SIP__XML_Q:
        return read_q(token, member);
    case SIP__XML_BOOL:
        return read_bool(token, member);
    case SIP__XML_ENUM:
    case SIP__XML_CHOICE:
        return read_enum(row->names, token, member);
    case SIP__XML_DATETIME:
        return sip_datetime_parse(token, member) == 0;
    case SIP__XML_STRUCT:
    case SIP__XML_LIST:
        break;
    }
    return false;
}

static bool print_q(const sip_xml_uint *q, char *room, sip_str *ret_text)
{
    int len = snprintf(room, SIP__XML_VALUE_BYTES, "%u.%03u", (unsigned)(q->value / 1000),
                       (unsigned)(q->value % 1000));

    while (room[len - 1] == '0' && room[len - 2] != '.') {
        len--;
    }
    *ret_text = (sip_str){room, (size_t)len};
    return q->value <= 1000;
}

static bool print_enum(const char *const *names, const void *member, sip_str *ret_text)
{
    unsigned value, n = 1;

    memcpy(&value, member, sizeof value);
    while (names[n] != NULL) {
        n++;
    }
    *ret_text = value > 0 && value < n ? sip_str_of(names[value]) : (sip_str){NULL, 0};
    return value < n;
}

static bool print_datetime(const sip_datetime *at, char *room, sip_str *ret_text)
{
    int len;

    if (at->month == 0) {
        return true;
    }
    len = sip_datetime_print(at, room, SIP__XML_VALUE_BYTES);
    *ret_text = (sip_str){room, len > 0 ? (size_t)len : 0};
    return len > 0;
}

bool sip__xml_value_print(const struct sip__xml_row *row, const void *member,
                          char room[SIP__XML_VALUE_BYTES], sip_str *ret_text)
{
    const sip_xml_uint *number = member;
    const sip_xml_int *integer = member;

    *ret_text = (sip_str){NULL, 0};
    room[0] = '\0';
    switch ((enum sip__xml_kind)row->kind) {
    case SIP__XML_TEXT:
    case SIP__XML_TOKEN:
        *ret_text = *(const sip_str *)member;
        return true;
    case SIP__XML_UINT:
        if (number->is_set) {
            snprintf(room, SIP__XML_VALUE_BYTES, "%llu", (unsigned long long)number->value);
        }
        break;
    case SIP__XML_INT:
        if (integer->is_set) {
            snprintf(room, SIP__XML_VALUE_BYTES, "%lld", (long long)integer->value);
        }
        break;
    case SIP__XML_Q:
        return !number->is_set || print_q(number, room, ret_text);
    case SIP__XML_BOOL:
        if (*(const sip_switch *)member != SIP_DEFAULT) {
            *ret_text = *(const sip_switch *)member == SIP_ON ? SIP_STR("true") : SIP_STR("false");
        }
        return true;
    case SIP__XML_ENUM:
    case SIP__XML_CHOICE:
        return print_enum(row->names, member, ret_text);
    case SIP__XML_DATETIME:
        return print_datetime(member, room, ret_text);
    case SIP__XML_STRUCT:
    case SIP__XML_LIST:
        break;
    }
    if (room[0] != '\0') {
        *ret_text = sip_str_of(room);
    }
    return true;
}
