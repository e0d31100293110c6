#include <sip/uri.h>

#include "parser/uri_text.h"

#include <string.h>

/* Comparing sets of pairs takes the product of their sizes; beyond this only the same bytes are
 * equal, so that nobody can make us work by sending a URI of many thousand parameters. */
#define MAX_PAIRS 64

static size_t count_params(sip_str params)
{
    size_t n = 0;

    while (sip_uri_param_next(&params, NULL, NULL)) {
        n++;
    }
    return n;
}

static size_t count_headers(sip_str headers)
{
    size_t n = 0;

    while (sip_uri_header_next(&headers, NULL, NULL)) {
        n++;
    }
    return n;
}

static bool same_host(sip_str a, sip_str b)
{
    sip_addr addr_a, addr_b;

    if (sip_str_same_nocase(a, b)) {
        return true;
    }
    /* One IPv6 address has many texts (RFC 5954 4.2); a mapped one is no IPv4 address. */
    return a.len > 0 && *a.ptr == '[' && b.len > 0 && *b.ptr == '[' &&
           sip_addr_parse(a, 0, &addr_a) == 0 && sip_addr_parse(b, 0, &addr_b) == 0 &&
           sip_addr_equal(&addr_a, &addr_b);
}

/** True for the parameters that never match a URI without them. */
static bool must_be_in_both(sip_str name)
{
    static const sip_str strict[] = {
        SIP_STR_INIT("transport"), SIP_STR_INIT("user"),  SIP_STR_INIT("ttl"),
        SIP_STR_INIT("method"),    SIP_STR_INIT("maddr"),
    };

    for (size_t i = 0; i < sizeof strict / sizeof strict[0]; i++) {
        if (sip__uri_text_same(name, strict[i], true, true)) {
            return true;
        }
    }
    return false;
}

/** True if `params` has this name with this value, or may lack the name. A name that is there twice
 * matches by either value, so that a URI always equals itself. */
static bool param_matches(sip_str params, sip_str name, sip_str value)
{
    sip_str other_name, other_value;
    bool found = false;

    while (sip__uri_pair_next(&params, ';', &other_name, &other_value)) {
        if (sip__uri_text_same(name, other_name, true, false)) {
            if (sip__uri_text_same(value, other_value, true, false)) {
                return true;
            }
            found = true;
        }
    }
    return !found && !must_be_in_both(name);
}

/** True if each parameter of `a` is the same in `b`, or may be absent there. */
static bool params_match(sip_str a, sip_str b)
{
    sip_str name, value;

    while (sip_uri_param_next(&a, &name, &value)) {
        if (!param_matches(b, name, value)) {
            return false;
        }
    }
    return true;
}

