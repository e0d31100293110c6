/* All types of documents, each defined in a file of its own. */
#ifndef SIP_BODY_XML_BODY_H
#define SIP_BODY_XML_BODY_H

#include "body/xml_table.h"

/* What a presence document consists of. */
extern const struct sip__xml_shape sip__pidf_tuple_shape;
extern const struct sip__xml_shape sip__pidf_person_shape;
extern const struct sip__xml_shape sip__pidf_device_shape;

/* The same as rows, of a sip_pidf that stands at `from`. */
#define SIP__PIDF_ROW(from, member, element, of, rows)                                             \
    SIP__XML_ROW_FROM(from, CHILD, LIST, sip_pidf, member, .name = (element), .ns = (of),          \
                      .shape = &(rows))
#define SIP__PIDF_ROWS(from)                                                                       \
    SIP__PIDF_ROW(from, tuples, "tuple", SIP__NS_PIDF, sip__pidf_tuple_shape),                     \
        SIP__PIDF_ROW(from, notes, "note", SIP__NS_PIDF, sip__xml_text_shape),                     \
        SIP__PIDF_ROW(from, persons, "person", SIP__NS_DATA_MODEL, sip__pidf_person_shape),        \
        SIP__PIDF_ROW(from, devices, "device", SIP__NS_DATA_MODEL, sip__pidf_device_shape)

extern const struct sip__xml_type sip__conference_info_type;
extern const struct sip__xml_type sip__dialog_info_type;
extern const struct sip__xml_type sip__imdn_type;
extern const struct sip__xml_type sip__iscomposing_type;
extern const struct sip__xml_type sip__pidf_type;
extern const struct sip__xml_type sip__pidf_diff_type;
extern const struct sip__xml_type sip__reginfo_type;
extern const struct sip__xml_type sip__resource_lists_type;
extern const struct sip__xml_type sip__rlmi_type;
extern const struct sip__xml_type sip__watcherinfo_type;

#endif
