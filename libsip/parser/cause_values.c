/* Headers that say why, and when to come back. */
#include "parser/type_table.h"

static const sip_field reason_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_reason, protocol),
    SIP_PARAM_HAS("cause", NUMBER, sip_reason, cause, has_cause),
    SIP_PARAM("text", QUOTED, sip_reason, text),
    SIP_PARAM("ppi", QUOTED, sip_reason, ppi),
};
static const sip_shape reason_shape = SIP_SHAPE(reason_fields, ';', sip_reason, params);

SIP__TYPE(reason, "Reason", 0, true, "RFC 3326 2", sip_reason, &reason_shape);

static const sip_field warning_fields[] = {
    SIP_HEAD(NUMBER, 0, sip_warning, code),
    SIP_HEAD(WORD, ' ', sip_warning, agent),
    SIP_HEAD(QUOTED, ' ', sip_warning, text),
};
static const sip_shape warning_shape = SIP_SHAPE_HEAD(warning_fields);

SIP__TYPE(warning, "Warning", 0, true, "RFC 3261 20.43", sip_warning, &warning_shape);

static const sip_field retry_after_fields[] = {
    SIP_HEAD(SECONDS, 0, sip_retry_after, after_s),
    SIP_HEAD_HAS(COMMENT, 0, sip_retry_after, comment, has_comment),
    SIP_PARAM_HAS("duration", SECONDS, sip_retry_after, duration_s, has_duration),
};
static const sip_shape retry_after_shape =
    SIP_SHAPE(retry_after_fields, ';', sip_retry_after, params);

SIP__TYPE(retry_after, "Retry-After", 0, false, "RFC 3261 20.33", sip_retry_after,
          &retry_after_shape);
