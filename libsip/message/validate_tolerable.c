#include "message/validate.h"

#include <sip/header_type.h>

#include <stddef.h>
#include <string.h>

#include "message/limits.h"
#include "message/rules.h"
#include "parser/cursor.h"

#define COOKIE "z9hG4bK"
#define COOKIE_LEN 7u

static bool is_kept(const struct sip__check *check, sip_rule rule)
{
    return (check->tolerated >> rule & 1) == 0;
}

/* Where text stands in the message; that of an unfolded value stands behind it, so its line is
 * told. */
static size_t offset_of(const sip_msg *msg, const char *at, size_t line_at)
{
    const size_t offset = (size_t)(at - msg->bytes);

    return at >= msg->bytes && offset < msg->n_bytes ? offset : line_at;
}

static int broken(const struct sip__check *check, sip_rule rule, size_t offset)
{
    return is_kept(check, rule)
               ? sip__rule_broken(rule, offset, check->msg->is_request, check->error)
               : 0;
}

/* Start line and headers, byte by byte. Behind a backslash a control character is quoted. */
static int check_bytes(const struct sip__check *check)
{
    const char *bytes = check->msg->bytes;
    int err = 0;

    for (uint32_t i = 0; err == 0 && i < check->msg->body_at; i++) {
        const unsigned char c = (unsigned char)bytes[i];

        if (c == '\n' && (i == 0 || bytes[i - 1] != '\r')) {
            err = broken(check, SIP_RULE_LINE_END, i);
        } else if (((c < ' ' && c != '\r' && c != '\n' && c != '\t') || c == 0x7f) &&
                   (i == 0 || bytes[i - 1] != '\\')) {
            err = broken(check, SIP_RULE_CONTROL, i);
        }
    }
    return err;
}

/* One SP stands between the elements of the start line, and none behind them. */
static int check_spaces(const struct sip__check *check)
{
    const sip_msg *msg = check->msg;
    size_t end = sip__scan_line_end(msg->bytes, msg->n_bytes, 0);
    size_t uri_end = (size_t)msg->uri_text.at + msg->uri_text.len;

    if (!msg->is_request) {
        return msg->bytes[8] == ' ' ? broken(check, SIP_RULE_START_LINE_SPACE, 8) : 0;
    }
    end -= end > 0 && msg->bytes[end - 1] == '\r' ? 1 : 0;
    if (msg->uri_text.at != msg->method_text.at + msg->method_text.len + 1) {
        return broken(check, SIP_RULE_START_LINE_SPACE, msg->method_text.len + 1u);
    }
    if (msg->bytes[uri_end + 1] == ' ') {
        return broken(check, SIP_RULE_START_LINE_SPACE, uri_end + 1);
    }
    return msg->bytes[end - 1] == ' ' ? broken(check, SIP_RULE_START_LINE_SPACE, end - 1) : 0;
}

/* `line_at` is where the URI's line begins. */
static int check_uri(const struct sip__check *check, const sip_uri *uri, size_t line_at)
{
    static const struct {
        unsigned flaw;
        sip_rule rule;
    } map[] = {
        {SIP_URI_PARAM_TWICE, SIP_RULE_URI_PARAM_TWICE},
        {SIP_URI_PARAM_EMPTY, SIP_RULE_URI_PARAM_EMPTY},
        {SIP_URI_VALUE_EMPTY, SIP_RULE_URI_VALUE_EMPTY},
        {SIP_URI_VALUE_EQUALS, SIP_RULE_URI_VALUE_EQUALS},
        {SIP_URI_USER_HASH, SIP_RULE_URI_USER_HASH},
        {SIP_URI_IP6_COLONS, SIP_RULE_URI_IP6_COLONS},
        {SIP_URI_HOST_NAME, SIP_RULE_URI_HOST_NAME},
        {SIP_URI_NO_CONTEXT, SIP_RULE_URI_NO_CONTEXT},
    };
    const unsigned flaws = sip_uri_flaws(uri);
    const size_t offset = offset_of(check->msg, uri->text.ptr, line_at);
    int err = 0;

    for (size_t i = 0; err == 0 && i < sizeof map / sizeof map[0]; i++) {
        if ((flaws & map[i].flaw) != 0) {
            err = broken(check, map[i].rule, offset);
        }
    }
    return err;
}

static int check_request_uri(const struct sip__check *check)
{
    const sip_uri *uri = sip_msg_request_uri(check->msg);
    int err = 0;

    if (uri == NULL) {
        return 0;
    }
    if (uri->scheme == SIP_SCHEME_OTHER) {
        err = broken(check, SIP_RULE_REQUEST_SCHEME, check->msg->uri_text.at);
    }
    if (err == 0 && uri->headers.len > 0) {
        err = broken(check, SIP_RULE_REQUEST_URI_HEADERS,
                     (size_t)(uri->headers.ptr - check->msg->bytes) - 1);
    }
    return err == 0 ? check_uri(check, uri, 0) : err;
}

