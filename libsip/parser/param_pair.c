#include "parser/param_pair.h"

#include "parser/cursor.h"

#include <string.h>

/** More than a token's bytes: IPv6 addresses and what peers write in tags and branches. */
static bool is_bare(char c)
{
    return c > ' ' && c < 0x7f && strchr(";,\"<>\\", c) == NULL;
}

static bool take_bare(sip_str *rest, char separator, sip_str *ret_value)
{
    sip_str value = {rest->ptr, 0};

    while (value.len < rest->len && rest->ptr[value.len] != separator &&
           (is_bare(rest->ptr[value.len]) || rest->ptr[value.len] == ';')) {
        value.len++;
    }
    if (value.len == 0) {
        return false;
    }
    sip__advance(rest, value.len);
    *ret_value = value;
    return true;
}

/** Take a URI in angle brackets (ident-info of RFC 8224 4). */
static bool take_angled(sip_str *rest, sip_str *ret_value)
{
    const char *close;

    if (rest->len == 0 || *rest->ptr != '<') {
        return false;
    }
    close = memchr(rest->ptr, '>', rest->len);
    if (close == NULL) {
        return false;
    }
    *ret_value = (sip_str){rest->ptr + 1, (size_t)(close - rest->ptr) - 1};
    sip__advance(rest, ret_value->len + 2);
    return true;
}

static bool take_value(sip_str *rest, char separator, sip_param *param)
{
    param->has_value = true;
    param->is_quoted = sip__take_quoted(rest, &param->value);
    return param->is_quoted || take_angled(rest, &param->value) ||
           take_bare(rest, separator, &param->value);
}

int sip__pair_next(sip_str *rest, char separator, sip_param *ret_param)
{
    sip_param param = {0};

    if (rest->len == 0) {
        return 0;
    }
    sip__skip_space(rest);
    param.text.ptr = rest->ptr;
    if (!sip__take_token(rest, &param.name)) {
        return SIP_ESYNTAX;
    }
    param.text.len = param.name.len;
    if (sip__take_char(rest, '=')) {
        if (!take_value(rest, separator, &param)) {
            return SIP_ESYNTAX;
        }
        param.text.len = (size_t)(rest->ptr - param.text.ptr);
    }
    sip__skip_space(rest);
    if (rest->len > 0 && (!sip__take_char(rest, separator) || rest->len == 0)) {
        return SIP_ESYNTAX;
    }
    *ret_param = param;
    return 1;
}

int sip_param_next(sip_str *rest, sip_param *ret_param)
{
    return sip__pair_next(rest, ';', ret_param);
}

bool sip__is_bare_value(sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_bare(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0;
}
