#include <sip/uri.h>

#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/uri_text.h"

#include <string.h>

/** Cut `*rest` at the first `c`; what follows it is returned, ptr NULL if there is none. */
static sip_str cut(sip_str *rest, char c)
{
    const char *at = rest->len > 0 ? memchr(rest->ptr, c, rest->len) : NULL;
    sip_str after = {NULL, 0};

    if (at != NULL) {
        const size_t before = (size_t)(at - rest->ptr);

        after = (sip_str){at + 1, rest->len - before - 1};
        rest->len = before;
    }
    return after;
}

/** "scheme:" of RFC 2396 3.1; `*rest` is left behind the colon. */
static bool take_scheme(sip_str *rest, sip_scheme *ret_scheme)
{
    static const struct {
        sip_str name;
        sip_scheme scheme;
    } known[] = {
        {SIP_STR_INIT("sip"), SIP_SCHEME_SIP},
        {SIP_STR_INIT("sips"), SIP_SCHEME_SIPS},
        {SIP_STR_INIT("tel"), SIP_SCHEME_TEL},
        {SIP_STR_INIT("urn"), SIP_SCHEME_URN},
    };
    sip_str scheme = *rest;
    const sip_str after = cut(&scheme, ':');

    if (after.ptr == NULL || scheme.len == 0 || !sip__is_char(*scheme.ptr, SIP__CHAR_ALPHA)) {
        return false;
    }
    for (size_t i = 1; i < scheme.len; i++) {
        const char c = scheme.ptr[i];

        if (!sip__is_char(c, SIP__CHAR_ALPHA | SIP__CHAR_DIGIT) && c != '+' && c != '-' &&
            c != '.') {
            return false;
        }
    }
    *ret_scheme = SIP_SCHEME_OTHER;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (sip_str_same_nocase(scheme, known[i].name)) {
            *ret_scheme = known[i].scheme;
        }
    }
    *rest = after;
    return true;
}

static bool set_param(sip_str *slot, sip_str value)
{
    if (slot->len > 0 || value.len == 0) {
        return false;
    }
    *slot = value;
    return true;
}

static bool keep_param(sip_uri *uri, sip_str name, sip_str value)
{
    const struct {
        const char *name;
        sip_str *slot;
    } known[] = {
        {"transport", &uri->transport}, {"maddr", &uri->maddr}, {"user", &uri->user_param},
        {"method", &uri->method},       {"ttl", &uri->ttl},
    };

    if (sip__uri_text_same(name, SIP_STR("lr"), true, true)) {
        uri->lr = true;
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (sip__uri_text_same(name, sip_str_of(known[i].name), true, true)) {
            return set_param(known[i].slot, value);
        }
    }
    return true;
}

/** Check and keep "a=b;c". A value may have '=' beyond the grammar: proxies put base64 into their
 * Record-Route. */
static bool parse_params(sip_uri *uri)
{
    sip_str rest = uri->params;
    sip_str name, value;

    if (rest.len == 0 || rest.ptr[rest.len - 1] == ';') {
        return false;
    }
    while (sip__uri_pair_next(&rest, ';', &name, &value)) {
        const bool has_equals = value.ptr != name.ptr + name.len;

        if (name.len == 0 || !sip__is_escaped(name, SIP__CHAR_URI_PARAM) ||
            (has_equals && value.len == 0)) {
            return false;
        }
        for (sip_str part = value, after = cut(&part, '='); part.ptr != NULL;
             part = after, after = cut(&part, '=')) {
            if (!sip__is_escaped(part, SIP__CHAR_URI_PARAM)) {
                return false;
            }
        }
        if (!keep_param(uri, name, value)) {
            return false;
        }
    }
    return true;
}

static bool check_headers(sip_str headers)
{
    sip_str rest = headers;
    sip_str name, value;

    if (rest.len == 0 || rest.ptr[rest.len - 1] == '&') {
        return false;
    }
    while (sip__uri_pair_next(&rest, '&', &name, &value)) {
        if (name.len == 0 || value.ptr == name.ptr + name.len ||
            !sip__is_escaped(name, SIP__CHAR_URI_HEADER) ||
            !sip__is_escaped(value, SIP__CHAR_URI_HEADER)) {
            return false;
        }
    }
    return true;
}

