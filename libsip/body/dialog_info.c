#include <sip/dialog_info.h>

#include "body/xml_body.h"

#define CHILD(what, type, member, element, ...)                                                    \
    SIP__XML_ROW(CHILD, what, type, member, .name = (element), .ns = SIP__NS_DIALOG_INFO,          \
                 __VA_ARGS__)

static const char *const direction_names[] = {NULL, "initiator", "recipient", NULL};
static const char *const state_names[] = {NULL,        "trying",     "proceeding", "early",
                                          "confirmed", "terminated", NULL};
static const char *const event_names[] = {
    NULL, "cancelled", "rejected", "replaced", "local-bye", "remote-bye", "error", "timeout", NULL};

static const struct sip__xml_row status_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_dialog_info_status, event, .name = "event",
                 .names = event_names),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_dialog_info_status, code, .name = "code"),
    SIP__XML_ROW(CONTENT, ENUM, sip_dialog_info_status, state, .name = "", .names = state_names),
};
static const struct sip__xml_shape status_shape =
    SIP__XML_SHAPE(status_rows, sip_dialog_info_status);

static const struct sip__xml_row replaces_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_replaces, call_id, .name = "call-id",
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_replaces, local_tag, .name = "local-tag",
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_replaces, remote_tag, .name = "remote-tag",
                 .required = true),
};
static const struct sip__xml_shape replaces_shape =
    SIP__XML_SHAPE(replaces_rows, sip_dialog_info_replaces);

static const struct sip__xml_row address_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_address, display, .name = "display"),
    SIP__XML_ROW(CONTENT, TOKEN, sip_dialog_info_address, uri, .name = ""),
};
static const struct sip__xml_shape address_shape =
    SIP__XML_SHAPE(address_rows, sip_dialog_info_address);

static const struct sip__xml_row param_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_param, name, .name = "pname", .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_param, value, .name = "pval", .required = true),
};
static const struct sip__xml_shape param_shape = SIP__XML_SHAPE(param_rows, sip_dialog_info_param);

static const struct sip__xml_row target_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_dialog_info_target, uri, .name = "uri", .required = true),
    CHILD(LIST, sip_dialog_info_target, params, "param", .shape = &param_shape),
};
static const struct sip__xml_shape target_shape =
    SIP__XML_SHAPE(target_rows, sip_dialog_info_target);

static const struct sip__xml_row session_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_dialog_info_session, type, .name = "type", .required = true),
    SIP__XML_ROW(CONTENT, TEXT, sip_dialog_info_session, text, .name = ""),
};
static const struct sip__xml_shape session_shape =
    SIP__XML_SHAPE(session_rows, sip_dialog_info_session);

static const struct sip__xml_row party_rows[] = {
    CHILD(STRUCT, sip_dialog_info_party, identity, "identity", .shape = &address_shape),
    CHILD(STRUCT, sip_dialog_info_party, target, "target", .shape = &target_shape),
    CHILD(STRUCT, sip_dialog_info_party, session, "session-description", .shape = &session_shape),
    CHILD(UINT, sip_dialog_info_party, cseq, "cseq", .shape = NULL),
};
static const struct sip__xml_shape party_shape = SIP__XML_SHAPE(party_rows, sip_dialog_info_party);

static const struct sip__xml_row route_set_rows[] = {
    CHILD(LIST, sip_dialog_info_route_set, hops, "hop", .shape = &sip__xml_text_shape,
          .required = true),
};
static const struct sip__xml_shape route_set_shape =
    SIP__XML_SHAPE(route_set_rows, sip_dialog_info_route_set);

static const struct sip__xml_row dialog_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_dialog, id, .name = "id", .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_dialog, call_id, .name = "call-id"),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_dialog, local_tag, .name = "local-tag"),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_dialog_info_dialog, remote_tag, .name = "remote-tag"),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_dialog_info_dialog, direction, .name = "direction",
                 .names = direction_names),
    CHILD(STRUCT, sip_dialog_info_dialog, status, "state", .shape = &status_shape,
          .required = true),
    CHILD(UINT, sip_dialog_info_dialog, duration_s, "duration", .shape = NULL),
    CHILD(STRUCT, sip_dialog_info_dialog, replaces, "replaces", .shape = &replaces_shape),
    CHILD(STRUCT, sip_dialog_info_dialog, referred_by, "referred-by", .shape = &address_shape),
    CHILD(STRUCT, sip_dialog_info_dialog, route_set, "route-set", .shape = &route_set_shape),
    CHILD(STRUCT, sip_dialog_info_dialog, local, "local", .shape = &party_shape),
    CHILD(STRUCT, sip_dialog_info_dialog, remote, "remote", .shape = &party_shape),
};
static const struct sip__xml_shape dialog_shape =
    SIP__XML_SHAPE(dialog_rows, sip_dialog_info_dialog);

static const struct sip__xml_row info_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_dialog_info, version, .name = "version", .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_dialog_info, state, .name = "state", .names = sip__xml_states,
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_dialog_info, entity, .name = "entity", .required = true),
    CHILD(LIST, sip_dialog_info, dialogs, "dialog", .shape = &dialog_shape),
};
static const struct sip__xml_shape info_shape = SIP__XML_SHAPE(info_rows, sip_dialog_info);

static const struct sip__xml_doc info_doc = {
    .root = "dialog-info",
    .shape = &info_shape,
    .ns = SIP__NS_DIALOG_INFO,
    .default_ns = SIP__NS_DIALOG_INFO,
};

SIP__XML_BODY(dialog_info, "application/dialog-info+xml", info_doc)
