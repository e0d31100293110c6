#include <sip/resource_lists.h>

#include "body/xml_body.h"

static const char *const kind_names[] = {NULL, "list", "external", "entry", "entry-ref", NULL};
static const char *const copy_names[] = {NULL, "to", "cc", "bcc", NULL};

static const struct sip__xml_shape resource_shape;

static const struct sip__xml_row resource_rows[] = {
    SIP__XML_ROW(NAME, ENUM, sip_resource, kind, .names = kind_names, .required = true),
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_resource, uri, .name = "uri"),
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_resource, ref, .name = "ref"),
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_resource, anchor, .name = "anchor"),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_resource, name, .name = "name"),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_resource, copy, .name = "copyControl",
                 .ns = SIP__NS_COPY_CONTROL, .names = copy_names),
    SIP__XML_ROW(ATTRIBUTE, BOOL, sip_resource, anonymize, .name = "anonymize",
                 .ns = SIP__NS_COPY_CONTROL),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_resource, count, .name = "count", .ns = SIP__NS_COPY_CONTROL),
    SIP__XML_ROW(CHILD, STRUCT, sip_resource, display_name, .name = "display-name",
                 .ns = SIP__NS_RESOURCE_LISTS, .shape = &sip__xml_text_shape),
    SIP__XML_ROW(CHILD, LIST, sip_resource, items, .names = kind_names,
                 .ns = SIP__NS_RESOURCE_LISTS, .shape = &resource_shape),
};
static const struct sip__xml_shape resource_shape = SIP__XML_SHAPE(resource_rows, sip_resource);

static const struct sip__xml_row lists_rows[] = {
    SIP__XML_ROW(CHILD, LIST, sip_resource_lists, lists, .name = "list",
                 .ns = SIP__NS_RESOURCE_LISTS, .shape = &resource_shape),
};
static const struct sip__xml_shape lists_shape = SIP__XML_SHAPE(lists_rows, sip_resource_lists);

static const struct sip__xml_doc lists_doc = {
    .root = "resource-lists",
    .shape = &lists_shape,
    .ns = SIP__NS_RESOURCE_LISTS,
    .default_ns = SIP__NS_RESOURCE_LISTS,
};

SIP__XML_BODY(resource_lists, "application/resource-lists+xml", lists_doc)
