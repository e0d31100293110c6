#include "parser/via.h"

#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/params.h"

/** Take "SIP / 2.0 / transport" and the white space after it; NULL if it is not that. */
static const char *take_sent_protocol(const char *at, const char *end, sip_via *via)
{
    const char *transport;

    if (end - at > 8 && memcmp(at, "SIP/2.0/", 8) == 0) {
        at += 8;
    } else {
        sip_str rest = {at, (size_t)(end - at)};
        sip_str name, version;

        if (!sip__take_token(&rest, &name) || !sip_str_equal_nocase(name, "SIP") ||
            !sip__take_char(&rest, '/') || !sip__take_token(&rest, &version) ||
            !sip_str_equal(version, "2.0") || !sip__take_char(&rest, '/')) {
            return NULL;
        }
        at = rest.ptr;
    }
    at = sip__skip_blanks(at, end);
    transport = at;
    at = sip__skip(at, end, SIP__CHAR_TOKEN);
    via->protocol_text = (sip_str){transport, (size_t)(at - transport)};
    via->protocol = sip_protocol_of(via->protocol_text);
    return at > transport && at < end && sip__is_char(*at, SIP__CHAR_SPACE)
               ? sip__skip_blanks(at, end)
               : NULL;
}

static const char *take_sent_by(const char *at, const char *end, sip_via *via)
{
    sip_str rest = {at, (size_t)(end - at)};
    const char *port;

    if (!sip__take_host(&rest, &via->host)) {
        return NULL;
    }
    at = sip__skip_blanks(rest.ptr, end);
    if (at == end || *at != ':') {
        return at;
    }
    port = sip__skip_blanks(at + 1, end);
    at = sip__skip(port, end, SIP__CHAR_DIGIT);
    if (sip__port_parse((sip_str){port, (size_t)(at - port)}, &via->port) != 0) {
        return NULL;
    }
    return sip__skip_blanks(at, end);
}

/** Keep the value of a parameter that must have one, and only once: two elements must never read
 * two branches. */
static bool set_once(sip_str *value, const struct sip__param *param)
{
    if (value->len > 0 || param->value.len == 0) {
        return false;
    }
    *value = param->value;
    return true;
}

static bool set_param(sip_via *via, const struct sip__param *param)
{
    const char *name = param->name.ptr;

    switch (param->name.len) {
    case 5:
        if (sip__is_word(name, "maddr", 5)) {
            return set_once(&via->maddr, param);
        }
        if (sip__is_word(name, "rport", 5)) {
            if (via->has_rport) {
                return false;
            }
            via->has_rport = true;
            return !param->has_value || sip__port_parse(param->value, &via->rport) == 0;
        }
        return true;
    case 6:
        return !sip__is_word(name, "branch", 6) || set_once(&via->branch, param);
    case 8:
        return !sip__is_word(name, "received", 8) || set_once(&via->received, param);
    default:
        return true;
    }
}

static int read_params(const char *at, const char *end, sip_via *via)
{
    struct sip__param param;
    sip_str rest;
    int err;

    at = at < end && *at == ';' ? sip__skip_blanks(at + 1, end) : end;
    if (at == end) {
        return SIP_ESYNTAX;
    }
    rest = (sip_str){at, (size_t)(end - at)};
    via->params = rest;
    while ((err = sip__param_next(&rest, &param)) == 1) {
        if (!set_param(via, &param)) {
            return SIP_ESYNTAX;
        }
    }
    return err;
}

int sip__via_read(sip_str text, sip_via *via)
{
    const char *end = text.ptr + text.len;
    const char *at;

    if (text.len == 0) {
        return SIP_ESYNTAX;
    }
    *via = (sip_via){.text = text, .params = {end, 0}};
    at = take_sent_protocol(text.ptr, end, via);
    at = at != NULL ? take_sent_by(at, end, via) : NULL;
    return at == NULL ? SIP_ESYNTAX : at == end ? 0 : read_params(at, end, via);
}

int sip__via_parse(sip_str value, sip_via *via)
{
    return sip__via_read(sip_str_trim(value), via);
}
