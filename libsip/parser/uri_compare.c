#include <sip/uri.h>

#include "parser/uri_text.h"

#include <sip/net.h>

/* Comparing sets of pairs takes the product of their sizes; beyond this only the same bytes are
 * equal, so that nobody can make us work by sending a URI of many thousand parameters. */
#define MAX_PAIRS 64

static size_t count_pairs(sip_str pairs, char separator)
{
    sip_str name, value;
    size_t n = 0;

    while (sip__uri_pair_next(&pairs, separator, &name, &value)) {
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
    /* One IPv6 address has many texts (RFC 5954 4.2). */
    return a.len > 0 && *a.ptr == '[' && sip_addr_parse(a, 0, &addr_a) == 0 &&
           sip_addr_parse(b, 0, &addr_b) == 0 && sip_addr_equal(&addr_a, &addr_b);
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

    while (sip__uri_pair_next(&a, ';', &name, &value)) {
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

static bool same_params(sip_str a, sip_str b)
{
    if (count_pairs(a, ';') > MAX_PAIRS || count_pairs(b, ';') > MAX_PAIRS) {
        return sip_str_same(a, b);
    }
    return params_match(a, b) && params_match(b, a);
}

static bool same_headers(sip_str a, sip_str b)
{
    const size_t n = count_pairs(a, '&');

    if (n > MAX_PAIRS) {
        return sip_str_same(a, b);
    }
    return n == count_pairs(b, '&') && headers_match(a, b);
}

static bool is_sip(const sip_uri *uri)
{
    return uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS;
}

bool sip_uri_equal(const sip_uri *a, const sip_uri *b)
{
    if (a == NULL || b == NULL || a->scheme != b->scheme) {
        return false;
    }
    if (!is_sip(a)) {
        return sip_str_same(a->text, b->text);
    }
    return a->has_at == b->has_at && a->port == b->port && same_host(a->host, b->host) &&
           sip__uri_text_same(a->user, b->user, false, false) &&
           (a->password.ptr == NULL) == (b->password.ptr == NULL) &&
           sip__uri_text_same(a->password, b->password, false, false) &&
           same_params(a->params, b->params) && same_headers(a->headers, b->headers);
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
        return sip_str_same_nocase(uri->user, aor->user);
    }
    return uri->scheme == aor->scheme && sip_str_same(uri->text, aor->text);
}
