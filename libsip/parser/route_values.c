/* Headers of addresses and of the way a message takes. */
#include "parser/type_table.h"

static const sip_field address_fields[] = {
    SIP_HEAD_SELF(ADDRESS),
    SIP_PARAM("tag", WORD, sip_address, tag),
};
const sip_shape sip__address_shape = SIP_SHAPE(address_fields, ';', sip_address, params);

SIP__TYPE(from, "From", 'f', false, "RFC 3261 20.20", sip_address, &sip__address_shape);
SIP__TYPE(to, "To", 't', false, "RFC 3261 20.39", sip_address, &sip__address_shape);
SIP__TYPE(reply_to, "Reply-To", 0, false, "RFC 3261 20.31", sip_address, &sip__address_shape);
SIP__TYPE(route, "Route", 0, true, "RFC 3261 20.34", sip_address, &sip__address_shape);
SIP__TYPE(record_route, "Record-Route", 0, true, "RFC 3261 20.30", sip_address,
          &sip__address_shape);
SIP__TYPE(path, "Path", 0, true, "RFC 3327 4", sip_address, &sip__address_shape);
SIP__TYPE(service_route, "Service-Route", 0, true, "RFC 3608", sip_address, &sip__address_shape);
SIP__TYPE(p_associated_uri, "P-Associated-URI", 0, true, "RFC 7315 5.1", sip_address,
          &sip__address_shape);
SIP__TYPE(p_called_party_id, "P-Called-Party-ID", 0, false, "RFC 7315 5.2", sip_address,
          &sip__address_shape);

static const sip_field via_fields[] = {
    SIP_HEAD(VIA, 0, sip_via_value, via),
    SIP_PARAM("branch", WORD, sip_via_value, via.branch),
    SIP_PARAM("received", TOKEN, sip_via_value, via.received),
    SIP_PARAM_HAS("rport", PORT, sip_via_value, via.rport, via.has_rport),
    SIP_PARAM("maddr", TOKEN, sip_via_value, via.maddr),
    SIP_PARAM_HAS("ttl", NUMBER, sip_via_value, ttl, has_ttl),
    SIP_PARAM("alias", FLAG, sip_via_value, alias),
    SIP_PARAM_HAS("keep", OPTIONAL, sip_via_value, keep_s, keep_state),
    SIP_PARAM_HAS("oc", OPTIONAL, sip_via_value, oc, oc_state),
    SIP_PARAM("oc-algo", QUOTED, sip_via_value, oc_algo),
    SIP_PARAM_HAS("oc-validity", NUMBER, sip_via_value, oc_validity_ms, has_oc_validity),
    SIP_PARAM_HAS("oc-seq", US, sip_via_value, oc_seq_us, has_oc_seq),
    SIP_PARAM("comp", TOKEN, sip_via_value, comp),
    SIP_PARAM("sigcomp-id", QUOTED, sip_via_value, sigcomp_id),
};
static const sip_shape via_shape = SIP_SHAPE(via_fields, ';', sip_via_value, via.params);

SIP__TYPE(via, "Via", 'v', true, "RFC 3261 20.42", sip_via_value, &via_shape);
