#include "parser/param_pair.h"

#include "parser/cursor.h"

static bool take_bare(sip_str *rest, char separator, sip_str *ret_value)
{
    sip_str value = {rest->ptr, 0};

    while (value.len < rest->len && rest->ptr[value.len] != separator &&
           (sip__is_char(rest->ptr[value.len], SIP__CHAR_VALUE) || rest->ptr[value.len] == ';')) {
        value.len++;
    }
    if (value.len == 0) {
        return false;
    }
    sip__advance(rest, value.len);
    *ret_value = value;
    return true;
}

static bool take_value(sip_str *rest, char separator, sip_param *param)
{
    param->has_value = true;
    param->is_quoted = sip__take_quoted(rest, &param->value);
    return param->is_quoted || sip__take_angled(rest, &param->value) ||
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
    return rest != NULL && ret_param != NULL ? sip__pair_next(rest, ';', ret_param) : SIP_EINVAL;
}

bool sip_param_find(sip_str params, const char *name, sip_str *ret_value)
{
    sip_param param;

    while (sip__pair_next(&params, ';', &param) == 1) {
        if (sip_str_equal_nocase(param.name, name)) {
            if (ret_value != NULL) {
                *ret_value = param.value;
            }
            return true;
        }
    }
    return false;
}

bool sip__is_bare_value(sip_str text)
{
    return text.len > 0 && sip__take_class(&text, SIP__CHAR_VALUE).len > 0 && text.len == 0;
}
