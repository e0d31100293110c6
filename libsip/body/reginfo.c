#include <sip/reginfo.h>

#include "body/xml_body.h"

static const char *const state_names[] = {NULL, "init", "active", "terminated", NULL};
static const char *const event_names[] = {NULL,           "registered", "created",     "refreshed",
                                          "shortened",    "expired",    "deactivated", "probation",
                                          "unregistered", "rejected",   NULL};

static const struct sip__xml_row param_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_reginfo_param, name, .name = "name", .required = true),
    SIP__XML_ROW(CONTENT, TEXT, sip_reginfo_param, value, .name = ""),
};
static const struct sip__xml_shape param_shape = SIP__XML_SHAPE(param_rows, sip_reginfo_param);

static const struct sip__xml_row gruu_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_reginfo_gruu, uri, .name = "uri", .required = true),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_reginfo_gruu, first_cseq, .name = "first-cseq"),
};
static const struct sip__xml_shape gruu_shape = SIP__XML_SHAPE(gruu_rows, sip_reginfo_gruu);

static const struct sip__xml_row contact_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_reginfo_contact, id, .name = "id", .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_reginfo_contact, state, .name = "state", .names = state_names,
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_reginfo_contact, event, .name = "event", .names = event_names,
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_reginfo_contact, duration_registered_s,
                 .name = "duration-registered"),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_reginfo_contact, expires_s, .name = "expires"),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_reginfo_contact, retry_after_s, .name = "retry-after"),
    SIP__XML_ROW(ATTRIBUTE, Q, sip_reginfo_contact, q, .name = "q"),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_reginfo_contact, call_id, .name = "callid"),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_reginfo_contact, cseq, .name = "cseq"),
    SIP__XML_ROW(CHILD, TOKEN, sip_reginfo_contact, uri, .name = "uri", .ns = SIP__NS_REGINFO,
                 .required = true),
    SIP__XML_ROW(CHILD, STRUCT, sip_reginfo_contact, display_name, .name = "display-name",
                 .ns = SIP__NS_REGINFO, .shape = &sip__xml_text_shape),
    SIP__XML_ROW(CHILD, LIST, sip_reginfo_contact, params, .name = "unknown-param",
                 .ns = SIP__NS_REGINFO, .shape = &param_shape),
    SIP__XML_ROW(CHILD, STRUCT, sip_reginfo_contact, pub_gruu, .name = "pub-gruu",
                 .ns = SIP__NS_GRUU_INFO, .shape = &gruu_shape),
    SIP__XML_ROW(CHILD, STRUCT, sip_reginfo_contact, temp_gruu, .name = "temp-gruu",
                 .ns = SIP__NS_GRUU_INFO, .shape = &gruu_shape),
};
static const struct sip__xml_shape contact_shape =
    SIP__XML_SHAPE(contact_rows, sip_reginfo_contact);

static const struct sip__xml_row registration_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_reginfo_registration, aor, .name = "aor", .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_reginfo_registration, id, .name = "id", .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_reginfo_registration, state, .name = "state",
                 .names = state_names, .required = true),
    SIP__XML_ROW(CHILD, LIST, sip_reginfo_registration, contacts, .name = "contact",
                 .ns = SIP__NS_REGINFO, .shape = &contact_shape),
};
static const struct sip__xml_shape registration_shape =
    SIP__XML_SHAPE(registration_rows, sip_reginfo_registration);

static const struct sip__xml_row reginfo_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_reginfo, version, .name = "version", .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_reginfo, state, .name = "state", .names = sip__xml_states,
                 .required = true),
    SIP__XML_ROW(CHILD, LIST, sip_reginfo, registrations, .name = "registration",
                 .ns = SIP__NS_REGINFO, .shape = &registration_shape),
};
static const struct sip__xml_shape reginfo_shape = SIP__XML_SHAPE(reginfo_rows, sip_reginfo);

static const struct sip__xml_doc reginfo_doc = {
    .root = "reginfo",
    .shape = &reginfo_shape,
    .ns = SIP__NS_REGINFO,
    .default_ns = SIP__NS_REGINFO,
};

SIP__XML_BODY(reginfo, "application/reginfo+xml", reginfo_doc)
