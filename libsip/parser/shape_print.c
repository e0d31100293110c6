#include "parser/shape.h"

#include "parser/field.h"
#include "parser/param_pair.h"

struct print {
    const sip_shape *shape;
    const void *value;
    sip__text_out out;
    uint64_t done; /* bits of the parameters met among the ones that were read */
    uint64_t gone; /* bits of those of them that were taken away since */
    bool any;      /* a parameter has been printed */
};

static void put_head(struct print *print)
{
    for (size_t i = 0; i < print->shape->n_fields; i++) {
        const sip_field *field = &print->shape->fields[i];
        const sip__slot slot = sip__slot_of(field, print->value);

        if (field->name != NULL) {
            return;
        }
        if ((field->flags & SIP_FIELD_MAYBE) != 0 && !sip__field_is_set(field, slot)) {
            continue;
        }
        if (field->before != 0) {
            sip__out_char(&print->out, field->before);
        } else if (i > 0) {
            sip__out_char(&print->out, ' ');
        }
        sip__field_print(field, slot, &print->out);
    }
}

/** Put what stands in front of the next parameter. */
static void put_separator(struct print *print)
{
    if (!print->any) {
        if (print->shape->lead != 0) {
            sip__out_char(&print->out, print->shape->lead);
        }
    } else {
        sip__out_char(&print->out, print->shape->separator);
        if (print->shape->separator == ',') {
            sip__out_char(&print->out, ' ');
        }
    }
    print->any = true;
}

/** True if a parameter as it came still says what its member says; one that was passed over says
 * nothing. */
static bool is_unchanged(const sip_field *field, const sip_param *param, sip__slot slot)
{
    sip__member member = {0};
    sip__member has = {0};
    const sip__slot read = {&member, field->has != SIP_NO_MEMBER ? &has : NULL};

    if (sip__field_read(field, param, read) != 0) {
        return (field->flags & SIP_FIELD_TOLERANT) != 0 && !sip__field_is_set(field, slot);
    }
    return sip__field_same(field, read, slot);
}

static void put_read_param(struct print *print, const sip_param *param)
{
    const size_t i = sip__shape_find(print->shape, param->name);
    const sip_field *field = &print->shape->fields[i];
    bool as_it_came = true;

    if (i < print->shape->n_fields) {
        const uint64_t bit = UINT64_C(1) << i;
        const sip__slot slot = sip__slot_of(field, print->value);

        if ((print->done & bit) == 0) {
            as_it_came = is_unchanged(field, param, slot);
            print->gone |= as_it_came || sip__field_is_set(field, slot) ? 0 : bit;
        }
        print->done |= bit;
        if ((print->gone & bit) != 0) {
            return;
        }
    }
    put_separator(print);
    if (as_it_came) {
        sip__out_put(&print->out, param->text);
    } else {
        sip__field_print_param(field, sip__slot_of(field, print->value), &print->out);
    }
}

static void put_new_params(struct print *print)
{
    for (size_t i = 0; i < print->shape->n_fields; i++) {
        const sip_field *field = &print->shape->fields[i];
        const sip__slot slot = sip__slot_of(field, print->value);
        const bool is_set = sip__field_is_set(field, slot);

        if (field->name == NULL || (print->done >> i & 1) != 0) {
            continue;
        }
        if (is_set) {
            put_separator(print);
            sip__field_print_param(field, slot, &print->out);
        } else if ((field->flags & SIP_FIELD_REQUIRED) != 0) {
            print->out.is_bad = true;
        }
    }
}

int sip__shape_print(const sip_shape *shape, const void *value, char *out, size_t size)
{
    struct print print = {.shape = shape, .value = value, .out = {.at = out, .size = size}};
    sip_str rest = sip__shape_params(shape, value);
    sip_param param;
    int err;

    put_head(&print);
    while ((err = sip__pair_next(&rest, shape->separator, &param)) == 1) {
        put_read_param(&print, &param);
    }
    print.out.is_bad = print.out.is_bad || err != 0;
    put_new_params(&print);
    return sip__out_end(&print.out);
}
