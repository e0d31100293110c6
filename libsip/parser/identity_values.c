/* Headers that say who is calling, and who may know. */
#include "parser/type_table.h"

static const sip_field privacy_fields[] = {
    SIP_PARAM("header", FLAG, sip_privacy, header),
    SIP_PARAM("session", FLAG, sip_privacy, session),
    SIP_PARAM("user", FLAG, sip_privacy, user),
    SIP_PARAM("none", FLAG, sip_privacy, none),
    SIP_PARAM("critical", FLAG, sip_privacy, critical),
    SIP_PARAM("id", FLAG, sip_privacy, id),
    SIP_PARAM("history", FLAG, sip_privacy, history),
};
static const sip_shape privacy_shape = SIP_SHAPE(privacy_fields, 0, sip_privacy, params);

SIP__TYPE(privacy, "Privacy", 0, false, "RFC 3323 4.2", sip_privacy, &privacy_shape);

SIP__TYPE(p_asserted_identity, "P-Asserted-Identity", 0, true, "RFC 3325 9.1", sip_address,
          &sip__address_shape);
SIP__TYPE(p_preferred_identity, "P-Preferred-Identity", 0, true, "RFC 3325 9.2", sip_address,
          &sip__address_shape);

static const sip_field remote_party_id_fields[] = {
    SIP_HEAD(ADDRESS, 0, sip_remote_party_id, address),
    SIP_PARAM("party", TOKEN, sip_remote_party_id, party),
    SIP_PARAM("id-type", TOKEN, sip_remote_party_id, id_type),
    SIP_PARAM("privacy", STRING, sip_remote_party_id, privacy),
    SIP_PARAM("screen", TOKEN, sip_remote_party_id, screen),
    SIP_PARAM("np", TOKEN, sip_remote_party_id, np),
};
static const sip_shape remote_party_id_shape =
    SIP_SHAPE(remote_party_id_fields, ';', sip_remote_party_id, address.params);

SIP__TYPE(remote_party_id, "Remote-Party-ID", 0, true, NULL, sip_remote_party_id,
          &remote_party_id_shape);

static const sip_field identity_fields[] = {
    SIP_HEAD(STRING, 0, sip_identity, digest),
    SIP_PARAM("info", ANGLED, sip_identity, info),
    SIP_PARAM("alg", STRING, sip_identity, alg),
    SIP_PARAM("ppt", TOKEN, sip_identity, ppt),
};
static const sip_shape identity_shape = SIP_SHAPE(identity_fields, ';', sip_identity, params);

SIP__TYPE(identity, "Identity", 'y', false, "RFC 8224 4", sip_identity, &identity_shape);

static const sip_field identity_info_fields[] = {
    SIP_HEAD(ADDRESS, 0, sip_identity_info, address),
    SIP_PARAM("alg", TOKEN, sip_identity_info, alg),
};
static const sip_shape identity_info_shape =
    SIP_SHAPE(identity_info_fields, ';', sip_identity_info, address.params);

SIP__TYPE(identity_info, "Identity-Info", 'n', false, "RFC 4474 9", sip_identity_info,
          &identity_info_shape);
