#include <sip/conference_info.h>

#include "body/xml_body.h"

#define CHILD(what, type, member, element, ...)                                                    \
    SIP__XML_ROW(CHILD, what, type, member, .name = (element), .ns = SIP__NS_CONFERENCE_INFO,      \
                 __VA_ARGS__)
#define TEXT(type, member, element) CHILD(TEXT, type, member, element, .required = false)
#define TOKEN(type, member, element) CHILD(TOKEN, type, member, element, .required = false)
#define STATE(type)                                                                                \
    SIP__XML_ROW(ATTRIBUTE, ENUM, type, state, .name = "state", .names = state_names)

static const char *const state_names[] = {NULL, "full", "partial", "deleted", NULL};
static const char *const media_names[] = {NULL,       "recvonly", "sendonly",
                                          "sendrecv", "inactive", NULL};
static const char *const status_names[] = {
    NULL,        "pending",         "dialing-out",   "dialing-in",   "alerting", "on-hold",
    "connected", "muted-via-focus", "disconnecting", "disconnected", NULL};
static const char *const joining_names[] = {NULL, "dialed-in", "dialed-out", "focus-owner", NULL};
static const char *const leaving_names[] = {NULL, "departed", "booted", "failed", "busy", NULL};

static const struct sip__xml_row action_rows[] = {
    CHILD(DATETIME, sip_conference_action, when, "when", .required = false),
    TEXT(sip_conference_action, reason, "reason"),
    TOKEN(sip_conference_action, by, "by"),
};
static const struct sip__xml_shape action_shape =
    SIP__XML_SHAPE(action_rows, sip_conference_action);

static const struct sip__xml_row uri_rows[] = {
    CHILD(TOKEN, sip_conference_uri, uri, "uri", .required = true),
    TEXT(sip_conference_uri, display_text, "display-text"),
    TEXT(sip_conference_uri, purpose, "purpose"),
    CHILD(STRUCT, sip_conference_uri, modified, "modified", .shape = &action_shape),
};
static const struct sip__xml_shape uri_shape = SIP__XML_SHAPE(uri_rows, sip_conference_uri);

static const struct sip__xml_row uris_rows[] = {
    STATE(sip_conference_uris),
    CHILD(LIST, sip_conference_uris, entries, "entry", .shape = &uri_shape),
};
static const struct sip__xml_shape uris_shape = SIP__XML_SHAPE(uris_rows, sip_conference_uris);

static const struct sip__xml_row medium_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_conference_medium, label, .name = "label", .required = true),
    TEXT(sip_conference_medium, display_text, "display-text"),
    CHILD(TOKEN, sip_conference_medium, type, "type", .required = true),
    CHILD(ENUM, sip_conference_medium, status, "status", .names = media_names),
};
static const struct sip__xml_shape medium_shape =
    SIP__XML_SHAPE(medium_rows, sip_conference_medium);

static const struct sip__xml_row available_rows[] = {
    CHILD(LIST, sip_conference_available_media, entries, "entry", .shape = &medium_shape),
};
static const struct sip__xml_shape available_shape =
    SIP__XML_SHAPE(available_rows, sip_conference_available_media);

static const struct sip__xml_row description_rows[] = {
    TEXT(sip_conference_description, display_text, "display-text"),
    TEXT(sip_conference_description, subject, "subject"),
    TEXT(sip_conference_description, free_text, "free-text"),
    TOKEN(sip_conference_description, keywords, "keywords"),
    CHILD(STRUCT, sip_conference_description, conf_uris, "conf-uris", .shape = &uris_shape),
    CHILD(STRUCT, sip_conference_description, service_uris, "service-uris", .shape = &uris_shape),
    CHILD(UINT, sip_conference_description, maximum_user_count, "maximum-user-count",
          .required = false),
    CHILD(STRUCT, sip_conference_description, available_media, "available-media",
          .shape = &available_shape),
};
static const struct sip__xml_shape description_shape =
    SIP__XML_SHAPE(description_rows, sip_conference_description);

static const struct sip__xml_row host_rows[] = {
    TEXT(sip_conference_host, display_text, "display-text"),
    TOKEN(sip_conference_host, web_page, "web-page"),
    CHILD(STRUCT, sip_conference_host, uris, "uris", .shape = &uris_shape),
};
static const struct sip__xml_shape host_shape = SIP__XML_SHAPE(host_rows, sip_conference_host);

static const struct sip__xml_row status_rows[] = {
    CHILD(UINT, sip_conference_status, user_count, "user-count", .required = false),
    CHILD(BOOL, sip_conference_status, active, "active", .required = false),
    CHILD(BOOL, sip_conference_status, locked, "locked", .required = false),
};
static const struct sip__xml_shape status_shape =
    SIP__XML_SHAPE(status_rows, sip_conference_status);

static const struct sip__xml_row media_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_conference_media, id, .name = "id", .required = true),
    TEXT(sip_conference_media, display_text, "display-text"),
    TOKEN(sip_conference_media, type, "type"),
    TEXT(sip_conference_media, label, "label"),
    TEXT(sip_conference_media, src_id, "src-id"),
    CHILD(ENUM, sip_conference_media, status, "status", .names = media_names),
};
static const struct sip__xml_shape media_shape = SIP__XML_SHAPE(media_rows, sip_conference_media);

