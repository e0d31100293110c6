/* Headers that point at another dialog. */
#include "parser/type_table.h"

static const sip_field replaces_fields[] = {
    SIP_HEAD(WORD, 0, sip_replaces, call_id),
    SIP_PARAM_FLAGS("to-tag", WORD, sip_replaces, to_tag, SIP_FIELD_REQUIRED),
    SIP_PARAM_FLAGS("from-tag", WORD, sip_replaces, from_tag, SIP_FIELD_REQUIRED),
    SIP_PARAM("early-only", FLAG, sip_replaces, early_only),
};
static const sip_shape replaces_shape = SIP_SHAPE(replaces_fields, ';', sip_replaces, params);

SIP__TYPE(replaces, "Replaces", 0, false, "RFC 3891 6.1", sip_replaces, &replaces_shape);

static const sip_field join_fields[] = {
    SIP_HEAD(WORD, 0, sip_join, call_id),
    SIP_PARAM_FLAGS("to-tag", WORD, sip_join, to_tag, SIP_FIELD_REQUIRED),
    SIP_PARAM_FLAGS("from-tag", WORD, sip_join, from_tag, SIP_FIELD_REQUIRED),
};
static const sip_shape join_shape = SIP_SHAPE(join_fields, ';', sip_join, params);

SIP__TYPE(join, "Join", 0, false, "RFC 3911 7.1", sip_join, &join_shape);

static const sip_field target_dialog_fields[] = {
    SIP_HEAD(WORD, 0, sip_target_dialog, call_id),
    SIP_PARAM_FLAGS("local-tag", WORD, sip_target_dialog, local_tag, SIP_FIELD_REQUIRED),
    SIP_PARAM_FLAGS("remote-tag", WORD, sip_target_dialog, remote_tag, SIP_FIELD_REQUIRED),
};
static const sip_shape target_dialog_shape =
    SIP_SHAPE(target_dialog_fields, ';', sip_target_dialog, params);

SIP__TYPE(target_dialog, "Target-Dialog", 0, false, "RFC 4538 7", sip_target_dialog,
          &target_dialog_shape);
