#include "message/limits.h"

#include "parser/field.h"
#include "parser/param_pair.h"
#include "parser/shape.h"

sip_rule sip__limit_of_params(const sip_msg *msg, sip_str params, char separator)
{
    sip_param param;
    uint32_t count = 0;

    while (sip__pair_next(&params, separator, &param) == 1) {
        count++;
    }
    return count > msg->max_params ? SIP_RULE_PARAM_COUNT : SIP_RULE_NONE;
}

static sip_rule limit_of_uri(const sip_msg *msg, const sip_uri *uri)
{
    sip_str rest = uri->params;
    sip_str name, value;
    uint32_t count = 0;

    if (uri->text.len > msg->max_uri_bytes) {
        return SIP_RULE_URI_LENGTH;
    }
    while (sip_uri_param_next(&rest, &name, &value)) {
        count++;
    }
    return count > msg->max_params ? SIP_RULE_PARAM_COUNT : SIP_RULE_NONE;
}

sip_rule sip__limit_of_address(const sip_msg *msg, const sip_address *address)
{
    const sip_rule rule = limit_of_uri(msg, &address->uri);

    return rule == SIP_RULE_NONE ? sip__limit_of_params(msg, address->params, ';') : rule;
}

/* Of the URIs that a value has beside its parameters, or in them. */
static sip_rule limit_of_field(const sip_msg *msg, const sip_field *field, const void *value)
{
    const void *member = sip__slot_of(field, value).member;
    sip_uri uri;

    if (field->kind == SIP_FIELD_ADDRESS) {
        return limit_of_uri(msg, &((const sip_address *)member)->uri);
    }
    if (field->kind != SIP_FIELD_ANGLED) {
        return SIP_RULE_NONE;
    }
    uri = (sip_uri){.text = *(const sip_str *)member};
    if (uri.text.len <= msg->max_uri_bytes && uri.text.len > msg->short_value_bytes) {
        (void)sip_uri_parse(uri.text, &uri); /* one that is none has no parameters */
    }
    return limit_of_uri(msg, &uri);
}

sip_rule sip__limit_of_typed(const sip_msg *msg, const sip_header_type *type, sip_str text,
                             const void *value)
{
    const sip_shape *shape = type->shape;
    sip_rule rule = SIP_RULE_NONE;

    if (text.len <= msg->short_value_bytes || shape == NULL) {
        return SIP_RULE_NONE;
    }
    for (size_t i = 0; rule == SIP_RULE_NONE && i < shape->n_fields; i++) {
        rule = limit_of_field(msg, &shape->fields[i], value);
    }
    return rule == SIP_RULE_NONE
               ? sip__limit_of_params(msg, sip__shape_params(shape, value), shape->separator)
               : rule;
}
