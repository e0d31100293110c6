#include <sip/uri.h>

#include "parser/numeric.h"
#include "parser/uri_text.h"

#include <string.h>

/* Looking for a name that is there twice takes the square of their number. */
#define MAX_PAIRS 64

sip_str sip_uri_scheme_text(const sip_uri *uri)
{
    const char *colon =
        uri != NULL && uri->text.len > 0 ? memchr(uri->text.ptr, ':', uri->text.len) : NULL;

    return colon != NULL ? (sip_str){uri->text.ptr, (size_t)(colon - uri->text.ptr)}
                         : (sip_str){NULL, 0};
}

bool sip_uri_param_next(sip_str *rest, sip_str *ret_name, sip_str *ret_value)
{
    sip_str name, value;

    do {
        if (rest == NULL || !sip__uri_pair_next(rest, ';', &name, &value)) {
            return false;
        }
    } while (name.len == 0);
    if (ret_name != NULL) {
        *ret_name = name;
    }
    if (ret_value != NULL) {
        *ret_value = value;
    }
    return true;
}

bool sip_uri_header_next(sip_str *rest, sip_str *ret_name, sip_str *ret_value)
{
    sip_str name, value;

    if (rest == NULL || !sip__uri_pair_next(rest, '&', &name, &value)) {
        return false;
    }
    if (ret_name != NULL) {
        *ret_name = name;
    }
    if (ret_value != NULL) {
        *ret_value = value;
    }
    return true;
}

bool sip_uri_param(const sip_uri *uri, const char *name, sip_str *ret_value)
{
    const sip_str wanted = sip_str_of(name);
    sip_str rest, found, value;

    if (uri == NULL) {
        return false;
    }
    rest = uri->params;
    while (sip_uri_param_next(&rest, &found, &value)) {
        if (sip__uri_text_same(found, wanted, true, true)) {
            if (ret_value != NULL) {
                *ret_value = value;
            }
            return true;
        }
    }
    return false;
}

sip_protocol sip_uri_transport(const sip_uri *uri)
{
    return uri != NULL ? sip_protocol_of(uri->transport) : SIP_PROTOCOL_NONE;
}

int sip_uri_cause(const sip_uri *uri)
{
    uint32_t cause;
    sip_str value;

    if (!sip_uri_param(uri, "cause", &value) || sip__number_parse(value, &cause) != 0 ||
        cause < 100 || cause > 699) {
        return 0;
    }
    return (int)cause;
}

int sip_uri_ttl(const sip_uri *uri)
{
    uint32_t ttl;

    if (uri == NULL || sip__number_parse(uri->ttl, &ttl) != 0 || ttl > 255) {
        return -1;
    }
    return (int)ttl;
}

bool sip_uri_is_gruu(const sip_uri *uri)
{
    return uri != NULL && uri->has_gr;
}

/* True for labels of letters, digits and inner '-', and a last one that begins with a letter, or
 * for an IPv4 address (RFC 3261 25.1). */
static bool is_host_name(sip_str host)
{
    sip_addr addr;
    char before = '.';
    size_t label = 0;

    if (host.len > 0 && host.ptr[host.len - 1] == '.') {
        host.len--;
    }
    for (size_t i = 0; i < host.len; i++) {
        const char c = host.ptr[i];

        if (c == '_' || (c == '.' && (before == '.' || before == '-')) ||
            (c == '-' && before == '.')) {
            return false;
        }
        if (c == '.') {
            label = i + 1;
        }
        before = c;
    }
    if (before == '.' || before == '-') {
        return false;
    }
    return host.ptr[label] > '9' || sip_addr_parse(host, 0, &addr) == 0;
}

static bool has_param_twice(sip_str params)
{
    sip_str rest = params;
    sip_str name;
    size_t n = 0;

    while (sip_uri_param_next(&rest, &name, NULL)) {
        sip_str others = rest;
        sip_str other;

        if (++n > MAX_PAIRS) {
            return true;
        }
        while (sip_uri_param_next(&others, &other, NULL)) {
            if (sip__uri_text_same(name, other, true, true)) {
                return true;
            }
        }
    }
    return false;
}

unsigned sip_uri_flaws(const sip_uri *uri)
{
    unsigned flaws = uri != NULL ? uri->flaws : 0;

    if (uri == NULL) {
        return 0;
    }
    if (has_param_twice(uri->params)) {
        flaws |= SIP_URI_PARAM_TWICE;
    }
    if (uri->host.len > 0 && *uri->host.ptr != '[' && !is_host_name(uri->host)) {
        flaws |= SIP_URI_HOST_NAME;
    }
    if (uri->scheme == SIP_SCHEME_TEL && uri->user.len > 0 && *uri->user.ptr != '+' &&
        !sip_uri_param(uri, "phone-context", NULL)) {
        flaws |= SIP_URI_NO_CONTEXT;
    }
    return flaws;
}
