#include "parser/shape.h"

#include "parser/field.h"
#include "parser/param_pair.h"

/** True if `params` has that parameter with that value. */
static bool has_param(const sip_shape *shape, sip_str params, const sip_param *wanted)
{
    sip_param param;

    while (sip__pair_next(&params, shape->separator, &param) == 1) {
        if (sip_str_same_nocase(param.name, wanted->name) && param.has_value == wanted->has_value &&
            (param.is_quoted || wanted->is_quoted
                 ? sip_str_same(param.value, wanted->value)
                 : sip_str_same_nocase(param.value, wanted->value))) {
            return true;
        }
    }
    return false;
}

/** True if every unknown parameter of `a` is among `b`. */
static bool has_unknown(const sip_shape *shape, sip_str a, sip_str b)
{
    sip_param param;

    while (sip__pair_next(&a, shape->separator, &param) == 1) {
        const size_t i = sip__shape_find(shape, param.name);
        const bool may_differ =
            i < shape->n_fields && (shape->fields[i].flags & SIP_FIELD_REPEATS) == 0;

        if (!may_differ && !has_param(shape, b, &param)) {
            return false;
        }
    }
    return true;
}

bool sip__shape_equal(const sip_shape *shape, const void *a, const void *b)
{
    const sip_str params_a = sip__shape_params(shape, a);
    const sip_str params_b = sip__shape_params(shape, b);

    for (size_t i = 0; i < shape->n_fields; i++) {
        const sip_field *field = &shape->fields[i];

        if (!sip__field_same(field, sip__slot_of(field, a), sip__slot_of(field, b))) {
            return false;
        }
    }
    return has_unknown(shape, params_a, params_b) && has_unknown(shape, params_b, params_a);
}
