/* Headers that say which way a request came. */
#include "parser/type_table.h"

static const sip_field history_info_fields[] = {
    SIP_HEAD(ADDRESS, 0, sip_history_info, address),
    SIP_PARAM("index", INDEX, sip_history_info, index),
    SIP_PARAM("rc", INDEX, sip_history_info, rc),
    SIP_PARAM("mp", INDEX, sip_history_info, mp),
    SIP_PARAM("np", INDEX, sip_history_info, np),
};
static const sip_shape history_info_shape =
    SIP_SHAPE(history_info_fields, ';', sip_history_info, address.params);

SIP__TYPE(history_info, "History-Info", 0, true, "RFC 7044 5", sip_history_info,
          &history_info_shape);

static const sip_field diversion_fields[] = {
    SIP_HEAD(ADDRESS, 0, sip_diversion, address),
    SIP_PARAM("reason", STRING, sip_diversion, reason),
    SIP_PARAM("privacy", STRING, sip_diversion, privacy),
    SIP_PARAM("screen", STRING, sip_diversion, screen),
    SIP_PARAM_HAS("counter", NUMBER, sip_diversion, counter, has_counter),
    SIP_PARAM_HAS("limit", NUMBER, sip_diversion, limit, has_limit),
};
static const sip_shape diversion_shape =
    SIP_SHAPE(diversion_fields, ';', sip_diversion, address.params);

SIP__TYPE(diversion, "Diversion", 0, true, "RFC 5806", sip_diversion, &diversion_shape);
