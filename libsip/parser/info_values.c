/* Headers that point at more about a call. */
#include "parser/type_table.h"

static const sip_field info_uri_fields[] = {
    SIP_HEAD(ADDRESS, 0, sip_info_uri, address),
    SIP_PARAM("purpose", TOKEN, sip_info_uri, purpose),
    SIP_PARAM("info", TOKEN, sip_info_uri, info),
    SIP_PARAM_HAS("answer-after", SECONDS, sip_info_uri, answer_after_s, has_answer_after),
    SIP_PARAM_HAS("delay", SECONDS, sip_info_uri, delay_s, has_delay),
};
static const sip_shape info_uri_shape =
    SIP_SHAPE(info_uri_fields, ';', sip_info_uri, address.params);

SIP__TYPE(alert_info, "Alert-Info", 0, true, "RFC 3261 20.4", sip_info_uri, &info_uri_shape);
SIP__TYPE(call_info, "Call-Info", 0, true, "RFC 3261 20.9", sip_info_uri, &info_uri_shape);
SIP__TYPE(error_info, "Error-Info", 0, true, "RFC 3261 20.18", sip_info_uri, &info_uri_shape);
