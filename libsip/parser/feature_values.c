/* Headers of capabilities and preferences. */
#include "parser/type_table.h"

#define TAG(text, type, member)                                                                    \
    SIP_PARAM_FLAGS(text, QUOTED, type, features.member, SIP_FIELD_NO_VALUE)

/** The feature tags of RFC 3840 10. */
#define TAGS(type)                                                                                 \
    SIP_PARAM("audio", SWITCH, type, features.audio),                                              \
        SIP_PARAM("video", SWITCH, type, features.video),                                          \
        SIP_PARAM("application", SWITCH, type, features.application),                              \
        SIP_PARAM("data", SWITCH, type, features.data),                                            \
        SIP_PARAM("control", SWITCH, type, features.control),                                      \
        SIP_PARAM("text", SWITCH, type, features.text),                                            \
        SIP_PARAM("automata", SWITCH, type, features.automata),                                    \
        SIP_PARAM("isfocus", SWITCH, type, features.isfocus), TAG("duplex", type, duplex),         \
        TAG("mobility", type, mobility), TAG("description", type, description),                    \
        TAG("events", type, event_packages), TAG("priority", type, priority),                      \
        TAG("methods", type, methods), TAG("schemes", type, schemes),                              \
        TAG("language", type, language), TAG("type", type, media),                                 \
        TAG("extensions", type, extensions), TAG("actor", type, actor), TAG("class", type, klass)

static const sip_field contact_fields[] = {
    SIP_HEAD_FLAGS(ADDRESS, 0, sip_contact, address, SIP_FIELD_WILDCARD),
    SIP_PARAM_HAS("q", Q, sip_contact, address.q_permille, address.has_q),
    SIP_PARAM_FULL("expires", SECONDS, sip_contact, address.expires_s, address.has_expires,
                   SIP_FIELD_TOLERANT),
    SIP_PARAM("+sip.instance", QUOTED, sip_contact, instance),
    SIP_PARAM_HAS("reg-id", NUMBER, sip_contact, reg_id, has_reg_id),
    SIP_PARAM("ob", FLAG, sip_contact, ob),
    SIP_PARAM("pub-gruu", QUOTED, sip_contact, pub_gruu),
    SIP_PARAM("temp-gruu", QUOTED, sip_contact, temp_gruu),
    TAGS(sip_contact),
};
static const sip_shape contact_shape = SIP_SHAPE(contact_fields, ';', sip_contact, address.params);

SIP__TYPE(contact, "Contact", 'm', true, "RFC 3261 20.10", sip_contact, &contact_shape);

static const sip_field preference_fields[] = {
    SIP_HEAD_SELF(STAR),
    SIP_PARAM("require", FLAG, sip_contact_preference, require),
    SIP_PARAM("explicit", FLAG, sip_contact_preference, is_explicit),
    TAGS(sip_contact_preference),
};
static const sip_shape preference_shape =
    SIP_SHAPE(preference_fields, ';', sip_contact_preference, params);

SIP__TYPE(accept_contact, "Accept-Contact", 'a', true, "RFC 3841 9.2", sip_contact_preference,
          &preference_shape);
SIP__TYPE(reject_contact, "Reject-Contact", 'j', true, "RFC 3841 9.2", sip_contact_preference,
          &preference_shape);

static const char *const directives[] = {
    "proxy",      "redirect", "cancel",     "no-cancel", "fork",     "no-fork", "recurse",
    "no-recurse", "parallel", "sequential", "queue",     "no-queue", NULL};

static const sip_field disposition_fields[] = {
    SIP_HEAD_CHOICE(CHOICE, 0, sip_request_disposition, text, directive, directives),
};
static const sip_shape disposition_shape = SIP_SHAPE_HEAD(disposition_fields);

SIP__TYPE(request_disposition, "Request-Disposition", 'd', true, "RFC 3841 9.1",
          sip_request_disposition, &disposition_shape);

static const sip_field feature_caps_fields[] = {
    SIP_HEAD_SELF(STAR),
};
static const sip_shape feature_caps_shape =
    SIP_SHAPE(feature_caps_fields, ';', sip_feature_caps, params);

SIP__TYPE(feature_caps, "Feature-Caps", 0, true, "RFC 6809", sip_feature_caps, &feature_caps_shape);
