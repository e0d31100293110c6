#include "parser/cursor.h"

#include <sip/headers_core.h>

/** The length of the comment at the front, 0 if there is none. */
static size_t comment_bytes(sip_str text)
{
    size_t depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\') {
            i++;
        } else if (text.ptr[i] == '(') {
            depth++;
        } else if (text.ptr[i] == ')' && --depth == 0) {
            return i + 1;
        }
        if (depth == 0) {
            break;
        }
    }
    return 0;
}

/** Take the bytes up to white space. */
static sip_str take_solid(sip_str *rest)
{
    sip_str solid = {rest->ptr, 0};

    while (solid.len < rest->len && !sip__is_char(rest->ptr[solid.len], SIP__CHAR_SPACE)) {
        solid.len++;
    }
    sip__advance(rest, solid.len);
    return solid;
}

bool sip_product_next(sip_str *rest, sip_product *ret_product)
{
    sip_product product = {0};
    size_t len;

    if (rest == NULL || ret_product == NULL) {
        return false;
    }
    sip__skip_space(rest);
    if (rest->len == 0) {
        return false;
    }
    len = comment_bytes(*rest);
    if (len > 0) {
        product.comment = (sip_str){rest->ptr + 1, len - 2};
        sip__advance(rest, len);
    } else if (sip__take_token(rest, &product.name)) {
        if (sip__take_char(rest, '/')) {
            (void)sip__take_token(rest, &product.version);
        }
    } else {
        product.name = take_solid(rest);
    }
    *ret_product = product;
    return true;
}
