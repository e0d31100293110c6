#include "parser/via.h"

#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/params.h"

/** Take "SIP / 2.0 / transport" and the white space after it. */
static bool take_sent_protocol(sip_str *rest, sip_via *via)
{
    sip_str name, version;

    if (!sip__take_token(rest, &name) || !sip_str_equal_nocase(name, "SIP") ||
        !sip__take_char(rest, '/') || !sip__take_token(rest, &version) ||
        !sip_str_equal(version, "2.0") || !sip__take_char(rest, '/') ||
        !sip__take_token(rest, &via->protocol_text)) {
        return false;
    }
    via->protocol = sip_protocol_of(via->protocol_text);
    return sip__take_class(rest, SIP__CHAR_SPACE).len > 0;
}

static bool take_sent_by(sip_str *rest, sip_via *via)
{
    if (!sip__take_host(rest, &via->host)) {
        return false;
    }
    if (!sip__take_char(rest, ':')) {
        return true;
    }
    return sip__port_parse(sip__take_class(rest, SIP__CHAR_DIGIT), &via->port) == 0;
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
    if (sip_str_equal_nocase(param->name, "branch")) {
        return set_once(&via->branch, param);
    }
    if (sip_str_equal_nocase(param->name, "received")) {
        return set_once(&via->received, param);
    }
    if (sip_str_equal_nocase(param->name, "maddr")) {
        return set_once(&via->maddr, param);
    }
    if (sip_str_equal_nocase(param->name, "rport")) {
        if (via->has_rport) {
            return false;
        }
        via->has_rport = true;
        return !param->has_value || sip__port_parse(param->value, &via->rport) == 0;
    }
    return true;
}

int sip__via_parse(sip_str value, sip_via *ret_via)
{
    sip_via via = {0};
    struct sip__param param;
    sip_str rest = sip_str_trim(value);
    int err;

    via.text = rest;
    if (!take_sent_protocol(&rest, &via) || !take_sent_by(&rest, &via)) {
        return SIP_ESYNTAX;
    }
    sip__skip_space(&rest);
    via.params = rest;
    if (rest.len > 0) {
        if (!sip__take_char(&rest, ';') || rest.len == 0) {
            return SIP_ESYNTAX;
        }
        via.params = rest;
        while ((err = sip__param_next(&rest, &param)) == 1) {
            if (!set_param(&via, &param)) {
                return SIP_ESYNTAX;
            }
        }
        if (err != 0) {
            return err;
        }
    }
    *ret_via = via;
    return 0;
}
