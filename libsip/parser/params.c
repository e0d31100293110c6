#include "parser/params.h"

#include "parser/cursor.h"

/* The class SIP__CHAR_VALUE has more than a token: what IPv6 addresses need (RFC 5118 4.5), and
 * '=',
 * '@' and '/', which no grammar allows in tags and branches and some peers send. */
static const char *take_value(const char *at, const char *end, struct sip__param *param)
{
    const char *begin = at;
    sip_str rest = {at, (size_t)(end - at)};

    param->has_value = true;
    if (at < end && *at == '"') {
        param->quoted = true;
        return sip__take_quoted(&rest, &param->value) ? rest.ptr : NULL;
    }
    at = sip__skip(at, end, SIP__CHAR_VALUE);
    param->value = (sip_str){begin, (size_t)(at - begin)};
    return at > begin ? at : NULL;
}

int sip__param_next(sip_str *rest, struct sip__param *ret_param)
{
    struct sip__param param = {0};
    const char *at, *name, *end;

    if (rest->len == 0) {
        return 0; /* its pointer may be NULL */
    }
    end = rest->ptr + rest->len;
    name = sip__skip_blanks(rest->ptr, end);
    at = sip__skip(name, end, SIP__CHAR_TOKEN);
    if (at == name) {
        return SIP_ESYNTAX;
    }
    param.name = (sip_str){name, (size_t)(at - name)};
    at = sip__skip_blanks(at, end);
    if (at < end && *at == '=') {
        at = take_value(sip__skip_blanks(at + 1, end), end, &param);
        if (at == NULL) {
            return SIP_ESYNTAX;
        }
        at = sip__skip_blanks(at, end);
    }
    if (at < end) {
        if (*at != ';') {
            return SIP_ESYNTAX;
        }
        at = sip__skip_blanks(at + 1, end);
        if (at == end) {
            return SIP_ESYNTAX;
        }
    }
    *rest = (sip_str){at, (size_t)(end - at)};
    *ret_param = param;
    return 1;
}
