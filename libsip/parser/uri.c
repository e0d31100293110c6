#include <sip/uri.h>

#include "parser/cursor.h"
#include "parser/uri_text.h"

#include <string.h>

#define MAX_KNOWN_BYTES 9u /* of the name of a parameter that has a slot */

#define LOWER UINT64_C(0x2020202020202020)

/* True if the first `len` bytes, at most eight, are those of `text` but for case: letters where
 * `text` has letters. */
static inline bool same_letters(const char *at, const char *text, size_t len)
{
    uint64_t a = 0, b = 0;

    memcpy(&a, at, len);
    memcpy(&b, text, len);
    return (a | LOWER) == (b | LOWER);
}

static sip_str between(const char *begin, const char *end)
{
    return (sip_str){begin, (size_t)(end - begin)};
}

/* "scheme:" of RFC 2396 3.1. @return behind the colon, or NULL */
static const char *take_scheme(const char *at, const char *end, sip_scheme *ret_scheme)
{
    const char *colon;
    size_t len;

    if (end - at > 4 && at[3] == ':' && same_letters(at, "sip", 3)) {
        *ret_scheme = SIP_SCHEME_SIP;
        return at + 4;
    }
    colon = sip__uri_skip(at, end, SIP__URI_SCHEME);
    len = (size_t)(colon - at);
    if (colon == end || *colon != ':' || len == 0 || !sip__is_char(*at, SIP__CHAR_ALPHA)) {
        return NULL;
    }
    *ret_scheme = SIP_SCHEME_OTHER;
    if (len == 4 && same_letters(at, "sips", 4)) {
        *ret_scheme = SIP_SCHEME_SIPS;
    } else if (len == 3 && same_letters(at, "tel", 3)) {
        *ret_scheme = SIP_SCHEME_TEL;
    } else if (len == 3 && same_letters(at, "urn", 3)) {
        *ret_scheme = SIP_SCHEME_URN;
    }
    return colon + 1;
}

static void note(sip_uri *uri, sip_uri_flaw flaw)
{
    uri->flaws = (uint8_t)(uri->flaws | flaw);
}

static bool keep_flag(sip_uri *uri, bool *flag)
{
    if (*flag) {
        note(uri, SIP_URI_PARAM_TWICE);
    }
    *flag = true;
    return true;
}

/* Twice the same does no harm; two values would make two readers see two URIs. */
static bool keep_value(sip_uri *uri, sip_str *slot, sip_str value)
{
    if (value.len == 0) {
        note(uri, SIP_URI_VALUE_EMPTY);
        return true;
    }
    if (slot->len > 0) {
        note(uri, SIP_URI_PARAM_TWICE);
        return sip_str_same_nocase(*slot, value);
    }
    *slot = value;
    return true;
}

static bool keep_gr(sip_uri *uri, sip_str value)
{
    const bool is_again = uri->has_gr;

    uri->has_gr = true;
    if (is_again) {
        note(uri, SIP_URI_PARAM_TWICE);
        return sip_str_same(uri->gr, value);
    }
    uri->gr = value;
    return true;
}

/* The slot of a parameter with a value, by its plain name; NULL if there is none. */
static sip_str *slot_of(sip_uri *uri, const char *name, size_t len)
{
    switch (len) {
    case 3:
        return same_letters(name, "ttl", 3) ? &uri->ttl : NULL;
    case 4:
        return same_letters(name, "user", 4) ? &uri->user_param : NULL;
    case 5:
        return same_letters(name, "maddr", 5) ? &uri->maddr : NULL;
    case 6:
        return same_letters(name, "method", 6) ? &uri->method : NULL;
    case 9:
        return same_letters(name, "transpor", 8) && same_letters(name + 8, "t", 1) ? &uri->transport
                                                                                   : NULL;
    default:
        return NULL;
    }
}

