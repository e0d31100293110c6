#include "body/pidf_caps.h"
#include "body/rpid.h"
#include "body/xml_body.h"

#include <sip/pidf.h>

static const char *const basic_names[] = {NULL, "open", "closed", NULL};

static const struct sip__xml_row status_rows[] = {
    SIP__XML_ROW(CHILD, ENUM, sip_pidf_status, basic, .name = "basic", .ns = SIP__NS_PIDF,
                 .names = basic_names),
};
static const struct sip__xml_shape status_shape = SIP__XML_SHAPE(status_rows, sip_pidf_status);

static const struct sip__xml_row contact_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, Q, sip_pidf_contact, priority, .name = "priority"),
    SIP__XML_ROW(CONTENT, TOKEN, sip_pidf_contact, uri, .name = "", .required = true),
};
static const struct sip__xml_shape contact_shape = SIP__XML_SHAPE(contact_rows, sip_pidf_contact);

#define NOTES(type, of)                                                                            \
    SIP__XML_ROW(CHILD, LIST, type, notes, .name = "note", .ns = (of),                             \
                 .shape = &sip__xml_text_shape)
#define TIMESTAMP(type, of)                                                                        \
    SIP__XML_ROW(CHILD, DATETIME, type, timestamp, .name = "timestamp", .ns = (of))
#define ID(type) SIP__XML_ROW(ATTRIBUTE, TOKEN, type, id, .name = "id", .required = true)

static const struct sip__xml_row tuple_rows[] = {
    ID(sip_pidf_tuple),
    SIP__XML_ROW(CHILD, STRUCT, sip_pidf_tuple, status, .name = "status", .ns = SIP__NS_PIDF,
                 .shape = &status_shape, .required = true),
    SIP__RPID_ROWS(sip_pidf_tuple),
    SIP__XML_ROW(CHILD, STRUCT, sip_pidf_tuple, servcaps, .name = "servcaps", .ns = SIP__NS_CAPS,
                 .shape = &sip__pidf_servcaps_shape),
    SIP__XML_ROW(CHILD, LIST, sip_pidf_tuple, device_ids, .name = "deviceID",
                 .ns = SIP__NS_DATA_MODEL, .shape = &sip__xml_text_shape),
    SIP__XML_ANY_ROW,
    SIP__XML_ROW(CHILD, STRUCT, sip_pidf_tuple, contact, .name = "contact", .ns = SIP__NS_PIDF,
                 .shape = &contact_shape),
    NOTES(sip_pidf_tuple, SIP__NS_PIDF),
    TIMESTAMP(sip_pidf_tuple, SIP__NS_PIDF),
};
const struct sip__xml_shape sip__pidf_tuple_shape = SIP__XML_SHAPE(tuple_rows, sip_pidf_tuple);

static const struct sip__xml_row person_rows[] = {
    ID(sip_pidf_person),
    SIP__RPID_ROWS(sip_pidf_person),
    SIP__XML_ANY_ROW,
    NOTES(sip_pidf_person, SIP__NS_DATA_MODEL),
    TIMESTAMP(sip_pidf_person, SIP__NS_DATA_MODEL),
};
const struct sip__xml_shape sip__pidf_person_shape = SIP__XML_SHAPE(person_rows, sip_pidf_person);

static const struct sip__xml_row device_rows[] = {
    ID(sip_pidf_device),
    SIP__RPID_ROWS(sip_pidf_device),
    SIP__XML_ROW(CHILD, STRUCT, sip_pidf_device, devcaps, .name = "devcaps", .ns = SIP__NS_CAPS,
                 .shape = &sip__pidf_devcaps_shape),
    SIP__XML_ANY_ROW,
    SIP__XML_ROW(CHILD, TOKEN, sip_pidf_device, device_id, .name = "deviceID",
                 .ns = SIP__NS_DATA_MODEL),
    NOTES(sip_pidf_device, SIP__NS_DATA_MODEL),
    TIMESTAMP(sip_pidf_device, SIP__NS_DATA_MODEL),
};
const struct sip__xml_shape sip__pidf_device_shape = SIP__XML_SHAPE(device_rows, sip_pidf_device);

static const struct sip__xml_row pidf_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_pidf, entity, .name = "entity", .required = true),
    SIP__PIDF_ROWS(0),
};
static const struct sip__xml_shape pidf_shape = SIP__XML_SHAPE(pidf_rows, sip_pidf);

static const struct sip__xml_doc pidf_doc = {
    .root = "presence",
    .shape = &pidf_shape,
    .ns = SIP__NS_PIDF,
    .default_ns = SIP__NS_PIDF,
};

SIP__XML_BODY(pidf, "application/pidf+xml", pidf_doc)
