/* Headers of a caller's place. */
#include "parser/type_table.h"

static const sip_field geolocation_fields[] = {
    SIP_HEAD(ADDRESS, 0, sip_geolocation, address),
};
static const sip_shape geolocation_shape =
    SIP_SHAPE(geolocation_fields, ';', sip_geolocation, address.params);

SIP__TYPE(geolocation, "Geolocation", 0, true, "RFC 6442 4.1", sip_geolocation, &geolocation_shape);

static const char *const consents[] = {"yes", "no", NULL};

static const sip_field routing_fields[] = {
    SIP_HEAD_CHOICE(CHOICE, 0, sip_geolocation_routing, text, consent, consents),
};
static const sip_shape routing_shape =
    SIP_SHAPE(routing_fields, ';', sip_geolocation_routing, params);

SIP__TYPE(geolocation_routing, "Geolocation-Routing", 0, false, "RFC 6442 4.2",
          sip_geolocation_routing, &routing_shape);

static const sip_field error_fields[] = {
    SIP_HEAD(NUMBER, 0, sip_geolocation_error, code),
    SIP_PARAM("code", QUOTED, sip_geolocation_error, text),
};
static const sip_shape error_shape = SIP_SHAPE(error_fields, ';', sip_geolocation_error, params);

SIP__TYPE(geolocation_error, "Geolocation-Error", 0, false, "RFC 6442 4.3", sip_geolocation_error,
          &error_shape);