/* Keep the value of a parameter with a plain name; *ret_known says whether it has a place. */
static bool keep_plain(sip_uri *uri, sip_str name, sip_str value, bool *ret_known)
{
    sip_str *slot;

    *ret_known = true;
    if (name.len == 2) {
        if (same_letters(name.ptr, "lr", 2)) {
            return keep_flag(uri, &uri->lr);
        }
        if (same_letters(name.ptr, "ob", 2)) {
            return keep_flag(uri, &uri->ob);
        }
        if (same_letters(name.ptr, "gr", 2)) {
            return keep_gr(uri, value);
        }
    }
    slot = slot_of(uri, name.ptr, name.len);
    *ret_known = slot != NULL;
    return slot == NULL || keep_value(uri, slot, value);
}

static bool keep_param(sip_uri *uri, sip_str name, sip_str value)
{
    char plain[3 * MAX_KNOWN_BYTES];
    bool is_known;
    int len;

    if (!keep_plain(uri, name, value, &is_known)) {
        return false;
    }
    if (is_known || name.len > sizeof plain || memchr(name.ptr, '%', name.len) == NULL) {
        return true;
    }
    len = sip_unescape(name, plain);
    return len < 0 || keep_plain(uri, (sip_str){plain, (size_t)len}, value, &is_known);
}

/* Check and keep "a=b;c". A value may have '=' beyond the grammar: proxies put base64 into their
 * Record-Route. @return behind them, or NULL */
static const char *take_params(sip_uri *uri, const char *at, const char *end)
{
    const char *begin = at;

    for (;; at++) {
        sip_str name = {at, 0};
        sip_str value;

        at = sip__uri_skip_escaped(at, end, SIP__URI_PARAM);
        name.len = (size_t)(at - name.ptr);
        value = (sip_str){at, 0};
        if (at < end && *at == '=') {
            value.ptr = ++at;
            at = sip__uri_skip_escaped(at, end, SIP__URI_PARAM);
            while (at < end && *at == '=') {
                note(uri, SIP_URI_VALUE_EQUALS);
                at = sip__uri_skip_escaped(at + 1, end, SIP__URI_PARAM);
            }
            value.len = (size_t)(at - value.ptr);
            if (value.len == 0) {
                note(uri, SIP_URI_VALUE_EMPTY);
            }
            if (name.len == 0) {
                return NULL;
            }
        }
        if (name.len == 0) {
            note(uri, SIP_URI_PARAM_EMPTY);
        } else if (!keep_param(uri, name, value)) {
            return NULL;
        }
        if (at == end || *at != ';') {
            uri->params = between(begin, at);
            return at;
        }
    }
}

/* Check "a=b&c=" up to the end. */
static bool take_headers(sip_uri *uri, const char *at, const char *end)
{
    const char *begin = at;

    for (;; at++) {
        const char *name = at;

        at = sip__uri_skip_escaped(at, end, SIP__URI_HEADER);
        if (at == name || at == end || *at != '=') {
            return false;
        }
        at = sip__uri_skip_escaped(at + 1, end, SIP__URI_HEADER);
        if (at == end) {
            uri->headers = between(begin, end);
            return true;
        }
        if (*at != '&') {
            return false;
        }
    }
}

/* Past a user part; a '#' of the dialling kind is taken as it stands. */
static const char *skip_user(sip_uri *uri, const char *at, const char *end)
{
    at = sip__uri_skip_escaped(at, end, SIP__URI_USER);
    while (at < end && *at == '#') {
        note(uri, SIP_URI_USER_HASH);
        at = sip__uri_skip_escaped(at + 1, end, SIP__URI_USER);
    }
    return at;
}

/* Take "user:password@" if it is there. A user part may have ';', '?' and other bytes of a host and
 * parameters, so what is scanned in vain is scanned again as those. */
static const char *take_userinfo(sip_uri *uri, const char *begin, const char *end)
{
    const char *at = skip_user(uri, begin, end);
    const char *colon = at;

    if (at < end && *at == ':') {
        at = sip__uri_skip_escaped(at + 1, end, SIP__URI_PASSWORD);
    }
    if (at == end || *at != '@') {
        uri->flaws = 0;
        return begin;
    }
    uri->has_at = true;
    uri->user = between(begin, colon);
    if (colon < at) {
        uri->password = between(colon + 1, at);
    }
    return at + 1;
}

