#include <sip/uri.h>

#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/params.h"

#include <string.h>

/** What a malformed expires stands for (RFC 3261 10.2.1.1). */
#define MALFORMED_EXPIRES_S 3600

/** Take a display name: a quoted string, or tokens. Bytes beyond ASCII are taken too, since peers
 * leave out the quotes that their names would need. */
static void take_display(sip_str *rest, sip_str *ret_display)
{
    const sip_str start = *rest;

    if (sip__take_quoted(rest, ret_display)) {
        sip__skip_space(rest);
        return;
    }
    while (rest->len > 0 && (sip__is_char(*rest->ptr, SIP__CHAR_TOKEN | SIP__CHAR_SPACE) ||
                             (unsigned char)*rest->ptr >= 0x80)) {
        sip__advance(rest, 1);
    }
    *ret_display = sip_str_trim((sip_str){start.ptr, start.len - rest->len});
}

/** Take "<uri>" and what stands before it; false if the value is no name-addr. */
static bool take_name_addr(sip_str *rest, sip_address *address)
{
    sip_str at = *rest;
    sip_str display;
    const char *close;

    take_display(&at, &display);
    if (at.len == 0 || *at.ptr != '<') {
        return false;
    }
    close = memchr(at.ptr, '>', at.len);
    if (close == NULL) {
        return false;
    }
    address->display = display;
    address->uri.text = (sip_str){at.ptr + 1, (size_t)(close - at.ptr) - 1};
    at.len -= (size_t)(close - at.ptr) + 1;
    at.ptr = close + 1;
    *rest = at;
    return true;
}

/** Take a bare URI: it ends where a header parameter begins, and has neither parameters nor headers
 * of its own (RFC 3261 20.10). */
static bool take_addr_spec(sip_str *rest, sip_address *address)
{
    size_t n = 0;

    while (n < rest->len && rest->ptr[n] != ';' && !sip__is_char(rest->ptr[n], SIP__CHAR_SPACE)) {
        if (rest->ptr[n] == '?' || rest->ptr[n] == ',') {
            return false;
        }
        n++;
    }
    address->uri.text = (sip_str){rest->ptr, n};
    sip__advance(rest, n);
    return true;
}

static int keep_param(sip_address *address, const struct sip__param *param)
{
    if (sip_str_equal_nocase(param->name, "tag")) {
        if (address->tag.len > 0 || param->value.len == 0) {
            return SIP_ESYNTAX;
        }
        address->tag = param->value;
    } else if (sip_str_equal_nocase(param->name, "expires")) {
        address->has_expires = true;
        if (sip__number_parse_saturated(param->value, &address->expires_s) != 0) {
            address->expires_s = MALFORMED_EXPIRES_S;
        }
    } else if (sip_str_equal_nocase(param->name, "q")) {
        address->has_q = true;
        return sip__q_parse(param->value, &address->q_permille);
    }
    return 0;
}

static int parse_params(sip_str rest, sip_address *address)
{
    struct sip__param param;
    int err;

    sip__skip_space(&rest);
    address->params = rest;
    if (rest.len == 0) {
        return 0;
    }
    if (!sip__take_char(&rest, ';') || rest.len == 0) {
        return SIP_ESYNTAX;
    }
    address->params = rest;
    while ((err = sip__param_next(&rest, &param)) == 1) {
        err = keep_param(address, &param);
        if (err != 0) {
            return err;
        }
    }
    return err;
}

int sip_address_parse(sip_str text, sip_address *ret_address)
{
    sip_address address = {.text = sip_str_trim(text), .q_permille = 1000};
    sip_str rest = address.text;
    int err;

    if (sip_str_equal(rest, "*")) {
        address.is_star = true;
        *ret_address = address;
        return 0;
    }
    if (!take_name_addr(&rest, &address) && !take_addr_spec(&rest, &address)) {
        return SIP_ESYNTAX;
    }
    err = sip_uri_parse(address.uri.text, &address.uri);
    if (err == 0) {
        err = parse_params(rest, &address);
    }
    if (err == 0) {
        *ret_address = address;
    }
    return err;
}

bool sip_address_param(const sip_address *address, const char *name, sip_str *ret_value)
{
    return address != NULL && sip_param_find(address->params, name, ret_value);
}