/* True if a bare URI is followed by what must be meant as parameters of its own. */
static bool lacks_brackets(const sip_address *address)
{
    static const char *const of_uris[] = {"transport", "user", "method", "ttl",
                                          "maddr",     "lr",   "ob"};
    const char *end = address->uri.text.ptr + address->uri.text.len;

    if (end < address->text.ptr + address->text.len && *end == '>') {
        return false;
    }
    for (size_t i = 0; i < sizeof of_uris / sizeof of_uris[0]; i++) {
        if (sip_address_param(address, of_uris[i], NULL)) {
            return true;
        }
    }
    return false;
}

/* A display name that is no quoted string is tokens of ASCII. */
static bool is_display_name(const sip_address *address)
{
    if (address->display.len == 0 ||
        (address->display.ptr > address->text.ptr && address->display.ptr[-1] == '"')) {
        return true;
    }
    for (size_t i = 0; i < address->display.len; i++) {
        if (!sip__is_char(address->display.ptr[i], SIP__CHAR_TOKEN | SIP__CHAR_SPACE)) {
            return false;
        }
    }
    return true;
}

static int check_address(const struct sip__check *check, const sip_address *address, size_t line_at)
{
    const size_t offset = offset_of(check->msg, address->text.ptr, line_at);
    int err;

    if (address->is_star) {
        return 0;
    }
    err = check_uri(check, &address->uri, line_at);
    if (err == 0 && lacks_brackets(address)) {
        err = broken(check, SIP_RULE_ADDRESS_BRACKETS, offset);
    }
    if (err == 0 && address->display.len > 0 && !is_display_name(address)) {
        err = broken(check, SIP_RULE_DISPLAY_NAME, offset);
    }
    if (err == 0 && address->tag.len > 0 && !sip__is_token(address->tag)) {
        err = broken(check, SIP_RULE_TAG, offset_of(check->msg, address->tag.ptr, line_at));
    }
    return err;
}

static int check_addresses(const struct sip__check *check)
{
    static const sip_header_id ids[] = {SIP_HEADER_FROM, SIP_HEADER_TO, SIP_HEADER_CONTACT,
                                        SIP_HEADER_ROUTE, SIP_HEADER_RECORD_ROUTE};
    int err = 0;

    for (size_t i = 0; err == 0 && i < sizeof ids / sizeof ids[0]; i++) {
        sip__value_iter iter;
        sip_address address;
        sip_str text;

        /* Read beside the message: it has no room to keep any number of values. */
        sip__value_iter_init(check->msg, ids[i], &iter);
        while (err == 0 && sip__value_next(check->msg, ids[i], &iter, &text)) {
            if (sip_address_parse(text, &address) == 0) {
                err = check_address(check, &address,
                                    check->msg->lines[check->msg->first[ids[i]] - 1].name);
            }
        }
    }
    return err;
}

/* What a request must have since RFC 3261, and had not before. */
static int check_request(const struct sip__check *check)
{
    const sip_msg *msg = check->msg;
    const sip_via *via = sip_msg_via(msg, 0);
    int err = 0;

    if (sip_msg_from(msg)->tag.len == 0) {
        err = broken(check, SIP_RULE_FROM_TAG_MISSING,
                     msg->lines[msg->first[SIP_HEADER_FROM] - 1].name);
    }
    if (err == 0 && msg->first[SIP_HEADER_MAX_FORWARDS] == 0) {
        err = broken(check, SIP_RULE_MAX_FORWARDS_MISSING, msg->body_at);
    }
    if (err == 0 && (via->branch.len <= COOKIE_LEN ||
                     !sip_str_equal_nocase((sip_str){via->branch.ptr, COOKIE_LEN}, COOKIE))) {
        err =
            broken(check, SIP_RULE_BRANCH,
                   offset_of(msg, via->text.ptr, msg->lines[msg->first[SIP_HEADER_VIA] - 1].name));
    }
    return err;
}

/* word [ "@" word ] (RFC 3261 25.1) */
static int check_call_id(const struct sip__check *check)
{
    static const char others[] = "()<>:\\\"/[]?{}";
    const sip_str id = sip_msg_call_id(check->msg);
    bool has_at = false;

    for (size_t i = 0; i < id.len; i++) {
        const char c = id.ptr[i];
        const bool is_at = c == '@' && !has_at && i > 0 && i + 1 < id.len;

        if (!is_at && !sip__is_char(c, SIP__CHAR_TOKEN) && strchr(others, c) == NULL) {
            return broken(check, SIP_RULE_CALL_ID_CHARS,
                          offset_of(check->msg, id.ptr + i, (size_t)(id.ptr - check->msg->bytes)));
        }
        has_at = has_at || is_at;
    }
    return 0;
}

