#include "parser/via.h"

#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/params.h"
#include "parser/uri_plain.h"

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

/** Take the head of a Via as most are: "SIP/2.0/UDP host:port", then the parameters or the end.
 * NULL if it is not that. */
static const char *take_plain_head(const char *at, const char *end, const char *readable,
                                   sip_via *via)
{
    const char *host;

    if (end - at < 14 || memcmp(at, "SIP/2.0/", 8) != 0) {
        return NULL;
    }
    if (memcmp(at + 8, "UDP ", 4) == 0) {
        via->protocol = SIP_PROTOCOL_UDP;
    } else if (memcmp(at + 8, "TCP ", 4) == 0) {
        via->protocol = SIP_PROTOCOL_TCP;
    } else if (memcmp(at + 8, "TLS ", 4) == 0) {
        via->protocol = SIP_PROTOCOL_TLS;
    } else {
        return NULL;
    }
    via->protocol_text = (sip_str){at + 8, 3};
    host = at + 12;
    at = sip__uri_plain_host(host, end, readable);
    via->host = (sip_str){host, (size_t)(at - host)};
    if (at == host) {
        return NULL;
    }
    if (at < end && *at == ':') {
        at = sip__port_take(at + 1, end, &via->port);
    }
    return at != NULL && (at == end || *at == ';') ? at : NULL;
}

/** Take ";branch=", its value, and ";rport" or nothing: the parameters of most that are received.
 * False if they are not that. */
static bool take_plain_params(const char *at, const char *end, const char *readable, sip_via *via)
{
    const char *branch = at + 8;

    if (end - at < 9 || memcmp(at, ";branch=", 8) != 0) {
        return false;
    }
    via->params = (sip_str){at + 1, (size_t)(end - at) - 1};
    at = sip__plain_value_end(branch, end, readable);
    via->branch = (sip_str){branch, (size_t)(at - branch)};
    via->has_rport = end - at == 6;
    return at > branch && (at == end || (via->has_rport && memcmp(at, ";rport", 6) == 0));
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

int sip__via_read(sip_str text, const char *readable, sip_via *via)
{
    const char *end = text.ptr + text.len;
    const char *at;

    if (text.len == 0) {
        return SIP_ESYNTAX;
    }
    *via = (sip_via){.text = text, .params = {end, 0}};
    at = take_plain_head(text.ptr, end, readable, via);
    if (at != NULL && at < end && take_plain_params(at, end, readable, via)) {
        return 0;
    }
    if (at == NULL) {
        via->port = 0;
        at = take_sent_protocol(text.ptr, end, via);
        at = at != NULL ? take_sent_by(at, end, via) : NULL;
    }
    via->branch = (sip_str){NULL, 0};
    via->has_rport = false;
    return at == NULL ? SIP_ESYNTAX : at == end ? 0 : read_params(at, end, via);
}

int sip__via_parse(sip_str value, sip_via *via)
{
    const sip_str text = sip_str_trim(value);

    return sip__via_read(text, text.ptr + text.len, via);
}
