/* Single elements of header values: reading, printing and comparing each sip_field_kind. */
#ifndef SIP_PARSER_FIELD_H
#define SIP_PARSER_FIELD_H

#include <sip/header_type.h>

#include "parser/text_out.h"

/* The members of one field in one value; `has` is NULL where the field has no such member. */
typedef struct sip__slot {
    void *member;
    void *has;
} sip__slot;

/* Room for the members of any parameter. */
typedef union sip__member {
    sip_str text;
    uint64_t number;
    sip_method method;
    sip_switch state;
} sip__member;

static inline sip__slot sip__slot_of(const sip_field *field, const void *value)
{
    char *bytes = (char *)value;

    return (sip__slot){bytes + field->offset,
                       field->has != SIP_NO_MEMBER ? bytes + field->has : NULL};
}

/* True for the kinds that take a value whole, parameters included. */
static inline bool sip__field_has_params(const sip_field *field)
{
    return field->kind == SIP_FIELD_ADDRESS || field->kind == SIP_FIELD_VIA;
}

/* Take an element of the head from the front of `*rest`; of one that has parameters, `*rest`
 * becomes these. @return 0 or SIP_ESYNTAX */
int sip__field_take(const sip_field *field, sip_str *rest, sip__slot slot);
/* Keep the value of a parameter. @return 0 or SIP_ESYNTAX */
int sip__field_read(const sip_field *field, const sip_param *param, sip__slot slot);

/* True if there is something to print. */
bool sip__field_is_set(const sip_field *field, sip__slot slot);
/* Print an element of the head. */
void sip__field_print(const sip_field *field, sip__slot slot, sip__text_out *out);
/* Print a parameter with its name. */
void sip__field_print_param(const sip_field *field, sip__slot slot, sip__text_out *out);
/* What a choice or method stands for as text; bad indexes give the empty slice. */
sip_str sip__field_text(const sip_field *field, sip__slot slot);

/* True if both say the same. */
bool sip__field_same(const sip_field *field, sip__slot a, sip__slot b);

#endif
