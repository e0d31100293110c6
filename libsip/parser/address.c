#include "parser/address.h"

#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/params.h"
#include "parser/uri_text.h"

#include <string.h>

/** What a malformed expires stands for (RFC 3261 10.2.1.1). */
#define MALFORMED_EXPIRES_S 3600

/** Past a display name: a quoted string, or tokens. Bytes beyond ASCII are taken too, since peers
 * leave out the quotes that their names would need. */
static const char *take_display(const char *begin, const char *end, sip_str *ret_display)
{
    sip_str rest = {begin, (size_t)(end - begin)};
    const char *at = begin;

    if (*begin == '"' && sip__take_quoted(&rest, ret_display)) {
        return sip__skip_blanks(rest.ptr, end);
    }
    while (at < end &&
           (sip__is_char(*at, SIP__CHAR_TOKEN | SIP__CHAR_SPACE) || (unsigned char)*at >= 0x80)) {
        at++;
    }
    *ret_display = sip_str_trim((sip_str){begin, (size_t)(at - begin)});
    return at;
}

/** Take "<uri>" and what stands before it; NULL if the value is no name-addr. */
static const char *take_name_addr(const char *at, const char *end, sip_address *address,
                                  sip_str *ret_uri)
{
    const char *close;

    if (*at != '<') {
        at = take_display(at, end, &address->display);
    }
    if (at == end || *at != '<') {
        return NULL;
    }
    at++;
    close = memchr(at, '>', (size_t)(end - at));
    if (close == NULL) {
        return NULL;
    }
    *ret_uri = (sip_str){at, (size_t)(close - at)};
    return close + 1;
}

/** Take a bare URI: it ends where a header parameter begins, and has neither parameters nor headers
 * of its own (RFC 3261 20.10). NULL if it has. */
static const char *take_addr_spec(const char *begin, const char *end, sip_str *ret_uri)
{
    const char *at = begin;

    while (at < end && *at != ';' && !sip__is_char(*at, SIP__CHAR_SPACE)) {
        if (*at == '?' || *at == ',') {
            return NULL;
        }
        at++;
    }
    *ret_uri = (sip_str){begin, (size_t)(at - begin)};
    return at;
}

static int keep_param(sip_address *address, const struct sip__param *param)
{
    const char *name = param->name.ptr;

    if (param->name.len == 3 && sip__is_word(name, "tag", 3)) {
        if (address->tag.len > 0 || param->value.len == 0) {
            return SIP_ESYNTAX;
        }
        address->tag = param->value;
    } else if (param->name.len == 7 && sip__is_word(name, "expires", 7)) {
        address->has_expires = true;
        if (sip__number_parse_saturated(param->value, &address->expires_s) != 0) {
            address->expires_s = MALFORMED_EXPIRES_S;
        }
    } else if (param->name.len == 1 && sip__is_word(name, "q", 1)) {
        address->has_q = true;
        return sip__q_parse(param->value, &address->q_permille);
    }
    return 0;
}

/** Read the parameters, if there are any. */
static int read_params(const char *at, const char *end, sip_address *address)
{
    struct sip__param param;
    sip_str rest;
    int err;

    at = sip__skip_blanks(at, end);
    address->params = (sip_str){at, 0};
    if (at == end) {
        return 0;
    }
    at = *at == ';' ? sip__skip_blanks(at + 1, end) : end;
    if (at == end) {
        return SIP_ESYNTAX;
    }
    rest = (sip_str){at, (size_t)(end - at)};
    address->params = rest;
    while ((err = sip__param_next(&rest, &param)) == 1) {
        err = keep_param(address, &param);
        if (err != 0) {
            return err;
        }
    }
    return err;
}

/** Read what is no star and not plain up to the URI's end. */
static const char *take_any(sip_str text, sip_address *address)
{
    const char *end = text.ptr + text.len;
    const char *at;
    sip_str uri;

    address->display = (sip_str){NULL, 0};
    at = take_name_addr(text.ptr, end, address, &uri);
    if (at == NULL) {
        address->display = (sip_str){NULL, 0};
        at = take_addr_spec(text.ptr, end, &uri);
    }
    return at != NULL && sip__uri_read(uri, &address->uri) == 0 ? at : NULL;
}

int sip__address_read(sip_str text, sip_address *address)
{
    const char *at;

    if (text.len == 0) {
        return SIP_ESYNTAX;
    }
    if (text.len == 1 && *text.ptr == '*') {
        *address = (sip_address){.text = text, .q_permille = 1000, .is_star = true};
        return 0;
    }
    address->text = text;
    address->tag = (sip_str){NULL, 0};
    address->expires_s = 0;
    address->q_permille = 1000;
    address->has_expires = false;
    address->has_q = false;
    address->is_star = false;
    at = take_any(text, address);
    return at != NULL ? read_params(at, text.ptr + text.len, address) : SIP_ESYNTAX;
}

int sip__address_read_on(sip_str text, const char *plain_end, sip_address *address)
{
    return plain_end != NULL ? read_params(plain_end, text.ptr + text.len, address)
                             : sip__address_read(text, address);
}

int sip_address_parse(sip_str text, sip_address *ret_address)
{
    sip_address address;
    const int err = sip__address_read(sip_str_trim(text), &address);

    if (err == 0) {
        *ret_address = address;
    }
    return err;
}

bool sip_address_param(const sip_address *address, const char *name, sip_str *ret_value)
{
    return address != NULL && sip_param_find(address->params, name, ret_value);
}