/* An IPv6 reference: an address in brackets. One with three colons in a row is read as with two. */
static const char *take_ip6(sip_uri *uri, const char *begin, const char *end)
{
    const char *close = memchr(begin, ']', (size_t)(end - begin));
    char text[64];
    sip_addr addr;
    size_t n = 0;

    if (close == NULL || (size_t)(close + 1 - begin) > sizeof text) {
        return NULL;
    }
    for (const char *at = begin; at <= close; at++) {
        if (*at == '%') { /* a zone means nothing to another host (RFC 4007 11) */
            return NULL;
        }
        if (n > 2 && at - begin > 2 && memcmp(at - 2, ":::", 3) == 0) {
            note(uri, SIP_URI_IP6_COLONS);
            continue;
        }
        text[n++] = *at;
    }
    if (sip_addr_parse((sip_str){text, n}, 0, &addr) != 0) {
        return NULL;
    }
    uri->host = between(begin, close + 1);
    return close + 1;
}

static const char *take_host(sip_uri *uri, const char *begin, const char *end)
{
    const char *at;

    if (begin < end && *begin == '[') {
        return take_ip6(uri, begin, end);
    }
    at = sip__uri_skip(begin, end, SIP__URI_HOST);
    if (at == begin) {
        return NULL;
    }
    uri->host = between(begin, at);
    return at;
}

static const char *take_port(sip_uri *uri, const char *begin, const char *end)
{
    const char *at = begin;
    unsigned port = 0;

    while (at < end && *at >= '0' && *at <= '9' && port <= UINT16_MAX) {
        port = port * 10 + (unsigned)(*at++ - '0');
    }
    if (at == begin || port == 0 || port > UINT16_MAX) {
        return NULL;
    }
    uri->port = (uint16_t)port;
    return at;
}

/* What follows "sip:" or "sips:". */
static bool parse_sip(sip_uri *uri, const char *at, const char *end)
{
    at = take_host(uri, take_userinfo(uri, at, end), end);
    if (at != NULL && at < end && *at == ':') {
        at = take_port(uri, at + 1, end);
    }
    if (at != NULL && at < end && *at == ';') {
        at = take_params(uri, at + 1, end);
    }
    if (at != NULL && at < end && *at == '?') {
        return take_headers(uri, at + 1, end);
    }
    return at == end;
}

/* What follows "tel:" (RFC 3966 3). */
static bool parse_tel(sip_uri *uri, const char *begin, const char *end)
{
    const char *at = begin < end && *begin == '+' ? begin + 1 : begin;
    bool has_digit = false;

    for (; at < end && *at != '+' && sip__is_uri_char(*at, SIP__URI_NUMBER); at++) {
        has_digit = has_digit || sip__is_char(*at, SIP__CHAR_HEX) || *at == '*' || *at == '#';
    }
    uri->user = between(begin, at);
    if (has_digit && at < end && *at == ';') {
        at = take_params(uri, at + 1, end);
    }
    return has_digit && at == end;
}

int sip__uri_read(sip_str text, sip_uri *uri)
{
    const char *end = text.len > 0 ? text.ptr + text.len : text.ptr;
    const char *at;
    bool sound = false;

    *uri = (sip_uri){.text = text};
    at = take_scheme(text.ptr, end, &uri->scheme);
    if (at == NULL) {
        return SIP_ESYNTAX;
    }
    switch (uri->scheme) {
    case SIP_SCHEME_SIP:
    case SIP_SCHEME_SIPS:
        sound = parse_sip(uri, at, end);
        break;
    case SIP_SCHEME_TEL:
        sound = parse_tel(uri, at, end);
        break;
    case SIP_SCHEME_URN:
    case SIP_SCHEME_OTHER:
        uri->user = between(at, end);
        sound = at < end && sip__uri_skip(at, end, SIP__URI_OPAQUE) == end;
        break;
    }
    return sound ? 0 : SIP_ESYNTAX;
}

int sip_uri_parse(sip_str text, sip_uri *ret_uri)
{
    sip_uri uri;
    const int err = sip__uri_read(text, &uri);

    if (err == 0) {
        *ret_uri = uri;
    }
    return err;
}