/** Take "user:password@". A user part may have ';', '?' and ':' but no '@', so the first '@' ends
 * it. */
static bool take_userinfo(sip_str *rest, sip_uri *uri)
{
    sip_str userinfo = *rest;
    const sip_str after = cut(&userinfo, '@');

    if (after.ptr == NULL) {
        return true;
    }
    uri->has_at = true;
    uri->user = userinfo;
    uri->password = cut(&uri->user, ':');
    *rest = after;
    return sip__is_escaped(uri->user, SIP__CHAR_USER) &&
           sip__is_escaped(uri->password, SIP__CHAR_USER);
}

/** What follows "sip:" or "sips:". */
static bool parse_sip(sip_str rest, sip_uri *uri)
{
    if (!take_userinfo(&rest, uri)) {
        return false;
    }
    uri->headers = cut(&rest, '?');
    if (uri->headers.ptr != NULL && !check_headers(uri->headers)) {
        return false;
    }
    uri->params = cut(&rest, ';');
    if (uri->params.ptr != NULL && !parse_params(uri)) {
        return false;
    }
    if (!sip__take_host(&rest, &uri->host)) {
        return false;
    }
    if (rest.len == 0) {
        return true;
    }
    if (*rest.ptr != ':') {
        return false;
    }
    sip__advance(&rest, 1);
    return sip__take_class(&(sip_str){rest.ptr, rest.len}, SIP__CHAR_DIGIT).len == rest.len &&
           sip__port_parse(rest, &uri->port) == 0;
}

/** What follows "tel:" (RFC 3966 3). */
static bool parse_tel(sip_str rest, sip_uri *uri)
{
    uri->user = rest;
    uri->params = cut(&uri->user, ';');
    if (uri->params.ptr != NULL && !parse_params(uri)) {
        return false;
    }
    for (size_t i = 0; i < uri->user.len; i++) {
        const char c = uri->user.ptr[i];

        if (!sip__is_char(c, SIP__CHAR_HEX) && strchr("+-.()*#", c) == NULL) {
            return false;
        }
    }
    return uri->user.len > 0;
}

/** What follows the colon of a scheme that we do not read: printable, and nothing that would end it
 * where it stands. */
static bool parse_opaque(sip_str rest, sip_uri *uri)
{
    uri->user = rest;
    for (size_t i = 0; i < rest.len; i++) {
        const char c = rest.ptr[i];

        if (c <= ' ' || c >= 0x7f || c == '<' || c == '>' || c == '"') {
            return false;
        }
    }
    return rest.len > 0;
}

int sip_uri_parse(sip_str text, sip_uri *ret_uri)
{
    sip_uri uri = {.text = text};
    sip_str rest = text;
    bool sound = false;

    if (!take_scheme(&rest, &uri.scheme)) {
        return SIP_ESYNTAX;
    }
    switch (uri.scheme) {
    case SIP_SCHEME_SIP:
    case SIP_SCHEME_SIPS:
        sound = parse_sip(rest, &uri);
        break;
    case SIP_SCHEME_TEL:
        sound = parse_tel(rest, &uri);
        break;
    case SIP_SCHEME_URN:
    case SIP_SCHEME_OTHER:
        sound = parse_opaque(rest, &uri);
        break;
    }
    if (!sound) {
        return SIP_ESYNTAX;
    }
    *ret_uri = uri;
    return 0;
}

bool sip_uri_param(const sip_uri *uri, const char *name, sip_str *ret_value)
{
    const sip_str wanted = sip_str_of(name);
    sip_str rest, found, value;

    if (uri == NULL) {
        return false;
    }
    rest = uri->params;
    while (sip__uri_pair_next(&rest, ';', &found, &value)) {
        if (sip__uri_text_same(found, wanted, true, true)) {
            if (ret_value != NULL) {
                *ret_value = value;
            }
            return true;
        }
    }
    return false;
}