static const struct sip__xml_row dialog_rows[] = {
    TEXT(sip_conference_dialog, display_text, "display-text"),
    CHILD(TEXT, sip_conference_dialog, call_id, "call-id", .required = true),
    CHILD(TEXT, sip_conference_dialog, from_tag, "from-tag", .required = true),
    CHILD(TEXT, sip_conference_dialog, to_tag, "to-tag", .required = true),
};
static const struct sip__xml_shape dialog_shape =
    SIP__XML_SHAPE(dialog_rows, sip_conference_dialog);

static const struct sip__xml_row call_rows[] = {
    CHILD(STRUCT, sip_conference_call, sip, "sip", .shape = &dialog_shape),
};
static const struct sip__xml_shape call_shape = SIP__XML_SHAPE(call_rows, sip_conference_call);

static const struct sip__xml_row endpoint_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_conference_endpoint, entity, .name = "entity"),
    STATE(sip_conference_endpoint),
    TEXT(sip_conference_endpoint, display_text, "display-text"),
    CHILD(STRUCT, sip_conference_endpoint, referred, "referred", .shape = &action_shape),
    CHILD(ENUM, sip_conference_endpoint, status, "status", .names = status_names),
    CHILD(ENUM, sip_conference_endpoint, joining_method, "joining-method", .names = joining_names),
    CHILD(STRUCT, sip_conference_endpoint, joining_info, "joining-info", .shape = &action_shape),
    CHILD(ENUM, sip_conference_endpoint, disconnection_method, "disconnection-method",
          .names = leaving_names),
    CHILD(STRUCT, sip_conference_endpoint, disconnection_info, "disconnection-info",
          .shape = &action_shape),
    CHILD(LIST, sip_conference_endpoint, media, "media", .shape = &media_shape),
    CHILD(STRUCT, sip_conference_endpoint, call_info, "call-info", .shape = &call_shape),
};
static const struct sip__xml_shape endpoint_shape =
    SIP__XML_SHAPE(endpoint_rows, sip_conference_endpoint);

static const struct sip__xml_row roles_rows[] = {
    CHILD(LIST, sip_conference_roles, entries, "entry", .shape = &sip__xml_text_shape),
};
static const struct sip__xml_shape roles_shape = SIP__XML_SHAPE(roles_rows, sip_conference_roles);

static const struct sip__xml_row user_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_conference_user, entity, .name = "entity"),
    STATE(sip_conference_user),
    TEXT(sip_conference_user, display_text, "display-text"),
    CHILD(STRUCT, sip_conference_user, associated_aors, "associated-aors", .shape = &uris_shape),
    CHILD(STRUCT, sip_conference_user, roles, "roles", .shape = &roles_shape),
    TOKEN(sip_conference_user, languages, "languages"),
    TOKEN(sip_conference_user, cascaded_focus, "cascaded-focus"),
    CHILD(LIST, sip_conference_user, endpoints, "endpoint", .shape = &endpoint_shape),
};
static const struct sip__xml_shape user_shape = SIP__XML_SHAPE(user_rows, sip_conference_user);

static const struct sip__xml_row users_rows[] = {
    STATE(sip_conference_users),
    CHILD(LIST, sip_conference_users, users, "user", .shape = &user_shape),
};
static const struct sip__xml_shape users_shape = SIP__XML_SHAPE(users_rows, sip_conference_users);

static const struct sip__xml_shape conference_shape;

static const struct sip__xml_row sidebars_rows[] = {
    STATE(sip_conference_sidebars),
    CHILD(LIST, sip_conference_sidebars, entries, "entry", .shape = &conference_shape),
};
static const struct sip__xml_shape sidebars_shape =
    SIP__XML_SHAPE(sidebars_rows, sip_conference_sidebars);

static const struct sip__xml_row conference_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_conference_info, entity, .name = "entity", .required = true),
    STATE(sip_conference_info),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_conference_info, version, .name = "version"),
    CHILD(STRUCT, sip_conference_info, description, "conference-description",
          .shape = &description_shape),
    CHILD(STRUCT, sip_conference_info, host, "host-info", .shape = &host_shape),
    CHILD(STRUCT, sip_conference_info, status, "conference-state", .shape = &status_shape),
    CHILD(STRUCT, sip_conference_info, users, "users", .shape = &users_shape),
    CHILD(STRUCT, sip_conference_info, sidebars_by_ref, "sidebars-by-ref", .shape = &uris_shape),
    CHILD(STRUCT, sip_conference_info, sidebars_by_val, "sidebars-by-val",
          .shape = &sidebars_shape),
};
static const struct sip__xml_shape conference_shape =
    SIP__XML_SHAPE(conference_rows, sip_conference_info);

static const struct sip__xml_doc conference_doc = {
    .root = "conference-info",
    .shape = &conference_shape,
    .ns = SIP__NS_CONFERENCE_INFO,
    .default_ns = SIP__NS_CONFERENCE_INFO,
};

SIP__XML_BODY(conference_info, "application/conference-info+xml", conference_doc)
