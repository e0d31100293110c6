/* The tables of capabilities in presence (RFC 5196). */
#ifndef SIP_BODY_PIDF_CAPS_H
#define SIP_BODY_PIDF_CAPS_H

#include "body/xml_table.h"

extern const struct sip__xml_shape sip__pidf_servcaps_shape;
extern const struct sip__xml_shape sip__pidf_devcaps_shape;

#endif
