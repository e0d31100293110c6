#include "parser/start_line.h"

#include "parser/cursor.h"
#include "parser/scan.h"

#include <string.h>

/** True for "SIP/" 1*DIGIT "." 1*DIGIT (RFC 3261 7.1); says whether it is 2.0. */
static bool parse_version(sip_str version, bool *ret_other)
{
    static const sip_str name = SIP_STR_INIT("SIP/");
    sip_str rest = version;
    sip_str major;

    if (version.len == 7 && memcmp(version.ptr, "SIP/2.0", 7) == 0) {
        *ret_other = false;
        return true;
    }
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

static bool is_phrase(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];

        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

/** Beyond the one SP that the RFC has between elements some peers send more. */
static const char *skip_spaces(const char *at, const char *end)
{
    while (at < end && *at == ' ') {
        at++;
    }
    return at;
}

/** What follows the version and its SP. */
static int parse_status_line(sip_str rest, struct sip__start_line *line)
{
    unsigned status = 0;

    if (rest.len < 3 || (rest.len > 3 && rest.ptr[3] != ' ')) {
        return SIP_ESYNTAX;
    }
    for (size_t i = 0; i < 3; i++) {
        const unsigned digit = (unsigned)(unsigned char)rest.ptr[i] - '0';

        if (digit > 9) {
            return SIP_ESYNTAX;
        }
        status = status * 10 + digit;
    }
    sip__advance(&rest, rest.len > 3 ? 4 : 3);
    line->phrase = rest;
    line->status = (uint16_t)status;
    return status >= 100 && status <= 699 && is_phrase(rest) ? 0 : SIP_ESYNTAX;
}

/** What follows the method and its SP. */
static int parse_request_line(const char *uri, const char *end, struct sip__start_line *line)
{
    const char *space;
    const char *version;

    uri = skip_spaces(uri, end);
    space = sip__scan_blank(uri, end);
    if (space == end || *space != ' ' || space == uri) {
        return SIP_ESYNTAX;
    }
    version = skip_spaces(space + 1, end);
    while (end > version && end[-1] == ' ') {
        end--;
    }
    line->is_request = true;
    line->uri = (sip_str){uri, (size_t)(space - uri)};
    line->version = (sip_str){version, (size_t)(end - version)};
    line->method = sip_method_of(line->method_text);
    return (line->method != SIP_METHOD_OTHER || sip__is_token(line->method_text)) &&
                   parse_version(line->version, &line->other_version)
               ? 0
               : SIP_ESYNTAX;
}

int sip__start_line_parse(sip_str line, struct sip__start_line *ret_line)
{
    struct sip__start_line parsed = {0};
    const char *end = line.ptr + line.len;
    const char *space = sip__scan_blank(line.ptr, end);
    const sip_str first = {line.ptr, (size_t)(space - line.ptr)};
    int err;

    if (space == end || *space != ' ') {
        return SIP_ESYNTAX;
    }
    if (first.len > 3 && first.ptr[3] == '/' && parse_version(first, &parsed.other_version)) {
        const char *status = skip_spaces(space + 1, end);

        parsed.version = first;
        err = parse_status_line((sip_str){status, (size_t)(end - status)}, &parsed);
    } else {
        parsed.method_text = first;
        err = parse_request_line(space + 1, end, &parsed);
    }
    if (err == 0) {
        *ret_line = parsed;
    }
    return err;
}
