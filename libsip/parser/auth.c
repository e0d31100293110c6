#include "parser/auth.h"

#include "parser/cursor.h"

#include <stddef.h>

struct auth_param {
    sip_str name;
    sip_str value;
};

#define KNOWN(member)                                                                              \
    {                                                                                              \
        SIP_STR_INIT(#member), offsetof(sip_auth, member)                                          \
    }

static const struct {
    sip_str name;
    size_t offset;
} known[] = {
    KNOWN(realm),    KNOWN(nonce),    KNOWN(opaque), KNOWN(algorithm), KNOWN(qop),   KNOWN(uri),
    KNOWN(username), KNOWN(response), KNOWN(cnonce), KNOWN(nc),        KNOWN(stale), KNOWN(domain),
};

#define N_KNOWN (sizeof known / sizeof known[0])

/** Take `name = value`, where the value is a token, a quoted string, or what else has no white
 * space and comma.
 * @return 1, 0 at the end, SIP_ESYNTAX */
static int auth_param_next(sip_str *rest, struct auth_param *ret_param)
{
    struct auth_param param = {0};
    sip_str at = *rest;

    if (at.len == 0) {
        return 0;
    }
    if (!sip__take_token(&at, &param.name) || !sip__take_char(&at, '=')) {
        return SIP_ESYNTAX;
    }
    if (!sip__take_quoted(&at, &param.value)) {
        param.value.ptr = at.ptr;
        while (at.len > 0 && *at.ptr != ',' && *at.ptr != '"' &&
               !sip__is_char(*at.ptr, SIP__CHAR_SPACE)) {
            sip__advance(&at, 1);
        }
        param.value.len = (size_t)(at.ptr - param.value.ptr);
        if (param.value.len == 0) {
            return SIP_ESYNTAX;
        }
    }
    sip__skip_space(&at);
    if (at.len > 0 && (!sip__take_char(&at, ',') || at.len == 0)) {
        return SIP_ESYNTAX;
    }
    *rest = at;
    *ret_param = param;
    return 1;
}

static int parse_params(sip_auth *auth)
{
    struct auth_param param;
    sip_str rest = auth->params;
    unsigned seen = 0;
    int err;

    while ((err = auth_param_next(&rest, &param)) == 1) {
        for (size_t i = 0; i < N_KNOWN; i++) {
            if (!sip_str_same_nocase(param.name, known[i].name)) {
                continue;
            }
            if ((seen & (1u << i)) != 0) {
                return SIP_ESYNTAX;
            }
            seen |= 1u << i;
            *(sip_str *)(void *)((char *)auth + known[i].offset) = param.value;
        }
    }
    return err;
}

/** Leave only the scheme and the raw parameters: "Bearer abc=" is no list of pairs. */
static void keep_raw(sip_auth *auth)
{
    *auth = (sip_auth){.text = auth->text, .scheme = auth->scheme, .params = auth->params};
}

int sip__auth_parse(sip_str value, sip_auth *ret_auth)
{
    sip_auth auth = {.text = sip_str_trim(value)};
    sip_str rest = auth.text;
    bool digest;

    if (!sip__take_token(&rest, &auth.scheme) ||
        (rest.len > 0 && sip__take_class(&rest, SIP__CHAR_SPACE).len == 0)) {
        return SIP_ESYNTAX;
    }
    auth.params = rest;
    digest = sip_str_equal_nocase(auth.scheme, "Digest");
    if (digest && rest.len == 0) {
        return SIP_ESYNTAX;
    }
    if (parse_params(&auth) != 0) {
        if (digest) {
            return SIP_ESYNTAX;
        }
        keep_raw(&auth);
    }
    *ret_auth = auth;
    return 0;
}

int sip__auth_info_parse(sip_str value, sip_auth *ret_auth)
{
    sip_auth auth = {.text = sip_str_trim(value)};

    auth.params = auth.text;
    if (auth.params.len == 0 || parse_params(&auth) != 0) {
        return SIP_ESYNTAX;
    }
    *ret_auth = auth;
    return 0;
}

bool sip__auth_param(sip_str params, const char *name, sip_str *ret_value)
{
    struct auth_param param;

    while (auth_param_next(&params, &param) == 1) {
        if (sip_str_equal_nocase(param.name, name)) {
            if (ret_value != NULL) {
                *ret_value = param.value;
            }
            return true;
        }
    }
    return false;
}
