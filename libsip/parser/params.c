#include "parser/params.h"

#include "parser/cursor.h"

#include <sip/uri.h>

/** Bytes that an unquoted value may have: more than a token, for IPv6 addresses (RFC 5118 4.5) and
 * for tags and branches with '=', '@' or '/', which no grammar allows and some peers send. */
static bool is_value_char(char c)
{
    return c > ' ' && c < 0x7f && c != ';' && c != ',' && c != '"' && c != '<' && c != '>' &&
           c != '\\';
}

static bool take_value(sip_str *rest, sip_str *ret_value)
{
    size_t n = 0;

    while (n < rest->len && is_value_char(rest->ptr[n])) {
        n++;
    }
    if (n == 0) {
        return false;
    }
    *ret_value = (sip_str){rest->ptr, n};
    sip__advance(rest, n);
    return true;
}

int sip__param_next(sip_str *rest, struct sip__param *ret_param)
{
    struct sip__param param = {0};
    sip_str at = *rest;

    if (at.len == 0) {
        return 0;
    }
    sip__skip_space(&at);
    if (!sip__take_token(&at, &param.name)) {
        return SIP_ESYNTAX;
    }
    if (sip__take_char(&at, '=')) {
        param.has_value = true;
        param.quoted = sip__take_quoted(&at, &param.value);
        if (!param.quoted && !take_value(&at, &param.value)) {
            return SIP_ESYNTAX;
        }
    }
    sip__skip_space(&at);
    if (at.len > 0 && (!sip__take_char(&at, ';') || at.len == 0)) {
        return SIP_ESYNTAX;
    }
    *rest = at;
    *ret_param = param;
    return 1;
}

int sip__params_check(sip_str params)
{
    struct sip__param param;
    int err;

    do {
        err = sip__param_next(&params, &param);
    } while (err == 1);
    return err;
}

bool sip_param_find(sip_str params, const char *name, sip_str *ret_value)
{
    struct sip__param param;

    while (sip__param_next(&params, &param) == 1) {
        if (sip_str_equal_nocase(param.name, name)) {
            if (ret_value != NULL) {
                *ret_value = param.value;
            }
            return true;
        }
    }
    return false;
}
