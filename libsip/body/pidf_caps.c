#include "body/pidf_caps.h"

#include <sip/pidf.h>

static const struct sip__xml_row cap_rows[] = {
    SIP__XML_ROW(NAME, TEXT, sip_pidf_cap, name, .required = true),
    SIP__XML_ROW(ATTRIBUTE, INT, sip_pidf_cap, value, .name = "value"),
    SIP__XML_ROW(ATTRIBUTE, INT, sip_pidf_cap, min_value, .name = "minvalue"),
    SIP__XML_ROW(ATTRIBUTE, INT, sip_pidf_cap, max_value, .name = "maxvalue"),
    SIP__XML_ROW(CONTENT, TOKEN, sip_pidf_cap, text, .name = ""),
};
static const struct sip__xml_shape cap_shape = SIP__XML_SHAPE(cap_rows, sip_pidf_cap);

static const struct sip__xml_row caps_rows[] = {
    SIP__XML_ROW(CHILD, LIST, sip_pidf_caps, caps, .ns = SIP__NS_CAPS, .shape = &cap_shape),
};
static const struct sip__xml_shape caps_shape = SIP__XML_SHAPE(caps_rows, sip_pidf_caps);

static const struct sip__xml_row support_rows[] = {
    SIP__XML_ROW(CHILD, STRUCT, sip_pidf_support, supported, .name = "supported",
                 .ns = SIP__NS_CAPS, .shape = &caps_shape),
    SIP__XML_ROW(CHILD, STRUCT, sip_pidf_support, not_supported, .name = "notsupported",
                 .ns = SIP__NS_CAPS, .shape = &caps_shape),
};
static const struct sip__xml_shape support_shape = SIP__XML_SHAPE(support_rows, sip_pidf_support);

#define SUPPORT(type, member, element)                                                             \
    SIP__XML_ROW(CHILD, STRUCT, type, member, .name = (element), .ns = SIP__NS_CAPS,               \
                 .shape = &support_shape)
#define TEXTS(type, member, element)                                                               \
    SIP__XML_ROW(CHILD, LIST, type, member, .name = (element), .ns = SIP__NS_CAPS,                 \
                 .shape = &sip__xml_text_shape)
#define YES_OR_NO(member, element)                                                                 \
    SIP__XML_ROW(CHILD, BOOL, sip_pidf_servcaps, member, .name = (element), .ns = SIP__NS_CAPS)

/* In the order of the schema. */
static const struct sip__xml_row servcaps_rows[] = {
    SUPPORT(sip_pidf_servcaps, actor, "actor"),
    YES_OR_NO(application, "application"),
    YES_OR_NO(audio, "audio"),
    YES_OR_NO(automata, "automata"),
    SUPPORT(sip_pidf_servcaps, class_, "class"),
    YES_OR_NO(control, "control"),
    YES_OR_NO(data, "data"),
    TEXTS(sip_pidf_servcaps, descriptions, "description"),
    SUPPORT(sip_pidf_servcaps, duplex, "duplex"),
    SUPPORT(sip_pidf_servcaps, event_packages, "event-packages"),
    SUPPORT(sip_pidf_servcaps, extensions, "extensions"),
    YES_OR_NO(isfocus, "isfocus"),
    YES_OR_NO(message, "message"),
    SUPPORT(sip_pidf_servcaps, methods, "methods"),
    SUPPORT(sip_pidf_servcaps, languages, "languages"),
    SUPPORT(sip_pidf_servcaps, priority, "priority"),
    SUPPORT(sip_pidf_servcaps, schemes, "schemes"),
    YES_OR_NO(text, "text"),
    TEXTS(sip_pidf_servcaps, types, "type"),
    YES_OR_NO(video, "video"),
};
const struct sip__xml_shape sip__pidf_servcaps_shape =
    SIP__XML_SHAPE(servcaps_rows, sip_pidf_servcaps);

static const struct sip__xml_row devcaps_rows[] = {
    TEXTS(sip_pidf_devcaps, descriptions, "description"),
    SUPPORT(sip_pidf_devcaps, mobility, "mobility"),
};
const struct sip__xml_shape sip__pidf_devcaps_shape =
    SIP__XML_SHAPE(devcaps_rows, sip_pidf_devcaps);
