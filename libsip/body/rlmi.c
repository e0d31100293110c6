#include <sip/rlmi.h>

#include "body/xml_body.h"

static const char *const state_names[] = {NULL, "active", "pending", "terminated", NULL};

#define NAMES(type)                                                                                \
    SIP__XML_ROW(CHILD, LIST, type, names, .name = "name", .ns = SIP__NS_RLMI,                     \
                 .shape = &sip__xml_text_shape)

static const struct sip__xml_row instance_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_rlmi_instance, id, .name = "id", .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_rlmi_instance, state, .name = "state", .names = state_names,
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_rlmi_instance, reason, .name = "reason"),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_rlmi_instance, cid, .name = "cid"),
};
static const struct sip__xml_shape instance_shape =
    SIP__XML_SHAPE(instance_rows, sip_rlmi_instance);

static const struct sip__xml_row resource_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_rlmi_resource, uri, .name = "uri", .required = true),
    NAMES(sip_rlmi_resource),
    SIP__XML_ROW(CHILD, LIST, sip_rlmi_resource, instances, .name = "instance", .ns = SIP__NS_RLMI,
                 .shape = &instance_shape),
};
static const struct sip__xml_shape resource_shape =
    SIP__XML_SHAPE(resource_rows, sip_rlmi_resource);

static const struct sip__xml_row list_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_rlmi, uri, .name = "uri", .required = true),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_rlmi, version, .name = "version", .required = true),
    SIP__XML_ROW(ATTRIBUTE, BOOL, sip_rlmi, full_state, .name = "fullState", .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_rlmi, cid, .name = "cid"),
    NAMES(sip_rlmi),
    SIP__XML_ROW(CHILD, LIST, sip_rlmi, resources, .name = "resource", .ns = SIP__NS_RLMI,
                 .shape = &resource_shape),
};
static const struct sip__xml_shape list_shape = SIP__XML_SHAPE(list_rows, sip_rlmi);

static const struct sip__xml_doc rlmi_doc = {
    .root = "list",
    .shape = &list_shape,
    .ns = SIP__NS_RLMI,
    .default_ns = SIP__NS_RLMI,
};

SIP__XML_BODY(rlmi, "application/rlmi+xml", rlmi_doc)