static bool may_be_empty(sip_header_id id)
{
    static const sip_header_id ids[] = {
        SIP_HEADER_OTHER,           SIP_HEADER_ACCEPT,       SIP_HEADER_ACCEPT_ENCODING,
        SIP_HEADER_ACCEPT_LANGUAGE, SIP_HEADER_ALLOW,        SIP_HEADER_SUPPORTED,
        SIP_HEADER_SUBJECT,         SIP_HEADER_ORGANIZATION, SIP_HEADER_RECV_INFO};

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* Several lines of these are no several values (RFC 3261 7.3.1, 20). */
static bool is_single(sip_header_id id)
{
    static const sip_header_id ids[] = {
        SIP_HEADER_CONTENT_LENGTH, SIP_HEADER_CONTENT_TYPE,    SIP_HEADER_CONTENT_DISPOSITION,
        SIP_HEADER_DATE,           SIP_HEADER_EVENT,           SIP_HEADER_EXPIRES,
        SIP_HEADER_MIME_VERSION,   SIP_HEADER_MIN_EXPIRES,     SIP_HEADER_MIN_SE,
        SIP_HEADER_ORGANIZATION,   SIP_HEADER_PRIORITY,        SIP_HEADER_RACK,
        SIP_HEADER_REFER_TO,       SIP_HEADER_REFERRED_BY,     SIP_HEADER_REPLACES,
        SIP_HEADER_REPLY_TO,       SIP_HEADER_RETRY_AFTER,     SIP_HEADER_RSEQ,
        SIP_HEADER_SERVER,         SIP_HEADER_SESSION_EXPIRES, SIP_HEADER_SUBJECT,
        SIP_HEADER_TIMESTAMP,      SIP_HEADER_USER_AGENT,
    };

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* True if a comma stands where a value is missing. */
static bool has_gap(sip_header_id id, sip_str value)
{
    sip_str rest = value;
    sip_str next;
    const char *end = value.ptr;

    while (sip__header_list_next(id, &rest, &next)) {
        size_t commas = 0;

        for (const char *at = end; at < next.ptr; at++) {
            commas += *at == ',' ? 1 : 0;
        }
        if (commas > (end == value.ptr ? 0u : 1u)) {
            return true;
        }
        end = next.ptr + next.len;
    }
    return end < value.ptr + value.len;
}

static int check_lines(const struct sip__check *check)
{
    const sip_msg *msg = check->msg;
    int err = 0;

    for (uint32_t i = 0; err == 0 && i < msg->n_lines; i++) {
        const sip_header_id id = (sip_header_id)msg->lines[i].id;
        const sip_str value = sip__msg_line_value(msg, i);

        if (value.len == 0 && !may_be_empty(id)) {
            err = broken(check, SIP_RULE_HEADER_EMPTY, msg->lines[i].name);
        }
        if (err == 0 && value.len > 0 && sip__header_is_list(id) && has_gap(id, value)) {
            err = broken(check, SIP_RULE_LIST_GAP, msg->lines[i].name);
        }
        if (err == 0 && is_single(id) && msg->first[id] != i + 1) {
            err = broken(check, SIP_RULE_HEADER_TWICE, msg->lines[i].name);
        }
    }
    return err;
}

/* Room for a value of any type of the library's; test_validate_tolerable.c looks at each. */
union any_value {
    max_align_t align;
    char bytes[SIP__ANY_VALUE_BYTES];
};

static int check_value(const struct sip__check *check, const sip_header_type *type, sip_str text,
                       size_t line_at)
{
    union any_value value;
    sip_rule rule;
    size_t at = 0;

    if (type->size > sizeof value) {
        return 0;
    }
    if (sip_header_parse(type, text, &value, &at) == 0) {
        rule = sip__limit_of_typed(check->msg, type, text, &value);
        return rule != SIP_RULE_NONE ? broken(check, rule, offset_of(check->msg, text.ptr, line_at))
                                     : 0;
    }
    return broken(check, SIP_RULE_HEADER_VALUE, offset_of(check->msg, text.ptr + at, line_at));
}

static int check_header_values(const struct sip__check *check)
{
    const sip_msg *msg = check->msg;
    int err = 0;

    for (uint32_t i = 0; err == 0 && i < msg->n_lines; i++) {
        const sip_header_id id = (sip_header_id)msg->lines[i].id;
        const sip_header_type *type = sip_header_type_of(id);
        sip_str rest = sip__msg_line_value(msg, i);
        sip_str value = rest;

        if (type == NULL || rest.len == 0) { /* an empty line has a rule of its own */
            continue;
        }
        if (!type->is_list) {
            err = check_value(check, type, value, msg->lines[i].name);
            continue;
        }
        while (err == 0 && sip__header_list_next(id, &rest, &value)) {
            err = check_value(check, type, value, msg->lines[i].name);
        }
    }
    return err;
}

int sip__check_tolerable(const struct sip__check *check)
{
    int (*const steps[])(const struct sip__check *) = {
        check_bytes, check_spaces, check_request_uri, check_addresses, check_call_id, check_lines,
    };
    int err = 0;

    for (size_t i = 0; err == 0 && i < sizeof steps / sizeof steps[0]; i++) {
        err = steps[i](check);
    }
    if (err == 0 && check->msg->is_request) {
        err = check_request(check);
    }
    return err == 0 && is_kept(check, SIP_RULE_HEADER_VALUE) ? check_header_values(check) : err;
}
