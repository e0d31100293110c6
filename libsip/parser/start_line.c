#include "parser/start_line.h"

#include "parser/cursor.h"

/** True for "SIP/" 1*DIGIT "." 1*DIGIT (RFC 3261 7.1); says whether it is 2.0. */
static bool parse_version(sip_str version, bool *ret_other)
{
    static const sip_str name = SIP_STR_INIT("SIP/");
    sip_str rest = version;
    sip_str major;

    if (rest.len < name.len || !sip_str_same_nocase((sip_str){rest.ptr, name.len}, name)) {
        return false;
    }
    sip__advance(&rest, name.len);
    major = sip__take_class(&rest, SIP__CHAR_DIGIT);
    if (major.len == 0 || rest.len < 2 || *rest.ptr != '.') {
        return false;
    }
    sip__advance(&rest, 1);
    *ret_other = !sip_str_equal(major, "2") || !sip_str_equal(rest, "0");
    return sip__take_class(&rest, SIP__CHAR_DIGIT).len > 0 && rest.len == 0;
}

/** Take what stands before the next SP, and that SP; false if there is none. */
static bool take_word(sip_str *rest, sip_str *ret_word)
{
    size_t n = 0;

    while (n < rest->len && rest->ptr[n] != ' ') {
        n++;
    }
    if (n == rest->len) {
        return false;
    }
    *ret_word = (sip_str){rest->ptr, n};
    sip__advance(rest, n + 1);
    return true;
}

static bool has_control(sip_str text, bool tab_is_one)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if ((c < ' ' && (c != '\t' || tab_is_one)) || c == 0x7f) {
            return true;
        }
    }
    return false;
}

static int parse_status_line(sip_str rest, struct sip__start_line *line)
{
    sip_str code = rest;
    unsigned status = 0;

    line->phrase = (sip_str){rest.ptr + rest.len, 0};
    if (take_word(&rest, &code)) {
        line->phrase = rest;
    }
    if (code.len != 3 || has_control(line->phrase, false)) {
        return SIP_ESYNTAX;
    }
    for (size_t i = 0; i < code.len; i++) {
        if (!sip__is_char(code.ptr[i], SIP__CHAR_DIGIT)) {
            return SIP_ESYNTAX;
        }
        status = status * 10 + (unsigned)(code.ptr[i] - '0');
    }
    if (status < 100 || status > 699) {
        return SIP_ESYNTAX;
    }
    line->status = (uint16_t)status;
    return 0;
}

static int parse_request_line(sip_str rest, struct sip__start_line *line)
{
    line->is_request = true;
    line->version = rest;
    if (!sip__is_token(line->method_text) || line->uri.len == 0 || has_control(line->uri, true) ||
        !parse_version(line->version, &line->other_version)) {
        return SIP_ESYNTAX;
    }
    line->method = sip_method_of(line->method_text);
    return 0;
}

int sip__start_line_parse(sip_str line, struct sip__start_line *ret_line)
{
    struct sip__start_line parsed = {0};
    sip_str rest = line;
    sip_str first;
    int err;

    if (!take_word(&rest, &first)) {
        return SIP_ESYNTAX;
    }
    if (parse_version(first, &parsed.other_version)) {
        parsed.version = first;
        err = parse_status_line(rest, &parsed);
    } else {
        parsed.method_text = first;
        if (!take_word(&rest, &parsed.uri)) {
            return SIP_ESYNTAX;
        }
        err = parse_request_line(rest, &parsed);
    }
    if (err == 0) {
        *ret_line = parsed;
    }
    return err;
}
