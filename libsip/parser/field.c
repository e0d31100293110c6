#include "parser/field.h"

#include "parser/cursor.h"
#include "parser/instant.h"
#include "parser/numeric.h"
#include "parser/via.h"

#include <sip/headers.h>

#include <string.h>

/** Take what has no white space, comma or semicolon. */
static bool take_word(sip_str *rest, sip_str *ret_word)
{
    sip_str word = {rest->ptr, 0};

    while (word.len < rest->len && (unsigned char)rest->ptr[word.len] > ' ' &&
           rest->ptr[word.len] != ';' && rest->ptr[word.len] != ',') {
        word.len++;
    }
    sip__advance(rest, word.len);
    *ret_word = word;
    return word.len > 0;
}

static bool take_label(sip_str *rest, sip_str *ret_label)
{
    sip_str token;
    const char *dot;

    if (!sip__take_token(rest, &token)) {
        return false;
    }
    dot = memchr(token.ptr, '.', token.len);
    if (dot != NULL) {
        rest->len += token.len - (size_t)(dot - token.ptr);
        rest->ptr = dot;
        token.len = (size_t)(dot - token.ptr);
    }
    *ret_label = token;
    return token.len > 0;
}

/** Take what the digits and dots at the front are. */
static bool take_numeric(sip_str *rest, bool dots, sip_str *ret_text)
{
    sip_str text = {rest->ptr, 0};

    while (text.len < rest->len && (sip__is_char(rest->ptr[text.len], SIP__CHAR_DIGIT) ||
                                    (dots && rest->ptr[text.len] == '.'))) {
        text.len++;
    }
    sip__advance(rest, text.len);
    *ret_text = text;
    return text.len > 0;
}

/** Take a comment with those that are nested in it (RFC 3261 25.1). */
static bool take_comment(sip_str *rest, sip_str *ret_inner)
{
    sip_str at = *rest;
    unsigned depth = 0;

    sip__skip_space(&at);
    if (at.len == 0 || *at.ptr != '(') {
        return false;
    }
    for (size_t i = 0; i < at.len; i++) {
        if (at.ptr[i] == '\\') {
            i++;
        } else if (at.ptr[i] == '(') {
            depth++;
        } else if (at.ptr[i] == ')' && --depth == 0) {
            *ret_inner = (sip_str){at.ptr + 1, i - 1};
            sip__advance(&at, i + 1);
            *rest = at;
            return true;
        }
    }
    return false;
}

static bool take_all(sip_str *rest, sip_str *ret_text)
{
    *ret_text = *rest;
    sip__advance(rest, rest->len);
    return true;
}

static bool cut(sip_field_kind kind, sip_str *rest, sip_str *ret_text)
{
    switch (kind) {
    case SIP_FIELD_TOKEN:
    case SIP_FIELD_CHOICE:
    case SIP_FIELD_METHOD:
        return sip__take_token(rest, ret_text);
    case SIP_FIELD_LABEL:
        return take_label(rest, ret_text);
    case SIP_FIELD_STRING:
    case SIP_FIELD_QUOTED:
        return sip__take_quoted(rest, ret_text) ||
               (rest->len > 0 && *rest->ptr != '"' && take_word(rest, ret_text));
    case SIP_FIELD_WORD:
    case SIP_FIELD_HEX32:
    case SIP_FIELD_PORT:
        return take_word(rest, ret_text);
    case SIP_FIELD_INDEX:
    case SIP_FIELD_US:
    case SIP_FIELD_Q:
        return take_numeric(rest, true, ret_text);
    case SIP_FIELD_NUMBER:
    case SIP_FIELD_SECONDS:
        return take_numeric(rest, false, ret_text);
    case SIP_FIELD_ANGLED:
        return sip__take_angled(rest, ret_text);
    case SIP_FIELD_COMMENT:
        return take_comment(rest, ret_text);
    case SIP_FIELD_TEXT:
    case SIP_FIELD_DATE:
        return take_all(rest, ret_text);
    case SIP_FIELD_STAR:
        *ret_text = (sip_str){rest->ptr, 1};
        return sip__take_char(rest, '*');
    case SIP_FIELD_FLAG:
    case SIP_FIELD_SWITCH:
    case SIP_FIELD_OPTIONAL:
    case SIP_FIELD_ADDRESS:
    case SIP_FIELD_VIA:
        break;
    }
    return false;
}

static bool is_hex32(sip_str text)
{
    return text.len == 32 && sip__take_class(&text, SIP__CHAR_HEX).len == 32;
}

/** True for numbers parted by single dots. */
static bool is_index(sip_str text)
{
    do {
        if (sip__take_class(&text, SIP__CHAR_DIGIT).len == 0) {
            return false;
        }
        if (text.len == 0) {
            return true;
        }
        if (*text.ptr != '.') {
            return false;
        }
        sip__advance(&text, 1);
    } while (true);
}

