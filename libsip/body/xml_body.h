/* All types of documents, each defined in a file of its own. */
#ifndef SIP_BODY_XML_BODY_H
#define SIP_BODY_XML_BODY_H

#include "body/xml_table.h"

extern const struct sip__xml_shape sip__pidf_shape;
extern const struct sip__xml_type sip__pidf_type;

#endif
