#include <sip/iscomposing.h>

#include "body/xml_body.h"

static const char *const state_names[] = {NULL, "active", "idle", NULL};

static const struct sip__xml_row composing_rows[] = {
    SIP__XML_ROW(CHILD, ENUM, sip_iscomposing, state, .name = "state", .ns = SIP__NS_ISCOMPOSING,
                 .names = state_names),
    SIP__XML_ROW(CHILD, DATETIME, sip_iscomposing, last_active, .name = "lastactive",
                 .ns = SIP__NS_ISCOMPOSING),
    SIP__XML_ROW(CHILD, TOKEN, sip_iscomposing, content_type, .name = "contenttype",
                 .ns = SIP__NS_ISCOMPOSING),
    SIP__XML_ROW(CHILD, UINT, sip_iscomposing, refresh_s, .name = "refresh",
                 .ns = SIP__NS_ISCOMPOSING),
};
static const struct sip__xml_shape composing_shape =
    SIP__XML_SHAPE(composing_rows, sip_iscomposing);

static const struct sip__xml_doc composing_doc = {
    .root = "isComposing",
    .shape = &composing_shape,
    .ns = SIP__NS_ISCOMPOSING,
    .default_ns = SIP__NS_ISCOMPOSING,
};

SIP__XML_BODY(iscomposing, "application/im-iscomposing+xml", composing_doc)