static uint8_t choice_of(const sip_field *field, sip_str text)
{
    for (uint8_t i = 0; field->choices[i] != NULL; i++) {
        if (sip_str_equal_nocase(text, field->choices[i])) {
            return (uint8_t)(i + 1);
        }
    }
    return 0;
}

/** Keep the text of a switch; what is no boolean (RFC 3840 9) reads as if it were not there. */
static void set_switch(sip_str text, sip_switch *state)
{
    bool is_off = text.len > 0 && *text.ptr == '!';

    if (is_off) {
        sip__advance(&text, 1);
    }
    if (sip_str_equal_nocase(text, "FALSE")) {
        is_off = !is_off;
    } else if (text.len > 0 && !sip_str_equal_nocase(text, "TRUE")) {
        *state = SIP_DEFAULT;
        return;
    }
    *state = is_off ? SIP_OFF : SIP_ON;
}

static int set(const sip_field *field, sip_str text, sip__slot slot)
{
    switch ((sip_field_kind)field->kind) {
    case SIP_FIELD_HEX32:
        *(sip_str *)slot.member = text;
        return is_hex32(text) ? 0 : SIP_ESYNTAX;
    case SIP_FIELD_INDEX:
        *(sip_str *)slot.member = text;
        return is_index(text) ? 0 : SIP_ESYNTAX;
    case SIP_FIELD_NUMBER:
        return sip__number_parse(text, slot.member);
    case SIP_FIELD_SECONDS:
    case SIP_FIELD_OPTIONAL:
        return sip__number_parse_saturated(text, slot.member);
    case SIP_FIELD_US:
        return sip__us_parse(text, slot.member);
    case SIP_FIELD_Q:
        return sip__q_parse(text, slot.member);
    case SIP_FIELD_PORT:
        return sip__port_parse(text, slot.member);
    case SIP_FIELD_DATE:
        return sip_date_parse(text, slot.member);
    case SIP_FIELD_CHOICE:
        *(uint8_t *)slot.has = choice_of(field, text);
        break;
    case SIP_FIELD_METHOD:
        *(sip_method *)slot.has = sip_method_of(text);
        break;
    case SIP_FIELD_SWITCH:
        set_switch(text, slot.member);
        return 0;
    case SIP_FIELD_FLAG:
        *(bool *)slot.member = true;
        return 0;
    case SIP_FIELD_STAR:
        return 0;
    case SIP_FIELD_TOKEN:
    case SIP_FIELD_LABEL:
    case SIP_FIELD_WORD:
    case SIP_FIELD_STRING:
    case SIP_FIELD_QUOTED:
    case SIP_FIELD_ANGLED:
    case SIP_FIELD_COMMENT:
    case SIP_FIELD_TEXT:
    case SIP_FIELD_ADDRESS:
    case SIP_FIELD_VIA:
        break;
    }
    *(sip_str *)slot.member = text;
    return 0;
}

/** Note that an element is there, where a plain bool tells that. */
static void mark(const sip_field *field, sip__slot slot)
{
    if (slot.has != NULL && field->kind != SIP_FIELD_CHOICE && field->kind != SIP_FIELD_METHOD &&
        field->kind != SIP_FIELD_OPTIONAL) {
        *(bool *)slot.has = true;
    }
}

int sip__field_take(const sip_field *field, sip_str *rest, sip__slot slot)
{
    sip_str text;
    int err;

    if (field->kind == SIP_FIELD_ADDRESS) {
        sip_address *address = slot.member;

        err = sip_address_parse(*rest, address);
        if (err == 0 && address->is_star && (field->flags & SIP_FIELD_WILDCARD) == 0) {
            err = SIP_ESYNTAX;
        }
        if (err == 0) {
            *rest = address->is_star ? (sip_str){rest->ptr, 0} : address->params;
        }
        return err;
    }
    if (field->kind == SIP_FIELD_VIA) {
        err = sip__via_parse(*rest, slot.member);
        if (err == 0) {
            *rest = ((const sip_via *)slot.member)->params;
        }
        return err;
    }
    if (!cut((sip_field_kind)field->kind, rest, &text)) {
        return SIP_ESYNTAX;
    }
    err = set(field, text, slot);
    if (err == 0) {
        mark(field, slot);
    }
    return err;
}

int sip__field_read(const sip_field *field, const sip_param *param, sip__slot slot)
{
    const bool may_be_bare = field->kind == SIP_FIELD_FLAG || field->kind == SIP_FIELD_SWITCH ||
                             (field->flags & SIP_FIELD_NO_VALUE) != 0;
    int err = 0;

    if (field->kind == SIP_FIELD_OPTIONAL) {
        *(uint8_t *)slot.has = param->has_value ? SIP_VALUED : SIP_BARE;
    }
    if (param->has_value || may_be_bare) {
        err = set(field, param->value, slot);
    } else if (slot.has == NULL ||
               (field->kind != SIP_FIELD_OPTIONAL && field->kind != SIP_FIELD_PORT)) {
        err = SIP_ESYNTAX;
    }
    if (err == 0) {
        mark(field, slot);
    }
    return err;
}
