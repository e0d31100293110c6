#include <sip/header_type.h>

#include "parser/shape.h"

#include <string.h>

int sip_header_parse(const sip_header_type *type, sip_str text, void *ret_value, size_t *ret_at)
{
    sip_str trimmed;
    size_t at = 0;
    int err;

    if (type == NULL || ret_value == NULL) {
        return SIP_EINVAL;
    }
    if (text.ptr == NULL) {
        text = SIP_STR(""); /* the readers move their pointers, which NULL must not */
    }
    trimmed = sip_str_trim(text);
    memset(ret_value, 0, type->size);
    err = type->parse != NULL ? type->parse(type, trimmed, ret_value, &at)
                              : sip__shape_parse(type->shape, trimmed, ret_value, &at);
    if (err != 0 && ret_at != NULL) {
        *ret_at = at + (size_t)(trimmed.ptr - text.ptr);
    }
    return err;
}

int sip_header_print(const sip_header_type *type, const void *value, char *out, size_t size)
{
    if (type == NULL || value == NULL || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    return type->print != NULL ? type->print(type, value, out, size)
                               : sip__shape_print(type->shape, value, out, size);
}

bool sip_header_equal(const sip_header_type *type, const void *a, const void *b)
{
    if (type == NULL || a == NULL || b == NULL) {
        return false;
    }
    return type->equal != NULL ? type->equal(type, a, b) : sip__shape_equal(type->shape, a, b);
}
