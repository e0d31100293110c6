#include <sip/dtmf.h>

#include "body/body_box.h"
#include "body/body_line.h"
#include "parser/cursor.h"
#include "parser/numeric.h"

static const char keys[] = "0123456789*#ABCD!";

static bool is_key(char c)
{
    for (const char *key = keys; *key != '\0'; key++) {
        if (*key == c) {
            return true;
        }
    }
    return false;
}

/* The key that a text names, 0 if none. */
static char key_of(sip_str text)
{
    uint32_t event;

    if (text.len == 1) {
        const char c =
            *text.ptr >= 'a' && *text.ptr <= 'd' ? (char)(*text.ptr - 'a' + 'A') : *text.ptr;

        return is_key(c) ? c : '\0';
    }
    if (sip_str_equal_nocase(text, "hf") || sip_str_equal_nocase(text, "flash")) {
        return '!';
    }
    return sip__number_parse(text, &event) == 0 && event < sizeof keys - 1 ? keys[event] : '\0';
}

int sip_dtmf_relay_parse(sip_str text, sip_dtmf *ret_dtmf)
{
    sip_dtmf dtmf = {0};
    sip_str line;

    while (sip__body_line_take(&text, &line)) {
        sip_str name;

        line = sip_str_trim(line);
        if (line.len == 0) {
            continue;
        }
        if (!sip__take_token(&line, &name) ||
            !(sip__take_char(&line, '=') || sip__take_char(&line, ':'))) {
            return SIP_ESYNTAX;
        }
        if (sip_str_equal_nocase(name, "Signal")) {
            dtmf.signal = key_of(sip_str_trim(line));
            if (dtmf.signal == '\0') {
                return SIP_ESYNTAX;
            }
        } else if (sip_str_equal_nocase(name, "Duration")) {
            if (sip__number_parse(sip_str_trim(line), &dtmf.duration_ms) != 0) {
                return SIP_ESYNTAX;
            }
            dtmf.has_duration = true;
        }
    }
    if (dtmf.signal == '\0') {
        return SIP_ESYNTAX;
    }
    *ret_dtmf = dtmf;
    return 0;
}

int sip_dtmf_parse(sip_str text, sip_dtmf *ret_dtmf)
{
    const char key = key_of(sip_str_trim(text));

    if (key == '\0') {
        return SIP_ESYNTAX;
    }
    *ret_dtmf = (sip_dtmf){.signal = key};
    return 0;
}

int sip_dtmf_relay_print(const sip_dtmf *dtmf, char *out, size_t size)
{
    sip__body_out text = {.at = out, .size = size};

    if (dtmf == NULL || (out == NULL && size > 0) || !is_key(dtmf->signal)) {
        return SIP_EINVAL;
    }
    sip__body_put(&text, SIP_STR("Signal="));
    sip__body_put(&text, (sip_str){&dtmf->signal, 1});
    sip__body_put(&text, SIP_STR("\r\n"));
    if (dtmf->has_duration) {
        sip__body_put(&text, SIP_STR("Duration="));
        sip__body_put_number(&text, dtmf->duration_ms);
        sip__body_put(&text, SIP_STR("\r\n"));
    }
    return sip__body_out_end(&text);
}

int sip_dtmf_print(const sip_dtmf *dtmf, char *out, size_t size)
{
    sip__body_out text = {.at = out, .size = size};

    if (dtmf == NULL || (out == NULL && size > 0) || !is_key(dtmf->signal)) {
        return SIP_EINVAL;
    }
    sip__body_put(&text, (sip_str){&dtmf->signal, 1});
    return sip__body_out_end(&text);
}

static int parse_with(int (*parse)(sip_str text, sip_dtmf *ret_dtmf),
                      const sip_allocator *allocator, sip_str text, void **ret_object)
{
    sip_dtmf dtmf;
    void *object;

    if (parse(text, &dtmf) != 0) {
        return SIP_ESYNTAX;
    }
    object = sip__body_box_create(allocator, sizeof(dtmf));
    if (object == NULL) {
        return SIP_ENOMEM;
    }
    *(sip_dtmf *)object = dtmf;
    *ret_object = object;
    return 0;
}

static int parse_relay(const sip_allocator *allocator, sip_str text, void **ret_object)
{
    return parse_with(sip_dtmf_relay_parse, allocator, text, ret_object);
}

static int print_relay(const void *object, char *out, size_t size)
{
    return sip_dtmf_relay_print(object, out, size);
}

static int parse_key(const sip_allocator *allocator, sip_str text, void **ret_object)
{
    return parse_with(sip_dtmf_parse, allocator, text, ret_object);
}

static int print_key(const void *object, char *out, size_t size)
{
    return sip_dtmf_print(object, out, size);
}

const sip_body_type sip_dtmf_relay_type = {.codec = {"application/dtmf-relay", print_relay},
                                           .parse = parse_relay,
                                           .free = sip__body_box_free};
const sip_body_type sip_dtmf_type = {
    .codec = {"application/dtmf", print_key}, .parse = parse_key, .free = sip__body_box_free};
