#include "parser/shape.h"

#include "parser/cursor.h"
#include "parser/field.h"
#include "parser/param_pair.h"

size_t sip__shape_find(const sip_shape *shape, sip_str name)
{
    size_t i = 0;

    while (i < shape->n_fields &&
           (shape->fields[i].name == NULL || !sip_str_equal_nocase(name, shape->fields[i].name))) {
        i++;
    }
    return i;
}

sip_str sip__shape_params(const sip_shape *shape, const void *value)
{
    if (shape->params == SIP_NO_MEMBER) {
        return (sip_str){NULL, 0};
    }
    return *(const sip_str *)(const void *)((const char *)value + shape->params);
}

/** Take what stands in front of an element of the head. */
static bool take_mark(char mark, sip_str *rest)
{
    const size_t before = rest->len;

    if (mark == 0) {
        return true;
    }
    if (mark != ' ') {
        return sip__take_char(rest, mark);
    }
    sip__skip_space(rest);
    return rest->len < before;
}

static int take_element(const sip_field *field, sip_str *rest, void *value)
{
    sip_str at = *rest;

    if (take_mark(field->before, &at) &&
        sip__field_take(field, &at, sip__slot_of(field, value)) == 0) {
        *rest = at;
        return 0;
    }
    if ((field->flags & SIP_FIELD_MAYBE) != 0) {
        return 0;
    }
    *rest = at;
    return SIP_ESYNTAX;
}

/** Take the head and what stands between it and the parameters. */
static int take_head(const sip_shape *shape, sip_str *rest, void *value)
{
    bool has_params = shape->lead == 0;

    for (size_t i = 0; i < shape->n_fields && shape->fields[i].name == NULL; i++) {
        if (take_element(&shape->fields[i], rest, value) != 0) {
            return SIP_ESYNTAX;
        }
        has_params = has_params || sip__field_has_params(&shape->fields[i]);
    }
    sip__skip_space(rest);
    if (has_params || shape->lead == ' ') {
        return 0;
    }
    if (rest->len > 0 && (!sip__take_char(rest, shape->lead) || rest->len == 0)) {
        return SIP_ESYNTAX;
    }
    return 0;
}

static int keep_param(const sip_shape *shape, const sip_param *param, void *value, uint64_t *seen)
{
    const size_t i = sip__shape_find(shape, param->name);
    const uint64_t bit = UINT64_C(1) << (i & 63);
    const sip_field *field = &shape->fields[i];

    if (i == shape->n_fields) {
        return 0;
    }
    if ((*seen & bit) != 0) {
        return (field->flags & SIP_FIELD_REPEATS) != 0 ? 0 : SIP_ESYNTAX;
    }
    *seen |= bit;
    if ((field->flags & SIP_FIELD_TOLERANT) != 0) {
        (void)sip__field_read(field, param, sip__slot_of(field, value));
        return 0;
    }
    return sip__field_read(field, param, sip__slot_of(field, value));
}

static bool has_required(const sip_shape *shape, uint64_t seen)
{
    for (size_t i = 0; i < shape->n_fields; i++) {
        if ((shape->fields[i].flags & SIP_FIELD_REQUIRED) != 0 && (seen >> i & 1) == 0) {
            return false;
        }
    }
    return true;
}

static int take_params(const sip_shape *shape, sip_str *rest, void *value)
{
    sip_param param;
    uint64_t seen = 0;
    int err;

    if (rest->len > 0) {
        if (shape->params == SIP_NO_MEMBER) {
            return SIP_ESYNTAX;
        }
        *(sip_str *)(void *)((char *)value + shape->params) = *rest;
    }
    while ((err = sip__pair_next(rest, shape->separator, &param)) == 1) {
        err = keep_param(shape, &param, value, &seen);
        if (err != 0) {
            *rest = param.text;
            return err;
        }
    }
    return err != 0 || has_required(shape, seen) ? err : SIP_ESYNTAX;
}

/** True if a value of this shape may be empty: it is free text. */
static bool may_be_empty(const sip_shape *shape)
{
    return shape->n_fields == 1 && shape->fields[0].kind == SIP_FIELD_TEXT;
}

int sip__shape_parse(const sip_shape *shape, sip_str text, void *value, size_t *ret_at)
{
    sip_str rest = text;
    int err = text.len > 0 || may_be_empty(shape) ? 0 : SIP_ESYNTAX;

    if (err == 0) {
        err = take_head(shape, &rest, value);
    }
    if (err == 0) {
        err = take_params(shape, &rest, value);
    }
    *ret_at = rest.ptr >= text.ptr ? (size_t)(rest.ptr - text.ptr) : 0;
    return err;
}
