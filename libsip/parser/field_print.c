#include "parser/field.h"

#include "parser/cursor.h"
#include "parser/instant.h"
#include "parser/param_pair.h"

#include <sip/headers.h>

#include <string.h>

/** True if the text can stand between quotes: escapes sound, no bare quote, no control character.
 */
static bool is_quotable(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if (c == '"' || (c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
        if (c == '\\' && ++i == text.len) {
            return false;
        }
    }
    return true;
}

static bool is_word(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if (c <= ' ' || c == 0x7f || c == ';' || c == ',') {
            return false;
        }
    }
    return text.len > 0;
}

/** True for visible bytes without angle brackets. */
static bool is_uri_text(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if (c <= ' ' || c == 0x7f || c == '<' || c == '>') {
            return false;
        }
    }
    return text.len > 0;
}

/** True if the parentheses inside a comment are paired. */
static bool is_comment(sip_str text)
{
    size_t depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\') {
            if (++i == text.len) {
                return false;
            }
        } else if (text.ptr[i] == '(') {
            depth++;
        } else if (text.ptr[i] == ')' && depth-- == 0) {
            return false;
        }
    }
    return depth == 0;
}

static void put_if(sip__text_out *out, sip_str text, bool is_sound)
{
    out->is_bad = out->is_bad || !is_sound;
    sip__out_put(out, text);
}

static void put_between(sip__text_out *out, const char marks[2], sip_str text, bool is_sound)
{
    sip__out_char(out, marks[0]);
    put_if(out, text, is_sound);
    sip__out_char(out, marks[1]);
}

static void put_q(sip__text_out *out, uint16_t permille)
{
    char digits[] = "0.000";
    size_t len = sizeof digits - 1;

    if (permille >= 1000) {
        out->is_bad = out->is_bad || permille > 1000;
        sip__out_char(out, '1');
        return;
    }
    digits[2] = (char)('0' + permille / 100);
    digits[3] = (char)('0' + permille / 10 % 10);
    digits[4] = (char)('0' + permille % 10);
    while (len > 3 && digits[len - 1] == '0') {
        len--;
    }
    sip__out_put(out, (sip_str){digits, len});
}

static void put_us(sip__text_out *out, uint64_t us)
{
    char text[24];

    sip__out_put(out, (sip_str){text, sip__us_print(us, text)});
}

static void put_date(sip__text_out *out, int64_t unix_s)
{
    char text[SIP_DATE_BYTES];

    if (sip_date_print(unix_s, text) == 0) {
        sip__out_put(out, (sip_str){text, SIP_DATE_BYTES - 1});
    } else {
        out->is_bad = true;
    }
}

/** True if a display name needs no quotes: tokens and blanks between them. */
static bool is_plain(sip_str display)
{
    if (sip_str_trim(display).len != display.len) {
        return false;
    }
    for (size_t i = 0; i < display.len; i++) {
        if (!sip__is_char(display.ptr[i], SIP__CHAR_TOKEN) && display.ptr[i] != ' ') {
            return false;
        }
    }
    return true;
}

static void put_address(sip__text_out *out, const sip_address *address, bool may_be_star)
{
    if (address->is_star) {
        put_if(out, SIP_STR("*"), may_be_star);
        return;
    }
    if (address->display.len > 0) {
        if (is_plain(address->display)) {
            sip__out_put(out, address->display);
        } else {
            put_between(out, "\"\"", address->display, is_quotable(address->display));
        }
        sip__out_char(out, ' ');
    }
    put_between(out, "<>", address->uri.text, is_uri_text(address->uri.text));
}

static void put_via(sip__text_out *out, const sip_via *via)
{
    const sip_str protocol =
        via->protocol_text.len > 0 ? via->protocol_text : sip_protocol_name(via->protocol);

    sip__out_put(out, SIP_STR("SIP/2.0/"));
    put_if(out, protocol, sip__is_token(protocol));
    sip__out_char(out, ' ');
    put_if(out, via->host, is_word(via->host));
    if (via->port != 0) {
        sip__out_char(out, ':');
        sip__out_number(out, via->port);
    }
}

static size_t choices_of(const sip_field *field)
{
    size_t n = 0;

    while (field->choices[n] != NULL) {
        n++;
    }
    return n;
}

