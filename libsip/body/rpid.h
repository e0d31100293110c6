/* The tables of rich presence, for whatever struct has a sip_rpid called rpid. */
#ifndef SIP_BODY_RPID_H
#define SIP_BODY_RPID_H

#include "body/xml_table.h"

#include <sip/pidf.h>

extern const struct sip__xml_shape sip__rpid_values_shape;
extern const struct sip__xml_shape sip__rpid_place_type_shape;
extern const struct sip__xml_shape sip__rpid_place_is_shape;
extern const struct sip__xml_shape sip__rpid_status_icon_shape;
extern const struct sip__xml_shape sip__rpid_time_offset_shape;
extern const struct sip__xml_shape sip__rpid_user_input_shape;

#define SIP__RPID_ROW(what, type, member, element, of)                                             \
    SIP__XML_ROW_FROM(offsetof(type, rpid), CHILD, what, sip_rpid, member, .name = (element),      \
                      .ns = SIP__NS_RPID, .shape = (of))

#define SIP__RPID_ROWS(type)                                                                       \
    SIP__RPID_ROW(LIST, type, activities, "activities", &sip__rpid_values_shape),                  \
        SIP__RPID_ROW(TOKEN, type, class_name, "class", NULL),                                     \
        SIP__RPID_ROW(LIST, type, moods, "mood", &sip__rpid_values_shape),                         \
        SIP__RPID_ROW(LIST, type, place_is, "place-is", &sip__rpid_place_is_shape),                \
        SIP__RPID_ROW(LIST, type, place_types, "place-type", &sip__rpid_place_type_shape),         \
        SIP__RPID_ROW(LIST, type, privacy, "privacy", &sip__rpid_values_shape),                    \
        SIP__RPID_ROW(STRUCT, type, relationship, "relationship", &sip__rpid_values_shape),        \
        SIP__RPID_ROW(STRUCT, type, service_class, "service-class", &sip__rpid_values_shape),      \
        SIP__RPID_ROW(LIST, type, spheres, "sphere", &sip__rpid_values_shape),                     \
        SIP__RPID_ROW(LIST, type, status_icons, "status-icon", &sip__rpid_status_icon_shape),      \
        SIP__RPID_ROW(LIST, type, time_offsets, "time-offset", &sip__rpid_time_offset_shape),      \
        SIP__RPID_ROW(STRUCT, type, user_input, "user-input", &sip__rpid_user_input_shape)

#endif