/** True if each header of `a` is in `b` too, as often as in `a`. */
static bool headers_match(sip_str a, sip_str b)
{
    bool used[MAX_PAIRS] = {false};
    sip_str name, value;

    while (sip__uri_pair_next(&a, '&', &name, &value)) {
        sip_str rest = b;
        sip_str other_name, other_value;
        bool found = false;

        for (size_t i = 0; !found && sip__uri_pair_next(&rest, '&', &other_name, &other_value);
             i++) {
            found = !used[i] && sip__uri_text_same(name, other_name, true, false) &&
                    sip__uri_text_same(value, other_value, false, false);
            used[i] = used[i] || found;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

bool sip__uri_params_same(sip_str a, sip_str b)
{
    sip_str name, value, other_name, other_value;

    while (sip_uri_param_next(&a, &name, &value)) {
        if (!sip_uri_param_next(&b, &other_name, &other_value) || !sip_str_same(name, other_name) ||
            !sip_str_same(value, other_value)) {
            return false;
        }
    }
    return !sip_uri_param_next(&b, &other_name, &other_value);
}

static bool same_params(sip_str a, sip_str b)
{
    if (count_params(a) > MAX_PAIRS || count_params(b) > MAX_PAIRS) {
        return sip__uri_params_same(a, b);
    }
    return params_match(a, b) && params_match(b, a);
}

static bool same_headers(sip_str a, sip_str b)
{
    const size_t n = count_headers(a);

    if (n > MAX_PAIRS) {
        return sip_str_same(a, b);
    }
    return n == count_headers(b) && headers_match(a, b);
}

static bool is_sip(const sip_uri *uri)
{
    return uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS;
}

/* "isbn:123" without the components that do not count: "?+", "?=" and "#" (RFC 8141 3). */
static sip_str assigned_name(sip_str text)
{
    size_t len = 0;

    while (len < text.len && text.ptr[len] != '#' && text.ptr[len] != '?') {
        len++;
    }
    return (sip_str){text.ptr, len};
}

/* True for the name spaces whose names have no case. */
static bool has_no_case(sip_str space)
{
    return sip_str_equal_nocase(space, "service") || sip_str_equal_nocase(space, "uuid");
}

/* True if both are the same but for case in their escapes. */
static bool same_bytes(sip_str a, sip_str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        const bool in_escape = (i > 0 && a.ptr[i - 1] == '%') || (i > 1 && a.ptr[i - 2] == '%');

        if (a.ptr[i] != b.ptr[i] && (!in_escape || !sip_str_same_nocase((sip_str){a.ptr + i, 1},
                                                                        (sip_str){b.ptr + i, 1}))) {
            return false;
        }
    }
    return true;
}

static bool same_urn(const sip_uri *a, const sip_uri *b)
{
    sip_str name_a = assigned_name(a->user), name_b = assigned_name(b->user);
    const char *colon = name_a.len > 0 ? memchr(name_a.ptr, ':', name_a.len) : NULL;
    const size_t len = colon != NULL ? (size_t)(colon - name_a.ptr) : name_a.len;
    const sip_str space = {name_a.ptr, len};

    if (name_b.len < len || !sip_str_same_nocase(space, (sip_str){name_b.ptr, len})) {
        return false;
    }
    if (has_no_case(space)) {
        return sip_str_same_nocase(name_a, name_b);
    }
    return same_bytes((sip_str){name_a.ptr + len, name_a.len - len},
                      (sip_str){name_b.ptr + len, name_b.len - len});
}

static bool same_tel(const sip_uri *a, const sip_uri *b)
{
    sip_tel tel_a, tel_b;

    return sip_uri_tel(a, &tel_a) == 0 && sip_uri_tel(b, &tel_b) == 0 &&
           sip_tel_equal(&tel_a, &tel_b);
}

static bool same_sip(const sip_uri *a, const sip_uri *b)
{
    return a->has_at == b->has_at && a->port == b->port && same_host(a->host, b->host) &&
           sip__uri_text_same(a->user, b->user, false, false) &&
           (a->password.ptr == NULL) == (b->password.ptr == NULL) &&
           sip__uri_text_same(a->password, b->password, false, false) &&
           same_params(a->params, b->params) && same_headers(a->headers, b->headers);
}

bool sip_uri_equal(const sip_uri *a, const sip_uri *b)
{
    if (a == NULL || b == NULL || a->scheme != b->scheme) {
        return false;
    }
    switch (a->scheme) {
    case SIP_SCHEME_SIP:
    case SIP_SCHEME_SIPS:
        return same_sip(a, b);
    case SIP_SCHEME_TEL:
        return same_tel(a, b);
    case SIP_SCHEME_URN:
        return same_urn(a, b);
    case SIP_SCHEME_OTHER:
        break;
    }
    return sip_str_same_nocase(sip_uri_scheme_text(a), sip_uri_scheme_text(b)) &&
           sip_str_same(a->user, b->user);
}

/* True if both numbers are the same without visual separators and case. */
static bool same_number(const sip_uri *a, const sip_uri *b)
{
    const sip_tel tel_a = {.number = a->user}, tel_b = {.number = b->user};

    return sip_tel_equal(&tel_a, &tel_b);
}

bool sip_uri_same_aor(const sip_uri *uri, const sip_uri *aor)
{
    if (uri == NULL || aor == NULL) {
        return false;
    }
    if (is_sip(uri) && is_sip(aor)) {
        return same_host(uri->host, aor->host) &&
               sip__uri_text_same(uri->user, aor->user, false, true);
    }
    if (uri->scheme == SIP_SCHEME_TEL && aor->scheme == SIP_SCHEME_TEL) {
        return same_number(uri, aor);
    }
    return sip_uri_equal(uri, aor);
}