sip_str sip__field_text(const sip_field *field, sip__slot slot)
{
    const sip_str text = *(const sip_str *)slot.member;
    sip_str known = {NULL, 0};

    if (field->kind == SIP_FIELD_METHOD) {
        known = sip_method_name(*(const sip_method *)slot.has);
        return known.len > 0 ? known : text;
    }
    if (field->kind == SIP_FIELD_CHOICE && *(const uint8_t *)slot.has != 0) {
        const uint8_t index = *(const uint8_t *)slot.has;

        known = sip_str_of(index <= choices_of(field) ? field->choices[index - 1] : NULL);
        return sip_str_same_nocase(known, text) ? text : known;
    }
    return text;
}

/** Print text that stands without quotes. */
static void put_plain(sip__text_out *out, const sip_field *field, sip_str text)
{
    if (field->name != NULL) {
        put_if(out, text, sip__is_bare_value(text));
    } else if (field->kind == SIP_FIELD_WORD || field->kind == SIP_FIELD_STRING) {
        put_if(out, text, is_word(text));
    } else {
        put_if(out, text,
               sip__is_token(text) &&
                   (field->kind != SIP_FIELD_LABEL || memchr(text.ptr, '.', text.len) == NULL));
    }
}

static void put_text(sip__text_out *out, const sip_field *field, sip_str text)
{
    const bool needs_quotes =
        field->name == NULL ? !is_word(text) || *text.ptr == '"' : !sip__is_token(text);

    if (field->kind == SIP_FIELD_QUOTED || (field->kind == SIP_FIELD_STRING && needs_quotes)) {
        put_between(out, "\"\"", text, is_quotable(text));
    } else if (field->kind == SIP_FIELD_ANGLED) {
        put_between(out, "<>", text, is_uri_text(text));
    } else if (field->kind == SIP_FIELD_COMMENT) {
        put_between(out, "()", text, is_comment(text));
    } else if (field->kind == SIP_FIELD_TEXT) {
        sip__out_put(out, text);
    } else {
        put_plain(out, field, text);
    }
}

void sip__field_print(const sip_field *field, sip__slot slot, sip__text_out *out)
{
    switch ((sip_field_kind)field->kind) {
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
    case SIP_FIELD_CHOICE:
    case SIP_FIELD_METHOD:
        put_text(out, field, sip__field_text(field, slot));
        break;
    case SIP_FIELD_NUMBER:
    case SIP_FIELD_SECONDS:
    case SIP_FIELD_OPTIONAL:
        sip__out_number(out, *(const uint32_t *)slot.member);
        break;
    case SIP_FIELD_PORT:
        sip__out_number(out, *(const uint16_t *)slot.member);
        break;
    case SIP_FIELD_US:
        put_us(out, *(const uint64_t *)slot.member);
        break;
    case SIP_FIELD_Q:
        put_q(out, *(const uint16_t *)slot.member);
        break;
    case SIP_FIELD_DATE:
        put_date(out, *(const int64_t *)slot.member);
        break;
    case SIP_FIELD_STAR:
        sip__out_char(out, '*');
        break;
    case SIP_FIELD_ADDRESS:
        put_address(out, slot.member, (field->flags & SIP_FIELD_WILDCARD) != 0);
        break;
    case SIP_FIELD_VIA:
        put_via(out, slot.member);
        break;
    case SIP_FIELD_SWITCH:
        sip__out_put(out, SIP_STR("\"FALSE\""));
        break;
    case SIP_FIELD_FLAG:
        break;
    }
}

/** True if a parameter is its name alone. */
static bool is_bare(const sip_field *field, sip__slot slot)
{
    if (field->kind == SIP_FIELD_SWITCH) {
        return *(const sip_switch *)slot.member == SIP_ON;
    }
    if (field->kind == SIP_FIELD_OPTIONAL) {
        return *(const uint8_t *)slot.has == SIP_BARE;
    }
    if (field->kind == SIP_FIELD_PORT) {
        return *(const uint16_t *)slot.member == 0;
    }
    return field->kind == SIP_FIELD_FLAG;
}

void sip__field_print_param(const sip_field *field, sip__slot slot, sip__text_out *out)
{
    sip__out_put(out, sip_str_of(field->name));
    if (!is_bare(field, slot)) {
        sip__out_char(out, '=');
        sip__field_print(field, slot, out);
    }
}
